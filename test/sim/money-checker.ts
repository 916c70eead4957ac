/**
 * What must hold of drawers, Zs, vouchers and cards in every store, by SQL and sums of its own. A register that two machines wrote, or that was
 * put back, has books in two parts that did not know of each other: of those only what holds for any books is looked at.
 */
import { toHex } from '../../src/base/bytes.ts';
import type { Database } from '../../src/store/database.ts';
import type { World } from './world.ts';

type Say = (what: string) => void;

export function checkMoney(world: World, db: Database, forked: ReadonlySet<string>, say: Say): void {
  const steady = steadyRegisters(db, forked);
  checkDrawers(db, steady, say);
  checkZs(db, steady, say);
  checkVouchers(db, say);
  checkCards(world, db, say);
}

/** Registers of one chain that one machine wrote, by their ids (hex). */
function steadyRegisters(db: Database, forked: ReadonlySet<string>): Set<string> {
  const chains = Map.groupBy(db.all('SELECT id, register FROM chain WHERE register IS NOT NULL'), (row) =>
    toHex(row['register'] as Uint8Array),
  );
  return new Set(
    [...chains]
      .filter(([, rows]) => rows.length === 1 && !rows.some((row) => forked.has(toHex(row['id'] as Uint8Array))))
      .map(([id]) => id),
  );
}

/** A counted drawer: expected = float + movements + cash taken, all before the count. A closed one ends with nothing in its books. */
function checkDrawers(db: Database, steady: ReadonlySet<string>, say: Say): void {
  const moved = db.all(`SELECT m.shift, m.amount_minor AS minor, c.n FROM cash_movement m JOIN changeset c ON c.local = m.id / 512
    UNION ALL SELECT s.shift, t.amount_minor - t.change_minor, c.n FROM tender t JOIN sale s ON s.id = t.sale
      JOIN changeset c ON c.local = s.id / 512 JOIN payment_method p ON p.id = t.payment_method WHERE p.kind = 'cash'`);
  const byShift = Map.groupBy(moved, (row) => row['shift']);
  const sum = (shift: unknown, beforeN: number): number =>
    (byShift.get(shift as number) ?? []).reduce((minor, row) => (Number(row['n']) < beforeN ? minor + Number(row['minor']) : minor), 0);
  for (const row of db.all(`SELECT e.shift, e.register, e.kind, e.expected_minor, c.n FROM shift_event e JOIN changeset c ON c.local = e.id / 512
      LEFT JOIN payment_method p ON p.id = e.payment_method WHERE e.kind = 'closed' OR (e.kind = 'counted' AND p.kind = 'cash')`)) {
    if (!steady.has(toHex(row['register'] as Uint8Array))) continue;
    if (row['kind'] === 'closed') {
      const left = sum(row['shift'], Infinity);
      if (left !== 0) say(`a closed drawer's books end with ${left}`);
    } else {
      const held = sum(row['shift'], Number(row['n']));
      if (row['expected_minor'] !== held) say(`a drawer should hold ${held}, its count says ${String(row['expected_minor'])}`);
    }
  }
}

/** Numbers 1, 2, 3; ranges that meet; each perpetual total the one before and the turnover between. */
function checkZs(db: Database, steady: ReadonlySet<string>, say: Say): void {
  const turnovers = Map.groupBy(
    db.all(`SELECT s.register, c.n, s.total_minor - (SELECT ifnull(sum(l.total_minor), 0) FROM sale_line l WHERE l.sale = s.id
        AND l.kind IN ('tip', 'account-payment', 'voucher-issued')) AS minor FROM sale s JOIN changeset c ON c.local = s.id / 512`),
    (row) => toHex(row['register'] as Uint8Array),
  );
  const zs = Map.groupBy(db.all("SELECT * FROM closing WHERE kind = 'z' ORDER BY number, id"), (row) =>
    toHex(row['register'] as Uint8Array),
  );
  for (const [register, rows] of zs) {
    if (!steady.has(register)) continue;
    let endN = 0;
    let perpetual = 0;
    for (const [at, row] of rows.entries()) {
      const [number, fromN, toN] = [row['number'], Number(row['from_n']), Number(row['to_n'])];
      if (number !== at + 1) say(`Z ${String(number)} stands at place ${at + 1}`);
      if (fromN !== endN + 1 || toN < fromN) say(`Z ${String(number)} is of ${fromN} to ${toN}, the one before ended with ${endN}`);
      endN = toN;
      for (const sale of turnovers.get(register) ?? [])
        if (Number(sale['n']) >= fromN && Number(sale['n']) <= toN) perpetual += Number(sale['minor']);
      if (row['perpetual_total_minor'] !== perpetual)
        say(`Z ${String(number)} says a perpetual total of ${String(row['perpetual_total_minor'])}, it is ${perpetual}`);
    }
  }
}

