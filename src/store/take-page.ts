/**
 * A new register's first pull: pages of the projection's record rows, with the stamps they were written under, merged like any patch. Rows
 * come in one by one whatever their history; the chains that made them follow, and change nothing, since merging is idempotent.
 */
import { fromHex } from '../base/bytes.ts';
import { idToBytes, isId } from '../base/id.ts';
import { ok } from '../base/result.ts';
import type { ColumnType, RecordTable } from '../protocol/columns.ts';
import { TABLES, type RecordName } from '../protocol/tables.ts';
import type { SqlValue } from './database.ts';
import { mergeGroups, wantValue } from './merge.ts';
import { stampColumn } from './schema.ts';
import type { Store } from './store.ts';

/** A row as PostgreSQL spells it in JSON: bytes as \x and hex. */
export type PageRow = Readonly<Record<string, unknown>>;

/** Merges a page in one transaction. Nobody hears of it: whoever pulls says so at the end (first-pull.ts). */
export function takePage(store: Store, table: RecordName, rows: readonly PageRow[]): void {
  const spec: RecordTable = TABLES[table];
  const columns = Object.entries(spec.columns).map(([column, { type }]) => [column, type] as const);
  const groups = Object.keys(spec.groups).map((group) => [group, stampColumn(group)] as const);
  store.db.transact('fetched', () => {
    for (const row of rows) {
      const { id } = row;
      if (!isId(id)) continue;
      const values: Record<string, SqlValue> = {};
      for (const [column, type] of columns) {
        const value = fromPage(type, row[column]);
        values[column] = value;
        if (type === 'personal' && value instanceof Uint8Array) wantValue(store, value);
      }
      mergeGroups(store, table, idToBytes(id), values, stampsOf(groups, row));
    }
    return ok(null);
  });
}

/** Most rows were written once, all groups under one stamp: it is read once. */
function stampsOf(groups: readonly (readonly [group: string, column: string])[], row: PageRow): Map<string, Uint8Array> {
  const stamps = new Map<string, Uint8Array>();
  let [text, stamp]: [unknown, SqlValue] = [null, null];
  for (const [group, column] of groups) {
    if (row[column] !== text) [text, stamp] = [row[column], fromPage('bytes', row[column])];
    if (stamp instanceof Uint8Array) stamps.set(group, stamp);
  }
  return stamps;
}

function fromPage(type: ColumnType, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'id':
      return isId(value) ? idToBytes(value) : null;
    case 'bytes':
    case 'personal':
      return typeof value === 'string' && value.startsWith('\\x') ? fromHex(value.slice(2)) : null;
    case 'flag':
      return typeof value === 'boolean' ? Number(value) : null;
    case 'int':
      return typeof value === 'number' ? value : null;
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'ref':
      return null;
  }
}
