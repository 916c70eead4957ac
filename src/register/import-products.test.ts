import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { unwrap } from '../base/result.ts';
import { makeShop, temporaryFolder, type TestShop } from '../../test/support/shop.ts';
import { listProducts } from '../store/queries/catalogue.ts';
import { present } from '../base/assert.ts';
import { findByCode, readProduct } from '../store/queries/catalogue.ts';
import { listPrices } from '../store/queries/prices.ts';
import { inspectFile, readRows, type ImportPlan, type RowError } from './import-file.ts';
import { addProduct, editProduct } from './edit-product.ts';
import { writeImport } from './import-products.ts';
import { beginUndo, finishedImports, undoImport, unfinishedUndos } from './undo-import.ts';

async function readFile(shop: TestShop, file: string): Promise<{ good: number; errors: RowError[] }> {
  const errors: RowError[] = [];
  let good = 0;
  for await (const { value, error } of readRows(shop.store, file, await inspectFile(file))) {
    if (value !== null) good++;
    if (error !== null) errors.push(error);
  }
  return { good, errors };
}

const noPause = (): Promise<void> => Promise.resolve();

test('every row is checked, and each that cannot be imported says which cell and why, by a code that every language has', async () => {
  const folder = temporaryFolder();
  const shop = await makeShop({ catalogue: 'empty' });
  const file = `${folder.path}/goods.csv`;
  const long = 'x'.repeat(201);
  const rows = [
    'EAN;Nom;Prix;TVA',
    '5410000000019;Confiture;3,20;6',
    ';;1;6',
    `;${long};1;6`,
    ';Thé;12,5o;6',
    `${'9'.repeat(81)};Café;1;6`,
    '5410000000019;Confiture encore;3,20;6',
    ';Sel;1;beaucoup',
  ];
  writeFileSync(file, rows.join('\r\n'), 'latin1');
  const { good, errors } = await readFile(shop, file);
  assert.equal(good, 1);
  assert.deepEqual(
    errors.map(({ row, column, problem }) => [row, column, problem]),
    [
      [3, 'name', 'name-missing'],
      [4, 'name', 'name-too-long'],
      [5, 'price', 'not-a-price'],
      [6, 'barcode', 'code-too-long'],
      [7, 'barcode', 'code-repeated'],
      [8, 'taxRate', 'not-a-rate'],
    ],
  );
  assert.equal(errors[2]?.value, '12,5o');
  shop.close();
  folder.remove();
});

test('the good rows are written once, a code that is known is not doubled', async () => {
  const folder = temporaryFolder();
  const shop = await makeShop({ catalogue: 'empty' });
  const file = `${folder.path}/goods.csv`;
  writeFileSync(file, 'barcode,name,price\n5410000000019,Jam,3.20\n5410000000026,Tea,x\n5410000000033,Salt,1\n');
  const plan: ImportPlan = {
    id: 'plan',
    file,
    fileName: 'goods.csv',
    layout: await inspectFile(file),
    total: 2,
    known: 'leave',
    user: shop.owner,
  };
  const seen: number[] = [];
  assert.deepEqual(unwrap(await writeImport(shop.register, plan, (done) => seen.push(done), noPause)), { rows: 2 });
  unwrap(await writeImport(shop.register, { ...plan, id: 'again' }, () => {}, noPause));
  const query = { category: null, hidden: false, sort: 'name', offset: 0, limit: 10, nowMs: shop.clock.nowMs() };
  assert.deepEqual(
    listProducts(shop.store.db, query).rows.map(({ name, priceMinor }) => [name, priceMinor]),
    [
      ['Jam', 320],
      ['Salt', 100],
    ],
  );
  assert.deepEqual(seen, [2]);
  shop.close();
  folder.remove();
});

test('[ux 16] a file may change what is there, and is undone: its products go, the others are what they were, a later word stands', async () => {
  const folder = temporaryFolder();
  const shop = await makeShop({ catalogue: 'empty' });
  const { register, store, owner, clock } = shop;
  const jam = unwrap(addProduct(register, { name: 'Jam', priceMinor: 320, codes: ['5410000000019'], costMinor: 200 }, owner)).id;
  const tea = unwrap(addProduct(register, { name: 'Tea', priceMinor: 500, codes: ['5410000000026'] }, owner)).id;
  const file = `${folder.path}/goods.csv`;
  writeFileSync(
    file,
    'barcode;name;price;category\n5410000000019;Jam of plums;3,50;Sweet\n5410000000026;Tea;5,20;\n5410000000033|5410000000040*6;Salt;1;Salty\n',
  );
  const plan: ImportPlan = {
    id: 'one',
    file,
    fileName: 'goods.csv',
    layout: await inspectFile(file),
    total: 3,
    known: 'update',
    user: owner,
  };
  unwrap(await writeImport(register, plan, () => {}, noPause));
  const row = (id: typeof jam): unknown[] => {
    const product = present(readProduct(store.db, id, clock.nowMs()), 'the product');
    return [product.name, product.priceMinor, product.category?.name ?? null, product.costMinor];
  };
  assert.deepEqual(row(jam), ['Jam of plums', 350, 'Sweet', 200]);
  assert.deepEqual(row(tea), ['Tea', 520, null, null]);
  assert.deepEqual(
    listPrices(store.db, jam).map(({ priceMinor }) => priceMinor),
    [350, 320],
  );
  const [salt] = findByCode(store.db, '5410000000040');
  assert.deepEqual(readProduct(store.db, present(salt, 'salt'), clock.nowMs())?.codes, ['5410000000033', '5410000000040*6']);
  assert.deepEqual(
    finishedImports(store).map(({ plan: { id, total } }) => [id, total]),
    [['one', 3]],
  );

  clock.advance(1000);
  unwrap(editProduct(register, tea, { priceMinor: 530 }, owner));
  clock.advance(1000);
  const begun = unwrap(beginUndo(register, 'one'));
  assert.equal(beginUndo(register, 'one').ok, false, 'once');
  assert.deepEqual(
    unfinishedUndos(store).map(({ id }) => id),
    ['one'],
    'a restart goes on',
  );
  unwrap(await undoImport(register, begun, owner, () => {}, noPause));
  assert.deepEqual(row(jam), ['Jam', 320, null, 200]);
  assert.deepEqual(row(tea), ['Tea', 530, null, null]);
  assert.deepEqual(findByCode(store.db, '5410000000033'), []);
  assert.deepEqual([finishedImports(store), unfinishedUndos(store)], [[], []]);
  shop.close();
  folder.remove();
});
