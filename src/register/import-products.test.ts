import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { unwrap } from '../base/result.ts';
import { makeShop, temporaryFolder, type TestShop } from '../../test/support/shop.ts';
import { listProducts } from '../store/queries/catalogue.ts';
import { inspectFile, readRows, writeImport, type RowError } from './import-products.ts';

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
  const plan = { id: 'plan', file, layout: await inspectFile(file), total: 2, user: shop.owner };
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
