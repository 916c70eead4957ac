/**
 * What a product costs: the lowest offer in force, else the newest dated price that has come into force, else the price it carries. Every
 * change of a price is a row with its date, so that it takes effect at its minute on every register, cut off or not, and the past stays known.
 */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { bytesOf, LIVE, numberOf, numberOrNull, type Database, type SqlValue } from '../database.ts';

/** SQL over a product `p`: its price without offers at an instant, parameter ?1. */
export const REGULAR_PRICE_NOW = `coalesce(
  (SELECT r.price_minor FROM product_price r WHERE r.product = p.id AND r.kind = 'regular' AND ${LIVE('r')} AND r.from_at <= ?1
     ORDER BY r.from_at DESC, r.id DESC LIMIT 1), p.price_minor)`;

/** SQL over a product `p`: its price at an instant, which is parameter ?1 of the statement. */
export const PRICE_NOW = `coalesce(
  (SELECT min(o.price_minor) FROM product_price o WHERE o.product = p.id AND o.kind = 'offer' AND ${LIVE('o')}
     AND o.from_at <= ?1 AND (o.until_at IS NULL OR o.until_at > ?1)),
  ${REGULAR_PRICE_NOW})`;

export interface GoodsNow {
  readonly priceMinor: number | null;
  /** As the column has it: which of the shop's taxes it is, queries/taxes.ts says. */
  readonly tax: SqlValue | undefined;
}

/** What a product costs, and how it is taxed, at an instant. */
export function goodsNow(db: Database, product: Id, nowMs: number): GoodsNow {
  const row = db.get(`SELECT ${PRICE_NOW} AS price, p.tax_category FROM product p WHERE p.id = ?2`, nowMs, idToBytes(product));
  return { priceMinor: numberOrNull(row?.['price']), tax: row?.['tax_category'] };
}

/** What it costs without its offers. */
export function regularPriceNow(db: Database, product: Id, nowMs: number): number | null {
  return numberOrNull(db.get(`SELECT ${REGULAR_PRICE_NOW} AS price FROM product p WHERE p.id = ?2`, nowMs, idToBytes(product))?.['price']);
}

export interface PriceRow {
  readonly id: Id;
  readonly kind: 'regular' | 'offer';
  readonly priceMinor: number;
  readonly fromAt: number;
  /** When an offer ends; null for a regular price, or an offer without an end. */
  readonly untilAt: number | null;
}

/** Every dated price of a product, newest first. */
export function listPrices(db: Database, product: Id): PriceRow[] {
  return db
    .all(
      `SELECT r.id, r.kind, r.price_minor, r.from_at, r.until_at FROM product_price r WHERE r.product = ? AND ${LIVE('r')}
       ORDER BY r.from_at DESC, r.id DESC`,
      idToBytes(product),
    )
    .map((row) => ({
      id: idFromBytes(bytesOf(row['id'])),
      kind: row['kind'] === 'offer' ? 'offer' : 'regular',
      priceMinor: numberOf(row['price_minor']),
      fromAt: numberOf(row['from_at']),
      untilAt: numberOrNull(row['until_at']),
    }));
}

export function readPrice(db: Database, id: Id): (PriceRow & { readonly product: Id }) | null {
  const product = db.get(`SELECT r.product FROM product_price r WHERE r.id = ? AND ${LIVE('r')}`, idToBytes(id))?.['product'];
  if (!(product instanceof Uint8Array)) return null;
  const owner = idFromBytes(product);
  const row = listPrices(db, owner).find((price) => price.id === id);
  return row === undefined ? null : { ...row, product: owner };
}

const DAYS_30_MS = 30 * 86_400_000;

/** The lowest price asked in the 30 days before an instant: what a reduction must name. `carried` is the product's price without dated ones. */
export function lowestBefore(prices: readonly PriceRow[], carried: number, at: number): number {
  const from = at - DAYS_30_MS;
  const regular = prices.filter(({ kind, fromAt }) => kind === 'regular' && fromAt < at);
  // The one in force when the thirty days begin, and those that came in them.
  const standing = regular.find(({ fromAt }) => fromAt <= from)?.priceMinor;
  const asked = [
    ...(standing === undefined ? [] : [standing]),
    ...regular.filter(({ fromAt }) => fromAt > from).map(({ priceMinor }) => priceMinor),
    ...prices
      .filter(({ kind, fromAt, untilAt }) => kind === 'offer' && fromAt < at && (untilAt === null || untilAt > from))
      .map(({ priceMinor }) => priceMinor),
  ];
  return asked.length === 0 ? carried : Math.min(...asked);
}
