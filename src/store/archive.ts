/**
 * The archive: taking in changesets from elsewhere, and giving any of them out again. Each is held whatever it is; only what is signed by a
 * vouched-for key and is of the grammar is merged. What is set aside shows under To check and blocks nothing behind it.
 */
import { crc32 } from 'node:zlib';
import { fromBase64Url, toHex } from '../base/bytes.ts';
import { ok } from '../base/result.ts';
import { isDetachedWhole, openBody, type ChangesetText, type Detached, type Opened, type SealedChangeset } from '../protocol/changeset.ts';
import type { Column } from '../protocol/columns.ts';
import { isTableName, TABLES } from '../protocol/tables.ts';
import { chainNumber, ownChains, trustBySuccession } from './chains.ts';
import { bytesOf, bytesOrNull, numberOf, numberOrNull, textOf, type SqlRow } from './database.ts';
import { noteClone, noteNames, raise } from './exceptions.ts';
import { mergeChangeset } from './merge.ts';
import { CHANGESET_STATE, isNamedOnly, judge, type State } from './judge.ts';
import type { Prepared } from './prepare.ts';
import { strandedFrom } from './stranded.ts';
import { findLocal, hashOfLocal, nameLocal, readMeta, writeMeta, type Change, type Store } from './store.ts';

/** A place in the hub's feed, with the running hash of all up to it. */
export interface FeedMark {
  readonly position: number;
  readonly running: Uint8Array;
}

export interface Arrival {
  readonly prepared: Prepared;
  /** Where reading the feed goes on after it; null for what did not come by the feed. */
  readonly mark: FeedMark | null;
}

export interface Admitted {
  /** How many of the arrivals were taken in; the rest waits for the next slice. */
  readonly taken: number;
  /** How many of them were news here. */
  readonly news: number;
  readonly changes: readonly Change[];
}

/**
 * Takes in as many arrivals as fit into `budgetMs`, rows and feed position in one transaction. Not durable by itself: it can be pulled
 * again. Listeners hear of it after the commit.
 */
export function admit(store: Store, arrivals: readonly Arrival[], budgetMs: number): Admitted {
  const until = store.clock.monotonicMs() + budgetMs;
  const changes: Change[] = [];
  let taken = 0;
  let news = 0;
  store.db.transact('fetched', () => {
    let mark: FeedMark | null = null;
    for (const arrival of arrivals) {
      if (take(store, arrival.prepared, changes)) news++;
      mark = arrival.mark ?? mark;
      taken++;
      if (store.clock.monotonicMs() >= until) break;
    }
    retryWaiting(store, changes);
    if (mark !== null) writeFeedMark(store, mark);
    return ok(null);
  });
  if (changes.length > 0) for (const listener of store.listeners) listener(changes, false);
  return { taken, news, changes };
}

export function readFeedMark(store: Store): FeedMark {
  const running = readMeta(store.db, 'feed_running');
  return {
    position: Number(readMeta(store.db, 'feed_position') ?? 0),
    running: running instanceof Uint8Array ? running : new Uint8Array(32),
  };
}

export function writeFeedMark(store: Store, mark: FeedMark): void {
  writeMeta(store.db, 'feed_position', mark.position);
  writeMeta(store.db, 'feed_running', mark.running);
}

/** True when it was news. Within the caller's transaction. */
function take(store: Store, prepared: Prepared, changes: Change[]): boolean {
  const { changeset } = prepared;
  if (prepared.signature === 'not-whole' || prepared.signature === 'held') return false;
  const held = findLocal(store.db, changeset.hash);
  if (held !== undefined && !isNamedOnly(store, held)) return false;
  const { state, opened } = judge(store, prepared);
  conclude(store, { local: keep(store, changeset, held, state), changeset, state, opened }, changes);
  return true;
}

interface Judged {
  readonly local: number;
  readonly changeset: SealedChangeset;
  readonly state: State;
  readonly opened: Opened;
}

/** What follows from the verdict on a changeset held: merged, or set aside with a word; and whether its chain forked. */
function conclude(store: Store, { local, changeset, state, opened }: Judged, changes: Change[]): void {
  if (state === CHANGESET_STATE.merged && opened.state === 'text') {
    const merged = mergeChangeset(store, local, changeset.chain, opened.text);
    changes.push(...merged.changes);
    if (merged.unknown) store.db.run('UPDATE changeset SET state = ? WHERE local = ?', CHANGESET_STATE.partly, local);
    noteStampAhead(store, changeset, opened.text);
  } else if (state === CHANGESET_STATE.wrongSignature || state === CHANGESET_STATE.malformed) noteSetAside(store, changeset, state);
  if (!UNVOUCHED.has(state)) vouchForPrevious(store, local, changes);
  const chain = chainNumber(store.db, changeset.chain);
  const twin = store.db.get('SELECT 1 AS found FROM changeset WHERE chain = ? AND n = ? AND local <> ?', chain, changeset.n, local);
  if (twin !== undefined) noteClone(store.db, changeset.chain, store.clock.nowMs());
}

