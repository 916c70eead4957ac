/** Sums of past weeks: a report says the same with them as without, whatever comes late and whatever the disk does to them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { swapTender } from '../register/swap-tender.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { reportSales, type SalesReport } from '../store/queries/reports.ts';
import { startReader } from '../store/reader.ts';
import { WEEK_MS } from '../store/week-sums.ts';
import { makeShop, sellSome, type TestShop } from '../../test/support/shop.ts';
import { sumPastWeeks } from './keep-week-sums.ts';

const SALES_A_WEEK = 4;

interface Trading {
  readonly shop: TestShop;
  /** Sums what is past, as idle moments do. */
  sum(signal?: AbortSignal): Promise<void>;
  kept(): number;
  report(): SalesReport;
  /** The same, all of it out of the ledgers. */
  counted(): SalesReport;
}

/** A shop that sold through some weeks. */
async function trade(t: TestContext, weeks: number): Promise<Trading> {
  const shop = await makeShop();
  const { db } = shop.store;
  const log = { info: () => {}, warn: () => {}, error: (event: string) => assert.fail(event) };
  t.after(() => shop.close());
  for (let at = 0; at < weeks * SALES_A_WEEK; at++) {
    sellSome(shop, 1 + (at % 3));
    shop.clock.advance(WEEK_MS / SALES_A_WEEK);
  }
  const reader = startReader(shop.store);
  const report = (): SalesReport => reportSales(db, { fromMs: 0, untilMs: shop.clock.nowMs() + 1, by: 'day', products: 50 });
  return {
    shop,
    sum: (signal = new AbortController().signal) => sumPastWeeks({ store: shop.store, reader, clock: shop.clock, log }, signal),
    kept: () => Number(db.get('SELECT count(*) AS weeks FROM week_sum WHERE body IS NOT NULL')?.['weeks']),
    report,
    counted: () => {
      db.sqlite.exec('SAVEPOINT counting; DELETE FROM week_sum');
      const counted = report();
      db.sqlite.exec('ROLLBACK TO counting; RELEASE counting');
      return counted;
    },
  };
}

test('a report says with the sums of past weeks what it says without, and reads nothing else of those weeks', async (t) => {
  const { shop, sum, kept, report, counted } = await trade(t, 5);
  const before = report();
  await sum();
  assert.ok(kept() >= 4 && before.sales === 5 * SALES_A_WEEK, `${kept()} weeks`);
  assert.deepEqual(report(), before);
  assert.deepEqual(report(), counted());
  // Behind the back of the program, so that it shows where the figures come from.
  shop.store.db.sqlite.exec('UPDATE sale SET total_minor = 0');
  assert.ok(report().totalMinor > 0 && counted().totalMinor < report().totalMinor);
});

test('a sale that comes late, and a payment corrected late, are in the report at once', async (t) => {
  const { shop, sum, kept, report, counted } = await trade(t, 3);
  await sum();
  const weeks = kept();
  const late = sellSome(shop);
  // As one of another register that was cut off: its time lies in a week that is summed.
  shop.store.db.sqlite.exec(`CREATE TEMP TABLE moved AS SELECT * FROM sale WHERE uuid = (SELECT uuid FROM sale ORDER BY id DESC LIMIT 1);
    DELETE FROM sale WHERE id = (SELECT id FROM moved);
    UPDATE moved SET completed_at = completed_at - ${2 * WEEK_MS}; INSERT INTO sale SELECT * FROM moved`);
  assert.equal(kept(), weeks - 1);
  assert.deepEqual(report(), counted());
  await sum();
  assert.equal(kept(), weeks);
  assert.deepEqual(report(), counted());

  const card = present(listPaymentMethods(shop.store.db).find(({ kind }) => kind === 'card')?.id, 'card');
  const tender = present(late.tenders[0], 'the payment').tender;
  unwrap(swapTender(shop.register, { sale: late.uuid, tender, method: card, user: shop.owner, by: shop.owner }));
  assert.equal(kept(), weeks - 1);
  assert.equal(report().methods.find(({ id }) => id === card)?.totalMinor, late.dueMinor);
});

test('a sale that comes while its week is being summed: what was read is not kept', async (t) => {
  const { shop, kept, report, counted } = await trade(t, 2);
  const { store, clock } = shop;
  const reader = startReader(store);
  const late = {
    ...reader,
    ask: (async (name: 'sumWeek', week: number) => {
      const body = await reader.ask(name, week);
      store.db.run('INSERT INTO sale (id, completed_at, mode) VALUES (?, ?, ?)', 999_999, week * WEEK_MS + 5, 'training');
      store.db.run('DELETE FROM sale WHERE id = ?', 999_999);
      return body;
    }) as typeof reader.ask,
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  await sumPastWeeks({ store, reader: late, clock, log }, new AbortController().signal);
  assert.equal(kept(), 0);
  assert.deepEqual(report(), counted());
});

test('[fault 28] sums that the disk has spoiled, or put under another week, are not believed', async (t) => {
  const { shop, sum, report, counted } = await trade(t, 4);
  await sum();
  const before = counted();
  const { db } = shop.store;
  const spoil = (sql: string): void => {
    db.sqlite.exec(`SAVEPOINT whole; ${sql}`);
    assert.deepEqual(report(), before, sql);
    db.sqlite.exec('ROLLBACK TO whole; RELEASE whole');
  };
  for (const at of [1, 4, 9, 20, 60, 120])
    spoil(`UPDATE week_sum SET body = CAST(substr(body, 1, ${at - 1}) || x'a7' || substr(body, ${at + 1}) AS BLOB)`);
  spoil('UPDATE week_sum SET body = (SELECT body FROM week_sum other WHERE other.week > week_sum.week)');
  spoil("UPDATE week_sum SET body = x''");
});
