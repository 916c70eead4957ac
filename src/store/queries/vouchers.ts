/** Reads of vouchers: what one was issued for, and what is left of it. Its balance is the sum of its movements. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { TaxPart } from '../../domain/tax.ts';
import type { VoucherPurpose } from '../../domain/voucher.ts';
import { bytesOf, numberOf, numberOrNull, textOrNull, type Database } from '../database.ts';
import { saleLabel } from './sales.ts';
import { lineTaxOf } from './taxes.ts';

export interface VoucherRow {
  readonly id: Id;
  readonly code: string;
  readonly purpose: VoucherPurpose;
  readonly balanceMinor: number;
  /** Null: it does not end. */
  readonly expiresAt: number | null;
  /** Of a single-purpose one: how it was taxed when it was sold. */
  readonly tax: { readonly category: Id | null; readonly ratePpm: number; readonly parts: readonly TaxPart[] | null };
}

/** Null when no register this one knows of issued it. */
export function readVoucher(db: Database, code: string): VoucherRow | null {
  const row = db.get(
    `SELECT v.voucher, v.purpose, v.expires_at, l.tax_category, l.tax_rate_ppm, l.tax_minor, l.tax_parts FROM voucher_movement v LEFT JOIN sale_line l ON l.id = v.sale_line
     WHERE v.code = ? ORDER BY v.id LIMIT 1`,
    code,
  );
  if (row === undefined) return null;
  const id = idFromBytes(bytesOf(row['voucher']));
  const balance = db.get('SELECT sum(amount_minor) AS minor FROM voucher_movement WHERE voucher = ?', idToBytes(id));
  return {
    id,
    code,
    purpose: row['purpose'] === 'single' ? 'single' : 'multi',
    balanceMinor: numberOf(balance?.['minor']),
    expiresAt: numberOrNull(row['expires_at']),
    tax: {
      category: row['tax_category'] instanceof Uint8Array ? idFromBytes(row['tax_category']) : null,
      ratePpm: numberOrNull(row['tax_rate_ppm']) ?? 0,
      parts: lineTaxOf(row).taxParts?.map(({ name, ratePpm }) => ({ name, ratePpm })) ?? null,
    },
  };
}

export interface VoucherMovementRow {
  readonly kind: 'issued' | 'redeemed' | 'refunded';
  readonly amountMinor: number;
  readonly label: string;
  readonly at: number;
}

/** Oldest first. */
export function voucherMovements(db: Database, voucher: Id): VoucherMovementRow[] {
  return db
    .all(
      `SELECT v.kind, v.amount_minor, s.series, s.number, s.completed_at FROM voucher_movement v LEFT JOIN sale s ON s.id = v.sale
       WHERE v.voucher = ? ORDER BY s.completed_at, v.id`,
      idToBytes(voucher),
    )
    .map((row) => ({
      kind: row['kind'] === 'issued' || row['kind'] === 'refunded' ? row['kind'] : 'redeemed',
      amountMinor: numberOf(row['amount_minor']),
      label: saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0),
      at: numberOrNull(row['completed_at']) ?? 0,
    }));
}