const UNVOUCHED: ReadonlySet<State> = new Set([CHANGESET_STATE.wrongSignature, CHANGESET_STATE.notCertified]);

/** What was set aside for its signature is taken back when something rightly signed follows it. */
function vouchForPrevious(store: Store, local: number, changes: Change[]): void {
  const row = store.db.get(
    `SELECT ${COLUMNS} FROM changeset f JOIN changeset c ON c.local = f.previous JOIN chain k ON k.number = c.chain
     WHERE f.local = ? AND c.state = 2`,
    local,
  );
  if (row === undefined) return;
  const changeset = toSealed(store, row);
  store.db.run('DELETE FROM exception WHERE id = ?', `set-aside:${toHex(changeset.hash)}`);
  judgeAgain(store, numberOf(row['local']), changeset, changes);
}

function judgeAgain(store: Store, local: number, changeset: SealedChangeset, changes: Change[]): void {
  const judged = judge(store, { changeset, opened: openBody(changeset.body, store.dictionaries), signature: 'no-key' });
  store.db.run('UPDATE changeset SET state = ? WHERE local = ?', judged.state, local);
  conclude(store, { local, changeset, ...judged }, changes);
}

/** A stamp over a day ahead of the hub's clock: somebody's clock is wrong. It stands, and a later edit overwrites it. */
function noteStampAhead(store: Store, changeset: SealedChangeset, text: ChangesetText): void {
  const stamp = text.rows.reduce((most, row) => Math.max(most, row.stamp ?? 0), 0);
  const aheadMs = stamp - store.clock.nowMs() - store.clockOffsetMs;
  if (aheadMs <= DAY_MS) return;
  const id = `stamp-ahead:${toHex(changeset.hash)}`;
  raise(store.db, id, 'stamp-ahead', store.clock.nowMs(), toHex(changeset.chain), { n: changeset.n, aheadMs: Math.round(aheadMs) });
}

const DAY_MS = 86_400_000;

function keep(store: Store, changeset: SealedChangeset, held: number | undefined, state: State): number {
  const { db } = store;
  const chain = chainNumber(db, changeset.chain);
  const previous = changeset.n === 1 ? null : nameLocal(db, changeset.previous);
  if (changeset.n === 1) db.run('UPDATE chain SET genesis = ? WHERE number = ? AND genesis IS NULL', changeset.previous, chain);
  const values = [
    changeset.hash,
    chain,
    changeset.n,
    previous,
    changeset.signature,
    crc32(changeset.signature),
    changeset.body,
    state,
  ] as const;
  let local = held;
  if (local === undefined)
    local = db.run(
      'INSERT INTO changeset (hash, chain, n, previous, signature, signature_sum, body, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...values,
    ).rowid;
  else
    db.run(
      'UPDATE changeset SET hash = ?, chain = ?, n = ?, previous = ?, signature = ?, signature_sum = ?, body = ?, state = ? WHERE local = ?',
      ...values,
      local,
    );
  if (previous !== null) db.run('DELETE FROM tip WHERE chain = ? AND local = ?', chain, previous);
  const follower = db.get('SELECT 1 AS found FROM changeset WHERE chain = ? AND n = ? AND previous = ?', chain, changeset.n + 1, local);
  if (follower === undefined) db.run('INSERT OR IGNORE INTO tip (chain, local) VALUES (?, ?)', chain, local);
  return local;
}

function noteSetAside(store: Store, changeset: SealedChangeset, state: State): void {
  const reason = state === CHANGESET_STATE.wrongSignature ? 'wrong-signature' : 'malformed';
  raise(store.db, `set-aside:${toHex(changeset.hash)}`, 'set-aside', store.clock.nowMs(), toHex(changeset.chain), {
    n: changeset.n,
    reason,
  });
}

/** What waited is looked at again: a certificate, a predecessor or a dictionary may have come, each of them bringing others. */
function retryWaiting(store: Store, changes: Change[]): void {
  for (;;) {
    const waiting = store.db
      .all(
        `SELECT ${COLUMNS}, c.state, k.public_key FROM changeset c JOIN chain k ON k.number = c.chain
         WHERE c.state <> 0 AND c.state IN (4, 5) AND (c.state = 5 OR c.n = 1 OR k.public_key IS NOT NULL) ORDER BY c.chain, c.n`,
      )
      .filter((row) => mayGoOn(store, row));
    if (waiting.length === 0) return;
    for (const row of waiting) judgeAgain(store, numberOf(row['local']), toSealed(store, row), changes);
  }
}

