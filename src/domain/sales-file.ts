/** The sales of a kept store as a file for a spreadsheet: a line of a sale a row, so that every figure can be summed. Pure. */
import { decimalMark, writeCsv } from './csv.ts';
import { plainAmount } from './money.ts';

export interface SalesFileRow {
  readonly label: string;
  readonly completedAt: number;
  readonly utcOffsetMinutes: number;
  readonly tradingDay: number;
  readonly kind: string;
  readonly training: boolean;
  readonly user: string;
  readonly customer: string;
  readonly line: number;
  readonly name: string;
  readonly quantityMilli: number;
  readonly unitPriceMinor: number;
  readonly totalMinor: number;
  readonly taxRatePpm: number;
  readonly taxMinor: number;
  readonly saleTotalMinor: number;
  readonly methods: string;
}

const COLUMNS = [
  'receipt',
  'time',
  'day',
  'kind',
  'user',
  'customer',
  'line',
  'name',
  'quantity',
  'price',
  'total',
  'tax_rate',
  'tax',
  'sale_total',
  'paid_by',
  'currency',
] as const;

/** What the sale came to and how it was paid stand with its first line alone. Numbers as the country's spreadsheets read them. */
export function salesCsv(rows: readonly SalesFileRow[], currency: string, country: string, digits: number): string {
  const mark = decimalMark(country);
  const amount = (minor: number, places: number): string => plainAmount(minor, places).replace('.', mark);
  const body = rows.map((row) => {
    const isFirst = row.line === 1;
    return [
      row.label,
      localTime(row.completedAt, row.utcOffsetMinutes),
      String(row.tradingDay).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
      row.training ? 'training' : row.kind,
      row.user,
      row.customer,
      String(row.line),
      row.name,
      amount(row.quantityMilli, 3),
      amount(row.unitPriceMinor, digits),
      amount(row.totalMinor, digits),
      amount(row.taxRatePpm, 4),
      amount(row.taxMinor, digits),
      isFirst ? amount(row.saleTotalMinor, digits) : '',
      isFirst ? row.methods : '',
      currency,
    ];
  });
  return writeCsv([COLUMNS, ...body], mark);
}

/** As the clock on the wall said it. */
export function localTime(atMs: number, offsetMinutes: number): string {
  return new Date(atMs + offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
