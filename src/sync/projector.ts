/**
 * The master's projector: writes merged rows of the store into PostgreSQL's tables (schema `shop`), batch by batch behind the feed. It holds
 * no rule: what the merge decided is copied. Its position moves in the same transaction as the rows, and a second projector is fenced.
 */
import { idFromBytes, idToBytes, isId } from '../base/id.ts';
import { assert } from '../base/assert.ts';
import type { FeedRow, HubMasterClient } from '../hub/hub-client.ts';
import { projectionPosition, writeProjection, type ProjectedRow, type ProjectedValue, type ProjectionBatch } from '../hub/projection.ts';
import type { ColumnType } from '../protocol/columns.ts';
import { INDEX_SPACE, openBody } from '../protocol/changeset.ts';
import { isTableName, TABLES, type LedgerName, type RecordName, type TableName } from '../protocol/tables.ts';
import { isHeld, readFeedMark } from '../store/archive.ts';
import { changesetOfLedgerId } from '../store/merge.ts';
import { bytesOf, numberOf, type SqlRow, type SqlValue } from '../store/database.ts';
import { stampColumn } from '../store/schema.ts';
import { findLocal, hashOfLocal, type Store } from '../store/store.ts';
import type { SyncTools } from './tools.ts';

/** Changesets a batch: a transaction of some tens of milliseconds for PostgreSQL. */
const BATCH = 250;
const BATCH_BYTES = 1024 * 1024;

export interface ProjectorHooks {
  onProjected(position: number): void;
}

/** Projects until the feed's end as the store has read it. Returns the position reached; throws when the link is lost. */
export async function projectToEnd(tools: SyncTools, hub: HubMasterClient, hooks: ProjectorHooks): Promise<number> {
  const places = new Map<string, number>();
  let { position, runningHash } = await projectionPosition(hub.link);
  for (;;) {
    const pulled = await hub.pull(position, runningHash, BATCH, BATCH_BYTES);
    assert(pulled.state === 'rows', 'the projection follows this very feed');
    const readyUpto = readFeedMark(tools.store).position;
    // Up to the first that the store has not taken in: after a hub fell back, the store's own place says nothing of this feed.
    const end = pulled.rows.findIndex((row) => row.position > readyUpto || !isHeld(tools.store, row.hash));
    const rows = end === -1 ? pulled.rows : pulled.rows.slice(0, end);
    const last = rows.at(-1);
    if (last === undefined) return position;
    await findPlaces(tools.store, hub, rows, places);
    const batch = makeBatch(tools.store, rows, places, position);
    const written = await writeProjection(hub.link, batch);
    if (!written.ok) throw new Error(written.refusal.code);
    position = last.position;
    runningHash = last.runningHash;
    hooks.onProjected(position);
    await tools.yieldTurn();
  }
}

/** Positions of the changesets that these rows are, and of those they refer to. */
async function findPlaces(store: Store, hub: HubMasterClient, rows: readonly FeedRow[], places: Map<string, number>): Promise<void> {
  if (places.size > MAX_PLACES) places.clear();
  for (const row of rows) places.set(key(row.hash), row.position);
  const foreign = new Map<string, Uint8Array>();
  for (const row of rows) for (const hash of referredTo(store, row)) if (!places.has(key(hash))) foreign.set(key(hash), hash);
  if (foreign.size === 0) return;
  const found = await hub.link.query<{ hash: Uint8Array; position: number }>(
    'select hash, position from hub.feed where hash = any($1::text::bytea[])',
    [`{${[...foreign.values()].map((hash) => `"\\\\x${Buffer.from(hash).toString('hex')}"`).join(',')}}`],
  );
  for (const { hash, position } of found) places.set(key(hash), position);
}

const MAX_PLACES = 20_000;

function key(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
}

