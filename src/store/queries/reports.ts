/**
 * What was sold in a time, for the owner: sums by hour, day or month, by register, cashier, way to pay, tax, product and category. Reads the
 * ledgers as they are; training counts nowhere. Runs beside the selling thread: a year of a million sales takes its time.
 */
import { toHex } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { sumTaxes, type RateSum, type TaxSum } from '../../domain/tax-parts.ts';
import { numberOf, numberOrNull, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';
import { readUser } from './people.ts';
import { lineTaxOf } from './taxes.ts';

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

const BUCKETS: Readonly<Record<Bucket, string>> = {
  hour: '((s.completed_at + s.utc_offset_minutes * 60000) % 86400000) / 3600000',
  day: 's.trading_day',
  month: 's.trading_day / 100',
};

const SALES = "FROM sale s WHERE s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real'";
/** What lies in a sale's changeset beside it: rows of one changeset stand together. */
const OF_SALE = (alias: string): string => `${alias}.id BETWEEN (s.id >> 9) << 9 AND s.id | 511`;
const NET = 'l.total_minor - CASE l.includes_tax WHEN 0 THEN 0 ELSE l.tax_minor END';

export function reportSales(db: Database, { fromMs, untilMs, by, products }: SalesReportQuery): SalesReport {
  const all = (sql: string): SqlRow[] => db.all(sql, fromMs, untilMs);
  const sales = readSales(db, fromMs, untilMs, by);
  const lines = readLines(db, fromMs, untilMs);
  const sum = (of: (sale: SaleSum) => number): number => sales.reduce((total, sale) => total + of(sale), 0);
  return {
    sales: sum(({ isRefund, count }) => (isRefund ? 0 : count)),
    refunds: sum(({ isRefund, count }) => (isRefund ? count : 0)),
    totalMinor: sum(({ totalMinor }) => totalMinor),
    taxMinor: sum(({ taxMinor }) => taxMinor),
    discountMinor:
      -(
        numberOrNull(
          db.get(
            `SELECT sum(a.amount_minor) AS off FROM sale s CROSS JOIN line_adjustment a ON ${OF_SALE('a')}
           WHERE s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real' AND s.kind <> 'refund'`,
            fromMs,
            untilMs,
          )?.['off'],
        ) ?? 0
      ) || 0,
    marginMinor: lines.reduce((total, line) => total + line.marginMinor, 0),
    buckets: [...Map.groupBy(sales, ({ at }) => at)]
      .map(([at, some]) => ({ at, sales: countOf(some), totalMinor: totalOf(some) }))
      .sort((one, other) => one.at - other.at),
    registers: byWhom(
      sales,
      ({ register }) => register,
      (id) => registerName(db, id),
    ),
    users: byWhom(
      sales,
      ({ user }) => user,
      (id) => readUser(db, id)?.name ?? '',
    ),
    methods: all(
      `WITH paid AS (
         SELECT t.payment_method AS id, 1 AS count, t.amount_minor - t.change_minor AS total FROM sale s CROSS JOIN tender t ON ${OF_SALE('t')}
         WHERE s.completed_at >= ?1 AND s.completed_at < ?2 AND s.mode = 'real'
         UNION ALL
         SELECT t.payment_method, sign(t.amount_minor) * sign(s.total_minor), t.amount_minor FROM tender t CROSS JOIN sale s ON s.id = t.sale
         WHERE t.swap_of IS NOT NULL AND s.completed_at >= ?1 AND s.completed_at < ?2 AND s.mode = 'real')
       SELECT p.id, m.name AS name, sum(p.count) AS count, sum(p.total) AS total
       FROM paid p LEFT JOIN payment_method m ON m.id = p.id GROUP BY p.id ORDER BY total DESC`,
    ).map(toRow),
    tips: all(
      `SELECT s.user AS id, count(*) AS count, sum(l.total_minor) AS total FROM sale_line l CROSS JOIN sale s ON s.id = l.sale
       WHERE l.kind = 'tip' AND s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real' GROUP BY s.user ORDER BY total DESC`,
    )
      .map(toRow)
      .map((row) => ({ ...row, name: row.id === null ? '' : (readUser(db, row.id)?.name ?? '') })),
    taxes: sumTaxes(lines.map(({ tax }) => tax)),
    ...topOf(db, lines, products),
  };
}

/** Sales of one bucket, register, cashier and kind. */
interface SaleSum {
  readonly at: number;
  readonly register: Id | null;
  readonly user: Id | null;
  readonly isRefund: boolean;
  readonly count: number;
  readonly totalMinor: number;
  readonly taxMinor: number;
}

/** The one pass over the sales. */
function readSales(db: Database, fromMs: number, untilMs: number, by: Bucket): SaleSum[] {
  const idOf = (value: SqlValue | undefined): Id | null => (value instanceof Uint8Array ? idFromBytes(value) : null);
  return db
    .all(
      `SELECT ${BUCKETS[by]} AS at, s.register, s.user, s.kind = 'refund' AS refund, count(*) AS count,
         sum(s.total_minor + ifnull(s.rounding_minor, 0)) AS total, sum(s.tax_minor) AS tax
       ${SALES} GROUP BY 1, s.register, s.user, 4`,
      fromMs,
      untilMs,
    )
    .map((row) => ({
      at: numberOf(row['at']),
      register: idOf(row['register']),
      user: idOf(row['user']),
      isRefund: row['refund'] === 1,
      count: numberOf(row['count']),
      totalMinor: numberOf(row['total']),
      taxMinor: numberOrNull(row['tax']) ?? 0,
    }));
}

const countOf = (sales: readonly SaleSum[]): number => sales.reduce((sum, { count }) => sum + count, 0);
const totalOf = (sales: readonly SaleSum[]): number => sales.reduce((sum, { totalMinor }) => sum + totalMinor, 0);

/** Highest first. */
function byWhom(sales: readonly SaleSum[], whom: (sale: SaleSum) => Id | null, nameOf: (id: Id) => string): ReportRow[] {
  return [...Map.groupBy(sales, whom)]
    .map(([id, some]) => ({ id, name: id === null ? '' : nameOf(id), count: countOf(some), totalMinor: totalOf(some) }))
    .sort((one, other) => other.totalMinor - one.totalMinor);
}

function registerName(db: Database, id: Id): string {
  return textOrNull(db.get("SELECT code || ' ' || name AS name FROM register WHERE id = ?", idToBytes(id))?.['name']) ?? '';
}

interface LineSum {
  readonly product: Uint8Array | null;
  /** Of lines without a product. */
  readonly name: string | null;
  /** One of them, by its local number. */
  readonly line: number;
  readonly tax: RateSum;
  readonly lines: number;
  readonly quantityMilli: number;
  readonly totalMinor: number;
  readonly marginMinor: number;
}

/** SQLite groups by sorting: a week's lines at a time fit the processor's cache, and take half of what all of a year do. */
const SORTED_MS = 7 * 86_400_000;

/** Lines by product, rate and what each of several taxes came to, a few times over: the one pass over them all. */
function readLines(db: Database, fromMs: number, untilMs: number): LineSum[] {
  const sums: LineSum[] = [];
  const first = numberOrNull(db.get('SELECT min(completed_at) AS at FROM sale WHERE completed_at >= ?', fromMs)?.['at']) ?? untilMs;
  const last = numberOrNull(db.get('SELECT max(completed_at) AS at FROM sale WHERE completed_at < ?', untilMs)?.['at']) ?? first;
  for (let from = first; from <= last; from += SORTED_MS)
    for (const row of db.all(LINE_SUMS, from, Math.min(untilMs, from + SORTED_MS))) sums.push(toLineSum(row));
  return sums;
}

const LINE_SUMS = `SELECT l.product, CASE WHEN l.product IS NULL THEN l.name END AS name, max(l.id) AS line, l.tax_rate_ppm, l.tax_parts,
    max(l.tax_minor) AS tax_minor, count(*) AS lines, sum(l.quantity_milli) AS milli, sum(l.total_minor) AS total, sum(${NET}) AS net,
    sum(l.tax_minor) AS tax,
    sum(CASE WHEN l.unit_cost_minor IS NULL THEN 0 ELSE ${NET} - l.unit_cost_minor * l.quantity_milli / 1000 END) AS margin
  FROM sale s CROSS JOIN sale_line l ON ${OF_SALE('l')}
  WHERE s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real'
  GROUP BY l.product, l.tax_rate_ppm, l.tax_parts, iif(l.tax_parts IS NULL, 0, l.tax_minor), 2`;

function toLineSum(row: SqlRow): LineSum {
  return {
    product: row['product'] instanceof Uint8Array ? row['product'] : null,
    name: textOrNull(row['name']),
    line: numberOf(row['line']),
    tax: taxOfLines(row),
    lines: numberOf(row['lines']),
    quantityMilli: numberOf(row['milli']),
    totalMinor: numberOf(row['total']),
    marginMinor: numberOf(row['margin']),
  };
}

function toRow(row: SqlRow): ReportRow {
  return {
    id: row['id'] instanceof Uint8Array ? idFromBytes(row['id']) : null,
    name: textOrNull(row['name']) ?? '',
    count: numberOf(row['count']),
    totalMinor: numberOf(row['total']),
  };
}

/** Lines of one rate; those that say of several taxes what each came to say the same. */
function taxOfLines(row: SqlRow): RateSum {
  const { taxParts } = lineTaxOf(row);
  const times = numberOf(row['lines']);
  return {
    ratePpm: numberOf(row['tax_rate_ppm']),
    netMinor: numberOf(row['net']),
    taxMinor: numberOf(row['tax']),
    ...(taxParts === null ? {} : { parts: taxParts.map((part) => ({ ...part, taxMinor: part.taxMinor * times })) }),
  };
}

/** The best products, under their names of today, and all of it by category. */
function topOf(db: Database, lines: readonly LineSum[], most: number): Pick<SalesReport, 'products' | 'categories'> {
  const products = new Map<
    string,
    Omit<SalesReport['products'][number], 'name'> & { readonly key: Uint8Array | null; readonly line: number }
  >();
  for (const { product, name, line, lines: count, quantityMilli, totalMinor, marginMinor } of lines) {
    const key = product === null ? (name ?? '') : toHex(product);
    const held = products.get(key);
    products.set(key, {
      key: product,
      line: Math.max(held?.line ?? 0, line),
      id: product === null ? null : idFromBytes(product),
      count: (held?.count ?? 0) + count,
      quantityMilli: (held?.quantityMilli ?? 0) + quantityMilli,
      totalMinor: (held?.totalMinor ?? 0) + totalMinor,
      marginMinor: (held?.marginMinor ?? 0) + marginMinor,
    });
  }
  const categories = new Map<string, ReportRow>();
  for (const { key, count, totalMinor } of products.values()) {
    const row =
      key === null ? undefined : db.get('SELECT c.id, c.name FROM product p JOIN category c ON c.id = p.category WHERE p.id = ?', key);
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
    products: best.map(({ key, line, ...row }) => ({ ...row, name: nameNow(db, key, line) })),
    categories: [...categories.values()].sort((a, b) => b.totalMinor - a.totalMinor),
  };
}

/** What a product is called today; else what it was sold as. */
function nameNow(db: Database, product: Uint8Array | null, line: number): string {
  const today = product === null ? null : textOrNull(db.get('SELECT name FROM product WHERE id = ?', product)?.['name']);
  return today ?? textOrNull(db.get('SELECT name FROM sale_line WHERE id = ?', line)?.['name']) ?? '';
}
