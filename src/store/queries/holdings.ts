/**
 * Reads of what a store holds, for whoever brings it into another shop: sketches by which records are matched, records as plain values, the
 * ledger rows of a sale, and what was touched since. Reads only.
 */
import type { CustomerSketch, ProductSketch } from '../../domain/match-records.ts';
import { normalBarcode } from '../../domain/barcode.ts';
import type { SalesFileRow } from '../../domain/sales-file.ts';
import { idFromBytes, idToBytes, isId, type Id } from '../../base/id.ts';
import type { ColumnType, Table } from '../../protocol/columns.ts';
import { INDEX_SPACE, openBody, type Scalar } from '../../protocol/changeset.ts';
import { TABLES, type LedgerName, type RecordName } from '../../protocol/tables.ts';
import { decodeValue } from '../codec.ts';
import { bytesOf, LIVE, numberOf, numberOrNull, textOf, textOrNull, type Database, type SqlRow } from '../database.ts';
import { hashOfLocal } from '../look-up.ts';
import { changesetOfLedgerId } from '../merge.ts';
import { readDictionaries } from '../store.ts';
import { personalText, userName } from './people.ts';
import { REGULAR_PRICE_NOW } from './prices.ts';
import { linesOfSale, saleLabel } from './sales.ts';
import { readCurrency, readShop } from './shop.ts';
import { tendersOfSale } from './tenders.ts';

// ---- sketches

/** Null for one that is not there, or was removed. */
export function productSketch(db: Database, id: Id, nowMs: number): ProductSketch<Id> | null {
  const row = db.get(`SELECT p.name, ${REGULAR_PRICE_NOW} AS price FROM product p WHERE p.id = ?2 AND ${LIVE('p')}`, nowMs, idToBytes(id));
  if (row === undefined) return null;
  const codes = db
    .all(`SELECT b.code FROM product_barcode b WHERE b.product = ? AND ${LIVE('b')} AND b.code IS NOT NULL ORDER BY b.id`, idToBytes(id))
    .map(({ code }) => textOf(code));
  return { id, name: textOrNull(row['name']) ?? '', priceMinor: numberOrNull(row['price']) ?? 0, codes };
}

/** Products that can be sold by one of these codes, in any spelling of them. */
export function productsWithCodes(db: Database, codes: readonly string[], nowMs: number): ProductSketch<Id>[] {
  const spellings = new Set(codes.flatMap((code) => [code, normalBarcode(code), normalBarcode(code).replace(/^0(?=\d{12}$)/, '')]));
  const ids = db
    .all(
      `SELECT DISTINCT b.product FROM json_each(?) j JOIN product_barcode b ON b.code = j.value WHERE ${LIVE('b')} AND b.product IS NOT NULL ORDER BY b.product`,
      JSON.stringify([...spellings]),
    )
    .map((row) => idFromBytes(bytesOf(row['product'])));
  return ids.flatMap((id) => productSketch(db, id, nowMs) ?? []);
}

export function* customerSketches(db: Database): Generator<CustomerSketch<Id>> {
  for (const row of db.iterate(
    `SELECT c.id, n.value AS name, (SELECT value FROM detached WHERE hash = c.phone) AS phone
     FROM customer c JOIN detached n ON n.hash = c.name WHERE ${LIVE('c')} ORDER BY c.id`,
  ))
    yield { id: idFromBytes(bytesOf(row['id'])), name: textOf(row['name']), phone: textOrNull(row['phone']) };
}

export interface NumberedId {
  /** Rises with every record that comes in. */
  readonly row: number;
  readonly id: Id;
}

/** Records that are in use and came after `after`, at most `limit`. */
export function recordsAfter(db: Database, table: 'product' | 'customer', after: number, limit: number): NumberedId[] {
  return db
    .all(`SELECT t.row, t.id FROM ${table} t WHERE t.row > ? AND ${LIVE('t')} ORDER BY t.row LIMIT ?`, after, limit)
    .map((row) => ({ row: numberOf(row['row']), id: idFromBytes(bytesOf(row['id'])) }));
}

export interface SalesTally {
  readonly sales: number;
  readonly totalMinor: number;
  /** Trading days, yyyymmdd; null where there is no sale. */
  readonly firstDay: number | null;
  readonly lastDay: number | null;
}

/** Practice is no sale. */
export function tallySales(db: Database): SalesTally {
  const row = db.get(
    `SELECT count(*) AS sales, ifnull(sum(total_minor + ifnull(rounding_minor, 0)), 0) AS total, min(trading_day) AS first, max(trading_day) AS last
     FROM sale WHERE mode IS NOT 'training'`,
  );
  return {
    sales: numberOf(row?.['sales']),
    totalMinor: numberOf(row?.['total']),
    firstDay: numberOrNull(row?.['first']),
    lastDay: numberOrNull(row?.['last']),
  };
}

