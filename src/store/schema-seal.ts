/**
 * The digest of what SQLite says the tables and indexes are. The texts lie in the file like any row, and a damaged one would be believed;
 * so the digest is written whenever the program changes them, and compared at every opening.
 */
import { sha256, toHex } from '../base/bytes.ts';
import type { Database } from './database.ts';
import { readMeta, writeMeta } from './look-up.ts';

export function sealSchema(db: Database): void {
  writeMeta(db, 'schema_digest', digestSchema(db));
}

export function isSchemaSealed(db: Database): boolean {
  return readMeta(db, 'schema_digest') === digestSchema(db);
}

/** Without what SQLite makes for itself, and without page numbers, which a VACUUM changes. */
function digestSchema(db: Database): string {
  const rows = db.all("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' ORDER BY name");
  return toHex(sha256(Buffer.from(JSON.stringify(rows))));
}
