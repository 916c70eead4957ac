/**
 * What a backup takes out of a store: the whole of it by SQLite's online backup, and what came since an earlier mark: changesets, the personal
 * values they name, and the tables that no changeset carries. Reads only, on a connection of its own, all of one moment: `holdMoment` keeps it.
 */
import { backup } from 'node:sqlite';
import { fromHex, toBase64Url, toHex } from '../base/bytes.ts';
import { INDEX_SPACE, openBody } from '../protocol/changeset.ts';
import { personalHashes } from './archive.ts';
import { codeOfSeries } from './begin-chain.ts';
import { bytesOf, bytesOrNull, Database, numberOf, numberOrNull, textOf, textOrNull, type SqlRow, type SqlValue } from './database.ts';
import { readMeta } from './look-up.ts';
import { ownChains } from './chains.ts';
import { listRegisters, readCurrency, readShop } from './queries/shop.ts';
import { quickCheck, readDictionaries } from './store.ts';

/** Up to where a store was read: what lies beyond is news. Local numbers are this store's own; `hash` says whose they are. */
export interface StoreMark {
  readonly local: number;
  /** Of the changeset with that number, hex; empty in a store without any. */
  readonly hash: string;
  /** Numbers of changesets that were only named. */
  readonly named: readonly number[];
  /** Hex hashes of personal values that were not there. */
  readonly wanted: readonly string[];
}

/** Text of a changeset as a backup holds it; `local` is its number in this store, so that one played back gets it again. */
export interface SealedLine {
  readonly local: number;
  readonly chain: string;
  readonly n: number;
  readonly previous: string;
  readonly hash: string;
  readonly signature: string;
  readonly body: string;
}

export interface ValueLine {
  readonly hash: string;
  readonly salt: string;
  readonly value: string;
}

export type LocalCell = string | number | null | { readonly bytes: string };
export interface LocalPart {
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, LocalCell>>[]>>;
  /** Changesets named and not held: local number, hex hash. */
  readonly named: readonly (readonly [local: number, hash: string])[];
  /** Hex hashes of personal values that were erased. */
  readonly forgotten: readonly string[];
  /** What bodies were compressed with, base64url: for whoever reads a backup without this program. */
  readonly dictionaries: readonly { readonly number: number; readonly content: string }[];
}

export interface BackupCounts {
  readonly products: number;
  readonly customers: number;
  readonly sales: number;
  readonly changesets: number;
  readonly values: number;
}

export interface BackupHead {
  readonly chain: string;
  readonly series: string | null;
  readonly n: number;
  readonly hash: string;
}

export interface StoreStand {
  readonly register: { readonly id: string; readonly code: string; readonly name: string };
  readonly shop: { readonly name: string; readonly currency: string };
  readonly mode: string;
  readonly counts: BackupCounts;
  readonly heads: readonly BackupHead[];
  /** When the newest sale was completed, UTC ms; null before the first. */
  readonly salesUpTo: number | null;
}

/** Tables that no changeset carries and nothing derives. What merging derives (stock, edits, tips) is left out. */
export const LOCAL_PART_TABLES = [
  'meta',
  'chain',
  'exception',
  'open_cart',
  'completed_cart',
  'unprinted',
  'throttle',
  'job',
  'printer',
  'print_job',
] as const;

/** All that is read until `letGo` is of this moment, whatever is written meanwhile. */
export function holdMoment(db: Database): { letGo(): void } {
  db.sqlite.exec('BEGIN');
  // A deferred transaction begins with its first read.
  readMeta(db, 'schema');
  return { letGo: () => db.sqlite.exec('ROLLBACK') };
}

/** Pages at a time: one MiB, a few milliseconds of reading. */
const PAGES_PER_STEP = 256;

/**
 * The whole store as it is at the held moment, into a new file, which is then checked by SQLite. `pause` is called after each MiB with the bytes
 * done and all of them. Refuses with store.corrupt what SQLite itself finds wrong.
 */
