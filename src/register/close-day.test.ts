/** Shifts and closings of whole registers: what must hold of Zs whatever is sold, moved, opened late or comes in late. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { localDay, utcOffsetMinutes } from '../base/clock.ts';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { turnoverMinor } from '../domain/closing-totals.ts';
import { deliver, snapshot } from '../../test/support/foreign-chain.ts';
import { makeShop, sellSome } from '../../test/support/shop.ts';
import { makeShopOfMany, type Member } from '../../test/support/shop-of-many.ts';
import { readChain } from '../store/archive.ts';
import { renewChain } from '../store/begin-chain.ts';
import { readArchiveHead, readArchivePage } from '../store/period-archive.ts';
import { listClosings, listZs, readPeriod, readUnclosed, type OpenDay, type Unclosed, type ZRow } from '../store/queries/closings.ts';
import { floatSetAside, lastCounts, openShift, shiftFigures } from '../store/queries/shifts.ts';
import type { Store } from '../store/store.ts';
import { verifyArchive } from '../store/verify-archive.ts';
import { verifyStore } from '../store/verify.ts';
import { closeDay } from './close-day.ts';
import { closePeriod } from './close-period.ts';
import { closeShift } from './close-shift.ts';
import { countShift } from './count-shift.ts';
import { moveCash } from './move-cash.ts';
import { noteAudit } from './note-audit.ts';
import { openShiftWithFloat } from './open-shift.ts';
import { ownRegisterId } from './register.ts';
import { sealArchive } from './seal-archive.ts';

type Till = Pick<Member, 'register' | 'store' | 'owner'>;

const DAY_MS = 86_400_000;

function today(store: Store): number {
  const now = store.clock.nowMs();
  return localDay(now, utcOffsetMinutes(now));
}

function makeZ({ register, store, owner }: Till): ReturnType<typeof closeDay> {
  return closeDay(register, readUnclosed(store.db, ownRegisterId(store), today(store)), owner);
}

function figuresOf({ store }: Till): ReturnType<typeof shiftFigures> {
  return shiftFigures(store.db, present(openShift(store.db, ownRegisterId(store)), 'an open shift').shift);
}

/** Counts what the figures say less what is missing, and closes. */
function countAndClose(till: Till, shortMinor: number, staysMinor: number): void {
  const figures = figuresOf(till);
  const counts = figures.methods.map(({ method, kind, expectedMinor }) => ({
    method,
    countedMinor: expectedMinor - (kind === 'cash' ? shortMinor : 0),
    pieces: [],
  }));
  unwrap(countShift(till.register, { counts, figures, user: till.owner }));
  unwrap(closeShift(till.register, { staysMinor, figures: figuresOf(till), user: till.owner }));
}

/** [Z 3]: numbers and ranges of a register run without a gap or an overlap; the perpetual total is the sum. */
function holdTogether(zs: readonly ZRow[]): void {
  let perpetualMinor = 0;
  const ends = new Map<string, number>();
  for (const [at, z] of zs.entries()) {
    assert.equal(z.number, at + 1);
    assert.equal(z.fromN, (ends.get(z.totals.chain) ?? 0) + 1);
    assert.ok(z.toN >= z.fromN);
    ends.set(z.totals.chain, z.toN);
    perpetualMinor += turnoverMinor(z.totals);
    assert.equal(z.perpetualMinor, perpetualMinor);
  }
}

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.trimEnd().split('\n')) yield line;
}

