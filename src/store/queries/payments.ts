/** Reads of what card terminals were asked: of one cart, in the order of asking, each with what came of it. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { CardPayment } from '../../domain/card-payment.ts';
import { bytesOf, numberOf, numberOrNull, textOrNull, type Database, type SqlRow } from '../database.ts';

export interface AttemptRow extends CardPayment {
  readonly cart: Id;
}

const ASKED = `SELECT id, cart, payment_method, amount_minor, gives_back FROM payment_attempt WHERE state = 'asked'`;

export function attemptsOf(db: Database, cart: Id): AttemptRow[] {
  return db.all(`${ASKED} AND cart = ? ORDER BY id`, idToBytes(cart)).map((row) => toAttempt(db, row));
}

/** Null when nothing of that number was asked. */
export function readAttempt(db: Database, attempt: number): AttemptRow | null {
  const row = db.get(`${ASKED} AND id = ?`, attempt);
  return row === undefined ? null : toAttempt(db, row);
}

/** The first word that ends it stands; "unknown" is the last word only while nobody knows better. */
function toAttempt(db: Database, row: SqlRow): AttemptRow {
  const attempt = numberOf(row['id']);
  const said = db.get("SELECT state, reference FROM payment_attempt WHERE attempt = ? ORDER BY state = 'unknown', at, id LIMIT 1", attempt);
  const state = textOrNull(said?.['state']);
  return {
    attempt,
    cart: idFromBytes(bytesOf(row['cart'])),
    method: idFromBytes(bytesOf(row['payment_method'])),
    amountMinor: numberOf(row['amount_minor']),
    state: state === 'approved' || state === 'declined' || state === 'unknown' ? state : 'asked',
    reference: textOrNull(said?.['reference']),
    givesBack: numberOrNull(row['gives_back']),
  };
}
