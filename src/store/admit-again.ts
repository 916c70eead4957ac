/**
 * Everything a store holds, admitted again into an empty one by the same path that took it in: what the tables must say if only the
 * changesets are believed. Local numbers are taken over, so that the two stores can be compared value by value. Reads only.
 */
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import { isWhole, openBody, type SealedChangeset } from '../protocol/changeset.ts';
import { admit, type Arrival } from './archive.ts';
import { bytesOrNull, type Database } from './database.ts';
import { readMeta } from './look-up.ts';
import { iterateHeld } from './read-held.ts';
import { openStore, SCRATCH } from './open-store.ts';
import type { Store } from './store.ts';

/** Bounds the bodies in memory at once. */
const BATCH = 500;

/** The caller closes the store. Keys of chains count as vouched for, as they are in `db`; signatures, order and texts are judged anew. */
export function admitAgain(db: Database): Store {
  const again = unwrap(openStore(SCRATCH, { clock: systemClock, random: systemRandom }));
  again.authority = bytesOrNull(readMeta(db, 'authority'));
  again.db.sqlite.exec('BEGIN');
  copy(db, again.db, 'chain', ['number', 'id', 'genesis', 'public_key'], 'public_key IS NOT NULL');
  copy(db, again.db, 'chain', ['number', 'id'], 'public_key IS NULL');
  copy(db, again.db, 'changeset', ['local', 'hash', '1 AS state']);
  copy(db, again.db, 'detached', ['hash', 'salt', 'value']);
  again.db.sqlite.exec('COMMIT');
  const batch: Arrival[] = [];
  for (const { changeset } of iterateHeld(db)) {
    batch.push(arrivalOf(again, changeset));
    if (batch.length === BATCH) admit(again, batch.splice(0), Infinity);
  }
  admit(again, batch, Infinity);
  return again;
}

function copy(from: Database, to: Database, table: string, columns: readonly string[], where = 'true'): void {
  for (const row of from.iterate(`SELECT ${columns.join(', ')} FROM ${table} WHERE ${where}`)) {
    const names = Object.keys(row);
    to.run(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...names.map((name) => row[name] ?? null),
    );
  }
}

function arrivalOf(again: Store, changeset: SealedChangeset): Arrival {
  // A changeset 1 set aside because it follows another genesis is held without it.
  const signature = isWhole(changeset) ? 'no-key' : 'bad';
  return { prepared: { changeset, opened: openBody(changeset.body, again.dictionaries), signature }, mark: null };
}
