import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { preview, type Tile } from './preview.ts';
import { EMPTY, MILK, newId } from './testing/carts.ts';

const comte: Tile = {
  id: newId(),
  name: 'Comté',
  unit: 'kg',
  content: '',
  priceMinor: 2490,
  category: null,
  variants: 0,
  image: null,
  code: null,
};

test('a tapped product shows at once; tapped again its line counts up and comes to the top', () => {
  let cart = preview(EMPTY, { kind: 'add', tile: MILK, quantityMilli: 1000, line: -1 });
  cart = preview(cart, { kind: 'add', tile: comte, quantityMilli: 312, line: -2 });
  cart = preview(cart, { kind: 'add', tile: MILK, quantityMilli: 2000, line: -3 });
  assert.deepEqual(
    cart.lines.map((line) => [line.name, line.quantityMilli, line.totalMinor]),
    [
      ['Whole milk', 3000, 387],
      ['Comté', 312, 777],
    ],
  );
  assert.equal(cart.totalMinor, 387 + 777);
  assert.equal(cart.items, 4);
});

test('taking lines out, changing them and emptying the cart keep the total right', () => {
  let cart = preview(EMPTY, { kind: 'add', tile: MILK, quantityMilli: 1000, line: -1 });
  cart = preview(cart, { kind: 'add', tile: comte, quantityMilli: 1000, line: -2 });
  cart = preview(cart, { kind: 'quantity', line: -1, quantityMilli: 5000 });
  assert.equal(cart.totalMinor, 645 + 2490);
  cart = preview(cart, { kind: 'remove', line: -2 });
  assert.equal(cart.totalMinor, 645);
  assert.equal(preview(cart, { kind: 'clear' }).totalMinor, 0);
  assert.equal(preview(cart, { kind: 'unforeseen' }), cart);
});
