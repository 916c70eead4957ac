/**
 * The merge: what a changeset does to the merged tables. Any order, any split, any repetition of the same changesets leaves the same rows.
 *  - A ledger row is added under (changeset, index), once.
 *  - A column group of a record takes the values with the highest stamp (time, then chain), then the higher values.
 *  - A tombstone is a group like any other. Nothing refers to a row in a way that must hold.
 * Runs inside the caller's transaction. Own and foreign changesets go through here alike; nothing else writes merged tables.
 */
import { compareBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts';
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
import { isTableName, TABLES, type RecordName, type TableName } from '../protocol/tables.ts';
import { encodeValue, ledgerId } from './codec.ts';
import { bytesOf, bytesOrNull, type SqlRow, type SqlValue } from './database.ts';
import { noteCodes, noteLostEdits, noteNames, noteSettled, noteUserNames } from './exceptions.ts';
import { noteCardPayment, noteInvoice, noteRefunds, noteSale, noteStock, noteVoucher } from './exceptions-of-sales.ts';
import { stampColumn } from './schema.ts';
import { nameLocal } from './look-up.ts';
import type { Change, Store } from './store.ts';
import { learnAuthority, learnCertificate, learnChainStart } from './chains.ts';

export interface Merged {
  /** Rows that are not what they were. */
  readonly changes: Change[];
  /** All records it names, of its own kind or not changed by it: a first pull has them before their history comes. */
  readonly named: (readonly [table: TableName, id: Uint8Array])[];
  /** It named tables or columns that this program does not know: kept, and played again by a newer one. */
  unknown: boolean;
  /** Codes that barcode rows had before, and those sold without a product: what they name may be something else now. */
  readonly codes: Set<string>;
}

/** Merges one changeset into the tables; `local` is its number here, `chain` its author's chain. */
export function mergeChangeset(store: Store, local: number, chain: Uint8Array, text: ChangesetText): Merged {
  const merged: Merged = { changes: [], named: [], unknown: false, codes: new Set() };
  text.rows.forEach((row, index) => {
    if (!isTableName(row.table)) merged.unknown = true;
    else mergeRow(store, merged, { local, chain, index, table: row.table, row });
  });
  const idsOf = (name: TableName): Uint8Array[] => merged.named.flatMap(([table, id]) => (table === name ? [id] : []));
  const [barcodes, products] = [idsOf('product_barcode'), idsOf('product')];
  if (barcodes.length + products.length + merged.codes.size > 0) noteCodes(store.db, barcodes, products, merged.codes);
  if (idsOf('user').length > 0) noteUserNames(store.db);
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
    if (place.row.op === 'insert' && addLedgerRow(store, place)) {
      merged.changes.push({ table: place.table, id: null });
      const { code } = place.row.values;
      if (place.table === 'sale_line' && typeof code === 'string') merged.codes.add(code);
    }
    return;
  }
  const { id, stamp } = place.row;
  if (!isId(id) || stamp === undefined) return;
  const rowId = idToBytes(id);
  if (mergeRecord(store, merged, table, place, rowId, makeStamp(stamp, place.chain)))
    merged.changes.push({ table: place.table, id: rowId });
  if (place.row.op === 'patch') keepEdit(store, table, place, place.row, rowId);
  merged.named.push([place.table, rowId]);
}

// ---- ledgers

interface Statement {
  readonly insert: string;
  readonly update: string;
}

const ledgerInserts = new Map<TableName, Statement>();