function mayGoOn(store: Store, row: SqlRow): boolean {
  const body = bytesOf(row['body']);
  if (row['state'] === CHANGESET_STATE.missingDictionary) return store.dictionaries.has(body[0] ?? 0);
  if (row['public_key'] !== null) return true;
  const opened = openBody(body, store.dictionaries);
  return opened.state === 'text' && trustBySuccession(store, bytesOf(row['chain']), opened.text);
}

// ---- personal values

/** Takes in detached values: whole ones, not erased ones. Returns how many are kept. */
export function admitDetached(store: Store, values: readonly Detached[]): number {
  const kept: Uint8Array[] = [];
  if (values.length === 0) return 0;
  store.db.transact('fetched', () => {
    for (const detached of values) {
      if (!isDetachedWhole(detached)) continue;
      if (store.db.get('SELECT 1 AS erased FROM forgotten WHERE hash = ?', detached.hash) !== undefined) continue;
      const { changes } = store.db.run(
        'INSERT OR IGNORE INTO detached (hash, salt, value) VALUES (?, ?, ?)',
        detached.hash,
        detached.salt,
        detached.value,
      );
      if (changes > 0) kept.push(detached.hash);
      store.db.run('DELETE FROM wanted WHERE hash = ?', detached.hash);
    }
    if (kept.length > 0) noteNames(store.db, kept);
    return ok(null);
  });
  return kept.length;
}

/** Hashes of the personal values that changesets name, as far as they can be read here. Opens each body: a few at a time, on the selling thread. */
export function hashesIn(store: Store, changesets: readonly SealedChangeset[]): Uint8Array[] {
  return changesets.flatMap(({ body }) => {
    const opened = openBody(body, store.dictionaries);
    return opened.state === 'text' ? personalHashes(opened.text) : [];
  });
}

/** Hashes of the personal columns that a text names, whatever rows it holds. */
export function personalHashes(text: ChangesetText): Uint8Array[] {
  return text.rows.flatMap((row) => {
    const columns: Readonly<Record<string, Column>> = isTableName(row.table) ? TABLES[row.table].columns : {};
    return Object.entries(row.values).flatMap(([name, value]) =>
      columns[name]?.type === 'personal' && typeof value === 'string' ? [fromBase64Url(value)] : [],
    );
  });
}

export function wantedHashes(store: Store, limit: number): Uint8Array[] {
  return store.db.all('SELECT hash FROM wanted LIMIT ?', limit).map((row) => bytesOf(row['hash']));
}

/** Those of these hashes whose value is held here. */
export function detachedOf(store: Store, hashes: readonly Uint8Array[]): Detached[] {
  return hashes.flatMap((hash) => {
    const row = store.db.get('SELECT salt, value FROM detached WHERE hash = ?', hash);
    return row === undefined ? [] : [{ hash, salt: bytesOf(row['salt']), value: textOf(row['value']) }];
  });
}

/** Personal values held here, by hash, after one. */
export function listDetached(store: Store, after: Uint8Array, limit: number): Detached[] {
  return store.db
    .all('SELECT hash, salt, value FROM detached WHERE hash > ? ORDER BY hash LIMIT ?', after, limit)
    .map((row) => ({ hash: bytesOf(row['hash']), salt: bytesOf(row['salt']), value: textOf(row['value']) }));
}

// ---- giving out

const COLUMNS = 'c.local, c.hash, c.n, c.previous, c.signature, c.body, k.id AS chain, k.genesis';

function toSealed(store: Store, row: SqlRow): SealedChangeset {
  const previous = numberOrNull(row['previous']);
  return {
    chain: bytesOf(row['chain']),
    n: numberOf(row['n']),
    previous: previous === null ? (bytesOrNull(row['genesis']) ?? new Uint8Array(32)) : hashOfLocal(store.db, previous),
    hash: bytesOf(row['hash']),
    signature: bytesOf(row['signature']),
    body: bytesOf(row['body']),
  };
}

/** Changesets of a chain from number `fromN` on, in order, at most `limit` and about `maxBytes` of bodies (one at least). */
export function readChain(store: Store, chain: Uint8Array, fromN: number, limit: number, maxBytes: number): SealedChangeset[] {
  const rows = store.db.all(
    `SELECT ${COLUMNS} FROM changeset c JOIN chain k ON k.number = c.chain WHERE k.id = ? AND c.n >= ? AND c.state <> 1 ORDER BY c.n LIMIT ?`,
    chain,
    fromN,
    limit,
  );
  let bytes = 0;
  const fitting = rows.findIndex((row, at) => (bytes += bytesOf(row['body']).length) > maxBytes && at > 0);
  return (fitting === -1 ? rows : rows.slice(0, fitting)).map((row) => toSealed(store, row));
}

