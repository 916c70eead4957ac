/**
 * The archive: taking in changesets from elsewhere, and giving any of them out again. Each is held whatever it is; only what is signed by a
 * vouched-for key and is of the grammar is merged. What is set aside shows under To check and blocks nothing behind it.
 */
import { fromBase64Url, toHex } from '../base/bytes.ts';
import { ok } from '../base/result.ts';
import {
  isDetachedWhole,
  isSigned,
  openBody,
  publicKeyFrom,
  type ChangesetText,
  type Detached,
  type Opened,
  type SealedChangeset,
} from '../protocol/changeset.ts';
import type { Column } from '../protocol/columns.ts';
import { isTableName, TABLES } from '../protocol/tables.ts';
import { chainNumber, ownChains, trustBySuccession, trustedKey } from './chains.ts';
import { bytesOf, bytesOrNull, numberOf, numberOrNull, textOf, type SqlRow } from './database.ts';
import { raise } from './exceptions.ts';
import { mergeChangeset } from './merge.ts';
import type { Prepared } from './prepare.ts';
import { findLocal, hashOfLocal, nameLocal, readMeta, writeMeta, type Change, type Store } from './store.ts';

export const CHANGESET_STATE = { merged: 0, named: 1, wrongSignature: 2, malformed: 3, notCertified: 4, missingDictionary: 5 } as const;
type State = (typeof CHANGESET_STATE)[keyof typeof CHANGESET_STATE];

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
  store.db.transact('relaxed', () => {
    let mark: FeedMark | null = null;
    for (const arrival of arrivals) {
      if (take(store, arrival.prepared, changes)) news++;
      mark = arrival.mark ?? mark;
      taken++;
      if (store.clock.monotonicMs() >= until) break;
    }
    retryCertified(store, changes);
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
  const local = keep(store, changeset, held, state);
  if (state === CHANGESET_STATE.merged && opened.state === 'text')
    changes.push(...mergeChangeset(store, local, changeset.chain, opened.text).changes);
  else if (state === CHANGESET_STATE.wrongSignature || state === CHANGESET_STATE.malformed) noteSetAside(store, changeset, state);
  return true;
}

function isNamedOnly(store: Store, local: number): boolean {
  return store.db.get('SELECT state FROM changeset WHERE local = ?', local)?.['state'] === CHANGESET_STATE.named;
}

function judge(store: Store, { changeset, opened, signature }: Prepared): { state: State; opened: Opened } {
  let verdict = signature;
  if (verdict === 'no-key') verdict = judgeLate(store, changeset, opened);
  if (verdict === 'no-key') return { state: CHANGESET_STATE.notCertified, opened };
  if (verdict === 'bad') return { state: CHANGESET_STATE.wrongSignature, opened };
  if (opened.state === 'malformed') return { state: CHANGESET_STATE.malformed, opened };
  if (opened.state === 'text') return { state: CHANGESET_STATE.merged, opened };
  const again = openBody(changeset.body, store.dictionaries);
  return { state: again.state === 'text' ? CHANGESET_STATE.merged : CHANGESET_STATE.missingDictionary, opened: again };
}

/** The worker knew no key; meanwhile somebody may have vouched for it, or this is the changeset that says whose successor it is. */
function judgeLate(store: Store, changeset: SealedChangeset, opened: Opened): Prepared['signature'] {
  if (trustedKey(store.db, changeset.chain) === null && changeset.n === 1 && opened.state === 'text')
    trustBySuccession(store, changeset.chain, opened.text);
  const key = trustedKey(store.db, changeset.chain);
  if (key === null) return 'no-key';
  return isSigned(changeset, publicKeyFrom(key)) ? 'good' : 'bad';
}

function keep(store: Store, changeset: SealedChangeset, held: number | undefined, state: State): number {
  const { db } = store;
  const chain = chainNumber(db, changeset.chain);
  const previous = changeset.n === 1 ? null : nameLocal(db, changeset.previous);
  if (changeset.n === 1) db.run('UPDATE chain SET genesis = ? WHERE number = ?', changeset.previous, chain);
  const twin = db.get('SELECT local FROM changeset WHERE chain = ? AND n = ?', chain, changeset.n);
  const values = [changeset.hash, chain, changeset.n, previous, changeset.signature, changeset.body, state] as const;
  let local = held;
  if (local === undefined)
    local = db.run(
      'INSERT INTO changeset (hash, chain, n, previous, signature, body, state) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...values,
    ).rowid;
  else
    db.run(
      'UPDATE changeset SET hash = ?, chain = ?, n = ?, previous = ?, signature = ?, body = ?, state = ? WHERE local = ?',
      ...values,
      local,
    );
  if (previous !== null) db.run('DELETE FROM tip WHERE chain = ? AND local = ?', chain, previous);
  const follower = db.get('SELECT 1 AS found FROM changeset WHERE chain = ? AND n = ? AND previous = ?', chain, changeset.n + 1, local);
  if (follower === undefined) db.run('INSERT OR IGNORE INTO tip (chain, local) VALUES (?, ?)', chain, local);
  if (twin !== undefined && numberOf(twin['local']) !== local) noteFork(store, changeset);
  return local;
}

function noteFork(store: Store, changeset: SealedChangeset): void {
  raise(store.db, `clone:${toHex(changeset.chain)}`, 'clone', store.clock.nowMs(), toHex(changeset.chain), { fromN: changeset.n });
}

function noteSetAside(store: Store, changeset: SealedChangeset, state: State): void {
  const reason = state === CHANGESET_STATE.wrongSignature ? 'wrong-signature' : 'malformed';
  raise(store.db, `set-aside:${toHex(changeset.hash)}`, 'set-aside', store.clock.nowMs(), toHex(changeset.chain), {
    n: changeset.n,
    reason,
  });
}

/** A certificate that came later than what it vouches for: those wait, and are looked at again. */
function retryCertified(store: Store, changes: Change[]): void {
  for (;;) {
    const waiting = store.db.all(
      `SELECT ${COLUMNS} FROM changeset c JOIN chain k ON k.number = c.chain WHERE c.state = 4 AND k.public_key IS NOT NULL ORDER BY c.chain, c.n LIMIT 100`,
    );
    if (waiting.length === 0) return;
    for (const row of waiting) {
      const changeset = toSealed(store, row);
      const { state, opened } = judge(store, { changeset, opened: openBody(changeset.body, store.dictionaries), signature: 'no-key' });
      const local = numberOf(row['local']);
      store.db.run('UPDATE changeset SET state = ? WHERE local = ?', state, local);
      if (state === CHANGESET_STATE.merged && opened.state === 'text')
        changes.push(...mergeChangeset(store, local, changeset.chain, opened.text).changes);
      else if (state === CHANGESET_STATE.wrongSignature) noteSetAside(store, changeset, state);
    }
  }
}

// ---- personal values

/** Takes in detached values: whole ones, not erased ones. Returns how many are kept. */
export function admitDetached(store: Store, values: readonly Detached[]): number {
  let kept = 0;
  if (values.length === 0) return kept;
  store.db.transact('relaxed', () => {
    for (const detached of values) {
      if (!isDetachedWhole(detached)) continue;
      if (store.db.get('SELECT 1 AS erased FROM forgotten WHERE hash = ?', detached.hash) !== undefined) continue;
      kept += store.db.run(
        'INSERT OR IGNORE INTO detached (hash, salt, value) VALUES (?, ?, ?)',
        detached.hash,
        detached.salt,
        detached.value,
      ).changes;
      store.db.run('DELETE FROM wanted WHERE hash = ?', detached.hash);
    }
    return ok(null);
  });
  return kept;
}

/** Values that own changesets from one local number to another were written with. */
export function detachedBetween(store: Store, firstLocal: number, lastLocal: number): Detached[] {
  return store.db
    .all('SELECT hash, salt, value FROM detached WHERE changeset BETWEEN ? AND ?', firstLocal, lastLocal)
    .map((row) => ({ hash: bytesOf(row['hash']), salt: bytesOf(row['salt']), value: textOf(row['value']) }));
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
  readonly detached: readonly Detached[];
  /** More of this chain waits behind. */
  readonly more: boolean;
}

/** The oldest own changesets that no verdict covers; null when there are none. */
export function readOutbox(store: Store, limit: number, maxBytes: number): OutboxBatch | null {
  for (const { chain, sentN } of ownChains(store.db)) {
    const changesets = readChain(store, chain, sentN + 1, limit, maxBytes);
    const locals = changesets.map(({ hash }) => findLocal(store.db, hash) ?? 0);
    if (changesets.length === 0) continue;
    return {
      chain,
      changesets,
      detached: detachedBetween(store, Math.min(...locals), Math.max(...locals)),
      more: changesets.length === limit,
    };
  }
  return null;
}

/** A verdict covers this chain up to n. */
export function setSent(store: Store, chain: Uint8Array, n: number): void {
  store.db.transact('relaxed', () => ok(store.db.run('UPDATE chain SET sent_n = ? WHERE id = ?', n, chain)));
}

/** True when the own chain has an end that this store did not write: another machine writes it too, or this store was put back. */
export function isOvertaken(store: Store): boolean {
  const { own } = store;
  return own !== null && store.db.get('SELECT 1 AS other FROM tip WHERE chain = ? AND local <> ?', own.number, own.local) !== undefined;
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

// ---- heads

export interface ChainHead {
  readonly chain: Uint8Array;
  /** The first number held. */
  readonly first: number;
  readonly tips: readonly { readonly n: number; readonly hash: Uint8Array }[];
}

/** For every chain its tips and the first number held: what this store knows, whole. */
export function readHeads(store: Store): ChainHead[] {
  const heads = new Map<number, { chain: Uint8Array; first: number; tips: { n: number; hash: Uint8Array }[] }>();
  for (const row of store.db.all(
    'SELECT k.number, k.id, c.n, c.hash, (SELECT min(n) FROM changeset f WHERE f.chain = k.number) AS first FROM tip t JOIN chain k ON k.number = t.chain JOIN changeset c ON c.local = t.local ORDER BY k.id, c.n, c.hash',
  )) {
    const number = numberOf(row['number']);
    const head = heads.get(number) ?? { chain: bytesOf(row['id']), first: numberOf(row['first']), tips: [] };
    head.tips.push({ n: numberOf(row['n']), hash: bytesOf(row['hash']) });
    heads.set(number, head);
  }
  return [...heads.values()];
}

/** Is this changeset held here (not merely named)? */
export function isHeld(store: Store, hash: Uint8Array): boolean {
  const local = findLocal(store.db, hash);
  return local !== undefined && !isNamedOnly(store, local);
}
