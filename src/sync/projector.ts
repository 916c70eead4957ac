/**
 * The master's projector: writes merged rows of the store into PostgreSQL's tables (schema `shop`), batch by batch behind the feed. It holds
 * no rule: what the merge decided is copied. Its position moves in the same transaction as the rows, and a second projector is fenced.
 * It only reads the store.
 */
import { fromHex, toHex } from '../base/bytes.ts';
import { idFromBytes, idToBytes, isId } from '../base/id.ts';
import { assert } from '../base/assert.ts';
import type { FeedRow, HubMasterClient } from '../hub/hub-client.ts';
import { projectionPosition, writeProjection, type ProjectedRow, type ProjectedValue, type ProjectionBatch } from '../hub/projection.ts';
import { bigintArray, byteaArray } from '../hub/sql-link.ts';
import type { Column, ColumnType } from '../protocol/columns.ts';
import { INDEX_SPACE, openBody } from '../protocol/changeset.ts';
import { isTableName, TABLES, TABLE_NAMES, type LedgerName, type RecordName, type TableName } from '../protocol/tables.ts';
import { isHeld, readFeedMark } from '../store/archive.ts';
import { changesetOfLedgerId } from '../store/merge.ts';
import { bytesOf, numberOf, type SqlRow, type SqlValue } from '../store/database.ts';
import { stampColumn } from '../store/schema.ts';
import { findLocal, hashOfLocal, readDictionaries, type Store } from '../store/store.ts';
import type { SyncTools } from './tools.ts';

/** Changesets a batch: a transaction of some tens of milliseconds for PostgreSQL. */
const BATCH = 250;
const BATCH_BYTES = 256 * 1024;
/** Places remembered between batches, so that most references need no question. */
const MAX_PLACES = 20_000;

type ProjectorTools = Pick<SyncTools, 'store' | 'yieldTurn'>;

/** A feed row as the merge left it in the store. */
interface Merged {
  readonly position: number;
  readonly local: number;
  readonly ledgers: readonly (readonly [table: LedgerName, rows: readonly SqlRow[]])[];
  readonly records: readonly (readonly [table: RecordName, id: Uint8Array])[];
}

/** Columns of a ledger that refer to another's rows. */
const REFERENCES = Object.fromEntries(
  TABLE_NAMES.map((table) => [
    table,
    Object.entries<Column>(TABLES[table].columns).flatMap(([column, { type }]) => (type === 'ref' ? [column] : [])),
  ]),
);

/** Positions of changesets by their numbers in the store. */
type Places = Map<number, number>;

/** Positions whose rows refer to a changeset that the feed does not hold yet, by its hash (hexadecimal). */
type Late = Map<string, number[]>;

/**
 * Projects until the feed's end as the store has read it. Returns the position reached; throws when the link is lost. While PostgreSQL writes
 * a batch the next one is asked for and made.
 */
export async function projectToEnd(
  tools: ProjectorTools,
  hub: HubMasterClient,
  onProjected: (position: number) => void = () => {},
): Promise<number> {
  const { store } = tools;
  // A dictionary that came since would else leave its changesets out for good.
  for (const [number, content] of readDictionaries(store.db)) store.dictionaries.set(number, content);
  const places: Places = new Map();
  const late = await readLate(hub);
  let { position, runningHash } = await projectionPosition(hub.link);
  let asked = hub.pull(position, runningHash, BATCH, BATCH_BYTES);
  let written = Promise.resolve(position);
  for (;;) {
    const rows = upToHeld(store, await asked);
    const last = rows.at(-1);
    if (last === undefined) return await written;
    asked = watched(hub.pull(last.position, last.runningHash, BATCH, BATCH_BYTES));
    const merged = [...rows, ...(await lateRows(hub, late, rows))].flatMap((row) => readMerged(store, row) ?? []);
    if (places.size > MAX_PLACES) places.clear();
    for (const { local, position: at } of merged) places.set(local, at);
    await findPlaces(store, hub, merged, places);
    const batch = makeBatch(store, merged, places, { from: position, rows, last });
    for (const { target, position: at } of batch.late) late.set(toHex(target), [...(late.get(toHex(target)) ?? []), at]);
    onProjected(await written);
    written = watched(write(hub, batch));
    ({ position, runningHash } = last);
    await tools.yieldTurn();
  }
}

