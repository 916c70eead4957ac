import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unwrap, type Result } from '../base/result.ts';
import { idToBytes } from '../base/id.ts';
import { makeShop } from '../../test/support/shop.ts';
import { categoriesWithin, listCategories, listProducts } from '../store/queries/catalogue.ts';
import { categoryTiles } from '../store/queries/tiles.ts';
import { addCategory, editCategory, removeCategory } from './edit-category.ts';
import { addProduct, editProduct } from './edit-product.ts';

const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);

test('[ux 17] categories in categories: a shelf shows what lies in it at any depth; none lies in itself, none is removed full', async () => {
  const { register, store, owner, clock } = await makeShop({ catalogue: 'empty' });
  const drinks = unwrap(addCategory(register, { name: 'Drinks' }, owner));
  const beers = unwrap(addCategory(register, { name: 'Beers', parent: drinks }, owner));
  const dark = unwrap(addCategory(register, { name: 'Dark', parent: beers }, owner));
  const stout = unwrap(addProduct(register, { name: 'Stout', priceMinor: 300, category: dark }, owner)).id;
  unwrap(addProduct(register, { name: 'Water', priceMinor: 100, category: drinks }, owner));
  const shelf = (category: typeof drinks): string[] =>
    categoryTiles(store.db, { category, nowMs: clock.nowMs() })
      .map(({ name }) => name)
      .sort();
  assert.deepEqual([shelf(drinks), shelf(beers), shelf(dark)], [['Stout', 'Water'], ['Stout'], ['Stout']]);
  const query = { category: drinks, hidden: false, sort: 'name', offset: 0, limit: 10, nowMs: clock.nowMs() };
  assert.equal(listProducts(store.db, query).total, 2);

  assert.equal(code(editCategory(register, drinks, { parent: dark }, owner)), 'input.invalid');
  assert.equal(code(editCategory(register, drinks, { parent: drinks }, owner)), 'input.invalid');
  assert.equal(code(removeCategory(register, dark, owner)), 'input.invalid');
  assert.equal(code(removeCategory(register, beers, owner)), 'input.invalid');
  unwrap(editCategory(register, beers, { name: 'Ales', parent: null, position: 1 }, owner));
  assert.deepEqual(
    listCategories(store.db).map(({ name, parent }) => [name, parent]),
    [
      ['Ales', null],
      ['Dark', beers],
      ['Drinks', null],
    ],
  );
  unwrap(editProduct(register, stout, { category: null }, owner));
  unwrap(removeCategory(register, dark, owner));
  assert.equal(code(editCategory(register, dark, { name: 'Gone' }, owner)), 'input.not-found');
});

test('a ring that two registers made while apart ends', async () => {
  const { register, store, owner } = await makeShop({ catalogue: 'empty' });
  const one = unwrap(addCategory(register, { name: 'One' }, owner));
  const two = unwrap(addCategory(register, { name: 'Two', parent: one }, owner));
  store.db.run('UPDATE category SET parent = ? WHERE id = ?', idToBytes(two), idToBytes(one));
  assert.deepEqual(categoriesWithin(store.db, one), new Set([one, two]));
});
