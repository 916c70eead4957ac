/** A whole stocktake from a file: [ux 18] counted while selling goes on, cut by a kill, ended once. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { unwrap } from '../base/result.ts';
import { makeShop, temporaryFolder } from '../../test/support/shop.ts';
import { onHandMilli } from '../store/queries/stock.ts';
import { addProduct } from './edit-product.ts';
import { moveStock } from './move-stock.ts';
import { readCounts, unfinishedStocktakes, writeStocktake, type StocktakePlan } from './stocktake.ts';

test('rows that cannot be counted are named, the others written once, from where a cut left them; sales in between stay', async () => {
  const folder = temporaryFolder();
  const shop = await makeShop({ catalogue: 'empty' });
  const { register, store, owner } = shop;
  const codeOf = (at: number): string => `54${String(at).padStart(11, '0')}`;
  const ids = Array.from(
    { length: 450 },
    (_, at) => unwrap(addProduct(register, { name: `Goods ${at}`, priceMinor: 100, codes: [codeOf(at)] }, owner)).id,
  );
  const file = `${folder.path}/counts.csv`;
  const rows = ids.map((_, at) => `shelf ${at};${codeOf(at)};${at},5`);
  writeFileSync(file, ['place;EAN;counted', ...rows, `x;${codeOf(0)};1`, 'x;0000;1', `x;${codeOf(1)};many`].join('\n'));
  const counts = await readCounts(store, file, `${file}.ready`);
  assert.deepEqual([counts.good, counts.bad], [450, 3]);
  assert.deepEqual(
    counts.problems.map(({ row, problem }) => [row, problem]),
    [
      [452, 'counted-twice'],
      [453, 'code-unknown'],
      [454, 'not-a-quantity'],
    ],
  );
  const plan: StocktakePlan = { id: 'take', file: `${file}.ready`, total: counts.good, user: owner };
  const [first, , last] = [ids[0], null, ids[449]];
  assert.ok(first !== undefined && last !== undefined);
  let chunks = 0;
  const cut = writeStocktake(
    register,
    plan,
    () => {},
    () => {
      chunks++;
      // Something of what is counted is counted again and goes out between two chunks.
      unwrap(moveStock(register, { work: 'adjusted', rows: [{ product: first, quantityMilli: -2_000 }], note: null }, owner));
      return chunks === 2 ? Promise.reject(new Error('killed')) : Promise.resolve();
    },
  );
  await assert.rejects(cut, /killed/);
  assert.deepEqual(
    unfinishedStocktakes(store).map(({ id }) => id),
    ['take'],
  );
  assert.equal(onHandMilli(store.db, last), 0, 'not yet counted');
  const done: number[] = [];
  unwrap(
    await writeStocktake(
      register,
      plan,
      (at) => done.push(at),
      () => Promise.resolve(),
    ),
  );
  assert.deepEqual(done, [450]);
  assert.deepEqual([onHandMilli(store.db, first), onHandMilli(store.db, last)], [500 - 4_000, 449_500]);
  assert.deepEqual(unfinishedStocktakes(store), []);
  shop.close();
  folder.remove();
});
