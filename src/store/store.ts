/**
 * A register's store: the whole shop in one SQLite file. This file opens it (or refuses to: newer, damaged, in use), makes a new one, and
 * holds what the rest of the room shares: the database, the own chain, dictionaries, and who listens for what changed.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { assert } from '../base/assert.ts';
import { importChainKey, type ChainKey } from '../protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../protocol/dictionary.ts';
import { SCHEMA_VERSION } from '../protocol/tables.ts';
import { bytesOf, bytesOrNull, Database, numberOf, textOf } from './database.ts';
import { createSchemaSql } from './schema.ts';
import { readMeta, writeMeta } from './look-up.ts';
import { upgradeStore } from './upgrade.ts';

export { findLocal, hashOfLocal, nameLocal, readMeta, writeMeta } from './look-up.ts';

/** Layout of the local tables and indexes; SCHEMA_VERSION is that of the merged ones. */
export const STORE_VERSION = 1;

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
  readonly listeners: Set<(changes: readonly Change[], own: boolean) => void>;
}

export interface StoreDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens or makes the store; one of an older program is brought up to this one. Refuses with store.newer (untouched), store.corrupt, store.in-use. */
export function openStore(file: string, deps: StoreDeps): Result<Store> {
  const isNew = file === ':memory:' || !existsSync(file);
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  if (!isNew) {
    const looked = inspectStore(file);
    if (!looked.ok) return looked;
  }
  const db = new Database(file, { readOnly: false });
  if (isNew) {
    db.sqlite.exec(`BEGIN; ${createSchemaSql()} PRAGMA user_version = ${STORE_VERSION}; COMMIT;`);
    writeMeta(db, 'schema', SCHEMA_VERSION);
  }
  const store: Store = {
    db,
    file,
    clock: deps.clock,
    random: deps.random,
    dictionaries: readDictionaries(db),
    own: null,
    authority: bytesOrNull(readMeta(db, 'authority')),
    clockOffsetMs: 0,
    listeners: new Set(),
  };
  store.own = loadOwnChain(store);
  if (Number(readMeta(db, 'schema')) < SCHEMA_VERSION) upgradeStore(store);
  return ok(store);
}

/** Looks without touching: is this a store of ours, of a version we know, and sound? */
function inspectStore(file: string): Result<null> {
  let db: Database;
  try {
    db = new Database(file, { readOnly: true });
  } catch (error) {
    return refuse('store.corrupt', { detail: String(error) });
  }
  try {
    const version = numberOf(db.get('PRAGMA user_version')?.['user_version']);
    const schema = version === 0 ? 0 : Number(readMeta(db, 'schema'));
    if (version > STORE_VERSION || schema > SCHEMA_VERSION)
      return refuse('store.newer', { found: `${version}.${schema}`, known: `${STORE_VERSION}.${SCHEMA_VERSION}` });
    if (version === 0) return refuse('store.corrupt', { detail: 'not a store' });
    return ok(null);
  } catch (error) {
    return refuse('store.corrupt', { detail: String(error) });
  } finally {
    db.close();
  }
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

function loadOwnChain(store: Store): OwnChain | null {
  const current = readMeta(store.db, 'own_chain');
  if (current === null) return null;
  const row = store.db.get('SELECT number, private_key, register, series FROM chain WHERE number = ?', current);
  assert(row !== undefined, 'the own chain is listed');
  const number = numberOf(row['number']);
  const key = importChainKey(bytesOf(row['private_key']));
  // The journal is the main line of the chain that this store wrote: of two branches, the one whose tip it remembers.
  const tip = store.db.get('SELECT local, n, hash FROM changeset WHERE local = ?', readMeta(store.db, 'own_tip') ?? 0);
  return {
    number,
    key,
    register: bytesOf(row['register']),
    series: textOf(row['series']),
    n: tip === undefined ? 0 : numberOf(tip['n']),
    hash: tip === undefined ? key.genesis : bytesOf(tip['hash']),
    local: tip === undefined ? 0 : numberOf(tip['local']),
    lastAt: Number(readMeta(store.db, 'own_last_at') ?? 0),
  };
}

export function closeStore(store: Store): void {
  store.listeners.clear();
  store.db.close();
}

export function chainText(chain: Uint8Array): string {
  return toHex(chain);
}
