/**
 * What was sold in a time, summed no further than any report asks: the one reading of the ledgers behind reports. Names are looked up when a
 * report is shown; what stands here never changes once the time is over and every register's sales have come, so that it can be kept.
 */
import { idFromBytes, type Id } from '../../base/id.ts';
import type { RateSum } from '../../domain/tax-parts.ts';
import { numberOf, numberOrNull, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';
import { lineTaxOf } from './taxes.ts';

/** All of it is plain JSON. */
export interface SalesSums {
  readonly sales: readonly SaleSum[];
  readonly lines: readonly LineSum[];
  readonly methods: readonly IdSum[];
  /** By who sold. */
  readonly tips: readonly IdSum[];
  readonly discountMinor: number;
}

/**
 * Sales of one hour of a trading day (yyyymmdd), register, cashier and kind. Turnover as a Z counts it: without what cash was rounded by. What was
 * taken beside it (tips, multi-purpose vouchers sold, accounts paid off) stands as sums of their own: no sales, and as much taken off.
 */
export interface SaleSum {
  readonly day: number;
  readonly hour: number;
  readonly register: Id | null;
  readonly user: Id | null;
  readonly isRefund: boolean;
  readonly count: number;
  readonly totalMinor: number;
  readonly taxMinor: number;
}

/** Lines of one product, rate and what each of several taxes came to. */
export interface LineSum {
  readonly product: Id | null;
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

export interface IdSum {
  readonly id: Id | null;
  readonly count: number;
  readonly totalMinor: number;
}

const IN_TIME = "s.completed_at >= ?1 AND s.completed_at < ?2 AND s.mode = 'real'";
/** What lies in a sale's changeset beside it: rows of one changeset stand together. */
const OF_SALE = (alias: string): string => `${alias}.id BETWEEN (s.id >> 9) << 9 AND s.id | 511`;
const NET = 'l.total_minor - CASE l.includes_tax WHEN 0 THEN 0 ELSE l.tax_minor END';

/** What may stand beside turnover: few lines, with an index of their own (sale_line_beside). */
const MAY_BE_BESIDE = "l.kind IN ('tip', 'account-payment', 'voucher-issued')";
/** A line of what a Z calls beside turnover (domain/closing-totals.ts). */
const IS_BESIDE = `(${MAY_BE_BESIDE} AND (l.kind <> 'voucher-issued' OR EXISTS (
    SELECT 1 FROM voucher_movement v WHERE ${OF_SALE('v')} AND v.sale_line = l.id AND v.purpose = 'multi')))`;
/** A time's sales stand near to each other, so that a day's lines are not looked for among those of years. */
const BESIDE_IN_TIME = `sale_line l CROSS JOIN sale s ON s.id = l.sale
  WHERE ${MAY_BE_BESIDE} AND ${IN_TIME}
    AND l.sale BETWEEN (SELECT min(id) FROM sale WHERE completed_at >= ?1 AND completed_at < ?2)
      AND (SELECT max(id) FROM sale WHERE completed_at >= ?1 AND completed_at < ?2)`;

const WHEN_AND_WHO = `s.trading_day AS day, ((s.completed_at + s.utc_offset_minutes * 60000) % 86400000) / 3600000 AS hour, s.register, s.user,
    s.kind = 'refund' AS refund`;

const SALES = `SELECT ${WHEN_AND_WHO}, count(*) AS count, sum(s.total_minor) AS total, sum(s.tax_minor) AS tax
  FROM sale s WHERE ${IN_TIME} GROUP BY 1, 2, s.register, s.user, 5`;

const BESIDE = `SELECT ${WHEN_AND_WHO}, 0 AS count, -sum(l.total_minor) AS total, 0 AS tax
  FROM ${BESIDE_IN_TIME} AND ${IS_BESIDE} GROUP BY 1, 2, s.register, s.user, 5`;

const LINES = `SELECT l.product, CASE WHEN l.product IS NULL THEN l.name END AS name, max(l.id) AS line, l.tax_rate_ppm, l.tax_parts,
    max(l.tax_minor) AS tax_minor, count(*) AS lines, sum(l.quantity_milli) AS milli, sum(l.total_minor) AS total, sum(${NET}) AS net,
    sum(l.tax_minor) AS tax,
    sum(CASE WHEN l.unit_cost_minor IS NULL THEN 0 ELSE ${NET} - l.unit_cost_minor * l.quantity_milli / 1000 END) AS margin
  FROM sale s CROSS JOIN sale_line l ON ${OF_SALE('l')}
  WHERE ${IN_TIME} AND ${IS_BESIDE} IS NOT TRUE
  GROUP BY l.product, l.tax_rate_ppm, l.tax_parts, iif(l.tax_parts IS NULL, 0, l.tax_minor), 2`;

const METHODS = `WITH paid AS (
    SELECT t.payment_method AS id, 1 AS count, t.amount_minor - t.change_minor AS total FROM sale s CROSS JOIN tender t ON ${OF_SALE('t')}
    WHERE ${IN_TIME}
    UNION ALL
    SELECT t.payment_method, sign(t.amount_minor) * sign(s.total_minor), t.amount_minor FROM tender t CROSS JOIN sale s ON s.id = t.sale
    WHERE t.swap_of IS NOT NULL AND ${IN_TIME})
  SELECT id, sum(count) AS count, sum(total) AS total FROM paid GROUP BY id`;

const TIPS = `SELECT s.user AS id, count(*) AS count, sum(l.total_minor) AS total
  FROM ${BESIDE_IN_TIME} AND l.kind = 'tip' GROUP BY s.user`;

const DISCOUNTS = `SELECT sum(a.amount_minor) AS off FROM sale s CROSS JOIN line_adjustment a ON ${OF_SALE('a')}
  WHERE ${IN_TIME} AND s.kind <> 'refund'`;

/** UTC milliseconds, the end not counted. Takes a moment for each thousand sales: for the reading thread. */
export function readSalesSums(db: Database, fromMs: number, untilMs: number): SalesSums {
  const all = (sql: string): SqlRow[] => db.all(sql, fromMs, untilMs);
  return {
    sales: [...all(SALES), ...all(BESIDE)].map(toSaleSum),
    lines: all(LINES).map(toLineSum),
    methods: all(METHODS).map(toIdSum),
    tips: all(TIPS).map(toIdSum),
    discountMinor: -(numberOrNull(db.get(DISCOUNTS, fromMs, untilMs)?.['off']) ?? 0) || 0,
  };
}

const idOf = (value: SqlValue | undefined): Id | null => (value instanceof Uint8Array ? idFromBytes(value) : null);

function toSaleSum(row: SqlRow): SaleSum {
  return {
    day: numberOf(row['day']),
    hour: numberOf(row['hour']),
    register: idOf(row['register']),
    user: idOf(row['user']),
    isRefund: row['refund'] === 1,
    count: numberOf(row['count']),
    totalMinor: numberOf(row['total']),
    taxMinor: numberOrNull(row['tax']) ?? 0,
  };
}

function toLineSum(row: SqlRow): LineSum {
  return {
    product: idOf(row['product']),
    name: textOrNull(row['name']),
    line: numberOf(row['line']),
    tax: taxOfLines(row),
    lines: numberOf(row['lines']),
    quantityMilli: numberOf(row['milli']),
    totalMinor: numberOf(row['total']),
    marginMinor: numberOf(row['margin']),
  };
}

function toIdSum(row: SqlRow): IdSum {
  return { id: idOf(row['id']), count: numberOf(row['count']), totalMinor: numberOf(row['total']) };
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