/** Its failure is heard when it is awaited, and not before. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

async function write(hub: HubMasterClient, batch: ProjectionBatch): Promise<number> {
  const written = await writeProjection(hub.link, batch);
  if (!written.ok) throw new Error(written.refusal.code);
  return batch.to;
}

/** Up to the first that the store has not taken in: after a hub fell back, the store's own place says nothing of this feed. */
function upToHeld(store: Store, pulled: Awaited<ReturnType<HubMasterClient['pull']>>): readonly FeedRow[] {
  assert(pulled.state === 'rows', 'the projection follows this very feed');
  const readyUpto = readFeedMark(store).position;
  const end = pulled.rows.findIndex((row) => row.position > readyUpto || !isHeld(store, row.hash));
  return end === -1 ? pulled.rows : pulled.rows.slice(0, end);
}

async function readLate(hub: HubMasterClient): Promise<Late> {
  const late: Late = new Map();
  const rows = await hub.link.query<{ target: Uint8Array; position: number }>('select target, position from hub.late_reference');
  for (const { target, position } of rows) late.set(toHex(target), [...(late.get(toHex(target)) ?? []), position]);
  return late;
}

/** Changesets projected before, whose references to these were left open; they are late no more. */
async function lateRows(
  hub: HubMasterClient,
  late: Late,
  rows: readonly FeedRow[],
): Promise<readonly Pick<FeedRow, 'position' | 'hash' | 'body'>[]> {
  if (late.size === 0) return [];
  const hashes = rows.map(({ hash }) => toHex(hash));
  const positions = hashes.flatMap((hash) => late.get(hash) ?? []);
  for (const hash of hashes) late.delete(hash);
  if (positions.length === 0) return [];
  return await hub.link.query('select position, hash, body from hub.feed where position = any($1::text::bigint[])', [
    bigintArray(positions),
  ]);
}

/** Null for what was set aside, or cannot be read yet. */
function readMerged(store: Store, row: Pick<FeedRow, 'position' | 'hash' | 'body'>): Merged | null {
  const local = findLocal(store.db, row.hash);
  const merged =
    local !== undefined && store.db.get('SELECT 1 AS merged FROM changeset WHERE local = ? AND state IN (0, 6)', local) !== undefined;
  const opened = merged ? openBody(row.body, store.dictionaries) : null;
  if (local === undefined || opened?.state !== 'text') return null;
  const ledgers = new Set<LedgerName>();
  const records = new Map<string, readonly [RecordName, Uint8Array]>();
  for (const { table, id } of opened.text.rows) {
    if (!isTableName(table)) continue;
    if (TABLES[table].kind === 'ledger') ledgers.add(table as LedgerName);
    else if (isId(id)) records.set(`${table} ${id}`, [table as RecordName, idToBytes(id)]);
  }
  return {
    position: row.position,
    local,
    ledgers: [...ledgers].map((table) => [table, ledgerRows(store, table, local)] as const),
    records: [...records.values()],
  };
}

function ledgerRows(store: Store, table: LedgerName, local: number): SqlRow[] {
  return store.db.all(
    `SELECT * FROM ${table} WHERE id BETWEEN ? AND ? ORDER BY id`,
    local * INDEX_SPACE,
    local * INDEX_SPACE + INDEX_SPACE - 1,
  );
}

/** Changesets that a ledger row refers to. */
function referredTo(table: LedgerName, row: SqlRow): number[] {
  return (REFERENCES[table] ?? []).flatMap((column) => {
    const value = row[column];
    return typeof value === 'number' ? [changesetOfLedgerId(value)] : [];
  });
}

