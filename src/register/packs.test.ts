/** A crate's code sells its bottles: [ux 17] units and packs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { readPackCode, spellPackCode } from '../domain/barcode.ts';
import { makeShop } from '../../test/support/shop.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { getCart, scanCode } from './edit-cart.ts';
import { addProduct, editProduct } from './edit-product.ts';

test('a pack is written with a star, and read back as written', () => {
  assert.deepEqual(readPackCode(' 5400000000027 * 24'), { code: '5400000000027', packMilli: 24_000 });
  assert.deepEqual(readPackCode('036000291452'), { code: '0036000291452', packMilli: null });
  assert.deepEqual(readPackCode('AB*1'), { code: 'AB*1', packMilli: null });
  assert.equal(spellPackCode(readPackCode('5400000000027*24')), '5400000000027*24');
});

test('a crate scanned is 24 bottles with their deposits, three crates are 72, and a bottle more joins them', async () => {
  const shop = await makeShop();
  const { register, store, owner, clock } = shop;
  const deposit = unwrap(addProduct(register, { name: 'Bottle', priceMinor: 10 }, owner));
  const beer = unwrap(
    addProduct(
      register,
      { name: 'Beer', priceMinor: 120, codes: ['5400000000010', '5400000000027*24'], depositProduct: deposit.id },
      owner,
    ),
  );
  assert.deepEqual(beer.codes, ['5400000000010', '5400000000027*24']);
  unwrap(scanCode(register, '5400000000027', 1_000));
  unwrap(scanCode(register, '5400000000027', 3_000));
  unwrap(scanCode(register, '5400000000010', 1_000));
  assert.deepEqual(Object.fromEntries(getCart(register).lines.map(({ name, quantityMilli }) => [name, quantityMilli])), {
    Beer: 97_000,
    Bottle: 97_000,
  });
  // Another product's code, in whichever pack, is refused; a pack may change its count.
  const taken = addProduct(register, { name: 'Other', priceMinor: 1, codes: ['5400000000027*6'] }, owner);
  assert.equal(taken.ok ? '' : taken.refusal.code, 'input.invalid');
  unwrap(editProduct(register, beer.id, { codes: ['5400000000010', '5400000000027*20'] }, owner));
  assert.deepEqual(present(readProduct(store.db, beer.id, clock.nowMs()), 'beer').codes, ['5400000000010', '5400000000027*20']);
});
