/** Trading days that end after midnight: what is sold, closed and reported under them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localDay, utcOffsetMinutes } from '../base/clock.ts';
import { unwrap, type Result } from '../base/result.ts';
import { makeShop, sellSome, type TestShop } from '../../test/support/shop.ts';
import { listZs, readUnclosed } from '../store/queries/closings.ts';
import { reportSales } from '../store/queries/reports.ts';
import { verifyStore } from '../store/verify.ts';
import { closeDay } from './close-day.ts';
import { openShiftWithFloat } from './open-shift.ts';
import { ownRegisterId } from './register.ts';
import { setSelling } from './set-selling.ts';
import { tradingDayAt } from './trading-day.ts';

const FOUR = 4 * 60;

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.refusal.code;
}

/** Moves the clock to the next time that this machine's clocks say that hour and minute; answers the calendar day. */
function until({ clock }: TestShop, hour: number, minute = 0): number {
  const at = new Date(clock.nowMs());
  at.setHours(hour, minute, 0, 0);
  if (at.getTime() <= clock.nowMs()) at.setDate(at.getDate() + 1);
  clock.advance(at.getTime() - clock.nowMs());
  return localDay(at.getTime(), utcOffsetMinutes(at.getTime()));
}

function closeAll({ register, store, owner, clock }: TestShop): (readonly [day: number, sales: number])[] {
  unwrap(closeDay(register, readUnclosed(store.db, ownRegisterId(store), tradingDayAt(store.db, clock.nowMs())), owner));
  return listZs(store.db, {}).map(({ tradingDay, totals }) => [tradingDay, totals.sales.count]);
}

test('a day that ends at four: what is sold after midnight belongs to the evening, in its shift, its Z and its report', async () => {
  const shop = await makeShop();
  const { register, store, owner } = shop;
  unwrap(setSelling(register, { dayEndsAt: FOUR }, owner));
  const evening = until(shop, 22);
  const fromMs = shop.clock.nowMs();
  unwrap(openShiftWithFloat(register, { floatMinor: 5_000, user: owner, figures: null }));
  sellSome(shop);
  const morning = until(shop, 1, 30);
  sellSome(shop);
  const again = openShiftWithFloat(register, { floatMinor: 5_000, user: owner, figures: null });
  assert.equal(codeOf(again), 'shift.open', 'the evening’s shift is not of another day');
  until(shop, 3, 59);
  assert.equal(tradingDayAt(store.db, shop.clock.nowMs()), evening);
  until(shop, 4);
  sellSome(shop);
  const expected = [
    [evening, 2],
    [morning, 1],
  ] as const;
  assert.deepEqual(closeAll(shop), expected);
  const { buckets } = reportSales(store.db, { fromMs, untilMs: shop.clock.nowMs() + 1, by: 'day', products: 1 });
  assert.deepEqual(
    buckets.map(({ at, sales }) => [at, sales]),
    expected,
  );
  assert.equal(verifyStore(store.db).problem, null);
  shop.close();
});

test('set in the middle of a night, it takes back no day that has begun', async () => {
  const shop = await makeShop();
  until(shop, 22);
  const morning = until(shop, 1);
  sellSome(shop);
  unwrap(setSelling(shop.register, { dayEndsAt: FOUR }, shop.owner));
  until(shop, 2);
  sellSome(shop);
  assert.deepEqual(closeAll(shop), [[morning, 2]]);
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a day ends at noon at the latest, on a whole minute', async () => {
  const shop = await makeShop();
  for (const dayEndsAt of [-1, 721, 1.5])
    assert.equal(codeOf(setSelling(shop.register, { dayEndsAt }, shop.owner)), 'input.invalid', String(dayEndsAt));
  unwrap(setSelling(shop.register, { dayEndsAt: 720 }, shop.owner));
  shop.close();
});
