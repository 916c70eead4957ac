/** Reads of taxes and their dated rates. */
import { idFromBytes, type Id } from '../../base/id.ts';
import type { Service } from '../../domain/cart.ts';
import { bytesOf, LIVE, numberOrNull, textOrNull, type Database } from '../database.ts';

export interface TaxCategoryRow {
  readonly id: Id;
  readonly name: string;
  readonly ratePpm: number;
}

/**
 * Taxes with the rate in force at that instant for goods taken away, or eaten in: a rate of that service, else the one for both. Rates are
 * dated, so a change takes effect at its hour on every register, cut off or not. The first tax is the shop's usual one.
 */
export function readTaxCategories(db: Database, nowMs: number, service: Service = 'take-away'): TaxCategoryRow[] {
  return db
    .all(
      `SELECT c.id, c.name, (SELECT r.rate_ppm FROM tax_rate r WHERE r.tax_category = c.id AND ${LIVE('r')} AND r.service IN ('any', ?) AND r.from_at <= ?
         ORDER BY r.service = 'any', r.from_at DESC, r.id LIMIT 1) AS rate_ppm
       FROM tax_category c WHERE ${LIVE('c')} ORDER BY c.position, c.id`,
      service,
      nowMs,
    )
    .map((row) => ({
      id: idFromBytes(bytesOf(row['id'])),
      name: textOrNull(row['name']) ?? '',
      ratePpm: numberOrNull(row['rate_ppm']) ?? 0,
    }));
}

export interface TaxRateRow {
  readonly id: Id;
  readonly taxCategory: Id;
  readonly service: Service | 'any';
  readonly ratePpm: number;
  readonly fromAt: number;
  readonly exemptionReason: string | null;
}

/** Every rate that was, is and will be, newest first. */
export function listTaxRates(db: Database): TaxRateRow[] {
  return db.all(`SELECT * FROM tax_rate r WHERE ${LIVE('r')} ORDER BY from_at DESC, id`).flatMap((row) =>
    row['tax_category'] instanceof Uint8Array
      ? [
          {
            id: idFromBytes(bytesOf(row['id'])),
            taxCategory: idFromBytes(row['tax_category']),
            service: row['service'] === 'take-away' || row['service'] === 'eat-in' ? row['service'] : ('any' as const),
            ratePpm: numberOrNull(row['rate_ppm']) ?? 0,
            fromAt: numberOrNull(row['from_at']) ?? 0,
            exemptionReason: textOrNull(row['exemption_reason']),
          },
        ]
      : [],
  );
}
