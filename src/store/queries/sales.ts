/** Reads of the history: the list, one sale whole, the open shift, receipt numbers. A sale's lines and tenders lie in its changeset. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { ReceiptData, ReceiptLine, SaleKind } from '../../domain/receipt.ts';
import { sumTaxes } from '../../domain/tax-parts.ts';
import { INDEX_SPACE } from '../../protocol/changeset.ts';
import { changesetOfLedgerId } from '../merge.ts';
import {
  bytesOf,
  bytesOrNull,
  numberOf,
  numberOrNull,
  textOf,
  textOrNull,
  type Database,
  type SqlRow,
  type SqlValue,
} from '../database.ts';
import { fiscalOfSale } from './fiscal.ts';
import { personalText, userName } from './people.ts';
import { jobOfSale } from './printing.ts';
import { readLanguage } from './shop.ts';
import { rateSumOf } from './taxes.ts';
import { tendersOfSale } from './tenders.ts';

export function saleLabel(series: string, number: number): string {
  return `${series}-${String(number).padStart(6, '0')}`;
}

export interface SaleRow {
  readonly uuid: Id;
  readonly label: string;
  readonly completedAt: number;
  readonly register: string;
  readonly registerName: string;
  readonly user: string;
  readonly customer: string | null;
  readonly summary: string;
  readonly items: number;
  readonly totalMinor: number;
  readonly kind: SaleKind;
  readonly training: boolean;
  readonly methods: string[];
  readonly state: 'here' | 'sent' | 'waiting' | 'arrived';
  readonly knownAt: number;
}

export interface SaleListQuery {
  readonly search: string;
  readonly register: string;
  /** Only what this customer bought. */
  readonly customer: Id | null;
  /** Of the last row seen, `completedAt:id`; empty from the newest. */
  readonly cursor: string;
  readonly limit: number;
  readonly single: boolean;
}

/** Newest first. A search is a label (R1-42, R1-000042, 42; of a sale that was brought in, its old one too) or an amount's digits. */
export function listSales(db: Database, query: SaleListQuery): { rows: SaleRow[]; next: string | null; total: number } {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const [beforeAt, beforeId] = query.cursor.split(':').map(Number);
  if (query.cursor !== '' && Number.isSafeInteger(beforeAt) && Number.isSafeInteger(beforeId)) {
    where.push('(s.completed_at, s.id) < (?, ?)');
    values.push(beforeAt ?? 0, beforeId ?? 0);
  }
  const label = /^(?:([\w-]+)-)?0*(\d{1,12})$/.exec(query.search.trim());
  if (query.search.trim() !== '') {
    const number = Number(label?.[2] ?? -1);
    const series = label?.[1];
    if (series === undefined) {
      where.push('(s.number = ? OR s.total_minor = ?)');
      values.push(number, Number(query.search.replaceAll(/\D/g, '') || -1));
    } else {
      // A paper of another store names the number it had there.
      where.push('((s.number = ? AND upper(s.series) = upper(?)) OR upper(s.brought_from) = upper(?))');
      values.push(number, series, saleLabel(series, number));
    }
  }
  if (query.register !== '') {
    where.push('s.register IN (SELECT id FROM register WHERE code = ?)');
    values.push(query.register);
  }
  if (query.customer !== null) {
    where.push('s.customer = ?');
    values.push(idToBytes(query.customer));
  }
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const rows = db.all(
    `SELECT ${SALE_COLUMNS} FROM sale s ${condition} ORDER BY s.completed_at DESC, s.id DESC LIMIT ?`,
    ...values,
    query.limit,
  );
  const last = rows.at(-1);
  return {
    rows: rows.map((row) => toSaleRow(db, row, query.single)),
    next: rows.length < query.limit || last === undefined ? null : `${numberOf(last['completed_at'])}:${numberOf(last['id'])}`,
    total: countSales(db),
  };
}

const SALE_COLUMNS = `s.id, s.uuid, s.series, s.number, s.completed_at, s.register, s.user, s.customer, s.total_minor, s.rounding_minor, s.mode, s.kind`;

