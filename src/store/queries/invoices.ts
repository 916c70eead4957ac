/**
 * Reads of invoices and credit notes. Which lines a paper holds follows from the rows: a credit note those of its refund that give back goods
 * of the invoice it corrects; an invoice all of its sale that no credit note holds.
 */
import { toHex } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { present } from '../../base/assert.ts';
import type { Buyer, InvoiceData, InvoiceKind } from '../../domain/invoice.ts';
import { sumTaxes } from '../../domain/tax-parts.ts';
import type { LedgerRef } from '../../protocol/columns.ts';
import { INDEX_SPACE } from '../../protocol/changeset.ts';
import { bytesOf, bytesOrNull, LIVE, numberOf, numberOrNull, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';
import { changesetOfLedgerId } from '../merge.ts';
import { hashOfLocal } from '../look-up.ts';
import { personalText } from './people.ts';
import { linesOfSale, readReceipt, readShopVersion, saleLabel, toReceiptLines } from './sales.ts';
import { rateSumOf } from './taxes.ts';

/** A row of a ledger as other changesets name it. */
export function ledgerRef(db: Database, id: number): LedgerRef {
  return `${toHex(hashOfLocal(db, changesetOfLedgerId(id)))}:${id % INDEX_SPACE}`;
}

export function nextInvoiceNumber(db: Database, series: string): number {
  return (numberOrNull(db.get('SELECT max(number) AS last FROM invoice WHERE series = ?', series)?.['last']) ?? 0) + 1;
}

export interface InvoiceRow {
  readonly id: number;
  readonly kind: InvoiceKind;
  readonly label: string;
  readonly sale: number;
  readonly buyer: Buyer;
  readonly customer: Id | null;
  readonly language: string;
}

function toInvoice(db: Database, row: SqlRow): InvoiceRow {
  const buyer = (column: string): string => personalText(db, bytesOrNull(row[column]));
  return {
    id: numberOf(row['id']),
    kind: row['kind'] === 'credit-note' ? 'credit-note' : 'invoice',
    label: saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0),
    sale: numberOrNull(row['sale']) ?? 0,
    buyer: { name: buyer('buyer_name'), address: buyer('buyer_address'), taxNumber: buyer('buyer_tax_number') },
    customer: row['customer'] instanceof Uint8Array ? idFromBytes(row['customer']) : null,
    language: textOrNull(row['language']) ?? 'en',
  };
}

/** Invoice and credit notes of a sale, by its local number, in the order they were given out here. */
export function invoicesOfSale(db: Database, sale: number): InvoiceRow[] {
  return db.all('SELECT * FROM invoice WHERE sale = ? ORDER BY id', sale).map((row) => toInvoice(db, row));
}

/** The invoice of the sale that this line was sold in; undefined when it has none. */
export function invoiceOfLine(db: Database, line: number): InvoiceRow | undefined {
  const row = db.get(
    "SELECT i.* FROM sale_line l JOIN invoice i ON i.sale = l.sale WHERE l.id = ? AND i.kind = 'invoice' ORDER BY i.id LIMIT 1",
    line,
  );
  return row === undefined ? undefined : toInvoice(db, row);
}

/** Sales that gave back something of this one, oldest first. */
export function refundsOfSale(db: Database, sale: number): number[] {
  return db
    .all(
      'SELECT DISTINCT b.sale FROM sale_line l JOIN sale_line b ON b.refund_of = l.id WHERE l.sale = ? AND l.id BETWEEN ? AND ? ORDER BY b.sale',
      sale,
      ...rangeOf(sale),
    )
    .map((row) => numberOf(row['sale']));
}

/** Refunds of an invoiced sale that no credit note tells of: made where its invoice had not been heard of. */
export function refundsToCredit(db: Database, invoice: InvoiceRow): number[] {
  return refundsOfSale(db, invoice.sale).filter(
    (refund) => db.get('SELECT 1 AS found FROM invoice WHERE sale = ? AND credits = ?', refund, invoice.id) === undefined,
  );
}

function rangeOf(sale: number): [number, number] {
  const first = changesetOfLedgerId(sale) * INDEX_SPACE;
  return [first, first + INDEX_SPACE - 1];
}

