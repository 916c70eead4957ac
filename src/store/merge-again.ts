/**
 * All merged rows made again, in memory, from the texts that a store holds: the ground truth that verification compares with, and what a
 * newer program does with texts an older one could not wholly read.
 */
import { toHex } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import { present } from '../base/assert.ts';
import { openBody } from '../protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../protocol/dictionary.ts';
import { bytesOf, numberOf, type Database, type SqlRow } from './database.ts';
import { mergeChangeset } from './merge.ts';
import { readDictionaries, readMeta, type Store } from './store.ts';
import { openStore } from './open-store.ts';

export function mergeAgain(db: Database): { readonly db: Database; close(): void } {
  const again = unwrap(openStore(':memory:', { clock: systemClock, random: systemRandom }));
  const authority = readMeta(db, 'authority');
  again.authority = authority instanceof Uint8Array ? authority : null;
  const chains = new Map(db.all('SELECT number, id FROM chain').map((row) => [numberOf(row['number']), bytesOf(row['id'])]));
  again.db.sqlite.exec('BEGIN');
  // The local numbers of the store are taken over, so that references fall on the same rows.
  for (const row of rowsOf(db, 'SELECT local, hash FROM changeset'))
    again.db.run('INSERT INTO changeset (local, hash, state) VALUES (?, ?, 1)', numberOf(row['local']), bytesOf(row['hash']));
  // A dictionary may have come after what needs it.
  for (const [number, content] of readDictionaries(db)) again.dictionaries.set(number, content);
  for (const row of rowsOf(db, 'SELECT local, chain, body FROM changeset WHERE state IN (0, 6) ORDER BY local'))
    mergeRow(again, row, chains);
  again.db.sqlite.exec('COMMIT');
  return { db: again.db, close: () => again.db.close() };
}

function mergeRow(again: Store, row: SqlRow, chains: ReadonlyMap<number, Uint8Array>): void {
  const opened = openBody(bytesOf(row['body']), again.dictionaries);
  const local = numberOf(row['local']);
  if (opened.state !== 'text') throw new Error(`changeset ${local} cannot be read with dictionary ${FIRST_DICTIONARY.number}`);
  const chain = present(chains.get(numberOf(row['chain'])), `the chain of changeset ${toHex(bytesOf(row['body']).subarray(0, 4))}`);
  mergeChangeset(again, local, chain, opened.text);
}

function rowsOf(db: Database, sql: string): Iterable<SqlRow> {
  return db.sqlite.prepare(sql).iterate() as Iterable<SqlRow>;
}