/** Adds the positions of what these rows refer to, as far as the feed holds it. */
async function findPlaces(store: Store, hub: HubMasterClient, merged: readonly Merged[], places: Places): Promise<void> {
  const referred = new Set(
    merged.flatMap(({ ledgers }) => ledgers.flatMap(([table, rows]) => rows.flatMap((row) => referredTo(table, row)))),
  );
  const foreign = new Map([...referred].filter((local) => !places.has(local)).map((local) => [toHex(hashOfLocal(store.db, local)), local]));
  if (foreign.size === 0) return;
  const found = await hub.link.query<{ hash: Uint8Array; position: number }>(
    'select hash, position from hub.feed where hash = any($1::text::bytea[])',
    [byteaArray([...foreign.keys()].map(fromHex))],
  );
  for (const { hash, position } of found) {
    const local = foreign.get(toHex(hash));
    if (local !== undefined) places.set(local, position);
  }
}

function makeBatch(
  store: Store,
  merged: readonly Merged[],
  places: Places,
  { from, rows, last }: { readonly from: number; readonly rows: readonly FeedRow[]; readonly last: FeedRow },
): ProjectionBatch {
  const ledgers: Partial<Record<LedgerName, ProjectedRow[]>> = {};
  const records: Partial<Record<RecordName, ProjectedRow[]>> = {};
  const named = new Map<string, readonly [RecordName, Uint8Array]>();
  const forgotten: Uint8Array[] = [];
  const late = new Map<string, ProjectionBatch['late'][number]>();
  for (const { position, ledgers: tables, records: touched } of merged) {
    for (const record of touched) named.set(`${record[0]} ${toHex(record[1])}`, record);
    for (const [table, held] of tables) {
      for (const row of held) {
        (ledgers[table] ??= []).push(toLedgerRow(table, row, position, places));
        if (table === 'forgotten' && row['hash'] instanceof Uint8Array) forgotten.push(row['hash']);
        for (const local of referredTo(table, row))
          if (!places.has(local)) late.set(`${local} ${position}`, { target: hashOfLocal(store.db, local), position });
      }
    }
  }
  for (const [table, id] of named.values()) {
    const held = store.db.get(`SELECT * FROM ${table} WHERE id = ?`, id);
    if (held !== undefined) (records[table] ??= []).push(toRecordRow(table, held));
  }
  const arrived = rows.map(({ hash }) => hash);
  const { position: to, runningHash } = last;
  return { from, to, runningHash, records, ledgers, forgotten, detached: [], late: [...late.values()], arrived };
}

function toLedgerRow(table: TableName, held: SqlRow, position: number, places: Places): ProjectedRow {
  const row: Record<string, ProjectedValue> = { changeset: position, idx: numberOf(held['id']) % INDEX_SPACE };
  for (const [column, { type }] of Object.entries(TABLES[table].columns)) {
    const value = held[column] ?? null;
    row[column] = type === 'ref' ? place(value, places) : project(type, value);
  }
  return row;
}

/** A reference as this hub numbers it; null while the hub does not hold what it refers to. */
function place(value: SqlValue, places: Places): number | null {
  if (typeof value !== 'number') return null;
  const position = places.get(changesetOfLedgerId(value));
  return position === undefined ? null : position * INDEX_SPACE + (value % INDEX_SPACE);
}

function toRecordRow(table: RecordName, held: SqlRow): ProjectedRow {
  const row: Record<string, ProjectedValue> = { id: idFromBytes(bytesOf(held['id'])) };
  for (const [column, { type }] of Object.entries(TABLES[table].columns)) row[column] = project(type, held[column] ?? null);
  for (const group of Object.keys(TABLES[table].groups)) row[stampColumn(group)] = project('bytes', held[stampColumn(group)] ?? null);
  return row;
}

function project(type: ColumnType, value: SqlValue): ProjectedValue {
  if (value === null) return null;
  if (type === 'id') return value instanceof Uint8Array ? idFromBytes(value) : null;
  if (type === 'flag') return value !== 0;
  return typeof value === 'bigint' ? Number(value) : value;
}
