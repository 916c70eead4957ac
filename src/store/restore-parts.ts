/**
 * Puts into a store what a backup holds beside its base: changesets by the path that every arrival takes (prepare.ts, archive.ts), personal values,
 * and the tables that no changeset carries. Numbers of changesets and chains are made those of the store that was backed up, since an open
 * cart or a print job names rows by them. For a file that nobody sells on yet.
 */
import { fromBase64Url, fromHex } from '../base/bytes.ts';
import { ok } from '../base/result.ts';
import { isWhole, openBody, type SealedChangeset } from '../protocol/changeset.ts';
import { admit, admitDetached, isHeld, trustedKeys, type Arrival } from './archive.ts';
import { LOCAL_PART_TABLES, type LocalCell, type LocalPart, type SealedLine, type ValueLine } from './backup-parts.ts';
import { textOf, type Database, type SqlValue } from './database.ts';
import { wantValue } from './merge.ts';
import { prepareChangesets, type Prepared } from './prepare.ts';
import { readDictionaries, type Store } from './store.ts';

/** Bounds the bodies in memory at once. */
export const PLAY_BATCH = 500;
/** Of the log, before it is moved into the file. */
const CHECKPOINT_BATCHES = 20;
const CACHE_KIB = 128_000;

/** For as long as a file is being made: nobody reads it, and it is made again when it is cut. */
export function hastenWriting({ db }: Store): void {
  db.sqlite.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
}

/** The file is all there is: nothing is left in a log beside it. */
export function settleFile({ db }: Store): void {
  db.sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Names what is to come by the numbers it had, chains too, before any of it is taken in. */
export function nameAhead(
  store: Store,
  lines: readonly { readonly local: number; readonly hash: string }[],
  local: LocalPart | null,
): void {
  const { db } = store;
  db.transact('fetched', () => {
    for (const row of local?.tables['chain'] ?? [])
      db.run('INSERT OR IGNORE INTO chain (number, id) VALUES (?, ?)', toSql(row['number']), toSql(row['id']));
    for (const line of [...lines, ...(local?.named ?? []).map(([number, hash]) => ({ local: number, hash }))])
      db.run('INSERT OR IGNORE INTO changeset (local, hash, state) VALUES (?, ?, 1)', line.local, fromHex(line.hash));
    return ok(null);
  });
}

/** Certificates in what is played are the shop's, whose CA the base may not have known yet. */
export function trustAuthority(store: Store, local: LocalPart): void {
  const row = local.tables['meta']?.find(({ name }) => name === 'authority');
  const authority = toSql(row?.['value']);
  if (authority instanceof Uint8Array) store.authority = authority;
}

/** Takes changesets in, batch by batch; returns how many were news. A line whose body is not its own is set aside as wrongly signed. */
export class Player {
  readonly #store: Store;
  #batches = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  play(lines: readonly SealedLine[]): number {
    const store = this.#store;
    const changesets = lines.map(toChangeset).filter(({ hash }) => !isHeld(store, hash));
    const prepared = prepareChangesets({ changesets, keys: trustedKeys(store), dictionaries: store.dictionaries });
    const arrivals = prepared.map((one): Arrival => ({
      prepared: one.signature === 'not-whole' ? asSetAside(store, one) : one,
      mark: null,
    }));
    const { news } = admit(store, arrivals, Infinity);
    for (const [number, content] of readDictionaries(store.db)) store.dictionaries.set(number, content);
    this.#batches++;
    if (this.#batches % CHECKPOINT_BATCHES === 0) settleFile(store);
    return news;
  }
}

/** A changeset 1 that follows another genesis than its chain's was held without it. */
function asSetAside(store: Store, { changeset }: Prepared): Prepared {
  return { changeset, opened: openBody(changeset.body, store.dictionaries), signature: 'bad' };
}

export function toChangeset(line: SealedLine): SealedChangeset {
  return {
    chain: fromHex(line.chain),
    n: line.n,
    previous: fromHex(line.previous),
    hash: fromHex(line.hash),
    signature: fromBase64Url(line.signature),
    body: fromBase64Url(line.body),
  };
}

export function isWholeLine(line: SealedLine): boolean {
  return isWhole(toChangeset(line));
}

/** Values that were erased, here or by a newer backup, are not taken. */
export function takeValues(store: Store, lines: readonly ValueLine[], erased: ReadonlySet<string>): void {
  admitDetached(
    store,
    lines.filter(({ hash }) => !erased.has(hash)).map(({ hash, salt, value }) => ({ hash: fromHex(hash), salt: fromHex(salt), value })),
  );
}

/** Takes values away that were erased after this backup was made; the row that says so comes with the shop's changesets, if they come. */
export function eraseValues(store: Store, erased: ReadonlySet<string>): void {
  store.db.transact('fetched', () => {
    for (const hash of erased) {
      const { changes } = store.db.run('DELETE FROM detached WHERE hash = ?', fromHex(hash));
      // Missing, as far as this store can know: a hub that is asked for it has it no more.
      if (changes > 0) wantValue(store, fromHex(hash));
    }
    return ok(null);
  });
}

/** Follows from the program that reads them, not from the one that wrote the backup. */
const OF_THE_PROGRAM: readonly LocalCell[] = ['schema', 'schema_digest'];

/** The tables that no changeset carries, as they were; of chains only what others do not know: own keys, and what the hub had. */
export function takeLocalPart(store: Store, local: LocalPart): void {
  const { db } = store;
  db.transact('durable', () => {
    for (const table of LOCAL_PART_TABLES) {
      const rows = local.tables[table] ?? [];
      if (table === 'chain') {
        for (const row of rows)
          if (row['private_key'] !== null)
            db.run(
              'UPDATE chain SET private_key = ?, register = ?, series = ?, sent_n = ?, public_key = ?, genesis = ? WHERE id = ?',
              ...['private_key', 'register', 'series', 'sent_n', 'public_key', 'genesis', 'id'].map((column) => toSql(row[column])),
            );
        continue;
      }
      if (table === 'meta')
        db.run(`DELETE FROM meta WHERE name NOT IN (${OF_THE_PROGRAM.map(() => '?').join(', ')})`, ...OF_THE_PROGRAM.map(toSql));
      else db.run(`DELETE FROM ${table}`);
      const columns = columnsOf(db, table);
      for (const row of rows) if (table !== 'meta' || !OF_THE_PROGRAM.includes(row['name'] ?? null)) insert(db, table, columns, row);
    }
    return ok(null);
  });
}

/** Columns that this program knows; what another had beside them is left out. */
function columnsOf(db: Database, table: string): Set<string> {
  return new Set(db.all('SELECT name FROM pragma_table_info(?)', table).map((row) => textOf(row['name'])));
}

function insert(db: Database, table: string, known: ReadonlySet<string>, row: Readonly<Record<string, LocalCell>>): void {
  const columns = Object.keys(row).filter((column) => known.has(column));
  db.run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ...columns.map((column) => toSql(row[column])),
  );
}

function toSql(cell: LocalCell | undefined): SqlValue {
  if (cell === undefined || cell === null) return null;
  return typeof cell === 'object' ? fromBase64Url(cell.bytes) : cell;
}
