/**
 * Small look-ups that every file of this room needs: named values of this store, and changesets by hash and by their number here. Each runs
 * in the caller's transaction, or in none.
 */
import { assert } from '../base/assert.ts';
import { INDEX_SPACE } from '../protocol/changeset.ts';
import { referenceText } from './codec.ts';
import { bytesOf, numberOf, type Database, type SqlValue } from './database.ts';

// ---- meta

export function readMeta(db: Database, name: string): SqlValue {
  return db.get('SELECT value FROM meta WHERE name = ?', name)?.['value'] ?? null;
}

export function writeMeta(db: Database, name: string, value: SqlValue): void {
  db.run('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value);
}

// ---- changesets by hash and local number

/** Local number of the changeset with this hash; undefined when it was neither held nor named. */
export function findLocal(db: Database, hash: Uint8Array): number | undefined {
  const row = db.get('SELECT local FROM changeset WHERE substr(hash, 1, 8) = ? AND hash = ?', hash.subarray(0, 8), hash);
  return row === undefined ? undefined : numberOf(row['local']);
}

/** The same, naming it when it is not known yet, so that a reference can be kept before its target arrives. */
export function nameLocal(db: Database, hash: Uint8Array): number {
  return findLocal(db, hash) ?? db.run('INSERT INTO changeset (hash, state) VALUES (?, 1)', hash).rowid;
}

export function hashOfLocal(db: Database, local: number): Uint8Array {
  const row = db.get('SELECT hash FROM changeset WHERE local = ?', local);
  assert(row !== undefined, `changeset ${local} is known`);
  return bytesOf(row['hash']);
}

/** How a draft names a ledger row of an earlier changeset, by its local id. */
export function referenceTo(db: Database, id: number): `${string}:${number}` {
  return referenceText(hashOfLocal(db, Math.floor(id / INDEX_SPACE)), id % INDEX_SPACE);
}

/** States (judge.ts) of changesets that their chain's key vouches for, whatever their texts say. */
export const VOUCHED_STATES = '(0, 3, 5, 6)';