function toSaleRow(db: Database, row: SqlRow, single: boolean): SaleRow {
  const id = numberOf(row['id']);
  const { first, last } = changesetRange(id);
  const lines = db.all('SELECT name, quantity_milli, unit FROM sale_line WHERE id BETWEEN ? AND ? AND sale = ?', first, last, id);
  const register = db.get('SELECT code, name FROM register WHERE id = ?', row['register'] ?? null);
  return {
    uuid: idFromBytes(bytesOf(row['uuid'])),
    label: saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0),
    completedAt: numberOf(row['completed_at']),
    register: textOrNull(register?.['code']) ?? '',
    registerName: textOrNull(register?.['name']) ?? '',
    user: userName(db, row['user']),
    customer: row['customer'] instanceof Uint8Array ? customerName(db, row['customer']) : null,
    summary: lines
      .slice(0, 3)
      .map((line) => textOrNull(line['name']) ?? '')
      .join(', '),
    items: lines.reduce(
      (sum, line) => sum + (line['unit'] === 'each' ? Math.max(1, Math.abs(Math.round(numberOf(line['quantity_milli']) / 1000))) : 1),
      0,
    ),
    totalMinor: numberOf(row['total_minor']) + (numberOrNull(row['rounding_minor']) ?? 0),
    kind: toSaleKind(row['kind']),
    training: row['mode'] === 'training',
    methods: tendersOfSale(db, id).map(({ method }) => method),
    state: single ? 'here' : saleState(db, id),
    knownAt: numberOf(row['completed_at']),
  };
}

function saleState(db: Database, id: number): SaleRow['state'] {
  const row = db.get(
    'SELECT c.n, k.sent_n, k.private_key IS NOT NULL AS own FROM changeset c JOIN chain k ON k.number = c.chain WHERE c.local = ?',
    changesetOfLedgerId(id),
  );
  if (row?.['own'] !== 1) return 'arrived';
  return numberOf(row['n']) <= numberOf(row['sent_n']) ? 'sent' : 'waiting';
}

function changesetRange(id: number): { first: number; last: number } {
  const first = changesetOfLedgerId(id) * INDEX_SPACE;
  return { first, last: first + INDEX_SPACE - 1 };
}

export function countSales(db: Database): number {
  return numberOf(db.get('SELECT count(*) AS total FROM sale')?.['total']);
}

function customerName(db: Database, customer: Uint8Array): string {
  return personalText(db, bytesOrNull(db.get('SELECT name FROM customer WHERE id = ?', customer)?.['name']));
}

function customerLanguage(db: Database, customer: SqlValue | undefined): string | null {
  if (!(customer instanceof Uint8Array)) return null;
  return textOrNull(db.get('SELECT language FROM customer WHERE id = ?', customer)?.['language']);
}

function toSaleKind(value: SqlValue | undefined): SaleKind {
  return value === 'refund' || value === 'exchange' ? value : 'sale';
}

// ---- one sale

/** The sale as its receipt says it: all as it was then, nothing computed again. */
export function readReceipt(db: Database, uuid: Id): ReceiptData | null {
  const sale = db.get('SELECT * FROM sale WHERE uuid = ? ORDER BY id LIMIT 1', idToBytes(uuid));
  if (sale === undefined) return null;
  const id = numberOf(sale['id']);
  const { first, last } = changesetRange(id);
  const lines = linesOfSale(db, id);
  const tenders = tendersOfSale(db, id);
  const register = db.get('SELECT code, name FROM register WHERE id = ?', sale['register'] ?? null);
  const label = saleLabel(textOrNull(sale['series']) ?? '', numberOrNull(sale['number']) ?? 0);
  const totalMinor = numberOf(sale['total_minor']);
  const roundingMinor = numberOrNull(sale['rounding_minor']) ?? 0;
  return {
    uuid,
    label,
    shop: readShopVersion(db, sale['shop_version']),
    register: { code: textOrNull(register?.['code']) ?? '', name: textOrNull(register?.['name']) ?? '' },
    user: userName(db, sale['user']),
    customer: sale['customer'] instanceof Uint8Array ? customerName(db, sale['customer']) : null,
    language: customerLanguage(db, sale['customer']) ?? readLanguage(db),
    completedAt: numberOf(sale['completed_at']),
    utcOffsetMinutes: numberOrNull(sale['utc_offset_minutes']) ?? 0,
    currency: textOrNull(sale['currency']) ?? 'EUR',
    lines: toReceiptLines(db, id, lines),
    kind: toSaleKind(sale['kind']),
    training: sale['mode'] === 'training',
    note: textOrNull(sale['note']),
    broughtFrom: textOrNull(sale['brought_from']),
    totalMinor,
    roundingMinor,
    dueMinor: totalMinor + roundingMinor,
    taxes: sumTaxes(lines.map(rateSumOf)),
    tenders,
    changeMinor: tenders.reduce((sum, tender) => sum + tender.changeMinor, 0),
    fiscal: fiscalOfSale(db, id),
    vouchers: db
      .all(
        'SELECT code, amount_minor, expires_at FROM voucher_movement WHERE id BETWEEN ? AND ? AND code IS NOT NULL ORDER BY id',
        first,
        last,
      )
      .map((row) => ({
        code: textOrNull(row['code']) ?? '',
        amountMinor: numberOf(row['amount_minor']),
        expiresAt: numberOrNull(row['expires_at']),
      })),
  };
}

