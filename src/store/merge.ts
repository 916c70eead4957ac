/**
 * The merge: what a changeset does to the merged tables. Any order, any split, any repetition of the same changesets leaves the same rows.
 *  - A ledger row is added under (changeset, index), once.
 *  - A column group of a record takes the values with the highest stamp (time, then chain), then the higher values.
 *  - A tombstone is a group like any other. Nothing refers to a row in a way that must hold.
 * Runs inside the caller's transaction. Own and foreign changesets go through here alike; nothing else writes merged tables.
 */
import { compareBytes, fromHex, toHex } from '../base/bytes.ts';
import { idToBytes, isId } from '../base/id.ts';
import type { ColumnType, RecordTable, Table } from '../protocol/columns.ts';
import {
  compareStamps,
  INDEX_SPACE,
  makeStamp,
  type ChangeRow,
  type ChangesetText,
  type PatchRow,
  type Values,
} from '../protocol/changeset.ts';
import { isTableName, TABLES, type TableName } from '../protocol/tables.ts';
import { encodeValue, ledgerId } from './codec.ts';
import { bytesOrNull, type SqlRow, type SqlValue } from './database.ts';
import { noteEqualBarcodes, noteLostEdits, noteSale } from './exceptions.ts';
import { stampColumn } from './schema.ts';
import { nameLocal, type Change, type Store } from './store.ts';
import { learnCertificate, learnChainStart } from './chains.ts';

export interface Merged {
  readonly changes: Change[];
  /** It named tables or columns that this program does not know: kept, and played again by a newer one. */
  unknown: boolean;
}

/** Merges one changeset into the tables; `local` is its number here, `chain` its author's chain. */
export function mergeChangeset(store: Store, local: number, chain: Uint8Array, text: ChangesetText): Merged {
  const merged: Merged = { changes: [], unknown: false };
  text.rows.forEach((row, index) => {
    if (!isTableName(row.table)) merged.unknown = true;
    else mergeRow(store, merged, { local, chain, index, table: row.table, row });
  });
  const barcodes = merged.changes.flatMap(({ table, id }) => (table === 'product_barcode' && id !== null ? [id] : []));
  if (barcodes.length > 0) noteEqualBarcodes(store.db, barcodes);
  return merged;
}

interface Place {
  readonly local: number;
  readonly chain: Uint8Array;
  readonly index: number;
  readonly table: TableName;
  readonly row: ChangeRow;
}

function mergeRow(store: Store, merged: Merged, place: Place): void {
  const table: Table = TABLES[place.table];
  for (const column in place.row.values) if (!Object.hasOwn(table.columns, column)) merged.unknown = true;
  if (table.kind === 'ledger') {
    if (place.row.op === 'insert' && addLedgerRow(store, place)) merged.changes.push({ table: place.table, id: null });
    return;
  }
  const { id, stamp } = place.row;
  if (!isId(id) || stamp === undefined) return;
  const rowId = idToBytes(id);
  mergeRecord(store, table, place, rowId, makeStamp(stamp, place.chain));
  if (place.row.op === 'patch') keepEdit(store, table, place, place.row, rowId);
  merged.changes.push({ table: place.table, id: rowId });
}

// ---- ledgers

interface Statement {
  readonly sql: string;
  readonly columns: readonly string[];
}

const ledgerInserts = new Map<TableName, Statement>();

function ledgerInsert(name: TableName): Statement {
  let statement = ledgerInserts.get(name);
  if (statement === undefined) {
    const columns = Object.keys(TABLES[name].columns);
    statement = { sql: `INSERT OR IGNORE INTO ${name} (id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})`, columns };
    ledgerInserts.set(name, statement);
  }
  return statement;
}

/** True when the row is new; a repetition changes nothing and has no effects. */
function addLedgerRow(store: Store, place: Place): boolean {
  const { sql } = ledgerInsert(place.table);
  const id = ledgerId(place.local, place.index);
  const values = encodeRow(store, place);
  if (store.db.run(sql, id, ...values).changes === 0) return false;
  applyEffects(store, place, id);
  return true;
}

const columnLists = new Map<TableName, readonly (readonly [name: string, type: ColumnType])[]>();

function columnsOf(name: TableName): readonly (readonly [name: string, type: ColumnType])[] {
  let list = columnLists.get(name);
  if (list === undefined) {
    const table: Table = TABLES[name];
    list = Object.entries(table.columns).map(([column, { type }]) => [column, type] as const);
    columnLists.set(name, list);
  }
  return list;
}

