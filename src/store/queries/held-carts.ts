/** Reads of held carts: what waits to go on, at any register of the shop. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { Cart } from '../../domain/cart.ts';
import { bytesOf, LIVE, numberOrNull, textOrNull, type Database, type SqlRow } from '../database.ts';
import { readUser } from './people.ts';

/** What lies in a held cart: the cart as it was, and for lists what it came to. */
export interface HeldContent {
  readonly cart: Cart;
  readonly items: number;
  readonly totalMinor: number;
}

export interface HeldCart {
  readonly id: Id;
  readonly name: string;
  readonly heldAt: number;
  readonly user: string;
  /** The register that has it open now; null while it waits. */
  readonly takenBy: { readonly id: Id; readonly code: string } | null;
  readonly content: HeldContent;
}

/** Longest held first. */
export function listHeldCarts(db: Database): HeldCart[] {
  return db.all(`SELECT * FROM held_cart h WHERE ${LIVE('h')} ORDER BY held_at, id`).map((row) => toHeldCart(db, row));
}

export function readHeldCart(db: Database, id: Id): HeldCart | null {
  const row = db.get(`SELECT * FROM held_cart h WHERE id = ? AND ${LIVE('h')}`, idToBytes(id));
  return row === undefined ? null : toHeldCart(db, row);
}

export function isHeldCart(db: Database, id: Id): boolean {
  return db.get(`SELECT 1 AS found FROM held_cart h WHERE id = ? AND ${LIVE('h')}`, idToBytes(id)) !== undefined;
}

function toHeldCart(db: Database, row: SqlRow): HeldCart {
  const user = row['user'] instanceof Uint8Array ? readUser(db, idFromBytes(row['user'])) : null;
  const register = row['register'] instanceof Uint8Array ? row['register'] : null;
  return {
    id: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    heldAt: numberOrNull(row['held_at']) ?? 0,
    user: user?.name ?? '',
    takenBy:
      register === null
        ? null
        : {
            id: idFromBytes(register),
            code: textOrNull(db.get('SELECT code FROM register WHERE id = ?', register)?.['code']) ?? '',
          },
    content: JSON.parse(textOrNull(row['content']) ?? '') as HeldContent,
  };
}