function archiveOf({ register, store }: Till, name: Parameters<typeof readArchiveHead>[1]): string {
  const head = present(readArchiveHead(store.db, name, store.clock.nowMs()), 'a closing');
  const lines = head.chains.flatMap(({ chain, fromN, toN }) => readArchivePage(store.db, chain, fromN, toN));
  return sealArchive(register, head) + lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

test('[Z 3] Zs of any history: gapless, disjoint, and the perpetual total is their sum', { timeout: 120_000 }, async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('sell' as const) },
    { weight: 2, arbitrary: fc.constantFrom('move' as const, 'audit' as const, 'shift' as const) },
    { weight: 3, arbitrary: fc.constantFrom('z' as const, 'night' as const) },
    { weight: 1, arbitrary: fc.constant('new-chain' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const shop = await makeShop();
      let sold = 0;
      for (const what of steps) {
        shop.clock.advance(60_000);
        if (what === 'sell') sold += sellSome(shop).totalMinor;
        else if (what === 'move')
          unwrap(moveCash(shop.register, { kind: 'paid-in', amountMinor: 500, reason: 'Change', user: shop.owner }));
        else if (what === 'audit') unwrap(noteAudit(shop.register, { kind: 'no-sale', user: shop.owner, detail: {} }));
        else if (what === 'night') shop.clock.advance(DAY_MS);
        else if (what === 'new-chain') renewChain(shop.store);
        else if (what === 'z') makeZ(shop);
        else if (openShift(shop.store.db, ownRegisterId(shop.store)) === null)
          unwrap(openShiftWithFloat(shop.register, { floatMinor: 1000, user: shop.owner, figures: null }));
        else countAndClose(shop, 0, 0);
      }
      makeZ(shop);
      const zs = listZs(shop.store.db, { register: ownRegisterId(shop.store) });
      holdTogether(zs);
      assert.equal(zs.at(-1)?.perpetualMinor ?? 0, sold);
      assert.deepEqual(readUnclosed(shop.store.db, ownRegisterId(shop.store), today(shop.store)).days, []);
      const year = listClosings(shop.store.db, { kind: 'year', cursor: '', limit: 10 }).rows;
      assert.equal(
        year.reduce((sum, { turnoverMinor: turnover }) => sum + turnover, 0),
        sold,
      );
      if (zs.length > 0) {
        const verified = await verifyArchive(linesOf(archiveOf(shop, { kind: 'year', day: zs[0]?.tradingDay ?? 0 })));
        assert.equal(verified.problem, null);
      }
      assert.equal(verifyStore(shop.store.db).problem, null);
      shop.close();
    }),
    { numRuns: 25 },
  );
});

test('a day nobody closed gets a Z of its own the next morning', async () => {
  const shop = await makeShop();
  sellSome(shop);
  const first = today(shop.store);
  shop.clock.advance(DAY_MS);
  sellSome(shop);
  assert.equal(unwrap(makeZ(shop)), 2);
  const zs = listZs(shop.store.db, {});
  assert.deepEqual(
    zs.map(({ tradingDay, totals }) => [tradingDay, totals.sales.count]),
    [
      [first, 1],
      [today(shop.store), 1],
    ],
  );
  holdTogether(zs);
  shop.close();
});

test('a shift left open overnight: sales go on in it; a new opening ends it uncounted, its books at nought', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  const overnight = present(openShift(shop.store.db, ownRegisterId(shop.store)), 'the silent shift');
  shop.clock.advance(DAY_MS);
  sellSome(shop);
  assert.equal(openShift(shop.store.db, ownRegisterId(shop.store))?.shift, overnight.shift);
  const figures = figuresOf(shop);
  assert.equal(figures.methods[0]?.expectedMinor, 2 * sale.dueMinor);
  assert.equal(openShiftWithFloat(shop.register, { floatMinor: 5000, user: shop.owner, figures: null }).ok, false);
  unwrap(openShiftWithFloat(shop.register, { floatMinor: 5000, user: shop.owner, figures }));
  const morning = figuresOf(shop);
  assert.notEqual(morning.shift, overnight.shift);
  assert.equal(morning.methods[0]?.expectedMinor, 5000);
  assert.equal(shiftFigures(shop.store.db, overnight.shift).methods[0]?.expectedMinor, 0);
  shop.close();
});

