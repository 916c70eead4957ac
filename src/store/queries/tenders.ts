/**
 * How a sale was paid: the payments of its changeset, and those that corrected one later. A correction is a pair of rows that names what it
 * corrects: one takes it back, the other says how it was paid instead.
 */
import { idFromBytes } from '../../base/id.ts';
import type { ReceiptTender } from '../../domain/receipt.ts';
import { INDEX_SPACE } from '../../protocol/changeset.ts';
import { numberOf, textOrNull, type Database, type SqlRow } from '../database.ts';
import { referenceTo } from '../look-up.ts';
import { changesetOfLedgerId } from '../merge.ts';
import { toMethodKind } from './catalogue.ts';

const COLUMNS = `t.id, t.payment_method, t.amount_minor, t.change_minor, t.swap_of, t.reference, t.payment_attempt, m.name, m.kind
  FROM tender t LEFT JOIN payment_method m ON m.id = t.payment_method`;

/** As they stand now, in the order they were given. */
export function tendersOfSale(db: Database, sale: number): ReceiptTender[] {
  const first = changesetOfLedgerId(sale) * INDEX_SPACE;
  const given = db.all(
    `SELECT ${COLUMNS} WHERE t.id BETWEEN ? AND ? AND t.sale = ? AND t.swap_of IS NULL ORDER BY t.id`,
    first,
    first + INDEX_SPACE - 1,
    sale,
  );
  const swaps = db.all(`SELECT ${COLUMNS} WHERE t.sale = ? AND t.swap_of IS NOT NULL ORDER BY t.id`, sale);
  return given.map((recorded) => {
    let now = recorded;
    // What corrects a payment is on its side of nought; each correction names the one before, so the walk ends.
    for (let next = correctionOf(swaps, now); next !== undefined; next = correctionOf(swaps, now)) now = next;
    return toTender(db, now, now === recorded ? null : (textOrNull(recorded['name']) ?? ''));
  });
}

function correctionOf(swaps: readonly SqlRow[], wrong: SqlRow): SqlRow | undefined {
  const side = Math.sign(numberOf(wrong['amount_minor']) - numberOf(wrong['change_minor']));
  return swaps.find((row) => row['swap_of'] === wrong['id'] && Math.sign(numberOf(row['amount_minor'])) === side);
}

function toTender(db: Database, row: SqlRow, insteadOf: string | null): ReceiptTender {
  return {
    tender: referenceTo(db, numberOf(row['id'])),
    methodId: row['payment_method'] instanceof Uint8Array ? idFromBytes(row['payment_method']) : null,
    method: textOrNull(row['name']) ?? '',
    kind: toMethodKind(row['kind']),
    amountMinor: numberOf(row['amount_minor']),
    changeMinor: numberOf(row['change_minor']),
    reference: textOrNull(row['reference']),
    byTerminal: row['payment_attempt'] !== null,
    insteadOf,
  };
}
