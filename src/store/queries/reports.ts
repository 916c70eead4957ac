/**
 * What was sold in a time, for the owner: sums by hour, day or month, by register, cashier, way to pay, tax, product and category. Reads the
 * ledgers as they are; training counts nowhere. Runs beside the selling thread: a year of a million sales takes its time.
 */
import { idFromBytes, type Id } from '../../base/id.ts';
import { sumTaxes, type RateSum, type TaxSum } from '../../domain/tax-parts.ts';
import { numberOf, numberOrNull, textOrNull, type Database, type SqlRow } from '../database.ts';
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
  const sums = db.get(
    `SELECT count(*) AS sales, sum(s.kind = 'refund') AS refunds, sum(s.total_minor + ifnull(s.rounding_minor, 0)) AS total, sum(s.tax_minor) AS tax ${SALES}`,
    fromMs,
    untilMs,
  );
  const lines = readLines(db, fromMs, untilMs);
  return {
    sales: numberOf(sums?.['sales']) - (numberOrNull(sums?.['refunds']) ?? 0),
    refunds: numberOrNull(sums?.['refunds']) ?? 0,
    totalMinor: numberOrNull(sums?.['total']) ?? 0,
    taxMinor: numberOrNull(sums?.['tax']) ?? 0,
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
    marginMinor: lines.reduce((sum, line) => sum + line.marginMinor, 0),
    buckets: all(
      `SELECT ${BUCKETS[by]} AS at, count(*) AS sales, sum(s.total_minor + ifnull(s.rounding_minor, 0)) AS total ${SALES} GROUP BY 1 ORDER BY 1`,
    ).map((row) => ({ at: numberOf(row['at']), sales: numberOf(row['sales']), totalMinor: numberOf(row['total']) })),
    registers: all(
      `SELECT s.register AS id, r.code || ' ' || r.name AS name, count(*) AS count, sum(s.total_minor + ifnull(s.rounding_minor, 0)) AS total
       FROM sale s LEFT JOIN register r ON r.id = s.register
       WHERE s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real' GROUP BY s.register ORDER BY total DESC`,
    ).map(toRow),
    users: all(
      `SELECT s.user AS id, count(*) AS count, sum(s.total_minor + ifnull(s.rounding_minor, 0)) AS total ${SALES} GROUP BY s.user ORDER BY total DESC`,
    )
      .map(toRow)
      .map((row) => ({ ...row, name: row.id === null ? '' : (readUser(db, row.id)?.name ?? '') })),
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
      `SELECT s.user AS id, count(*) AS count, sum(l.total_minor) AS total FROM sale s CROSS JOIN sale_line l ON ${OF_SALE('l')}
       WHERE s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real' AND l.kind = 'tip' GROUP BY s.user ORDER BY total DESC`,
    )
      .map(toRow)
      .map((row) => ({ ...row, name: row.id === null ? '' : (readUser(db, row.id)?.name ?? '') })),
    taxes: sumTaxes(lines.map(({ tax }) => tax)),
    ...topOf(db, lines, products),
  };
}

interface LineSum {
  readonly product: Uint8Array | null;
  readonly name: string;
  readonly tax: RateSum;
  readonly lines: number;
  readonly quantityMilli: number;
  readonly totalMinor: number;
  readonly marginMinor: number;
}

/** Lines by product, rate and what each of several taxes came to: the one pass over them all. */
function readLines(db: Database, fromMs: number, untilMs: number): LineSum[] {
  return db
    .all(
      `SELECT l.product, max(l.name) AS name, l.tax_rate_ppm, l.tax_parts, max(l.tax_minor) AS tax_minor, count(*) AS lines,
         sum(l.quantity_milli) AS milli, sum(l.total_minor) AS total, sum(${NET}) AS net, sum(l.tax_minor) AS tax,
         sum(CASE WHEN l.unit_cost_minor IS NULL THEN 0 ELSE ${NET} - l.unit_cost_minor * l.quantity_milli / 1000 END) AS margin
       FROM sale s CROSS JOIN sale_line l ON ${OF_SALE('l')}
       WHERE s.completed_at >= ? AND s.completed_at < ? AND s.mode = 'real' 
       GROUP BY l.product, l.tax_rate_ppm, l.tax_parts, iif(l.tax_parts IS NULL, 0, l.tax_minor), CASE WHEN l.product IS NULL THEN l.name END`,
      fromMs,
      untilMs,
    )
    .map((row) => ({
      product: row['product'] instanceof Uint8Array ? row['product'] : null,
      name: textOrNull(row['name']) ?? '',
      tax: taxOfLines(row),
      lines: numberOf(row['lines']),
      quantityMilli: numberOf(row['milli']),
      totalMinor: numberOf(row['total']),
      marginMinor: numberOf(row['margin']),
    }));
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
  const products = new Map<string, SalesReport['products'][number] & { readonly key: Uint8Array | null }>();
  for (const { product, name, lines: count, quantityMilli, totalMinor, marginMinor } of lines) {
    const key = product === null ? name : Buffer.from(product).toString('hex');
    const held = products.get(key);
    products.set(key, {
      key: product,
      id: product === null ? null : idFromBytes(product),
      name,
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
    products: best.map(({ key, ...row }) => ({
      ...row,
      name: (key === null ? null : textOrNull(db.get('SELECT name FROM product WHERE id = ?', key)?.['name'])) ?? row.name,
    })),
    categories: [...categories.values()].sort((a, b) => b.totalMinor - a.totalMinor),
  };
}