test('a count is kept as it was made, and a closed shift takes no more', async () => {
  const shop = await makeShop();
  unwrap(openShiftWithFloat(shop.register, { floatMinor: 10_000, user: shop.owner, figures: null }));
  sellSome(shop);
  const { shift } = figuresOf(shop);
  const stale = figuresOf(shop);
  countAndClose(shop, 2000, 5000);
  const counts = lastCounts(shop.store.db, shift);
  assert.equal(present(counts[0], 'cash').countedMinor - present(counts[0], 'cash').expectedMinor, -2000);
  assert.equal(floatSetAside(shop.store.db, ownRegisterId(shop.store)), 5000);
  assert.equal(shiftFigures(shop.store.db, shift).methods[0]?.expectedMinor, 0);
  for (const again of [
    countShift(shop.register, { counts: [], figures: stale, user: shop.owner }),
    closeShift(shop.register, { staysMinor: 0, figures: stale, user: shop.owner }),
  ])
    assert.deepEqual(again.ok ? '' : again.refusal.code, 'shift.none');
  shop.close();
});

/** All that `from` holds, as a pull would bring it; its chains' keys are known by certificate. */
function bring(from: Store, to: Store): void {
  for (const row of from.db.all('SELECT id FROM chain WHERE public_key IS NOT NULL ORDER BY number'))
    deliver(to, ...readChain(from, row['id'] as Uint8Array, 1, 10_000, Infinity));
}

test('[Z 4] two registers’ Zs merge to one day; who is missing is named; a late day stands beside the closed one, marked', async () => {
  const shop = await makeShopOfMany();
  const [first] = shop.members as [Member];
  const second = shop.join();
  bring(first.store, second.store);
  const day = today(first.store);
  const sale = sellSome(first);
  unwrap(makeZ(first));

  // Nothing has come from the second; then its sale has, and its Z has not.
  assert.deepEqual(
    readPeriod(first.store.db, 'day', day).missing.map(({ code, state }) => [code, state]),
    [['R2', 'silent']],
  );
  sellSome(second);
  bring(second.store, first.store);
  const before = readPeriod(first.store.db, 'day', day);
  assert.deepEqual(
    before.missing.map(({ code, state }) => [code, state]),
    [['R2', 'not-closed']],
  );
  unwrap(closePeriod(first.register, before, first.owner));
  assert.equal(closePeriod(first.register, before, first.owner).ok, false);

  // The second was cut off, makes its Z at last, and both registers say the same of the day.
  unwrap(makeZ(second));
  bring(second.store, first.store);
  bring(first.store, second.store);
  for (const { store } of [first, second]) {
    const view = readPeriod(store.db, 'day', day);
    assert.deepEqual(
      new Map(view.zs.map(({ register, late }) => [register, late])),
      new Map([
        ['R1', false],
        ['R2', true],
      ]),
    );
    assert.deepEqual(view.missing, []);
    assert.equal(turnoverMinor(view.totals), 2 * sale.totalMinor);
    assert.equal(view.perpetualMinor, 2 * sale.totalMinor);
    assert.equal(listClosings(store.db, { kind: 'z', cursor: '', limit: 10 }).rows.filter(({ late }) => late).length, 1);
  }
  assert.deepEqual(snapshot(first.store).tables, snapshot(second.store).tables);

  const archive = archiveOf(second, { kind: 'day', day });
  const verified = await verifyArchive(linesOf(archive));
  assert.deepEqual([verified.problem, verified.zs, verified.sales], [null, 2, 2]);
});

test('an archive with a figure of its Z changed under a forged key is refused by the certificate', async () => {
  const shop = await makeShopOfMany();
  const [first] = shop.members as [Member];
  sellSome(first);
  unwrap(makeZ(first));
  const other = await makeShopOfMany();
  const [head = '', ...rest] = archiveOf(first, { kind: 'day', day: today(first.store) })
    .trimEnd()
    .split('\n');
  const forged = JSON.parse(head) as { authority: string };
  forged.authority = (JSON.parse(archiveHeadOf(other)) as { authority: string }).authority;
  const { problem } = await verifyArchive(linesOf([JSON.stringify(forged), ...rest].join('\n')));
  assert.match(problem?.what ?? '', /certificate is not of this shop/);
});