const SALES_A_PAGE = 200;

/** Every line of every sale, oldest first, some hundred sales at a time; `after` is the last sale of the page before, 0 to begin. */
export function listSoldLines(
  db: Database,
  after: number,
): { rows: SalesFileRow[]; next: number | null; currency: string; country: string } {
  const sales = db.all('SELECT * FROM sale WHERE id > ? ORDER BY id LIMIT ?', after, SALES_A_PAGE);
  const rows = sales.flatMap((sale) => {
    const id = numberOf(sale['id']);
    const customer =
      sale['customer'] instanceof Uint8Array ? db.get('SELECT name FROM customer WHERE id = ?', sale['customer'])?.['name'] : null;
    const common = {
      label: saleLabel(textOrNull(sale['series']) ?? '', numberOrNull(sale['number']) ?? 0),
      completedAt: numberOf(sale['completed_at']),
      utcOffsetMinutes: numberOrNull(sale['utc_offset_minutes']) ?? 0,
      tradingDay: numberOrNull(sale['trading_day']) ?? 0,
      kind: textOrNull(sale['kind']) ?? 'sale',
      training: sale['mode'] === 'training',
      user: userName(db, sale['user']),
      customer: customer instanceof Uint8Array ? personalText(db, customer) : '',
      saleTotalMinor: numberOf(sale['total_minor']) + (numberOrNull(sale['rounding_minor']) ?? 0),
      methods: tendersOfSale(db, id)
        .map(({ method }) => method)
        .join(', '),
    };
    return linesOfSale(db, id).map((line, at) => ({
      ...common,
      line: at + 1,
      name: textOrNull(line['name']) ?? '',
      quantityMilli: numberOf(line['quantity_milli']),
      unitPriceMinor: numberOf(line['unit_price_minor']),
      totalMinor: numberOf(line['total_minor']),
      taxRatePpm: numberOf(line['tax_rate_ppm']),
      taxMinor: numberOf(line['tax_minor']),
    }));
  });
  const last = sales.at(-1);
  return {
    rows,
    next: last === undefined || sales.length < SALES_A_PAGE ? null : numberOf(last['id']),
    currency: readCurrency(db),
    country: readShop(db)?.country ?? '',
  };
}

// ---- records

/** A record's columns as a draft takes them: personal values in plain text, what is empty or was erased left out. Null when it is not there. */
export function recordValues(db: Database, table: RecordName, id: Id): Record<string, Scalar> | null {
  const row = db.get(`SELECT * FROM ${table} WHERE id = ? AND life_stamp IS NOT NULL`, idToBytes(id));
  if (row === undefined) return null;
  const spec: Table = TABLES[table];
  return valuesOf(db, spec.columns, row);
}

export function holdsRecord(db: Database, table: RecordName, id: Id): boolean {
  return db.get(`SELECT 1 AS found FROM ${table} WHERE id = ? AND life_stamp IS NOT NULL`, idToBytes(id)) !== undefined;
}

/** In use, oldest first, so that of two with one name the newer is not taken. */
export function recordNames(db: Database, table: 'category' | 'supplier'): (readonly [name: string, id: Id])[] {
  return db
    .all(`SELECT t.id, t.name FROM ${table} t WHERE ${LIVE('t')} ORDER BY t.id DESC`)
    .map((row) => [textOrNull(row['name']) ?? '', idFromBytes(bytesOf(row['id']))] as const);
}

/** Ids of the records whose column names this one. */
export function recordsNaming(db: Database, table: 'product_barcode' | 'product_price' | 'tax_rate', id: Id): Id[] {
  const column = table === 'tax_rate' ? 'tax_category' : 'product';
  return db
    .all(`SELECT t.id FROM ${table} t WHERE t.${column} = ? AND ${LIVE('t')} ORDER BY t.id`, idToBytes(id))
    .map((row) => idFromBytes(bytesOf(row['id'])));
}

function valuesOf(db: Database, columns: Readonly<Record<string, { readonly type: ColumnType }>>, row: SqlRow): Record<string, Scalar> {
  const values: Record<string, Scalar> = {};
  for (const [column, { type }] of Object.entries(columns)) {
    const held = row[column];
    if (held === null || held === undefined || type === 'ref') continue;
    if (type !== 'personal') values[column] = decodeValue(type, held, (local) => hashOfLocal(db, local));
    else {
      const text = personalText(db, bytesOf(held));
      if (text !== '') values[column] = text;
    }
  }
  return values;
}

