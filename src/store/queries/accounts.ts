/** Reads of customers' accounts: what somebody owes is the sum of their movements. */
import { idToBytes, type Id } from '../../base/id.ts';
import { numberOf, numberOrNull, textOrNull, type Database } from '../database.ts';
import { saleLabel } from './sales.ts';

export interface AccountTerms {
  readonly onAccount: boolean;
  /** The most they may owe; null without a limit. */
  readonly limitMinor: number | null;
}

export interface AccountMovementRow {
  readonly at: number;
  /** What they owe more by; negative for what they paid. */
  readonly amountMinor: number;
  readonly label: string;
}

export function readAccountTerms(db: Database, customer: Id): AccountTerms {
  const row = db.get('SELECT on_account, account_limit_minor FROM customer WHERE id = ?', idToBytes(customer));
  return { onAccount: row?.['on_account'] === 1, limitMinor: numberOrNull(row?.['account_limit_minor']) };
}

export function accountBalance(db: Database, customer: Id): number {
  const row = db.get('SELECT ifnull(sum(amount_minor), 0) AS minor FROM account_movement WHERE customer = ?', idToBytes(customer));
  return numberOf(row?.['minor']);
}

/** Of one account on the screen; the whole of it is in the archive. */
const MOVEMENTS_SHOWN = 200;

/** Newest first. */
export function accountMovements(db: Database, customer: Id): AccountMovementRow[] {
  return db
    .all(
      `SELECT a.amount_minor, s.series, s.number, s.completed_at FROM account_movement a LEFT JOIN sale s ON s.id = a.sale
       WHERE a.customer = ? ORDER BY s.completed_at DESC, a.id DESC LIMIT ?`,
      idToBytes(customer),
      MOVEMENTS_SHOWN,
    )
    .map((row) => ({
      at: numberOrNull(row['completed_at']) ?? 0,
      amountMinor: numberOf(row['amount_minor']),
      label: saleLabel(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0),
    }));
}