function encodeRow(store: Store, place: Place): SqlValue[] {
  const resolve = (hash: Uint8Array): number => nameLocal(store.db, hash);
  return columnsOf(place.table).map(([column, type]) => {
    const value = encodeValue(type, place.row.values[column], place.local, resolve);
    if (type === 'personal' && value instanceof Uint8Array) wantValue(store, value);
    return value;
  });
}

/** What a new ledger row means for what is derived from the ledgers. */
function applyEffects(store: Store, place: Place, id: number): void {
  const { values } = place.row;
  switch (place.table) {
    case 'stock_movement':
      if (isId(values['product']) && typeof values['quantity_milli'] === 'number')
        store.db.run(
          `INSERT INTO stock (product, location, on_hand_milli, counted) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET on_hand_milli = on_hand_milli + excluded.on_hand_milli, counted = max(counted, excluded.counted)`,
          idToBytes(values['product']),
          typeof values['location'] === 'string' ? values['location'] : '',
          values['quantity_milli'],
          Number(values['reason'] !== 'sale' && values['reason'] !== 'refund'),
        );
      return;
    case 'forgotten':
      eraseForgotten(store, id);
      return;
    case 'sale':
      noteSale(store.db, id);
      return;
    case 'certificate':
      learnCertificate(store, values);
      return;
    case 'chain_start':
      learnChainStart(store, place.chain, values);
      return;
    case 'dictionary':
      learnDictionary(store, id);
      return;
    default:
      return;
  }
}

function learnDictionary(store: Store, id: number): void {
  const row = store.db.get('SELECT number, content FROM dictionary WHERE id = ?', id);
  const content = bytesOrNull(row?.['content']);
  if (content !== null && typeof row?.['number'] === 'number' && !store.dictionaries.has(row['number']))
    store.dictionaries.set(row['number'], content);
}

function eraseForgotten(store: Store, id: number): void {
  const hash = bytesOrNull(store.db.get('SELECT hash FROM forgotten WHERE id = ?', id)?.['hash']);
  if (hash === null) return;
  store.db.run('DELETE FROM detached WHERE hash = ?', hash);
  store.db.run('DELETE FROM wanted WHERE hash = ?', hash);
}

/** Present, missing and erased are all legal; what is missing is asked for. */
export function wantValue(store: Store, hash: Uint8Array): void {
  if (store.db.get('SELECT 1 AS held FROM detached WHERE hash = ?', hash) !== undefined) return;
  if (store.db.get('SELECT 1 AS erased FROM forgotten WHERE hash = ?', hash) !== undefined) return;
  store.db.run('INSERT OR IGNORE INTO wanted (hash) VALUES (?)', hash);
}

// ---- records

function mergeRecord(store: Store, table: RecordTable, place: Place, rowId: Uint8Array, stamp: Uint8Array): void {
  const encoded = encodeRow(store, place);
  // Nearly all records arrive whole and new: one statement, and nothing is read.
  if (place.row.op === 'insert' && insertWhole(store, table, place.table, rowId, encoded, stamp)) return;
  const values = Object.fromEntries(Object.keys(table.columns).map((column, at) => [column, encoded[at] ?? null]));
  mergeGroups(store, place.table, rowId, values, new Map(groupsTouched(table, place.row).map((group) => [group, stamp])));
}

interface WholeInsert {
  readonly sql: string;
  readonly groups: number;
}

const wholeInserts = new Map<TableName, WholeInsert>();

