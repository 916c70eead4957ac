/**
 * What must be true once the network has healed, whatever happened: faults.md, "the checker's invariants". Reads disks and hub by hand, with
 * its own SQL and its own arithmetic; it never asks the merge whether the merge is right.
 */
import { SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { createHash } from 'node:crypto';
import { toHex } from '../../src/base/bytes.ts';
import { makeHubMasterClient } from '../../src/hub/hub-client.ts';
import { checksumStore } from '../../src/store/checksum.ts';
import type { Database } from '../../src/store/database.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { compareProjection } from '../../src/sync/compare-projection.ts';
import { checkMoney } from './money-checker.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

interface FeedEntry {
  readonly position: number;
  readonly chain: Uint8Array;
  readonly n: number;
  readonly previous: Uint8Array;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
  readonly running_hash: Uint8Array;
}

/** What is wrong, in words; empty when nothing is. Stores to `verify` are played again too, signature by signature, which takes a while. */
export async function check(world: World, verify: readonly Machine[]): Promise<string[]> {
  const wrong: string[] = [...world.wrong];
  const feed = await world.hub.query<FeedEntry>(
    SUPERUSER,
    'select position, chain, n, previous, hash, body, running_hash from hub.feed order by position',
  );
  checkFeed(feed, wrong);
  const forked = new Set(
    (await world.hub.query<{ chain: Uint8Array }>(SUPERUSER, 'select chain from hub.chain where forked')).map(({ chain }) => toHex(chain)),
  );
  for (const machine of world.machines) {
    if (machine.program === null) wrong.push(`${machine.name} does not run`);
    else checkStore(world, machine, machine.program.store.db, feed, forked, wrong, verify.includes(machine));
  }
  await compareAll(world, wrong);
  await checkForgotten(world, wrong);
  return wrong;
}

/** Positions without a hole, hashes and running hashes by SHA-256, every predecessor there. */
function checkFeed(feed: readonly FeedEntry[], wrong: string[]): void {
  const held = new Set(feed.map(({ hash }) => toHex(hash)));
  if (held.size !== feed.length) wrong.push('the feed holds a changeset twice');
  let running: Buffer = Buffer.alloc(32);
  for (const [at, entry] of feed.entries()) {
    running = sha(running, entry.hash);
    const n = Buffer.alloc(8);
    n.writeBigUInt64BE(BigInt(entry.n));
    if (entry.position !== at + 1) wrong.push(`position ${entry.position} stands at place ${at + 1}`);
    if (!sha(entry.previous, n, sha(entry.body)).equals(Buffer.from(entry.hash))) wrong.push(`position ${entry.position}: not its hash`);
    if (!running.equals(Buffer.from(entry.running_hash))) wrong.push(`position ${entry.position}: not its running hash`);
    if (entry.n > 1 && !held.has(toHex(entry.previous))) wrong.push(`position ${entry.position}: its predecessor is lacking`);
  }
}

function sha(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function checkStore(
  world: World,
  machine: Machine,
  db: Database,
  feed: readonly FeedEntry[],
  forked: ReadonlySet<string>,
  wrong: string[],
  verify: boolean,
): void {
  const say = (what: string): void => void wrong.push(`${machine.name}: ${what}`);
  const held = new Map(
    db.all('SELECT hash, state FROM changeset WHERE state <> 1').map((row) => [toHex(row['hash'] as Uint8Array), row['state']]),
  );
  const onHub = new Set(feed.map(({ hash }) => toHex(hash)));
  for (const hash of onHub) if (!held.has(hash)) say(`the cursor skipped ${hash.slice(0, 12)}`);
  for (const [hash, state] of held) {
    if (!onHub.has(hash)) say(`the hub lacks ${hash.slice(0, 12)}`);
    if (state !== 0) say(`${hash.slice(0, 12)} is in state ${String(state)}`);
  }
  for (const { hash, uuid } of world.acknowledged) {
    if (world.gone.has(hash)) continue;
    if (held.get(hash) !== 0) say(`acknowledged sale ${uuid} is not held`);
    const [row] = db.all('SELECT count(*) AS times FROM sale WHERE uuid = ?', Buffer.from(uuid.replaceAll('-', ''), 'hex'));
    if (row?.['times'] !== 1) say(`acknowledged sale ${uuid} is there ${String(row?.['times'])} times`);
  }
  for (const row of db.all('SELECT c.hash FROM sale s JOIN changeset c ON c.local = s.id / 512')) {
    if (!world.committed.has(toHex(row['hash'] as Uint8Array))) say('a sale that no register committed');
  }
  checkNumbers(world, db, forked, say);
  checkSums(db, say);
  checkMoney(world, db, forked, say);
  const { integrity_check: pages } = db.get('PRAGMA integrity_check(1)') ?? {};
  if (pages !== 'ok') say(`pages: ${String(pages)}`);
  if (!verify) return;
  const verified = verifyStore(db);
  // A series with a hole that a lost disk left is no fault of the store.
  if (verified.problem !== null && !(world.gone.size > 0 && verified.problem.where.startsWith('receipts')))
    say(`verify: ${verified.problem.where}: ${verified.problem.what}`);
}

/** P4: 1, 2, 3 ... in every series; a number twice only where two machines wrote one chain. */
function checkNumbers(world: World, db: Database, forked: ReadonlySet<string>, say: (what: string) => void): void {
  const series = Map.groupBy(
    db.all(
      'SELECT s.series, s.number, k.id AS chain FROM sale s JOIN changeset c ON c.local = s.id / 512 JOIN chain k ON k.number = c.chain',
    ),
    (row) => String(row['series']),
  );
  for (const [name, rows] of series) {
    const numbers = rows.map((row) => Number(row['number']));
    const distinct = new Set(numbers);
    const torn = rows.some((row) => forked.has(toHex(row['chain'] as Uint8Array)));
    if (new Set(rows.map((row) => toHex(row['chain'] as Uint8Array))).size > 1) say(`two chains use series ${name}`);
    if (distinct.size !== numbers.length && !torn) say(`series ${name} gives a number twice`);
    if (distinct.size !== Math.max(...numbers) && world.gone.size === 0)
      say(`series ${name} has a gap: ${distinct.size} of ${Math.max(...numbers)}`);
  }
}

/** P5 */
function checkSums(db: Database, say: (what: string) => void): void {
  const lines = sumBy(db, 'SELECT sale AS id, total_minor + CASE includes_tax WHEN 0 THEN tax_minor ELSE 0 END AS amount FROM sale_line');
  const paid = sumBy(db, 'SELECT sale AS id, amount_minor - change_minor AS amount FROM tender');
  for (const sale of db.all('SELECT id, total_minor, rounding_minor FROM sale')) {
    const id = String(sale['id']);
    if (lines.get(id) !== sale['total_minor']) say(`sale ${id}: its lines are not its total`);
    if (paid.get(id) !== Number(sale['total_minor']) + Number(sale['rounding_minor'] ?? 0)) say(`sale ${id}: not what was paid`);
  }
  const moved = sumBy(db, "SELECT hex(product) || ifnull(location, '') AS id, quantity_milli AS amount FROM stock_movement");
  const stock = sumBy(db, 'SELECT hex(product) || location AS id, on_hand_milli AS amount FROM stock');
  for (const [id, amount] of moved)
    if (stock.get(id) !== amount) say(`stock of ${id} is ${String(stock.get(id))}, its movements ${amount}`);
}

function sumBy(db: Database, sql: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of db.all(sql)) sums.set(String(row['id']), (sums.get(String(row['id'])) ?? 0) + Number(row['amount']));
  return sums;
}

async function compareAll(world: World, wrong: string[]): Promise<void> {
  const stores = world.machines.flatMap(({ name, program }) => (program === null ? [] : [{ name, store: program.store }]));
  const [first, ...others] = stores;
  if (first === undefined) return;
  const sums = checksumStore(first.store.db);
  for (const { name, store } of others) {
    const theirs = checksumStore(store.db);
    for (const table of Object.keys(sums))
      if (sums[table]?.sum !== theirs[table]?.sum) wrong.push(`${name}: table ${table} is not that of ${first.name}`);
    const [mine, other] = [first.store, store].map(({ db }) =>
      JSON.stringify(db.all("SELECT id, detail FROM exception WHERE kind NOT IN ('stamp-ahead', 'set-aside') ORDER BY id")),
    );
    if (mine !== other) wrong.push(`${name}: its exceptions are not those of ${first.name}`);
  }
  for (const { table, here, there } of (await compareProjection(first.store.db, makeHubMasterClient(world.hub.linkAs(SUPERUSER)), sums))
    .differing)
    wrong.push(`projection of ${table}: ${there} rows, ${here} here`);
}

async function checkForgotten(world: World, wrong: string[]): Promise<void> {
  for (const { name, program } of world.machines) {
    const kept = program?.store.db.get('SELECT count(*) AS kept FROM detached d JOIN forgotten f ON f.hash = d.hash')?.['kept'];
    if (kept !== 0) wrong.push(`${name}: ${String(kept)} forgotten values kept`);
  }
  const [there] = await world.hub.query<{ kept: number }>(
    SUPERUSER,
    'select count(*)::int as kept from hub.detached d join shop.forgotten f on f.hash = d.hash',
  );
  if (there?.kept !== 0) wrong.push(`hub: ${String(there?.kept)} forgotten values kept`);
}
