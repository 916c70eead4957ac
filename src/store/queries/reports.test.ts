import assert from 'node:assert/strict';
import { readSalesSums } from './sales-sums.ts';
import { test } from 'node:test';
import { present } from '../../base/assert.ts';
import { unwrap } from '../../base/result.ts';
import { makeShop } from '../../../test/support/shop.ts';
import { completeSale } from '../../register/complete-sale.ts';
import { addProductLine, changeWholeCart, getCart, setTraining } from '../../register/edit-cart.ts';
import { addProduct } from '../../register/edit-product.ts';
import { refundSale } from '../../register/refund-sale.ts';
import { listPaymentMethods } from './catalogue.ts';
import { readSoldSale } from './refunds.ts';
import { reportSales } from './reports.ts';
import type { ReceiptData } from '../../domain/receipt.ts';

test('[ux 19] a report adds up to its sales: refunds counted back, discounts and training apart, the time’s end not in it', async () => {
  const shop = await makeShop({ catalogue: 'empty' });
  const { register, store, owner, clock } = shop;
  const card = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'card'),
    'card',
  ).id;
  const pay = (): ReceiptData => {
    const cart = getCart(register);
    return unwrap(
      completeSale(register, {
        cart: cart.id,
        totalMinor: cart.totalMinor,
        tenders: [{ method: card, amountMinor: cart.totalMinor }],
        user: owner,
      }),
    );
  };
  const { id: tea } = unwrap(addProduct(register, { name: 'Tea', priceMinor: 1210, costMinor: 400 }, owner));
  const { id: cup } = unwrap(addProduct(register, { name: 'Cup', priceMinor: 500 }, owner));
  const fromMs = clock.nowMs();
  unwrap(addProductLine(register, tea, 2000));
  unwrap(addProductLine(register, cup, 1000));
  unwrap(changeWholeCart(register, { discount: { kind: 'amount', amountMinor: 92, reason: null, approvedBy: null } }));
  const first = pay();
  clock.advance(3_600_000);
  unwrap(addProductLine(register, cup, 1000));
  pay();
  const { ref } = present(
    readSoldSale(store.db, first.uuid)?.lines.find(({ name }) => name === 'Tea'),
    'the tea',
  );
  unwrap(refundSale(register, { sale: first.uuid, lines: [{ ref, quantityMilli: 1000 }] }));
  const back = pay();
  unwrap(setTraining(register, true));
  unwrap(addProductLine(register, cup, 1000));
  pay();
  unwrap(setTraining(register, false));
  clock.advance(1_000);
  const untilMs = clock.nowMs();
  unwrap(addProductLine(register, cup, 1000));
  pay();
  const report = reportSales(store.db, { fromMs, untilMs, by: 'hour', products: 5 });
  const total = first.totalMinor + 500 + back.totalMinor;
  assert.deepEqual([report.sales, report.refunds, report.totalMinor, report.discountMinor], [2, 1, total, 92]);
  assert.deepEqual(
    report.buckets.map(({ sales, totalMinor }) => [sales, totalMinor]),
    [
      [1, first.totalMinor],
      [2, 500 + back.totalMinor],
    ],
  );
  for (const rows of [report.registers, report.users, report.methods, report.products, report.categories])
    assert.equal(
      rows.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
      total,
    );
  assert.deepEqual(
    report.users.map(({ name }) => name),
    ['Mina'],
  );
  assert.deepEqual(
    report.products.map(({ name, quantityMilli }) => [name, quantityMilli]),
    [
      ['Tea', 1000],
      ['Cup', 2000],
    ],
  );
  const [tax] = report.taxes;
  assert.equal((tax?.netMinor ?? 0) + (tax?.taxMinor ?? 0), total);
  assert.equal(report.marginMinor, report.products[0]?.marginMinor, 'what has no cost has no margin');
  shop.close();
});

test('[ux 19] what cash is rounded by is no turnover, as in the Z', async () => {
  const { register, store, owner, clock } = await makeShop({ catalogue: 'empty' });
  const cash = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'cash'),
    'cash',
  ).id;
  const { id: pen } = unwrap(addProduct(register, { name: 'Pen', priceMinor: 503 }, owner));
  const fromMs = clock.nowMs();
  const cart = unwrap(addProductLine(register, pen, 1000));
  const input = { cart: cart.id, totalMinor: 503, tenders: [{ method: cash, amountMinor: 505 }], user: owner };
  assert.equal(unwrap(completeSale(register, input)).roundingMinor, 2);
  clock.advance(1_000);
  const report = reportSales(store.db, { fromMs, untilMs: clock.nowMs(), by: 'hour', products: 5 });
  assert.deepEqual([report.totalMinor, report.methods[0]?.totalMinor], [503, 505]);
});

test('a report of a day reads that day: no question behind it goes through all sales or all lines', async (t) => {
  const shop = await makeShop();
  t.after(() => shop.close());
  const { db } = shop.store;
  const asked = new Set<string>();
  const heard = new Proxy(db, {
    get: (of, name) =>
      name === 'all' || name === 'get'
        ? (sql: string, ...values: number[]) => {
            asked.add(sql);
            return of[name](sql, ...values);
          }
        : Reflect.get(of, name),
  });
  readSalesSums(heard, 0, 1);
  assert.ok(asked.size >= 6);
  for (const sql of asked)
    for (const { detail } of db.all(`EXPLAIN QUERY PLAN ${sql}`, 0, 1)) {
      // What was summed already, and the few tenders that were corrected.
      const isFew = /^SCAN (paid|t USING INDEX tender_swap)$/.test(String(detail));
      assert.ok(isFew || !String(detail).startsWith('SCAN '), `${String(detail)}: ${sql}`);
    }
});
