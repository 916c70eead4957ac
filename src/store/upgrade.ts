/**
 * A store written by an older program: its local tables are laid out anew; missing merged tables and columns are added, and the changesets
 * that the older program could not wholly read are played again. One transaction each: cut short, the next start does it. No row is taken away.
 */
import { crc32 } from 'node:zlib';
import { assert } from '../base/assert.ts';
import { ok } from '../base/result.ts';
import { openBody } from '../protocol/changeset.ts';
import { SCHEMA_VERSION, TABLE_NAMES } from '../protocol/tables.ts';
import { bytesOf, numberOf, textOf, type Database } from './database.ts';
import { mergeChangeset } from './merge.ts';
import { createTableSql, LAYOUT_2_SQL, LAYOUT_3_SQL, LAYOUT_4_SQL, mergedIndexesSql, tableColumnsSql } from './schema.ts';
import { writeMeta } from './look-up.ts';
import { sealSchema } from './schema-seal.ts';
import type { Store } from './store.ts';

/** Layout of the local tables and indexes; SCHEMA_VERSION is that of the merged ones. */
export const STORE_VERSION = 4;

/** Brings the local tables of a sound store to this layout, before anything of them is read. */
export function upgradeLayout(db: Database, from: number): void {
  db.sqlite.function('signature_sum', { deterministic: true }, (signature) => crc32(bytesOf(signature)));
  const done = db.transact('durable', () => {
    if (from < 2) db.sqlite.exec(LAYOUT_2_SQL);
    if (from < 3) db.sqlite.exec(LAYOUT_3_SQL);
    db.sqlite.exec(`${LAYOUT_4_SQL} PRAGMA user_version = ${STORE_VERSION};`);
    sealSchema(db);
    return ok(null);
  });
  assert(done.ok, 'an upgrade refuses nothing');
}

export function upgradeStore(store: Store): void {
  const done = store.db.transact('durable', () => {
    TABLE_NAMES.forEach((name) => addMissing(store.db, name));
    // Its place took sale_line_beside.
    store.db.sqlite.exec(`DROP INDEX IF EXISTS sale_line_tip; ${mergedIndexesSql()}`);
    store.db.run('DELETE FROM edit WHERE changeset IN (SELECT local FROM changeset WHERE state <> 0 AND state = 6)');
    for (const row of store.db.all(
      'SELECT c.local, c.body, k.id AS chain FROM changeset c JOIN chain k ON k.number = c.chain WHERE c.state <> 0 AND c.state = 6 ORDER BY c.local',
    ))
      playAgain(store, numberOf(row['local']), bytesOf(row['chain']), bytesOf(row['body']));
    // Made of the rows above, by the older program's notion of them.
    store.db.run('DELETE FROM week_sum');
    writeMeta(store.db, 'schema', SCHEMA_VERSION);
    sealSchema(store.db);
    return ok(null);
  });
  assert(done.ok, 'an upgrade refuses nothing');
}

function addMissing(db: Database, name: (typeof TABLE_NAMES)[number]): void {
  const held = new Set(db.all('SELECT name FROM pragma_table_info(?)', name).map((row) => textOf(row['name'])));
  if (held.size === 0) {
    db.sqlite.exec(createTableSql(name));
    return;
  }
  for (const { name: column, sql } of tableColumnsSql(name)) if (!held.has(column)) db.sqlite.exec(`ALTER TABLE ${name} ADD COLUMN ${sql}`);
}

function playAgain(store: Store, local: number, chain: Uint8Array, body: Uint8Array): void {
  const opened = openBody(body, store.dictionaries);
  if (opened.state !== 'text') return;
  const { unknown } = mergeChangeset(store, local, chain, opened.text);
  if (!unknown) store.db.run('UPDATE changeset SET state = 0 WHERE local = ?', local);
}
