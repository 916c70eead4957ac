/** Reads of taxes and their dated rates. */
import { idFromBytes, type Id } from '../../base/id.ts';
import type { Service } from '../../domain/cart.ts';
import { minor } from '../../domain/money.ts';
import type { LineTax, TaxPart } from '../../domain/tax.ts';
import { readTaxedParts, readTaxParts, type RateSum } from '../../domain/tax-parts.ts';
import { bytesOf, LIVE, numberOrNull, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';

export interface TaxCategoryRow {
  readonly id: Id;
  readonly name: string;
  readonly ratePpm: number;
  /** The taxes it is made of; null: one. */
  readonly parts: readonly TaxPart[] | null;
}

/**
 * Taxes with the rate in force at that instant for goods taken away, or eaten in: a rate of that service, else the one for both. Rates are
 * dated, so a change takes effect at its hour on every register, cut off or not. The first tax is the shop's usual one.
 */
export function readTaxCategories(db: Database, nowMs: number, service: Service = 'take-away'): TaxCategoryRow[] {
  return db
    .all(
      `SELECT c.id, c.name, t.rate_ppm, t.parts FROM tax_category c LEFT JOIN tax_rate t ON t.id =
         (SELECT r.id FROM tax_rate r WHERE r.tax_category = c.id AND ${LIVE('r')} AND r.service IN ('any', ?) AND r.from_at <= ?
          ORDER BY r.service = 'any', r.from_at DESC, r.id LIMIT 1)
       WHERE ${LIVE('c')} ORDER BY c.position, c.id`,
      service,
      nowMs,
    )
    .map((row) => ({
      id: idFromBytes(bytesOf(row['id'])),
      name: textOrNull(row['name']) ?? '',
      ...rateOf(row),
    }));
}

/** The tax that goods of this column are sold with: theirs, else the shop's usual one. */
export function taxOfProduct(column: SqlValue | undefined, taxes: readonly TaxCategoryRow[]): TaxCategoryRow | undefined {
  const id = column instanceof Uint8Array ? idFromBytes(column) : null;
  return taxes.find((tax) => tax.id === id) ?? taxes[0];
}

function rateOf(row: SqlRow): Pick<TaxCategoryRow, 'ratePpm' | 'parts'> {
  const ratePpm = numberOrNull(row['rate_ppm']) ?? 0;
  return { ratePpm, parts: readTaxParts(textOrNull(row['parts']), ratePpm) };
}

/** What a row of sale_line was taxed. */
export function lineTaxOf(row: SqlRow): LineTax {
  const taxMinor = minor(numberOrNull(row['tax_minor']) ?? 0);
  const ratePpm = numberOrNull(row['tax_rate_ppm']) ?? 0;
  return { taxMinor, taxParts: readTaxedParts(textOrNull(row['tax_parts']), { ratePpm, taxMinor }) };
}

/** The same, with its rate and what it was counted on. */
export function rateSumOf(row: SqlRow): RateSum {
  const { taxMinor, taxParts } = lineTaxOf(row);
  return {
    ratePpm: numberOrNull(row['tax_rate_ppm']) ?? 0,
    netMinor: (numberOrNull(row['total_minor']) ?? 0) - (row['includes_tax'] === 0 ? 0 : taxMinor),
    taxMinor,
    ...(taxParts === null ? {} : { parts: taxParts }),
  };
}

export interface TaxRateRow {
  readonly id: Id;
  readonly taxCategory: Id;
  readonly service: Service | 'any';
  readonly ratePpm: number;
  readonly parts: readonly TaxPart[] | null;
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
            ...rateOf(row),
            fromAt: numberOrNull(row['from_at']) ?? 0,
            exemptionReason: textOrNull(row['exemption_reason']),
          },
        ]
      : [],
  );
}
