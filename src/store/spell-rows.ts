/**
 * Merged rows as JSON objects that PostgreSQL reads (ids as hex, bytes as \x and hex, flags as 1 and 0, what is null left out), spelt by
 * SQLite itself: a row of forty columns never becomes an object of this program. Reads only.
 */
import type { Column, ColumnType } from '../protocol/columns.ts';
import { INDEX_SPACE } from '../protocol/changeset.ts';
import { TABLES, type LedgerName, type RecordName, type TableName } from '../protocol/tables.ts';
import { bytesOf, numberOf, textOf, type Database } from './database.ts';
import { stampColumn } from './schema.ts';

interface Statements {
  readonly spell: string;
  /** Numbers of the other changesets that rows of a changeset refer to; null where a table refers to nothing. */
  readonly referred: string | null;
}

const statements = new Map<TableName, Statements>();

function statementsOf(name: TableName): Statements {
  let made = statements.get(name);
  if (made === undefined) {
    made = TABLES[name].kind === 'ledger' ? ledgerStatements(name) : { spell: recordStatement(name), referred: null };
    statements.set(name, made);
  }
  return made;
}

/** One parameter: the id. */
function recordStatement(name: TableName): string {
  const table = TABLES[name];
  const stamps = table.kind === 'record' ? Object.keys(table.groups).map((group) => member(stampColumn(group), 'bytes')) : [];
  return `SELECT concat('{"id":"', hex(id), '"', ${[...members(table.columns), ...stamps].join(', ')}, '}') AS row FROM ${name} WHERE id = ?`;
}

/** Spelling takes the changeset's number here, its position, and the positions of others by their numbers, as JSON. */
function ledgerStatements(name: TableName): Statements {
  const columns: Readonly<Record<string, Column>> = TABLES[name].columns;
  const within = `id BETWEEN ?1 * ${INDEX_SPACE} AND ?1 * ${INDEX_SPACE} + ${INDEX_SPACE - 1}`;
  const key = `'{"changeset":', CAST(?2 AS INTEGER), ',"idx":', id % ${INDEX_SPACE}`;
  const references = Object.keys(columns).filter((column) => columns[column]?.type === 'ref');
  const referred = references.map(
    (column) => `SELECT ${column} / ${INDEX_SPACE} AS local FROM ${name} WHERE ${within} AND ${column} / ${INDEX_SPACE} <> ?1`,
  );
  return {
    // Each statement names all three, so that all take the same values.
    spell: `SELECT concat(${key}, ${members(columns).join(', ')}, '}') AS row FROM ${name} WHERE ${within} AND ?3 IS NOT NULL`,
    referred: referred.length === 0 ? null : referred.join(' UNION '),
  };
}

function members(columns: Readonly<Record<string, Column>>): string[] {
  return Object.entries(columns).map(([name, { type }]) => member(name, type));
}

/** SQL of a column's part of the object; null where the column is, and concat() leaves that out. */
function member(column: string, type: ColumnType): string {
  return `CASE WHEN ${column} IS NOT NULL THEN ',"${column}":' || ${spelling(column, type)} END`;
}

function spelling(column: string, type: ColumnType): string {
  switch (type) {
    case 'id':
      return `'"' || hex(${column}) || '"'`;
    case 'bytes':
    case 'personal':
      return `'"\\\\x' || hex(${column}) || '"'`;
    case 'text':
      return `json_quote(${column})`;
    case 'int':
      return column;
    case 'flag':
      return `(${column} <> 0)`;
    case 'ref':
      // Null as long as nobody knows the place of what it refers to.
      return `(iif(${column} / ${INDEX_SPACE} = ?1, CAST(?2 AS INTEGER), ?3 ->> CAST(${column} / ${INDEX_SPACE} AS TEXT)) * ${INDEX_SPACE} + ${column} % ${INDEX_SPACE})`;
  }
}

/** Undefined when the row is not here. */
export function spellRecord(db: Database, name: RecordName, id: Uint8Array): string | undefined {
  const found = db.get(statementsOf(name).spell, id);
  return found === undefined ? undefined : textOf(found['row']);
}

/** A changeset's rows of a ledger. References are spelt by position: `position` of its own, `places` of others, where they are known. */
export function spellLedger(
  db: Database,
  name: LedgerName,
  changeset: { readonly local: number; readonly position: number; readonly places: ReadonlyMap<number, number> },
): string[] {
  const { local, position, places } = changeset;
  const known = JSON.stringify(Object.fromEntries(places));
  return db.all(statementsOf(name).spell, local, position, known).map((found) => textOf(found['row']));
}

/** Numbers of the other changesets that a changeset's rows of a ledger refer to. */
export function referredBy(db: Database, name: LedgerName, local: number): number[] {
  const { referred } = statementsOf(name);
  return referred === null ? [] : db.all(referred, local).map((found) => numberOf(found['local']));
}

/** Hashes of the personal values that a changeset says are forgotten. */
export function forgottenBy(db: Database, local: number): Uint8Array[] {
  return db
    .all(
      'SELECT hash FROM forgotten WHERE id BETWEEN ? AND ? AND hash IS NOT NULL',
      local * INDEX_SPACE,
      local * INDEX_SPACE + INDEX_SPACE - 1,
    )
    .map((found) => bytesOf(found['hash']));
}
