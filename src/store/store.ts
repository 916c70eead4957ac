/**
 * A register's store: the whole shop in one SQLite file, as the rest of the room shares it: the database, the own chain, dictionaries, and
 * who listens for what changed. open-store.ts opens it.
 */
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, type Refusal, type Result } from '../base/result.ts';
import type { ChainKey } from '../protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../protocol/dictionary.ts';
import { textOf, type Database } from './database.ts';

export { findLocal, hashOfLocal, nameLocal, readMeta, referenceTo, writeMeta } from './look-up.ts';

export interface OwnChain {
  readonly number: number;
  readonly key: ChainKey;
  /** The register this chain belongs to, 16 bytes. */
  readonly register: Uint8Array;
  readonly series: string;
  n: number;
  hash: Uint8Array;
  local: number;
  lastAt: number;
}

/** What one transaction changed, told after its commit. */
export interface Change {
  readonly table: string;
  /** The row's UUID bytes; null for ledger rows. */
  readonly id: Uint8Array | null;
}

export interface Waiting {
  readonly changes: number;
  /** How many of the changes are sales. */
  readonly sales: number;
}

/** Of one own chain: what lies after `sent`, up to `head`. */
export interface WaitingTally extends Waiting {
  readonly sent: number;
  readonly head: number;
}

export interface Store {
  readonly db: Database;
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly dictionaries: Map<number, Uint8Array>;
  /** Null until set-up begins the first chain. */
  own: OwnChain | null;
  /** DER of the shop's CA; null in a shop of one register. */
  authority: Uint8Array | null;
  /** The hub's clock less this machine's, ms; for stamps only. */
  clockOffsetMs: number;
  /** By the number of an own chain; kept by waiting.ts. */
  readonly waiting: Map<number, WaitingTally>;
  /** Not null: why nothing is written to the own chain any more: another store is about to take this one's place. */
  closed: Refusal | null;
  readonly listeners: Set<(changes: readonly Change[], own: boolean) => void>;
}

/** By number; rows that hold none are no dictionaries, and the program's own cannot be replaced. */
export function readDictionaries(db: Database): Map<number, Uint8Array> {
  const dictionaries = new Map<number, Uint8Array>();
  for (const { number, content } of db.all('SELECT number, content FROM dictionary ORDER BY id'))
    if (typeof number === 'number' && content instanceof Uint8Array && !dictionaries.has(number)) dictionaries.set(number, content);
  return dictionaries.set(FIRST_DICTIONARY.number, FIRST_DICTIONARY.content);
}

/** SQLite's own check of pages and indexes; slow on a large store, so a worker runs it. */
export function quickCheck(db: Database): Result<null> {
  const rows = db.all('PRAGMA quick_check(3)').map((row) => textOf(row['quick_check']));
  return rows.length === 1 && rows[0] === 'ok' ? ok(null) : refuse('store.corrupt', { detail: rows.join('; ') });
}

export function closeStore(store: Store): void {
  store.listeners.clear();
  store.db.close();
}

export function chainText(chain: Uint8Array): string {
  return toHex(chain);
}