export async function copyStore(
  db: Database,
  file: string,
  pause: (doneBytes: number, totalBytes: number) => void,
): Promise<ReturnType<typeof quickCheck>> {
  const pageBytes = numberOf(db.get('PRAGMA page_size')?.['page_size']);
  await backup(db.sqlite, file, {
    rate: PAGES_PER_STEP,
    progress: ({ totalPages, remainingPages }) => pause((totalPages - remainingPages) * pageBytes, totalPages * pageBytes),
  });
  const copy = new Database(file, { readOnly: false });
  try {
    // A file by itself: no log beside it that somebody could forget.
    copy.sqlite.exec('PRAGMA journal_mode = DELETE');
    return quickCheck(copy);
  } finally {
    copy.close();
  }
}

export function readMark(db: Database): StoreMark {
  const last = db.get('SELECT local, hash FROM changeset ORDER BY local DESC LIMIT 1');
  return {
    local: last === undefined ? 0 : numberOf(last['local']),
    hash: last === undefined ? '' : toHex(bytesOf(last['hash'])),
    named: db.all('SELECT local FROM changeset WHERE state <> 0 AND state = 1').map((row) => numberOf(row['local'])),
    wanted: db.all('SELECT hash FROM wanted').map((row) => toHex(bytesOf(row['hash']))),
  };
}

/** Is this the store that the mark was made in, and has nothing been taken back since? */
export function isMarkOf(db: Database, mark: StoreMark): boolean {
  if (mark.hash === '') return true;
  const row = db.get('SELECT hash FROM changeset WHERE local = ?', mark.local);
  return row !== undefined && toHex(bytesOf(row['hash'])) === mark.hash;
}

const SEALED = `c.local, c.n, c.hash, c.signature, c.body, k.id AS chain, CASE c.n WHEN 1 THEN k.genesis ELSE p.hash END AS previous
  FROM changeset c JOIN chain k ON k.number = c.chain LEFT JOIN changeset p ON p.local = c.previous`;

/** Everything held that the mark did not know, in the order of arrival. */
export function* changesetsSince(db: Database, mark: StoreMark): Generator<SealedLine> {
  for (const local of mark.named) {
    const row = db.get(`SELECT ${SEALED} WHERE c.local = ? AND c.state <> 1`, local);
    if (row !== undefined) yield toLine(row);
  }
  for (const row of db.iterate(`SELECT ${SEALED} WHERE c.local > ? AND c.state <> 1 ORDER BY c.local`, mark.local)) yield toLine(row);
}

function toLine(row: SqlRow): SealedLine {
  return {
    local: numberOf(row['local']),
    chain: toHex(bytesOf(row['chain'])),
    n: numberOf(row['n']),
    previous: toHex(bytesOrNull(row['previous']) ?? new Uint8Array(32)),
    hash: toHex(bytesOf(row['hash'])),
    signature: toBase64Url(bytesOf(row['signature'])),
    body: toBase64Url(bytesOf(row['body'])),
  };
}

/** Personal values that came since the mark: those that a new changeset names, and those that were wanted then. */
export class NewValues {
  readonly #db: Database;
  readonly #dictionaries: ReadonlyMap<number, Uint8Array>;
  readonly #hashes: Set<string>;

  constructor(db: Database, dictionaries: ReadonlyMap<number, Uint8Array>, mark: StoreMark) {
    this.#db = db;
    this.#dictionaries = dictionaries;
    this.#hashes = new Set(mark.wanted);
  }

  /** What this changeset names is to be copied too. */
  follow({ body }: SealedLine): void {
    const opened = openBody(Buffer.from(body, 'base64url'), this.#dictionaries);
    if (opened.state === 'text') for (const hash of personalHashes(opened.text)) this.#hashes.add(toHex(hash));
  }

  *lines(): Generator<ValueLine> {
    for (const hash of this.#hashes) {
      const row = this.#db.get('SELECT salt, value FROM detached WHERE hash = ?', fromHex(hash));
      if (row !== undefined) yield { hash, salt: toHex(bytesOf(row['salt'])), value: textOf(row['value']) };
    }
  }
}

/** Rows of one of these tables, as they are written to a file. */
export function readLocalTable(db: Database, table: (typeof LOCAL_PART_TABLES)[number]): Record<string, LocalCell>[] {
  const toCell = (value: SqlValue | undefined): LocalCell =>
    value instanceof Uint8Array ? { bytes: toBase64Url(value) } : typeof value === 'bigint' || value === undefined ? null : value;
  return db
    .all(`SELECT * FROM ${table}`)
    .map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, toCell(value)])));
}

