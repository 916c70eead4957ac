/**
 * What can still be read of a damaged store: every changeset that gives its own hash, row by row, since one bad page must not hide the rest; with
 * the personal values they name. Reads only; what cannot be read is counted and left.
 */
import { fromBase64Url, fromHex, sha256, toHex } from '../base/bytes.ts';
import { chainIdOf, isDetachedWhole, isWhole, openBody, type SealedChangeset } from '../protocol/changeset.ts';
import { admit, admitDetached, isHeld, personalHashes, trustedKeys } from './archive.ts';
import { LOCAL_PART_TABLES, readLocalTable, type LocalPart } from './backup-parts.ts';
import { bytesOf, bytesOrNull, Database, numberOf, textOf, type SqlRow } from './database.ts';
import { writeMeta } from './look-up.ts';
import { prepareChangesets } from './prepare.ts';
import type { Store } from './store.ts';

export interface Salvaged {
  /** Changesets that were news to the other store. */
  readonly changesets: number;
  readonly sales: number;
  /** Rows that could not be read, or do not give their hash. */
  readonly unreadable: number;
}

const BATCH = 500;

/**
 * Who this register is, by a damaged store: the tables that no changeset carries, those that can be read, and its numbers for changesets. Null
 * when not even its key can be read.
 */
export function salvageLocalPart(file: string): LocalPart | null {
  const damaged = attempt(() => new Database(file, { readOnly: true }), null);
  if (damaged === null) return null;
  try {
    const tables = Object.fromEntries(LOCAL_PART_TABLES.map((table) => [table, attempt(() => readLocalTable(damaged, table), [])]));
    const isKnown =
      tables['chain']?.some((row) => row['private_key'] !== null) === true &&
      tables['meta']?.some((row) => row['name'] === 'own_chain') === true;
    if (!isKnown) return null;
    const named = [...localsOf(damaged)].flatMap((local) => {
      const hash = attempt(() => damaged.get('SELECT hash FROM changeset WHERE local = ?', local)?.['hash'], undefined);
      return hash instanceof Uint8Array ? [[local, toHex(hash)] as const] : [];
    });
    return { tables, named, forgotten: [], dictionaries: [] };
  } finally {
    damaged.close();
  }
}

/** Keys count as vouched for, as they did in the damaged store; a chain's name follows from its key, so a damaged one is none. */
export function trustKnownKeys({ db }: Store, local: LocalPart): void {
  for (const row of local.tables['chain'] ?? []) {
    const cell = row['public_key'];
    if (typeof cell !== 'object' || cell === null) continue;
    const publicKey = fromBase64Url(cell.bytes);
    db.run('UPDATE chain SET public_key = ?, genesis = ? WHERE id = ?', publicKey, sha256(publicKey), chainIdOf(publicKey));
  }
}

/** The feed is read from its beginning: what is held costs a look-up, and every hole is filled. */
export function forgetFeed({ db }: Store): void {
  db.run("DELETE FROM meta WHERE name IN ('feed_position', 'feed_running')");
}

/** Takes into `store` what `file` holds and it lacks. Rows that cannot be read are left out. */
export function salvageInto(store: Store, file: string): Salvaged {
  let damaged: Database;
  try {
    damaged = new Database(file, { readOnly: true });
  } catch {
    // Not a database any more: nothing in it can be read.
    return { changesets: 0, sales: 0, unreadable: 1 };
  }
  const salesBefore = countSales(store);
  let changesets = 0;
  let unreadable = 0;
  let batch: SealedChangeset[] = [];
  const take = (): void => {
    changesets += admitAll(store, damaged, batch);
    batch = [];
  };
  try {
    for (const local of localsOf(damaged)) {
      const read = readOne(damaged, local);
      if (read === 'unreadable') unreadable++;
      else if (read !== 'none' && !isHeld(store, read.hash)) batch.push(read);
      if (batch.length === BATCH) take();
    }
    take();
  } finally {
    damaged.close();
  }
  followOwnTip(store);
  return { changesets, sales: countSales(store) - salesBefore, unreadable };
}

/** Numbers that may be there: the table itself may break off where a page is bad, so they are counted, not read. */
function* localsOf(db: Database): Generator<number> {
  const last = attempt(() => numberOf(db.get('SELECT max(local) AS last FROM changeset')?.['last']), 0);
  for (let local = 1; local <= last; local++) yield local;
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    // A damaged page: SQLite says so by throwing.
    return otherwise;
  }
}

function readOne(db: Database, local: number): SealedChangeset | 'none' | 'unreadable' {
  try {
    const row = db.get(
      `SELECT c.n, c.hash, c.signature, c.body, c.state, k.id AS chain, CASE c.n WHEN 1 THEN k.genesis ELSE p.hash END AS previous
       FROM changeset c LEFT JOIN chain k ON k.number = c.chain LEFT JOIN changeset p ON p.local = c.previous WHERE c.local = ?`,
      local,
    );
    if (row === undefined || row['state'] === 1) return 'none';
    const changeset = toChangeset(row);
    return isWhole(changeset) ? changeset : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function toChangeset(row: SqlRow): SealedChangeset {
  return {
    chain: bytesOf(row['chain']),
    n: numberOf(row['n']),
    previous: bytesOrNull(row['previous']) ?? new Uint8Array(32),
    hash: bytesOf(row['hash']),
    signature: bytesOf(row['signature']),
    body: bytesOf(row['body']),
  };
}

function admitAll(store: Store, damaged: Database, changesets: readonly SealedChangeset[]): number {
  if (changesets.length === 0) return 0;
  const prepared = prepareChangesets({ changesets, keys: trustedKeys(store), dictionaries: store.dictionaries });
  // Only what somebody vouches for: a damaged store says nothing by itself.
  const good = prepared.filter(({ signature }) => signature === 'good' || signature === 'no-key');
  const { news } = admit(
    store,
    good.map((one) => ({ prepared: one, mark: null })),
    Infinity,
  );
  const hashes = new Set(
    good.flatMap(({ changeset }) => {
      const opened = openBody(changeset.body, store.dictionaries);
      return opened.state === 'text' ? personalHashes(opened.text).map(toHex) : [];
    }),
  );
  const values = [...hashes].flatMap((hash) =>
    attempt(() => {
      const row = damaged.get('SELECT salt, value FROM detached WHERE hash = ?', fromHex(hash));
      const value = row === undefined ? null : { hash: fromHex(hash), salt: bytesOf(row['salt']), value: textOf(row['value']) };
      return value !== null && isDetachedWhole(value) ? [value] : [];
    }, []),
  );
  admitDetached(store, values);
  return news;
}

function countSales({ db }: Store): number {
  return numberOf(db.get('SELECT count(*) AS total FROM sale')?.['total']);
}

/** The own chain ends at the last changeset of it that is held. */
export function followOwnTip({ db, own }: Store): void {
  if (own === null) return;
  const last = db.get(
    'SELECT t.local FROM tip t JOIN changeset c ON c.local = t.local WHERE t.chain = ? ORDER BY c.n DESC LIMIT 1',
    own.number,
  );
  writeMeta(db, 'own_tip', last === undefined ? 0 : numberOf(last['local']));
}