function ledgerInsert(name: TableName): Statement {
  let statement = ledgerInserts.get(name);
  if (statement === undefined) {
    const columns = Object.keys(TABLES[name].columns);
    statement = {
      insert: `INSERT OR IGNORE INTO ${name} (id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})`,
      update: `UPDATE ${name} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
    };
    ledgerInserts.set(name, statement);
  }
  return statement;
}

/** True when the row is new; a repetition has no effects, but fills columns that an older program did not know. */
function addLedgerRow(store: Store, place: Place): boolean {
  const { insert, update } = ledgerInsert(place.table);
  const id = ledgerId(place.local, place.index);
  const values = encodeColumns(store, place, columnsOf(place.table));
  if (store.db.run(insert, id, ...values).changes === 0) {
    store.db.run(update, ...values, id);
    return false;
  }
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

function encodeColumns(store: Store, place: Place, columns: readonly (readonly [name: string, type: ColumnType])[]): SqlValue[] {
  const resolve = (hash: Uint8Array): number => nameLocal(store.db, hash);
  return columns.map(([column, type]) => {
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
      if (isId(values['product']) && typeof values['quantity_milli'] === 'number') {
        store.db.run(
          `INSERT INTO stock (product, location, on_hand_milli, counted) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET on_hand_milli = on_hand_milli + excluded.on_hand_milli, counted = max(counted, excluded.counted)`,
          idToBytes(values['product']),
          typeof values['location'] === 'string' ? values['location'] : '',
          values['quantity_milli'],
          Number(values['reason'] !== 'sale' && values['reason'] !== 'refund'),
        );
        noteStock(store.db, idToBytes(values['product']), store.clock.nowMs());
      }
      return;
    case 'forgotten':
      eraseForgotten(store, id);
      return;
    case 'sale':
      noteSale(store.db, id);
      return;
    case 'audit_entry':
      noteSettled(store.db, id);
      return;
    case 'invoice':
      noteInvoice(store.db, id);
      return;
    case 'sale_line':
      noteRefunds(store.db, id);
      return;
    case 'voucher_movement':
      noteVoucher(store.db, id);
      return;
    case 'payment_attempt':
      noteCardPayment(store.db, id);
      return;
    case 'certificate':
      learnCertificate(store, values);
      return;
    case 'sealed_box':
      learnAuthority(store);
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
  noteNames(store.db, [hash]);
}

/** Present, missing and erased are all legal; what is missing is asked for. */
export function wantValue(store: Store, hash: Uint8Array): void {
  if (store.db.get('SELECT 1 AS held FROM detached WHERE hash = ?', hash) !== undefined) return;
  if (store.db.get('SELECT 1 AS erased FROM forgotten WHERE hash = ?', hash) !== undefined) return;
  store.db.run('INSERT OR IGNORE INTO wanted (hash) VALUES (?)', hash);
}

// ---- records

/** A record's groups that are written together: what comes of them, in which order, and how it is written. */
export interface RecordShape {
  readonly name: RecordName;
  readonly groups: readonly string[];
  /** Of these groups. */
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly insert: string;
  /** Finds the row when it holds these very values under these very stamps. */
  readonly same: string;
}

/** What a record is said to be, in its shape's order: id, columns, a stamp a group. */
type ShapedRow = readonly SqlValue[];

const recordShapes = new Map<string, RecordShape>();

export function shapeOf(name: RecordName, groups: readonly string[]): RecordShape {
  const key = `${name} ${groups.join(' ')}`;
  let shape = recordShapes.get(key);
  if (shape === undefined) {
    const table: RecordTable = TABLES[name];
    const columns = groups.flatMap((group) =>
      Object.entries(table.groups[group] ?? {}).map(([column, { type }]) => [column, type] as const),
    );
    const names = ['id', ...columns.map(([column]) => column), ...groups.map(stampColumn)];
    shape = {
      name,
      groups,
      columns,
      insert: `INSERT OR IGNORE INTO ${name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      same: `SELECT 1 AS same FROM ${name} WHERE ${names.map((column) => `${column} IS ?`).join(' AND ')}`,
    };
    recordShapes.set(key, shape);
  }
  return shape;
}

/** True when the row is not what it was. */
function mergeRecord(store: Store, merged: Merged, table: RecordTable, place: Place, id: Uint8Array, stamp: Uint8Array): boolean {
  const shape = shapeOf(place.table as RecordName, groupsTouched(table, place.row));
  const row = [id, ...encodeColumns(store, place, shape.columns), ...shape.groups.map(() => stamp)];
  // What others wrote is here already where a first pull brought it; what is written here is not.
  const isOwn = store.own !== null && equalBytes(store.own.key.chain, place.chain);
  if (!isOwn && isHeldAsSaid(store, shape, row)) return false;
  if (insertRecord(store, shape, row)) return true;
  if (isOwn && isHeldAsSaid(store, shape, row)) return false;
  if (place.table === 'product_barcode') {
    const code = store.db.get('SELECT code FROM product_barcode WHERE id = ?', id)?.['code'];
    if (typeof code === 'string') merged.codes.add(code);
  }
  return mergeHeld(store, shape, row);
}

/** A row of a page: nearly all arrive new, in one statement; else group by group. */
export function mergeShaped(store: Store, shape: RecordShape, row: ShapedRow): void {
  if (!insertRecord(store, shape, row) && !isHeldAsSaid(store, shape, row)) mergeHeld(store, shape, row);
}

/** True when the row was not there before. */
function insertRecord(store: Store, shape: RecordShape, row: ShapedRow): boolean {
  return store.db.run(shape.insert, ...row).changes > 0;
}

/** What comes again: a first pull's rows by their history, a page of a pull that was cut. */
function isHeldAsSaid(store: Store, shape: RecordShape, row: ShapedRow): boolean {
  return store.db.get(shape.same, ...row) !== undefined;
}

/** Lets each group that comes with a stamp win or lose against the one held. True when one won. */
function mergeHeld(store: Store, { name, groups, columns }: RecordShape, row: ShapedRow): boolean {
  const id = row[0] ?? null;
  const held = store.db.get(`SELECT * FROM ${name} WHERE id = ?`, id);
  if (held === undefined) return false;
  const table: RecordTable = TABLES[name];
  const values = Object.fromEntries(columns.map(([column], at) => [column, row[1 + at] ?? null]));
  const stamps = groups.map((group, at) => [group, bytesOf(row[1 + columns.length + at])] as const);
  const won = stamps.filter(([group, stamp]) => wins(table, group, values, stamp, held));
  if (won.length === 0) return false;
  const written = won.flatMap(([group]) => Object.keys(table.groups[group] ?? {}));
  const assignments = [...written, ...won.map(([group]) => stampColumn(group))].map((column) => `${column} = ?`).join(', ');
  store.db.run(
    `UPDATE ${name} SET ${assignments} WHERE id = ?`,
    ...written.map((column) => values[column] ?? null),
    ...won.map(([, stamp]) => stamp),
    id,
  );
  return true;
}

/**
 * A row writes the groups it has columns of; an insert is also alive. Groups that a text does not name stay unwritten whatever program
 * reads it: one that learns of a group later must end with the same stamps as one that always knew it.
 */
export function groupsTouched(table: RecordTable, row: { readonly op: string; readonly values: Values }): string[] {
  return Object.entries(table.groups)
    .filter(
      ([group, columns]) =>
        (row.op === 'insert' && group === 'life') || Object.keys(columns).some((column) => Object.hasOwn(row.values, column)),
    )
    .map(([group]) => group);
}

function wins(table: RecordTable, group: string, values: Readonly<Record<string, SqlValue>>, stamp: Uint8Array, held: SqlRow): boolean {
  const heldStamp = bytesOrNull(held[stampColumn(group)]);
  if (heldStamp === null) return true;
  const order = compareStamps(stamp, heldStamp);
  if (order !== 0) return order > 0;
  // Even the stamps are the same: column by column, nothing being the least, so that a column added later decides last.
  for (const column of Object.keys(table.groups[group] ?? {})) {
    const difference = compareBytes(spellValue(values[column] ?? null), spellValue(held[column] ?? null));
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function spellValue(value: SqlValue): Uint8Array {
  if (value === null) return new Uint8Array(0);
  return Buffer.from(value instanceof Uint8Array ? `=${toHex(value)}` : `=${String(value)}`);
}

// ---- the edit history

function keepEdit(store: Store, table: RecordTable, place: Place, patch: PatchRow, rowId: Uint8Array): void {
  const stamp = makeStamp(patch.stamp, place.chain);
  for (const group of groupsTouched(table, patch)) {
    // What the patch says, not what this program knows: a column added later must not change what an edit was.
    const columns = Object.keys(table.groups[group] ?? {}).filter((column) => Object.hasOwn(patch.values, column));
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