export function readLocalPart(db: Database): LocalPart {
  return {
    tables: Object.fromEntries(LOCAL_PART_TABLES.map((table) => [table, readLocalTable(db, table)])),
    named: db
      .all('SELECT local, hash FROM changeset WHERE state <> 0 AND state = 1')
      .map((row) => [numberOf(row['local']), toHex(bytesOf(row['hash']))]),
    forgotten: db.all('SELECT DISTINCT hash FROM forgotten WHERE hash IS NOT NULL').map((row) => toHex(bytesOf(row['hash']))),
    dictionaries: [...readDictionaries(db)].map(([number, content]) => ({ number, content: toBase64Url(content) })),
  };
}

export function readStoreCounts(db: Database): BackupCounts {
  const count = (sql: string): number => numberOf(db.get(sql)?.['total']);
  return {
    products: count('SELECT count(*) AS total FROM product WHERE deleted IS NOT 1'),
    customers: count('SELECT count(*) AS total FROM customer WHERE deleted IS NOT 1'),
    sales: count('SELECT count(*) AS total FROM sale'),
    // All less the named: both are counted in an index.
    changesets:
      count('SELECT count(*) AS total FROM changeset') - count('SELECT count(*) AS total FROM changeset WHERE state <> 0 AND state = 1'),
    values: count('SELECT count(*) AS total FROM detached'),
  };
}

/** Who this register is. Its row may not have come yet: its receipt series says its code from the first moment, R2b-4k7q that of R2. */
export function readSelf(db: Database): StoreStand['register'] {
  const own = ownChains(db).at(-1);
  if (own === undefined) return { id: '', code: '', name: '' };
  const series = textOrNull(db.get('SELECT series FROM chain WHERE number = ?', own.number)?.['series']) ?? '';
  const row = listRegisters(db).find(({ id }) => id === own.register);
  return { id: own.register, code: codeOfSeries(series), name: row?.name ?? '' };
}

export function readStoreStand(db: Database): StoreStand {
  return {
    register: readSelf(db),
    shop: { name: readShop(db)?.name ?? '', currency: readCurrency(db) },
    mode: String(readMeta(db, 'mode') ?? ''),
    counts: readStoreCounts(db),
    heads: db
      .all(
        'SELECT k.id, k.series, c.n, c.hash FROM tip t JOIN chain k ON k.number = t.chain JOIN changeset c ON c.local = t.local ORDER BY k.id, c.hash',
      )
      .map((head) => ({
        chain: toHex(bytesOf(head['id'])),
        series: typeof head['series'] === 'string' ? head['series'] : null,
        n: numberOf(head['n']),
        hash: toHex(bytesOf(head['hash'])),
      })),
    salesUpTo: numberOrNull(db.get('SELECT max(completed_at) AS at FROM sale')?.['at']),
  };
}

/** Number of the newest changeset here: what a backup holds ends at one. */
export function lastLocal(db: Database): number {
  return numberOrNull(db.get('SELECT max(local) AS last FROM changeset')?.['last']) ?? 0;
}

interface SalesTally {
  readonly from: number;
  readonly upto: number;
  readonly sales: number;
}

/** Asked after every sale: only what was added since the last question is counted. */
const tallies = new WeakMap<Database, SalesTally>();

/** Sales that came after the changeset with this number. */
export function countSalesAfter(db: Database, local: number): number {
  const known = tallies.get(db);
  const upto = lastLocal(db);
  const before = known !== undefined && known.from === local && known.upto <= upto ? known : null;
  const sales = (before?.sales ?? 0) + countSales(db, before?.upto ?? local, upto);
  tallies.set(db, { from: local, upto, sales });
  return sales;
}

function countSales(db: Database, after: number, upto: number): number {
  if (upto <= after) return 0;
  // All of them are counted in an index; a range of ids is not.
  if (after === 0) return numberOf(db.get('SELECT count(*) AS total FROM sale')?.['total']);
  const row = db.get(
    'SELECT count(*) AS total FROM sale WHERE id BETWEEN ? AND ?',
    (after + 1) * INDEX_SPACE,
    (upto + 1) * INDEX_SPACE - 1,
  );
  return numberOf(row?.['total']);
}
