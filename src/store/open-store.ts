/**
 * Opens a register's store, or refuses to (newer, damaged), or makes a new one. A store of an older program is brought up to this one; one
 * of a newer program is not touched.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { assert } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { importChainKey } from '../protocol/changeset.ts';
import { SCHEMA_VERSION } from '../protocol/tables.ts';
import { bytesOf, bytesOrNull, Database, numberOf, textOf } from './database.ts';
import { readMeta, writeMeta } from './look-up.ts';
import { createSchemaSql } from './schema.ts';
import { isSchemaSealed, sealSchema } from './schema-seal.ts';
import { readDictionaries, type OwnChain, type Store } from './store.ts';
import { STORE_VERSION, upgradeLayout, upgradeStore } from './upgrade.ts';

export interface StoreDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** Names of stores that no file keeps: in memory, and on the disk for as long as they are open. */
export const IN_MEMORY = ':memory:';
export const SCRATCH = '';

/** Opens or makes the store; one of an older program is brought up to this one. Refuses with store.newer (untouched), store.corrupt. */
export function openStore(file: string, deps: StoreDeps): Result<Store> {
  const isKept = file !== IN_MEMORY && file !== SCRATCH;
  let isNew = !isKept || !existsSync(file);
  if (isKept) mkdirSync(dirname(file), { recursive: true });
  if (!isNew) {
    const looked = inspectStore(file);
    if (!looked.ok) return looked;
    isNew = looked.value === 'never-made';
  }
  const db = new Database(file, { readOnly: false });
  if (isNew) createTables(db);
  else if (layoutOf(db) < STORE_VERSION) upgradeLayout(db, layoutOf(db));
  const store: Store = {
    db,
    file,
    clock: deps.clock,
    random: deps.random,
    dictionaries: readDictionaries(db),
    own: null,
    authority: bytesOrNull(readMeta(db, 'authority')),
    clockOffsetMs: 0,
    waiting: new Map(),
    closed: null,
    listeners: new Set(),
  };
  store.own = loadOwnChain(db);
  if (Number(readMeta(db, 'schema')) < SCHEMA_VERSION) upgradeStore(store);
  return ok(store);
}

/** All or nothing: cut short, the file holds nothing and the next opening makes them. */
function createTables(db: Database): void {
  const made = db.transact('durable', () => {
    db.sqlite.exec(`${createSchemaSql()} PRAGMA user_version = ${STORE_VERSION};`);
    writeMeta(db, 'schema', SCHEMA_VERSION);
    sealSchema(db);
    return ok(null);
  });
  assert(made.ok, 'making tables refuses nothing');
}

function layoutOf(db: Database): number {
  return numberOf(db.get('PRAGMA user_version')?.['user_version']);
}

/**
 * The store of a register at work, seen from another thread: its tables can be read, nothing can be written, and it has no chain of its own.
 * What the writing thread learns later (the CA, dictionaries) must be asked of the tables.
 */
export function openForReading(file: string, deps: StoreDeps): Store {
  const db = new Database(file, { readOnly: true });
  return {
    db,
    file,
    ...deps,
    dictionaries: readDictionaries(db),
    own: null,
    authority: bytesOrNull(readMeta(db, 'authority')),
    clockOffsetMs: 0,
    waiting: new Map(),
    closed: null,
    listeners: new Set(),
  };
}

/** Looks without touching: is this a store of ours, of a version we know, and sound? Or was its making cut short, so that nothing is in it? */
function inspectStore(file: string): Result<'sound' | 'never-made'> {
  let db: Database;
  try {
    db = new Database(file, { readOnly: true });
  } catch (error) {
    return refuse('store.corrupt', { detail: String(error) });
  }
  try {
    const version = layoutOf(db);
    const schema = version < 1 ? 0 : Number(readMeta(db, 'schema'));
    if (version > STORE_VERSION || schema > SCHEMA_VERSION)
      return refuse('store.newer', { found: `${version}.${schema}`, known: `${STORE_VERSION}.${SCHEMA_VERSION}` });
    if (version === 0 && statSync(file).size > 0 && db.get('SELECT 1 AS found FROM sqlite_schema') === undefined) return ok('never-made');
    if (version < 1) return refuse('store.corrupt', { detail: 'not a store' });
    // Layout 1 knew no seal; a later one that says it is 1 has tables that 1 did not have.
    if (!isSchemaSealed(db) && (version > 1 || readMeta(db, 'schema_digest') !== null))
      return refuse('store.corrupt', { detail: 'its tables are not as they were made' });
    loadOwnChain(db);
    return ok('sound');
  } catch (error) {
    return refuse('store.corrupt', { detail: String(error) });
  } finally {
    db.close();
  }
}

function loadOwnChain(db: Database): OwnChain | null {
  const current = readMeta(db, 'own_chain');
  if (current === null) return null;
  const row = db.get('SELECT number, id, private_key, register, series FROM chain WHERE number = ?', current);
  assert(row !== undefined, 'the own chain is listed');
  const number = numberOf(row['number']);
  const key = importChainKey(bytesOf(row['private_key']));
  assert(equalBytes(key.chain, bytesOf(row['id'])), 'the own key is the own chain’s');
  // The journal is the main line of the chain that this store wrote: of two branches, the one whose tip it remembers.
  const tip = db.get('SELECT local, n, hash FROM changeset WHERE local = ?', readMeta(db, 'own_tip') ?? 0);
  return {
    number,
    key,
    register: bytesOf(row['register']),
    series: textOf(row['series']),
    n: tip === undefined ? 0 : numberOf(tip['n']),
    hash: tip === undefined ? key.genesis : bytesOf(tip['hash']),
    local: tip === undefined ? 0 : numberOf(tip['local']),
    lastAt: Number(readMeta(db, 'own_last_at') ?? 0),
  };
}