/** Records that the changesets after `local` name, and the number of the last one looked at. */
export function touchedAfter(
  db: Database,
  local: number,
  limit: number,
): { readonly upTo: number; readonly records: readonly (readonly [table: string, id: Id])[] } {
  const dictionaries = readDictionaries(db);
  const rows = db.all('SELECT local, body FROM changeset WHERE local > ? AND state IN (0, 6) ORDER BY local LIMIT ?', local, limit);
  const named = new Map<string, readonly [string, Id]>();
  for (const row of rows) {
    const opened = openBody(bytesOf(row['body']), dictionaries);
    if (opened.state !== 'text') continue;
    for (const { table, id } of opened.text.rows) if (isId(id)) named.set(`${table} ${id}`, [table, id]);
  }
  return { upTo: numberOrNull(rows.at(-1)?.['local']) ?? local, records: [...named.values()] };
}

// ---- ledgers

export interface LedgerRow {
  readonly id: number;
  /** Columns but references, as a draft takes them. */
  readonly values: Readonly<Record<string, Scalar>>;
  /** Columns that name a ledger row, by its local id here. */
  readonly refs: Readonly<Record<string, number>>;
}

/** Rows of a ledger in the changeset of `sale`, in their order there. */
export function rowsBeside(db: Database, table: LedgerName, sale: number): LedgerRow[] {
  const first = changesetOfLedgerId(sale) * INDEX_SPACE;
  return db
    .all(`SELECT * FROM ${table} WHERE id BETWEEN ? AND ? ORDER BY id`, first, first + INDEX_SPACE - 1)
    .map((row) => toLedgerRow(db, table, row));
}

/** Corrections of how a sale was paid, which came after it. */
export function swapsOf(db: Database, sale: number): LedgerRow[] {
  return db
    .all('SELECT * FROM tender WHERE sale = ? AND swap_of IS NOT NULL ORDER BY id', sale)
    .map((row) => toLedgerRow(db, 'tender', row));
}

function toLedgerRow(db: Database, table: LedgerName, row: SqlRow): LedgerRow {
  const { columns }: Table = TABLES[table];
  const refs = Object.entries(columns).flatMap(([column, { type }]) => {
    const value = row[column];
    return type === 'ref' && typeof value === 'number' ? [[column, value] as const] : [];
  });
  return { id: numberOf(row['id']), values: valuesOf(db, columns, row), refs: Object.fromEntries(refs) };
}

/** Real sales that came after `after`, at most `limit`. */
export function salesAfter(db: Database, after: number, limit: number): { readonly sale: number; readonly shift: number | null }[] {
  return db
    .all("SELECT id, shift FROM sale WHERE id > ? AND mode IS NOT 'training' ORDER BY id LIMIT ?", after, limit)
    .map((row) => ({ sale: numberOf(row['id']), shift: numberOrNull(row['shift']) }));
}

/** The sale that a line lies in, its UUID, and which of its lines it is. */
export function placeOfLine(db: Database, line: number): { readonly sale: number; readonly uuid: Id; readonly at: number } | null {
  const row = db.get(
    `SELECT s.id, s.uuid, (SELECT count(*) FROM sale_line b WHERE b.id BETWEEN (l.id / ${INDEX_SPACE}) * ${INDEX_SPACE} AND l.id - 1 AND b.sale = s.id) AS at
     FROM sale_line l JOIN sale s ON s.id = l.sale WHERE l.id = ?`,
    line,
  );
  return row === undefined || !(row['uuid'] instanceof Uint8Array)
    ? null
    : { sale: numberOf(row['id']), uuid: idFromBytes(row['uuid']), at: numberOf(row['at']) };
}

/** Products of the stock movements after `after`, and the number of the last one looked at. */
export function movedAfter(db: Database, after: number, limit: number): { readonly upTo: number; readonly products: readonly Id[] } {
  const rows = db.all('SELECT id, product FROM stock_movement WHERE id > ? ORDER BY id LIMIT ?', after, limit);
  const products = new Set(rows.flatMap((row) => (row['product'] instanceof Uint8Array ? [idFromBytes(row['product'])] : [])));
  return { upTo: numberOrNull(rows.at(-1)?.['id']) ?? after, products: [...products] };
}

export interface StockAt {
  readonly location: string;
  readonly onHandMilli: number;
  readonly counted: boolean;
}

export function stockOf(db: Database, product: Id): StockAt[] {
  return db
    .all('SELECT location, on_hand_milli, counted FROM stock WHERE product = ? ORDER BY location', idToBytes(product))
    .map((row) => ({
      location: textOrNull(row['location']) ?? '',
      onHandMilli: numberOf(row['on_hand_milli']),
      counted: row['counted'] === 1,
    }));
}
