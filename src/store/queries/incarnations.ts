/**
 * Which register hosts the shop's database: the newest incarnation that the shop's CA signed. Every store that holds the same rows names the
 * same one; what others merely say counts for nothing.
 */
import { compareBytes } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { isSignedByAuthority, type SignedPart } from '../../protocol/certificate.ts';
import { bytesOf, numberOf, textOf } from '../database.ts';
import type { Store } from '../store.ts';

/** One raising of the shop's database; of two, the one with the higher number holds, and of equal numbers the one with the higher id. */
export interface IncarnationMark {
  readonly number: number;
  readonly id: Id;
}

export interface Incarnation extends IncarnationMark {
  readonly register: Id;
  /** Where it is reached; empty when nobody could say. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** When it was raised, UTC milliseconds by its own clock. */
  readonly at: number;
}

/** What the CA signs of it, in this order. */
export function incarnationParts({ number, id, register, addresses, port }: Omit<Incarnation, 'at'>): readonly SignedPart[] {
  return [number, id, register, addresses.join(' '), port];
}

/** Above zero when `a` holds against `b`; zero when they are one and the same. */
export function compareIncarnations(a: IncarnationMark, b: IncarnationMark): number {
  return a.number - b.number || compareBytes(idToBytes(a.id), idToBytes(b.id));
}

/** The one that holds, or null in a shop of one register. */
export function readIncarnation(store: Store): Incarnation | null {
  return incarnations(store).next().value ?? null;
}

/** All that the shop's present CA signed, the one that holds first. */
export function listIncarnations(store: Store): Incarnation[] {
  return [...incarnations(store)];
}

function* incarnations({ authority, db }: Store): Generator<Incarnation, void> {
  if (authority === null) return;
  const rows = db.all(
    'SELECT number, incarnation, register, addresses, port, at, signature FROM incarnation ORDER BY number DESC, incarnation DESC',
  );
  for (const row of rows) {
    if (!(row['incarnation'] instanceof Uint8Array && row['register'] instanceof Uint8Array)) continue;
    const found: Incarnation = {
      number: numberOf(row['number']),
      id: idFromBytes(row['incarnation']),
      register: idFromBytes(row['register']),
      addresses: textOf(row['addresses'])
        .split(' ')
        .filter((address) => address !== ''),
      port: numberOf(row['port']),
      at: numberOf(row['at']),
    };
    if (isSignedByAuthority(authority, bytesOf(row['signature']), 'incarnation', ...incarnationParts(found))) yield found;
  }
}
