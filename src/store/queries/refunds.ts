/** Reads for giving money back: what is left to refund of a sale's lines, and how it was paid. */
import { fromHex, toHex } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { CartLine, Unit } from '../../domain/cart.ts';
import type { Cost } from '../../domain/refund.ts';
import type { LineTax } from '../../domain/tax.ts';
import { INDEX_SPACE } from '../../protocol/changeset.ts';
import { changesetOfLedgerId } from '../merge.ts';
import { findLocal, hashOfLocal } from '../store.ts';
import { numberOf, numberOrNull, textOrNull, type Database, type SqlRow } from '../database.ts';
import { toUnit } from './catalogue.ts';
import { saleLabel } from './sales.ts';
import { lineTaxOf } from './taxes.ts';
import { tendersOfSale } from './tenders.ts';

/** A line of a sale, and how much of it was given back so far, as this register knows. */
export interface SoldLine {
  /** As changesets refer to it. */
  readonly ref: `${string}:${number}`;
  readonly kind: string;
  readonly product: Id | null;
  readonly code: string | null;
  readonly name: string;
  readonly quantityMilli: number;
  readonly refundedMilli: number;
  /** What went back with it, refund by refund. */
  readonly refunds: readonly Cost[];
  readonly unit: Unit;
  readonly unitPriceMinor: number;
  readonly unitCostMinor: number | null;
  readonly taxCategory: Id | null;
  readonly taxRatePpm: number;
  readonly includesTax: boolean;
  readonly totalMinor: number;
  readonly tax: LineTax;
}

export interface SoldSale {
  readonly label: string;
  readonly customer: Id | null;
  readonly training: boolean;
  readonly lines: readonly SoldLine[];
}

/** Null for a sale that this register does not hold. */
export function readSoldSale(db: Database, uuid: Id): SoldSale | null {
  const sale = db.get('SELECT id, series, number, customer, mode FROM sale WHERE uuid = ? ORDER BY id LIMIT 1', idToBytes(uuid));
  if (sale === undefined) return null;
  const id = numberOf(sale['id']);
  const first = changesetOfLedgerId(id) * INDEX_SPACE;
  const rows = db.all('SELECT * FROM sale_line WHERE id BETWEEN ? AND ? AND sale = ? ORDER BY id', first, first + INDEX_SPACE - 1, id);
  return {
    label: saleLabel(textOrNull(sale['series']) ?? '', numberOrNull(sale['number']) ?? 0),
    customer: sale['customer'] instanceof Uint8Array ? idFromBytes(sale['customer']) : null,
    training: sale['mode'] === 'training',
    lines: rows.map((row) => toSoldLine(db, row)),
  };
}

function toSoldLine(db: Database, row: SqlRow): SoldLine {
  const id = numberOf(row['id']);
  const back = db.all(
    'SELECT quantity_milli, total_minor, tax_rate_ppm, tax_minor, tax_parts FROM sale_line WHERE refund_of = ? ORDER BY id',
    id,
  );
  return {
    ref: `${toHex(hashOfLocal(db, changesetOfLedgerId(id)))}:${id % INDEX_SPACE}`,
    kind: textOrNull(row['kind']) ?? '',
    product: row['product'] instanceof Uint8Array ? idFromBytes(row['product']) : null,
    code: textOrNull(row['code']),
    name: textOrNull(row['name']) ?? '',
    quantityMilli: numberOf(row['quantity_milli']),
    refundedMilli: back.reduce((sum, refund) => sum - numberOf(refund['quantity_milli']), 0),
    refunds: back.map((refund) => ({ totalMinor: numberOf(refund['total_minor']), tax: lineTaxOf(refund) })),
    unit: toUnit(row['unit']),
    unitPriceMinor: numberOf(row['unit_price_minor']),
    unitCostMinor: numberOrNull(row['unit_cost_minor']),
    taxCategory: row['tax_category'] instanceof Uint8Array ? idFromBytes(row['tax_category']) : null,
    taxRatePpm: numberOf(row['tax_rate_ppm']),
    includesTax: row['includes_tax'] !== 0,
    totalMinor: numberOf(row['total_minor']),
    tax: lineTaxOf(row),
  };
}

/** A sold line by how changesets refer to it; undefined when this register does not hold it. */
export function findSoldLine(db: Database, ref: string): SoldLine | undefined {
  const id = findSoldLineId(db, ref);
  const row = id === null ? undefined : db.get('SELECT * FROM sale_line WHERE id = ?', id);
  return row === undefined ? undefined : toSoldLine(db, row);
}

/** Its local number; null when its changeset was never named here. */
export function findSoldLineId(db: Database, ref: string): number | null {
  const [hash = '', index = ''] = ref.split(':');
  const local = findLocal(db, fromHex(hash));
  return local === undefined ? null : local * INDEX_SPACE + Number(index);
}

export interface PaidBack {
  readonly method: Id;
  readonly amountMinor: number;
  /** Code of the voucher that paid it. */
  readonly voucher: string | null;
}

/** The ways what these lines give back was paid, as far as they reach: `totalMinor` (below nought) spread over them in their order. */
export function paidBackBy(db: Database, lines: readonly CartLine[], totalMinor: number): PaidBack[] {
  const changesets = new Set(lines.flatMap(({ refund }) => refund?.line.split(':')[0] ?? []));
  const back: PaidBack[] = [];
  let left = -totalMinor;
  for (const hash of changesets) {
    const local = findLocal(db, fromHex(hash));
    if (local === undefined) continue;
    const first = local * INDEX_SPACE;
    const sale = numberOrNull(db.get('SELECT id FROM sale WHERE id BETWEEN ? AND ?', first, first + INDEX_SPACE - 1)?.['id']);
    for (const tender of sale === null ? [] : tendersOfSale(db, sale)) {
      const amountMinor = Math.min(left, Math.max(0, tender.amountMinor - tender.changeMinor));
      if (amountMinor > 0 && tender.methodId !== null) back.push({ method: tender.methodId, amountMinor, voucher: tender.reference });
      left -= amountMinor;
    }
  }
  return back;
}
