/**
 * What was sold in a time, for the owner: sums by hour, day or month, by register, cashier, way to pay, tax, product and category, out of the
 * ledgers and of what is kept of past weeks. Training counts nowhere. Runs beside the selling thread.
 */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { sumTaxes, type TaxSum } from '../../domain/tax-parts.ts';
import { textOrNull, type Database } from '../database.ts';
import { salesSums } from '../week-sums.ts';
import { readUser } from './people.ts';
import type { IdSum, LineSum, SaleSum } from './sales-sums.ts';

export type Bucket = 'hour' | 'day' | 'month';

export interface SalesReportQuery {
  /** UTC milliseconds, the end not counted. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: Bucket;
  /** Products at most, the best first. */
  readonly products: number;
}

/** A name with what was sold under it; `id` where it leads somewhere. */
export interface ReportRow {
  readonly id: Id | null;
  readonly name: string;
  readonly count: number;
  readonly totalMinor: number;
}

export interface SalesReport {
  readonly sales: number;
  readonly refunds: number;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly discountMinor: number;
  /** What it brought beyond its cost, tax taken out, where a cost is known. */
  readonly marginMinor: number;
  /** Hour of the day (0 to 23), trading day (yyyymmdd) or month (yyyymm). */
  readonly buckets: readonly { readonly at: number; readonly sales: number; readonly totalMinor: number }[];
  readonly registers: readonly ReportRow[];
  readonly users: readonly ReportRow[];
  readonly methods: readonly ReportRow[];
  /** Tips by who sold. */
  readonly tips: readonly ReportRow[];
  readonly taxes: readonly TaxSum[];
  readonly products: readonly (ReportRow & { readonly quantityMilli: number; readonly marginMinor: number })[];
  readonly categories: readonly ReportRow[];
}

const BUCKETS: Readonly<Record<Bucket, (sale: SaleSum) => number>> = {
  hour: ({ hour }) => hour,
  day: ({ day }) => day,
  month: ({ day }) => Math.floor(day / 100),
};

export function reportSales(db: Database, { fromMs, untilMs, by, products }: SalesReportQuery): SalesReport {
  const weeks = salesSums(db, fromMs, untilMs);
  const sales = weeks.flatMap((week) => week.sales);
  const lines = weeks.flatMap((week) => week.lines);
  const userName = (id: Id): string => readUser(db, id)?.name ?? '';
  const sum = (of: (sale: SaleSum) => number): number => sales.reduce((total, sale) => total + of(sale), 0);
  return {
    sales: sum(({ isRefund, count }) => (isRefund ? 0 : count)),
    refunds: sum(({ isRefund, count }) => (isRefund ? count : 0)),
    totalMinor: sum(({ totalMinor }) => totalMinor),
    taxMinor: sum(({ taxMinor }) => taxMinor),
    discountMinor: weeks.reduce((total, { discountMinor }) => total + discountMinor, 0),
    marginMinor: lines.reduce((total, line) => total + line.marginMinor, 0),
    buckets: [...Map.groupBy(sales, BUCKETS[by])]
      .map(([at, some]) => ({ at, sales: countOf(some), totalMinor: totalOf(some) }))
      .sort((one, other) => one.at - other.at),
    registers: byWhom(
      sales,
      ({ register }) => register,
      (id) => registerName(db, id),
    ),
    users: byWhom(sales, ({ user }) => user, userName),
    methods: byWhom(
      weeks.flatMap((week) => week.methods),
      ({ id }) => id,
      (id) => methodName(db, id),
    ),
    tips: byWhom(
      weeks.flatMap((week) => week.tips),
      ({ id }) => id,
      userName,
    ),
    taxes: sumTaxes(lines.map(({ tax }) => tax)),
    ...topOf(db, lines, products),
  };
}

type Counted = Pick<IdSum, 'count' | 'totalMinor'>;

const countOf = (some: readonly Counted[]): number => some.reduce((sum, { count }) => sum + count, 0);
const totalOf = (some: readonly Counted[]): number => some.reduce((sum, { totalMinor }) => sum + totalMinor, 0);

/** Highest first. */
function byWhom<T extends Counted>(sums: readonly T[], whom: (sum: T) => Id | null, nameOf: (id: Id) => string): ReportRow[] {
  return [...Map.groupBy(sums, whom)]
    .map(([id, some]) => ({ id, name: id === null ? '' : nameOf(id), count: countOf(some), totalMinor: totalOf(some) }))
    .sort((one, other) => other.totalMinor - one.totalMinor);
}

function registerName(db: Database, id: Id): string {
  return textOrNull(db.get("SELECT code || ' ' || name AS name FROM register WHERE id = ?", idToBytes(id))?.['name']) ?? '';
}

function methodName(db: Database, id: Id): string {
  return textOrNull(db.get('SELECT name FROM payment_method WHERE id = ?', idToBytes(id))?.['name']) ?? '';
}

/** The best products, under their names of today, and all of it by category. */
function topOf(db: Database, lines: readonly LineSum[], most: number): Pick<SalesReport, 'products' | 'categories'> {
  const products = new Map<string, Omit<SalesReport['products'][number], 'name'> & { readonly line: number }>();
  for (const { product, name, line, lines: count, quantityMilli, totalMinor, marginMinor } of lines) {
    const key = product ?? name ?? '';
    const held = products.get(key);
    products.set(key, {
      line: Math.max(held?.line ?? 0, line),
      id: product,
      count: (held?.count ?? 0) + count,
      quantityMilli: (held?.quantityMilli ?? 0) + quantityMilli,
      totalMinor: (held?.totalMinor ?? 0) + totalMinor,
      marginMinor: (held?.marginMinor ?? 0) + marginMinor,
    });
  }
  const categories = new Map<string, ReportRow>();
  for (const { id: product, count, totalMinor } of products.values()) {
    const row =
      product === null
        ? undefined
        : db.get('SELECT c.id, c.name FROM product p JOIN category c ON c.id = p.category WHERE p.id = ?', idToBytes(product));
    const id = row?.['id'] instanceof Uint8Array ? idFromBytes(row['id']) : null;
    const held = categories.get(id ?? '');
    categories.set(id ?? '', {
      id,
      name: textOrNull(row?.['name']) ?? '',
      count: (held?.count ?? 0) + count,
      totalMinor: (held?.totalMinor ?? 0) + totalMinor,
    });
  }
  const best = [...products.values()].sort((a, b) => b.totalMinor - a.totalMinor).slice(0, most);
  return {
    products: best.map(({ line, ...row }) => ({ ...row, name: nameNow(db, row.id, line) })),
    categories: [...categories.values()].sort((a, b) => b.totalMinor - a.totalMinor),
  };
}

/** What a product is called today; else what it was sold as. */
function nameNow(db: Database, product: Id | null, line: number): string {
  const today = product === null ? null : textOrNull(db.get('SELECT name FROM product WHERE id = ?', idToBytes(product))?.['name']);
  return today ?? textOrNull(db.get('SELECT name FROM sale_line WHERE id = ?', line)?.['name']) ?? '';
}