/** True when the row was not there before. */
function insertWhole(
  store: Store,
  table: RecordTable,
  name: TableName,
  rowId: Uint8Array,
  encoded: readonly SqlValue[],
  stamp: Uint8Array,
): boolean {
  let insert = wholeInserts.get(name);
  if (insert === undefined) {
    const groups = Object.keys(table.groups);
    const columns = ['id', ...Object.keys(table.columns), ...groups.map(stampColumn)];
    insert = {
      sql: `INSERT OR IGNORE INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      groups: groups.length,
    };
    wholeInserts.set(name, insert);
  }
  return store.db.run(insert.sql, rowId, ...encoded, ...Array<Uint8Array>(insert.groups).fill(stamp)).changes > 0;
}

/** Lets each group that comes with a stamp win or lose against the one held. */
export function mergeGroups(
  store: Store,
  name: TableName,
  rowId: Uint8Array,
  values: Readonly<Record<string, SqlValue>>,
  stamps: ReadonlyMap<string, Uint8Array>,
): void {
  const table: Table = TABLES[name];
  if (table.kind === 'ledger') return;
  const held = store.db.get(`SELECT * FROM ${name} WHERE id = ?`, rowId);
  if (held === undefined) {
    insertRecord(store, table, name, rowId, values, stamps);
    return;
  }
  const won = [...stamps].filter(([group, stamp]) => wins(table, group, values, stamp, held));
  if (won.length === 0) return;
  const columns = won.flatMap(([group]) => Object.keys(table.groups[group] ?? {}));
  const assignments = [...columns, ...won.map(([group]) => stampColumn(group))].map((column) => `${column} = ?`).join(', ');
  store.db.run(
    `UPDATE ${name} SET ${assignments} WHERE id = ?`,
    ...columns.map((column) => values[column] ?? null),
    ...won.map(([, stamp]) => stamp),
    rowId,
  );
}

/** An insert writes every group, a patch those it has columns of. */
export function groupsTouched(table: RecordTable, row: { readonly op: string; readonly values: Values }): string[] {
  return Object.entries(table.groups)
    .filter(([, columns]) => row.op === 'insert' || Object.keys(columns).some((column) => Object.hasOwn(row.values, column)))
    .map(([group]) => group);
}

const recordInserts = new Map<string, string>();

function insertRecord(
  store: Store,
  table: RecordTable,
  name: TableName,
  rowId: Uint8Array,
  values: Readonly<Record<string, SqlValue>>,
  stamps: ReadonlyMap<string, Uint8Array>,
): void {
  const groups = [...stamps.keys()];
  const columns = groups.flatMap((group) => Object.keys(table.groups[group] ?? {}));
  const key = `${name} ${groups.join(' ')}`;
  let sql = recordInserts.get(key);
  if (sql === undefined) {
    const names = ['id', ...columns, ...groups.map(stampColumn)];
    sql = `INSERT INTO ${name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    recordInserts.set(key, sql);
  }
  store.db.run(sql, rowId, ...columns.map((column) => values[column] ?? null), ...stamps.values());
}

function wins(table: RecordTable, group: string, values: Readonly<Record<string, SqlValue>>, stamp: Uint8Array, held: SqlRow): boolean {
  const heldStamp = bytesOrNull(held[stampColumn(group)]);
  if (heldStamp === null) return true;
  const order = compareStamps(stamp, heldStamp);
  if (order !== 0) return order > 0;
  const columns = Object.keys(table.groups[group] ?? {});
  return compareBytes(spell(columns, values), spell(columns, held)) > 0;
}

/** A spelling to compare values by when even the stamps are the same. */
function spell(columns: readonly string[], values: Readonly<Record<string, SqlValue>>): Uint8Array {
  return Buffer.from(JSON.stringify(columns.map((column) => spellValue(values[column] ?? null))));
}

function spellValue(value: SqlValue): string | number | null {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'bigint' ? Number(value) : value;
}

// ---- the edit history

function keepEdit(store: Store, table: RecordTable, place: Place, patch: PatchRow, rowId: Uint8Array): void {
  const stamp = makeStamp(patch.stamp, place.chain);
  for (const group of groupsTouched(table, patch)) {
    const columns = Object.keys(table.groups[group] ?? {});
    const values = JSON.stringify(Object.fromEntries(columns.map((column) => [column, patch.values[column] ?? null])));
    const over = fromHex(patch.over[group] ?? '');
    const held = store.db.get(
      'SELECT 1 AS held FROM edit WHERE row_id = ? AND group_name = ? AND stamp = ? AND "values" = ? AND changeset = ?',
      rowId,
      group,
      stamp,
      values,
      place.local,
    );
    if (held !== undefined) continue;
    store.db.run(
      'INSERT INTO edit (table_name, row_id, group_name, stamp, over, "values", changeset) VALUES (?, ?, ?, ?, ?, ?, ?)',
      place.table,
      rowId,
      group,
      stamp,
      over.length === 24 ? over : null,
      values,
      place.local,
    );
    noteLostEdits(store.db, place.table, rowId, group);
  }
}

export function changesetOfLedgerId(id: number): number {
  return Math.floor(id / INDEX_SPACE);
}
