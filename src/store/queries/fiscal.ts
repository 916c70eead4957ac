/** Reads of fiscal events: which cart a device was told of last, and what it said of a sale. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { FiscalWord } from '../../domain/fiscal.ts';
import { textOrNull, type Database } from '../database.ts';

/** The cart that this register's device was told of last and not told the end of; null when there is none. */
export function openFiscalCart(db: Database, register: Id): Id | null {
  const begun = db.get(
    "SELECT cart FROM fiscal_event WHERE kind = 'start' AND register = ? AND cart IS NOT NULL ORDER BY id DESC LIMIT 1",
    idToBytes(register),
  )?.['cart'];
  if (!(begun instanceof Uint8Array)) return null;
  const ended = db.get("SELECT 1 AS ended FROM fiscal_event WHERE cart = ? AND (kind = 'abort' OR sale IS NOT NULL)", begun);
  return ended === undefined ? idFromBytes(begun) : null;
}

export function fiscalOfSale(db: Database, sale: number): FiscalWord | null {
  const row = db.get(
    "SELECT kind, device, number, signature FROM fiscal_event WHERE sale = ? AND kind IN ('finish', 'outage') ORDER BY id LIMIT 1",
    sale,
  );
  if (row === undefined) return null;
  return {
    state: row['kind'] === 'outage' ? 'outage' : 'finish',
    device: textOrNull(row['device']),
    number: textOrNull(row['number']),
    signature: textOrNull(row['signature']),
  };
}