/** Null for a number that was never given out, as far as this register knows. */
export function readInvoice(db: Database, label: string): InvoiceData | null {
  const [, series = '', number = ''] = /^(.+)-(\d+)$/.exec(label) ?? [];
  const row = db.get('SELECT * FROM invoice WHERE series = ? AND number = ? ORDER BY id LIMIT 1', series, Number(number));
  const sale = row === undefined ? undefined : db.get('SELECT * FROM sale WHERE id = ?', row['sale'] ?? null);
  if (row === undefined || sale === undefined) return null;
  const invoice = toInvoice(db, row);
  const receipt = present(readReceipt(db, idFromBytes(bytesOf(sale['uuid']))), 'the receipt of a sale');
  const all = linesOfSale(db, invoice.sale);
  const rows = all.filter((line) => isOn(db, invoice, numberOrNull(row['credits']), line));
  const rates = rows.map(rateSumOf);
  const sum = (key: 'netMinor' | 'taxMinor'): number => rates.reduce((total, rate) => total + rate[key], 0);
  const at = numberOf(row['at']);
  return {
    kind: invoice.kind,
    label: invoice.label,
    at,
    soldAt: receipt.completedAt,
    utcOffsetMinutes: numberOrNull(row['utc_offset_minutes']) ?? 0,
    receiptLabel: receipt.label,
    corrects: labelOf(db, numberOrNull(row['credits'])),
    seller: readShopVersion(db, row['shop_version']),
    buyer: invoice.buyer,
    language: invoice.language,
    currency: receipt.currency,
    lines: toReceiptLines(db, invoice.sale, rows),
    taxes: sumTaxes(rates),
    reasons: reasonsOf(db, rows, receipt.completedAt),
    netMinor: sum('netMinor'),
    taxMinor: sum('taxMinor'),
    totalMinor: sum('netMinor') + sum('taxMinor'),
    tenders: rows.length === all.length ? receipt.tenders : [],
  };
}

function isOn(db: Database, { kind, sale }: InvoiceRow, credits: number | null, line: SqlRow): boolean {
  const sold = numberOrNull(line['refund_of']);
  if (kind === 'credit-note') return sold !== null && credits !== null && saleOfLine(db, sold) === saleOfInvoice(db, credits);
  if (sold === null) return true;
  const credited = db.all(
    "SELECT c.sale FROM invoice n JOIN invoice c ON c.id = n.credits WHERE n.sale = ? AND n.kind = 'credit-note'",
    sale,
  );
  return !credited.some((row) => row['sale'] === saleOfLine(db, sold));
}

function saleOfLine(db: Database, line: number): SqlValue {
  return db.get('SELECT sale FROM sale_line WHERE id = ?', line)?.['sale'] ?? null;
}

function saleOfInvoice(db: Database, invoice: number): SqlValue {
  return db.get('SELECT sale FROM invoice WHERE id = ?', invoice)?.['sale'] ?? null;
}

function labelOf(db: Database, invoice: number | null): string | null {
  const row = invoice === null ? undefined : db.get('SELECT series, number FROM invoice WHERE id = ?', invoice);
  return row === undefined ? null : saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0);
}

/** A rate is never edited, so what was said of it when it was sold is found by its date. */
function reasonsOf(db: Database, lines: readonly SqlRow[], soldAt: number): { ratePpm: number; reason: string }[] {
  const reasons = new Map<string, { ratePpm: number; reason: string }>();
  for (const line of lines) {
    const ratePpm = numberOf(line['tax_rate_ppm']);
    const reason = textOrNull(
      db.get(
        `SELECT exemption_reason FROM tax_rate r WHERE tax_category = ? AND rate_ppm = ? AND from_at <= ? AND ${LIVE('r')} ORDER BY from_at DESC, id LIMIT 1`,
        line['tax_category'] ?? null,
        ratePpm,
        soldAt,
      )?.['exemption_reason'],
    );
    if (reason !== null && reason !== '') reasons.set(`${ratePpm} ${reason}`, { ratePpm, reason });
  }
  return [...reasons.values()];
}

/** The local number of a sale; null when this register does not hold it. */
export function findSaleId(db: Database, uuid: Id): number | null {
  return numberOrNull(db.get('SELECT id FROM sale WHERE uuid = ? ORDER BY id LIMIT 1', idToBytes(uuid))?.['id']);
}