function textOf(
  store: Store,
  row: FeedRow,
): { local: number; tables: ReadonlySet<TableName>; records: ReadonlyMap<string, { table: RecordName; id: Uint8Array }> } | null {
  const local = findLocal(store.db, row.hash);
  const merged =
    local !== undefined && store.db.get('SELECT 1 AS merged FROM changeset WHERE local = ? AND state IN (0, 6)', local) !== undefined;
  const opened = merged ? openBody(row.body, store.dictionaries) : null;
  if (local === undefined || opened?.state !== 'text') return null;
  const tables = new Set<TableName>();
  const records = new Map<string, { table: RecordName; id: Uint8Array }>();
  for (const { table, id } of opened.text.rows) {
    if (!isTableName(table)) continue;
    if (TABLES[table].kind === 'ledger') tables.add(table);
    else if (isId(id)) records.set(`${table} ${id}`, { table: table as RecordName, id: idToBytes(id) });
  }
  return { local, tables, records };
}

function* ledgerRows(store: Store, table: TableName, local: number): Generator<SqlRow> {
  yield* store.db.all(
    `SELECT * FROM ${table} WHERE id BETWEEN ? AND ? ORDER BY id`,
    local * INDEX_SPACE,
    local * INDEX_SPACE + INDEX_SPACE - 1,
  );
}

function referredTo(store: Store, row: FeedRow): Uint8Array[] {
  const text = textOf(store, row);
  if (text === null) return [];
  const hashes: Uint8Array[] = [];
  for (const table of text.tables) {
    const columns = Object.entries(TABLES[table].columns).filter(([, { type }]) => type === 'ref');
    if (columns.length === 0) continue;
    for (const held of ledgerRows(store, table, text.local)) {
      for (const [column] of columns) {
        const value = held[column];
        if (typeof value === 'number' && changesetOfLedgerId(value) !== text.local)
          hashes.push(hashOfLocal(store.db, changesetOfLedgerId(value)));
      }
    }
  }
  return hashes;
}

function makeBatch(store: Store, rows: readonly FeedRow[], places: ReadonlyMap<string, number>, from: number): ProjectionBatch {
  const ledgers: Partial<Record<LedgerName, ProjectedRow[]>> = {};
  const records: Partial<Record<RecordName, ProjectedRow[]>> = {};
  const named = new Map<string, { table: RecordName; id: Uint8Array }>();
  const forgotten: Uint8Array[] = [];
  for (const row of rows) {
    const text = textOf(store, row);
    if (text === null) continue;
    for (const [name, record] of text.records) named.set(name, record);
    for (const table of text.tables) {
      for (const held of ledgerRows(store, table, text.local)) {
        (ledgers[table as LedgerName] ??= []).push(toLedgerRow(store, table, held, row.position, places));
        if (table === 'forgotten' && held['hash'] instanceof Uint8Array) forgotten.push(held['hash']);
      }
    }
  }
  for (const { table, id } of named.values()) {
    const held = store.db.get(`SELECT * FROM ${table} WHERE id = ?`, id);
    if (held !== undefined) (records[table] ??= []).push(toRecordRow(table, held));
  }
  const last = rows.at(-1);
  assert(last !== undefined, 'a batch has rows');
  return { from, to: last.position, runningHash: last.runningHash, records, ledgers, forgotten, detached: [] };
}

function toLedgerRow(store: Store, table: TableName, held: SqlRow, position: number, places: ReadonlyMap<string, number>): ProjectedRow {
  const row: Record<string, ProjectedValue> = { changeset: position, idx: numberOf(held['id']) % INDEX_SPACE };
  for (const [column, { type }] of Object.entries(TABLES[table].columns)) {
    const value = held[column] ?? null;
    row[column] = type === 'ref' ? place(store, value, places) : project(type, value);
  }
  return row;
}

/** A reference as this hub numbers it; null while the hub does not hold what it refers to. */
function place(store: Store, value: SqlValue, places: ReadonlyMap<string, number>): number | null {
  if (typeof value !== 'number') return null;
  const position = places.get(key(hashOfLocal(store.db, changesetOfLedgerId(value))));
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
