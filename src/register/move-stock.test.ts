import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unwrap } from '../base/result.ts';
import { present } from '../base/assert.ts';
import { makeShop } from '../../test/support/shop.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { listStock, movementsOf } from '../store/queries/stock.ts';
import { completeSale } from './complete-sale.ts';
import { addProductLine } from './edit-cart.ts';
import { addProduct, editProduct } from './edit-product.ts';
import { moveStock } from './move-stock.ts';

test('[ux 18] received, sold, counted, put right: what is on hand, what is low, what it is worth, and who moved it', async () => {
  const shop = await makeShop({ catalogue: 'empty' });
  const { id: tea } = unwrap(
    addProduct(shop.register, { name: 'Tea', priceMinor: 400, costMinor: 200, stockMinimumMilli: 5000 }, shop.owner),
  );
  const move = (work: 'received' | 'adjusted' | 'counted', quantityMilli: number, unitCostMinor: number | null = null): void => {
    shop.clock.advance(1_000);
    unwrap(
      moveStock(
        shop.register,
        { work, rows: [{ product: tea, quantityMilli, unitCostMinor }], note: work === 'adjusted' ? 'broken' : null },
        shop.owner,
      ),
    );
  };
  const line = (filter: 'counted' | 'low' | 'all'): unknown => {
    const { rows, valueMinor } = listStock(shop.store.db, { filter, found: null, offset: 0, limit: 10, sums: null });
    return rows.length === 0 ? null : [rows[0]?.onHandMilli, valueMinor];
  };
  assert.equal(line('counted'), null, 'what nobody received or counted has no stock');
  move('received', 12_000, 210);
  assert.deepEqual(line('counted'), [12_000, 2520]);
  const cart = unwrap(addProductLine(shop.register, tea, 4000));
  const cash = present(listPaymentMethods(shop.store.db)[0], 'cash').id;
  unwrap(
    completeSale(shop.register, {
      cart: cart.id,
      totalMinor: cart.totalMinor,
      tenders: [{ method: cash, amountMinor: 2000 }],
      user: shop.owner,
    }),
  );
  assert.equal(line('low'), null);
  move('counted', 5_000);
  move('adjusted', -1_000);
  assert.deepEqual(line('low'), [4_000, 840]);
  const { rows, soldMilli } = movementsOf(shop.store.db, tea, 10);
  assert.deepEqual(
    rows.map(({ reason, quantityMilli, user, note }) => [reason, quantityMilli, user, note]),
    [
      ['adjusted', -1_000, 'Mina', 'broken'],
      ['counted', -3_000, 'Mina', null],
      ['received', 12_000, 'Mina', null],
    ],
  );
  assert.equal(soldMilli, 4_000);
  unwrap(editProduct(shop.register, tea, { active: false }, shop.owner));
  assert.equal(line('all'), null, 'what is hidden is not counted');
  shop.close();
});

test('the stock page by page is all of it by name, each line with what is on hand, and keeps the sums of its first page', async () => {
  const shop = await makeShop();
  const names = Array.from({ length: 25 }, (_, at) => `Tea ${String(at).padStart(2, '0')}`);
  const teas = names.map((name) => unwrap(addProduct(shop.register, { name, priceMinor: 400, costMinor: 200 }, shop.owner)).id);
  const rows = teas.map((product, at) => ({ product, quantityMilli: at * 1_000, unitCostMinor: null }));
  unwrap(moveStock(shop.register, { work: 'counted', rows, note: null }, shop.owner));
  const { db } = shop.store;
  const first = listStock(db, { filter: 'all', found: null, offset: 0, limit: 7, sums: null });
  const pages = [first.rows];
  for (let offset = 7; offset < first.total; offset += 7) {
    const page = listStock(db, {
      filter: 'all',
      found: null,
      offset,
      limit: 7,
      sums: { total: first.total, valueMinor: first.valueMinor },
    });
    assert.deepEqual([page.total, page.valueMinor], [first.total, first.valueMinor]);
    pages.push(page.rows);
  }
  const counted = listStock(db, { filter: 'counted', found: null, offset: 0, limit: 100, sums: null });
  const held = ({ name, onHandMilli }: (typeof first.rows)[number]): unknown => [name, onHandMilli];
  assert.deepEqual(
    pages
      .flat()
      .filter(({ name }) => names.includes(name))
      .map(held),
    names.map((name, at) => [name, at * 1_000]),
  );
  assert.deepEqual(
    counted.rows.map(held),
    names.map((name, at) => [name, at * 1_000]),
  );
  assert.equal(counted.valueMinor, 200 * 300);
  shop.close();
});
