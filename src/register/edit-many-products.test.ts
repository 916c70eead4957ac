import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { makeId } from '../base/id.ts';
import { makeShop } from '../../test/support/shop.ts';
import { listPrices } from '../store/queries/prices.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { editProducts } from './edit-many-products.ts';
import { addCategory } from './edit-category.ts';
import { addProduct } from './edit-product.ts';

test('many products in one changeset: dearer by a part, rounded, moved, and all or none', async () => {
  const shop = await makeShop();
  const { register, store, owner } = shop;
  const ids = [199, 1_001, 40].map(
    (priceMinor, at) => unwrap(addProduct(register, { name: `Tea ${at}`, priceMinor, codes: [] }, owner)).id,
  );
  const teas = unwrap(addCategory(register, { name: 'Teas' }, owner));
  const before = present(store.own, 'own chain').n;
  unwrap(editProducts(register, ids, { priceChangePpm: 50_000, priceStepMinor: 5, category: teas, minimumAge: 16 }, owner));
  assert.equal(present(store.own, 'own chain').n, before + 1);
  const rows = ids.map((id) => present(readProduct(store.db, id, shop.clock.nowMs()), 'a tea'));
  assert.deepEqual(
    rows.map(({ priceMinor, category, minimumAge }) => [priceMinor, category?.name, minimumAge]),
    [
      [210, 'Teas', 16],
      [1_050, 'Teas', 16],
      [40, 'Teas', 16],
    ],
  );
  // What was asked before stays known; what did not change has no new row.
  assert.deepEqual(
    ids.map((id) => listPrices(store.db, id).length),
    [2, 2, 0],
  );
  const unknown = editProducts(register, [...ids, makeId(store.clock, store.random)], { active: false }, owner);
  assert.equal(unknown.ok ? '' : unknown.refusal.code, 'input.not-found');
  assert.ok(ids.every((id) => readProduct(store.db, id, shop.clock.nowMs())?.active));
  unwrap(editProducts(register, ids, { active: false }, owner));
  assert.ok(ids.every((id) => readProduct(store.db, id, shop.clock.nowMs())?.active === false));
  const many = editProducts(
    register,
    Array.from({ length: 151 }, () => present(ids[0], 'a tea')),
    { favourite: true },
    owner,
  );
  assert.equal(many.ok ? '' : many.refusal.code, 'input.invalid');
  const gold = unwrap(addProduct(register, { name: 'Gold', priceMinor: 900_000_000_000, codes: [] }, owner)).id;
  const dear = editProducts(register, [gold], { priceChangePpm: 10_000_000 }, owner);
  assert.equal(dear.ok ? '' : dear.refusal.code, 'input.amount-too-large');
});