test('a register that lies in its Z is found out by whoever holds the archive: figures, range, hash, perpetual total', async () => {
  const lies: readonly (readonly [RegExp, (unclosed: Unclosed) => Unclosed])[] = [
    [/figures are not what its changesets come to/, (said) => withDay(said, (day) => ({ ...day, totals: { ...day.totals, voids: 3 } }))],
    [/are not all here, or are in another Z/, (said) => withDay(said, (day) => ({ ...day, fromN: day.fromN - 1 }))],
    [/its last changeset is another one/, (said) => withDay(said, (day) => ({ ...day, totals: { ...day.totals, hash: 'ab'.repeat(32) } }))],
    [/perpetual total is not the last one and its turnover/, (said) => ({ ...said, perpetualMinor: said.perpetualMinor - 1 })],
  ];
  for (const [wanted, lie] of lies) {
    const shop = await makeShop();
    sellSome(shop);
    unwrap(makeZ(shop));
    sellSome(shop);
    const unclosed = readUnclosed(shop.store.db, ownRegisterId(shop.store), today(shop.store));
    unwrap(closeDay(shop.register, lie(unclosed), shop.owner));
    const { problem } = await verifyArchive(linesOf(archiveOf(shop, { kind: 'day', day: today(shop.store) })));
    assert.match(problem?.where ?? '', /^R1 Z 2 /);
    assert.match(problem?.what ?? '', wanted);
    shop.close();
  }
});

function withDay(said: Unclosed, change: (day: OpenDay) => OpenDay): Unclosed {
  return { ...said, days: said.days.map(change) };
}

test('an archive from which a register was taken, signed anew by a stranger, is refused', async () => {
  const shop = await makeShopOfMany();
  const [first] = shop.members as [Member];
  const second = shop.join();
  bring(first.store, second.store);
  for (const till of [first, second]) {
    sellSome(till);
    unwrap(makeZ(till));
  }
  bring(second.store, first.store);
  const day = today(first.store);
  const whole = archiveOf(first, { kind: 'day', day });
  assert.equal((await verifyArchive(linesOf(whole))).problem, null);
  const head = present(readArchiveHead(first.store.db, { kind: 'day', day }, 1), 'a closing');
  const without = { ...head, zs: head.zs.slice(0, 1), chains: head.chains.slice(0, 1) };
  const stranger = await makeShop();
  const kept = whole.split('\n').filter((line) => line.startsWith(`{"chain":"${head.chains[0]?.chain ?? ''}","n"`));
  const resigned = sealArchive(stranger.register, without) + kept.join('\n');
  const { problem } = await verifyArchive(linesOf(resigned));
  assert.deepEqual(problem, { where: 'line 2', what: 'its certificate is not of this shop' });

  // In a shop of one register the stranger's key does not lead to the register's first.
  const alone = await makeShop();
  sellSome(alone);
  unwrap(makeZ(alone));
  const own = present(readArchiveHead(alone.store.db, { kind: 'day', day: today(alone.store) }, 1), 'a closing');
  const { problem: other } = await verifyArchive(linesOf(sealArchive(stranger.register, own)));
  assert.deepEqual(other, { where: 'line 2', what: 'its key is not of this register' });
});

function archiveHeadOf({ members }: Awaited<ReturnType<typeof makeShopOfMany>>): string {
  const [first] = members as [Member];
  sellSome(first);
  unwrap(makeZ(first));
  return archiveOf(first, { kind: 'day', day: today(first.store) }).split('\n')[0] ?? '';
}

test('two who close the day at the same moment close it once', async () => {
  const shop = await makeShop();
  sellSome(shop, 1);
  const seen = readUnclosed(shop.store.db, ownRegisterId(shop.store), today(shop.store));
  assert.equal(unwrap(closeDay(shop.register, seen, shop.owner)), 1);
  assert.deepEqual(closeDay(shop.register, seen, shop.owner), { ok: false, refusal: { code: 'closing.changed', params: {} } });
  assert.equal(shop.store.db.all("SELECT 1 FROM closing WHERE kind = 'z'").length, 1);
  shop.close();
});