/** A balance is what was issued less what was redeemed; below nothing it is one exception. What a sale says it took is what it was paid with. */
function checkVouchers(db: Database, say: Say): void {
  const overdrawn = new Map(
    db
      .all("SELECT id, count(*) AS times FROM exception WHERE kind = 'voucher-overdrawn' GROUP BY id")
      .map((row) => [String(row['id']), row['times']]),
  );
  for (const row of db.all('SELECT voucher, sum(amount_minor) AS minor, max(code) AS code FROM voucher_movement GROUP BY voucher')) {
    const id = `voucher-overdrawn:${toHex(row['voucher'] as Uint8Array)}`;
    const expected = row['code'] !== null && Number(row['minor']) < 0 ? 1 : 0;
    if ((overdrawn.get(id) ?? 0) !== expected)
      say(`voucher ${String(row['code'])} has ${String(row['minor'])} left, and ${expected === 1 ? 'no' : 'an'} exception`);
  }
  const moved = new Map<string, number>();
  const add = (sale: unknown, minor: unknown): void => void moved.set(String(sale), (moved.get(String(sale)) ?? 0) + Number(minor));
  for (const row of db.all("SELECT sale, amount_minor FROM voucher_movement WHERE kind <> 'issued'")) add(row['sale'], row['amount_minor']);
  for (const row of db.all(
    "SELECT t.sale, t.amount_minor FROM tender t JOIN payment_method p ON p.id = t.payment_method WHERE p.kind = 'voucher'",
  ))
    add(row['sale'], row['amount_minor']);
  for (const row of db.all("SELECT sale, -amount_minor AS minor FROM voucher_movement WHERE kind = 'issued' AND sale_line IS NOT NULL"))
    add(`line of ${String(row['sale'])}`, row['minor']);
  for (const row of db.all("SELECT sale, total_minor FROM sale_line WHERE kind = 'voucher-issued'"))
    add(`line of ${String(row['sale'])}`, row['total_minor']);
  for (const [sale, minor] of moved) if (minor !== 0) say(`vouchers and payments of sale ${sale} are ${minor} apart`);
}

/** What a terminal took is one payment of a sale, or went back, or lies on a cart that is still open. Nothing else is paid by an attempt. */
function checkCards(world: World, db: Database, say: Say): void {
  // A copy of a disk, or what a backup brings back, answers for what its original asked: both may sell it.
  if (world.figures.clones + world.figures.putBacks + world.figures.restores > 0) return;
  const open = new Set(
    world.machines.flatMap(({ program }) => program?.store.db.all('SELECT hex(id) AS id FROM open_cart').map(({ id }) => String(id)) ?? []),
  );
  const words = Map.groupBy(
    db.all("SELECT attempt, state, at, id FROM payment_attempt WHERE attempt IS NOT NULL ORDER BY state = 'unknown', at, id"),
    (row) => row['attempt'],
  );
  const asked = db.all("SELECT id, hex(cart) AS cart, amount_minor, gives_back FROM payment_attempt WHERE state = 'asked'");
  const isApproved = (id: unknown): boolean => words.get(id as number)?.[0]?.['state'] === 'approved';
  const back = new Set(asked.filter(({ id, gives_back }) => gives_back !== null && isApproved(id)).map((row) => row['gives_back']));
  const paid = Map.groupBy(
    db.all('SELECT payment_attempt AS attempt, amount_minor FROM tender WHERE payment_attempt IS NOT NULL'),
    (row) => row['attempt'],
  );
  for (const { id, cart, amount_minor: amount, gives_back: givesBack } of asked) {
    const tenders = paid.get(id) ?? [];
    const isTaken = givesBack === null && isApproved(id) && !back.has(id);
    if (!isTaken && tenders.length > 0) say(`a card payment that was not made pays ${tenders.length} times`);
    if (isTaken && tenders.length > 1) say(`a card payment pays ${tenders.length} times`);
    if (isTaken && tenders.length === 1 && tenders[0]?.['amount_minor'] !== amount) say('a card payment pays what it did not take');
    if (isTaken && tenders.length === 0 && !open.has(String(cart))) say(`a card paid ${String(amount)}, and no cart and no sale has it`);
  }
}
