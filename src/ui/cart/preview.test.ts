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
  includesTax: true,
  taxRatePpm: 0,
  taxParts: null,
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

test('taxes that come on top are in the total at once, each counted as the register counts it', () => {
  const taxParts = [
    { name: 'GST', ratePpm: 50_000 },
    { name: 'PST', ratePpm: 70_000 },
  ];
  const gum: Tile = { ...MILK, id: newId(), name: 'Gum', priceMinor: 89, includesTax: false, taxRatePpm: 120_000, taxParts };
  let cart = preview(EMPTY, { kind: 'add', tile: gum, quantityMilli: 1000, line: -1 });
  cart = preview(cart, { kind: 'add', tile: { ...gum, id: newId() }, quantityMilli: 2000, line: -2 });
  assert.deepEqual([cart.totalMinor, cart.taxMinor], [299, 32], '0.13 and 0.19 on 2.67');
  const byLine = preview({ ...EMPTY, taxRounding: 'line' }, { kind: 'add', tile: gum, quantityMilli: 1000, line: -1 });
  assert.deepEqual([byLine.totalMinor, byLine.taxMinor], [99, 10]);
  // What gives back a sold line keeps the tax that was paid.
  const back = { ...cart, lines: cart.lines.map((line) => ({ ...line, refundOf: 'R1-000001', taxMinor: -7 })) };
  assert.equal(preview(back, { kind: 'remove', line: -1 }).taxMinor, -7);
});