/** All of a sale's lines; they lie in its changeset. */
export function linesOfSale(db: Database, sale: number): SqlRow[] {
  const { first, last } = changesetRange(sale);
  return db.all('SELECT * FROM sale_line WHERE id BETWEEN ? AND ? AND sale = ? ORDER BY id', first, last, sale);
}

/** Lines of one sale as papers say them, each with what was taken off it. */
export function toReceiptLines(db: Database, sale: number, lines: readonly SqlRow[]): ReceiptLine[] {
  const { first, last } = changesetRange(sale);
  const off = new Map<number, number>();
  for (const row of db.all('SELECT sale_line, amount_minor FROM line_adjustment WHERE id BETWEEN ? AND ?', first, last))
    off.set(numberOf(row['sale_line']), (off.get(numberOf(row['sale_line'])) ?? 0) + numberOf(row['amount_minor']));
  return lines.map((line) => ({
    name: textOrNull(line['name']) ?? '',
    quantityMilli: numberOf(line['quantity_milli']),
    unit: textOrNull(line['unit']) ?? 'each',
    unitPriceMinor: numberOf(line['unit_price_minor']),
    discountMinor: -(off.get(numberOf(line['id'])) ?? 0) || 0,
    totalMinor: numberOf(line['total_minor']),
    taxRatePpm: numberOf(line['tax_rate_ppm']),
    note: textOrNull(line['note']),
  }));
}

/** The shop as it was then. */
export function readShopVersion(db: Database, id: SqlValue | undefined): ReceiptData['shop'] {
  const shop = db.get('SELECT name, address, tax_number, phone, footer, country FROM shop_version WHERE id = ?', id ?? null);
  return {
    name: textOrNull(shop?.['name']) ?? '',
    address: textOrNull(shop?.['address']) ?? '',
    taxNumber: textOrNull(shop?.['tax_number']) ?? '',
    phone: textOrNull(shop?.['phone']) ?? '',
    footer: textOrNull(shop?.['footer']) ?? '',
    country: textOrNull(shop?.['country']) ?? '',
  };
}

export function findSaleLocal(db: Database, uuid: Id): number | null {
  return numberOrNull(db.get('SELECT id FROM sale WHERE uuid = ?', idToBytes(uuid))?.['id']);
}

/** Where a sale stands in its register's day; null for one that this register does not hold. */
export function readSaleShift(db: Database, uuid: Id): { id: number; label: string; shift: number | null; training: boolean } | null {
  const row = db.get('SELECT id, series, number, shift, mode FROM sale WHERE uuid = ? ORDER BY id LIMIT 1', idToBytes(uuid));
  if (row === undefined) return null;
  return {
    id: numberOf(row['id']),
    label: saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0),
    shift: numberOrNull(row['shift']),
    training: row['mode'] === 'training',
  };
}

/** The number that the next receipt of this series gets: gapless by construction, since it is read in the transaction that uses it. */
export function nextReceiptNumber(db: Database, series: string): number {
  return (numberOrNull(db.get('SELECT max(number) AS last FROM sale WHERE series = ?', series)?.['last']) ?? 0) + 1;
}

// ---- receipts not printed

/** Neither printed nor waived. */
export function isUnprinted(db: Database, uuid: Id): boolean {
  return db.get('SELECT 1 AS found FROM unprinted WHERE sale = ?', idToBytes(uuid)) !== undefined;
}

/** Those that wait for a printer are on their way, and not among them. */
export function unprintedSales(db: Database): { uuid: Id; label: string; totalMinor: number }[] {
  return db
    .all('SELECT u.sale, s.series, s.number, s.total_minor FROM unprinted u JOIN sale s ON s.uuid = u.sale ORDER BY s.id DESC LIMIT 20')
    .filter((row) => jobOfSale(db, idFromBytes(bytesOf(row['sale']))) === null)
    .map((row) => ({
      uuid: idFromBytes(bytesOf(row['sale'])),
      label: saleLabel(textOf(row['series']), numberOf(row['number'])),
      totalMinor: numberOf(row['total_minor']),
    }));
}

export function setUnprinted(db: Database, uuid: Id, unprinted: boolean): void {
  if (unprinted) db.run('INSERT OR IGNORE INTO unprinted (sale) VALUES (?)', idToBytes(uuid));
  else db.run('DELETE FROM unprinted WHERE sale = ?', idToBytes(uuid));
}
