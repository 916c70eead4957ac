/** The invoices of a kept store as a file for a spreadsheet: a paper a row. Pure. */
import { decimalMark, writeCsv } from './csv.ts';
import { plainAmount } from './money.ts';
import { localTime } from './sales-file.ts';

export interface InvoiceFileRow {
  /** R1I-000007 */
  readonly label: string;
  readonly kind: 'invoice' | 'credit-note';
  readonly at: number;
  readonly utcOffsetMinutes: number;
  readonly receiptLabel: string;
  /** Of a credit note: the invoice. */
  readonly corrects: string;
  readonly buyer: string;
  readonly taxNumber: string;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
}

const COLUMNS = ['number', 'kind', 'time', 'receipt', 'corrects', 'buyer', 'tax_number', 'net', 'tax', 'total', 'currency'] as const;

/** Numbers as the country's spreadsheets read them. */
export function invoicesCsv(rows: readonly InvoiceFileRow[], currency: string, country: string, digits: number): string {
  const mark = decimalMark(country);
  const amount = (minor: number): string => plainAmount(minor, digits).replace('.', mark);
  const body = rows.map((row) => [
    row.label,
    row.kind,
    localTime(row.at, row.utcOffsetMinutes),
    row.receiptLabel,
    row.corrects,
    row.buyer,
    row.taxNumber,
    amount(row.netMinor),
    amount(row.taxMinor),
    amount(row.totalMinor),
    currency,
  ]);
  return writeCsv([COLUMNS, ...body], mark);
}
