/** Every changeset that a store holds, in the order they came in: for whoever plays them again, or hands all of them on. */
import type { SealedChangeset } from '../protocol/changeset.ts';
import { bytesOf, numberOf, type Database, type SqlRow } from './database.ts';

export interface HeldChangeset {
  /** Its number here; those that came later have higher ones. */
  readonly local: number;
  readonly changeset: SealedChangeset;
}

const SQL = `
  SELECT c.local, c.n, c.hash, c.signature, c.body, k.id AS chain, CASE c.n WHEN 1 THEN k.genesis ELSE p.hash END AS previous
  FROM changeset c JOIN chain k ON k.number = c.chain LEFT JOIN changeset p ON p.local = c.previous
  WHERE c.local > ? AND c.state <> 1 ORDER BY c.local LIMIT ?`;

/** At most `limit` of those that came after `after`. */
export function readHeld(db: Database, after: number, limit: number): HeldChangeset[] {
  return db.all(SQL, after, limit).map(toHeld);
}

/** All of them, one by one. */
export function* iterateHeld(db: Database): Generator<HeldChangeset> {
  for (const row of db.iterate(SQL, 0, -1)) yield toHeld(row);
}

function toHeld(row: SqlRow): HeldChangeset {
  return {
    local: numberOf(row['local']),
    changeset: {
      chain: bytesOf(row['chain']),
      n: numberOf(row['n']),
      previous: bytesOf(row['previous']),
      hash: bytesOf(row['hash']),
      signature: bytesOf(row['signature']),
      body: bytesOf(row['body']),
    },
  };
}

/** How many are held. */
export function countHeld(db: Database): number {
  return numberOf(db.get('SELECT count(*) AS total FROM changeset WHERE state <> 1')?.['total']);
}