export interface OutboxBatch {
  readonly chain: Uint8Array;
  readonly changesets: readonly SealedChangeset[];
  /** Another branch's changeset of the last number did not fit in. */
  readonly split: boolean;
}

/** The oldest own changesets that no verdict covers; null when there are none. */
export function readOutbox(store: Store, limit: number, maxBytes: number): OutboxBatch | null {
  for (const { chain, sentN } of ownChains(store.db)) {
    const end = strandedFrom(store.db, chain);
    const changesets = readChain(store, chain, sentN + 1, limit, maxBytes).filter(({ n }) => n < end);
    const last = changesets.at(-1);
    if (last === undefined) continue;
    const twins = readChain(store, chain, last.n, 100, Infinity).filter(({ n }) => n === last.n).length;
    return {
      chain,
      changesets,
      split: twins > changesets.filter(({ n }) => n === last.n).length,
    };
  }
  return null;
}

/**
 * Up to which number all that is held here of a chain lies below these tips of the hub, or is one of them. Where machines wrote apart, a
 * tip of one branch says nothing of another.
 */
export function coveredUpTo(store: Store, chain: Uint8Array, tips: readonly Uint8Array[]): number {
  const number = chainNumber(store.db, chain);
  const covering = tips.flatMap((hash) => (isHeld(store, hash) ? [findLocal(store.db, hash) ?? 0] : []));
  if (covering.length === 0) return 0;
  const branches = numberOf(store.db.get('SELECT count(*) AS tips FROM tip WHERE chain = ?', number)?.['tips']);
  const list = covering.join(', ');
  if (branches <= 1) return numberOf(store.db.get(`SELECT max(n) AS n FROM changeset WHERE local IN (${list})`)?.['n']);
  const row = store.db.get(
    `WITH RECURSIVE line (local) AS (
       SELECT local FROM changeset WHERE local IN (${list})
       UNION SELECT c.previous FROM line JOIN changeset c ON c.local = line.local WHERE c.previous IS NOT NULL)
     SELECT min(n) AS lacked FROM changeset WHERE chain = ? AND state <> 1 AND local NOT IN (SELECT local FROM line)`,
    number,
  );
  const lacked = numberOrNull(row?.['lacked']);
  if (lacked !== null) return lacked - 1;
  return numberOf(store.db.get('SELECT max(n) AS n FROM changeset WHERE chain = ?', number)?.['n']);
}

/** A verdict covers this chain up to n. That a change has left a full disk may be noted in what the reserve gave. */
export function setSent(store: Store, chain: Uint8Array, n: number): void {
  store.db.transact(store.db.disk?.level() === 'full' ? 'relaxed' : 'fetched', () =>
    ok(store.db.run('UPDATE chain SET sent_n = ? WHERE id = ?', n, chain)),
  );
}

/**
 * True when the own chain has an end, or a successor, that this store did not write: another machine writes it too, or this store was put
 * back. Whoever sees it begins a new chain.
 */
export function isOvertaken(store: Store): boolean {
  const { own } = store;
  if (own === null) return false;
  if (store.db.get('SELECT 1 AS other FROM tip WHERE chain = ? AND local <> ?', own.number, own.local) !== undefined) return true;
  return store.db.get('SELECT 1 AS other FROM chain WHERE predecessor = ? AND private_key IS NULL', own.key.chain) !== undefined;
}

export function readChangeset(store: Store, hash: Uint8Array): SealedChangeset | null {
  const local = findLocal(store.db, hash);
  if (local === undefined) return null;
  const row = store.db.get(
    `SELECT ${COLUMNS} FROM changeset c JOIN chain k ON k.number = c.chain WHERE c.local = ? AND c.state <> 1`,
    local,
  );
  return row === undefined ? null : toSealed(store, row);
}

/** Trusted public keys by hex chain id, for the worker that prepares. */
export function trustedKeys(store: Store): Map<string, Uint8Array> {
  return new Map(
    store.db
      .all('SELECT id, public_key FROM chain WHERE public_key IS NOT NULL')
      .map((row) => [toHex(bytesOf(row['id'])), bytesOf(row['public_key'])]),
  );
}

/** Is this changeset held here (not merely named)? */
export function isHeld(store: Store, hash: Uint8Array): boolean {
  const local = findLocal(store.db, hash);
  return local !== undefined && !isNamedOnly(store, local);
}
