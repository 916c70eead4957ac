/**
 * A new register's first pull: pages of the projection's record rows, with the stamps they were written under, merged like any patch. Rows
 * come in one by one whatever their history; the chains that made them follow, and change nothing, since merging is idempotent.
 */
import { fromHex } from '../base/bytes.ts';
import { idToBytes, isId } from '../base/id.ts';
import { ok } from '../base/result.ts';
import type { ColumnType } from '../protocol/columns.ts';
import { TABLES, type RecordName } from '../protocol/tables.ts';
import type { SqlValue } from './database.ts';
import { mergeGroups, wantValue } from './merge.ts';
import { stampColumn } from './schema.ts';
import type { Change, Store } from './store.ts';

/** A row as PostgreSQL spells it in JSON: bytes as \x and hex. */
export type PageRow = Readonly<Record<string, unknown>>;

/** Merges a page; listeners hear of it. */
export function takePage(store: Store, table: RecordName, rows: readonly PageRow[]): void {
  const spec = TABLES[table];
  const changes: Change[] = [];
  store.db.transact('fetched', () => {
    for (const row of rows) {
      const { id } = row;
      if (!isId(id)) continue;
      const rowId = idToBytes(id);
      const values = Object.fromEntries(Object.entries(spec.columns).map(([column, { type }]) => [column, fromPage(type, row[column])]));
      for (const [column, { type }] of Object.entries(spec.columns)) {
        const value = values[column];
        if (type === 'personal' && value instanceof Uint8Array) wantValue(store, value);
      }
      const stamps = Object.keys(spec.groups).flatMap((group) => {
        const stamp = fromPage('bytes', row[stampColumn(group)]);
        return stamp instanceof Uint8Array ? [[group, stamp] as const] : [];
      });
      mergeGroups(store, table, rowId, values, new Map(stamps));
      changes.push({ table, id: rowId });
    }
    return ok(null);
  });
  if (changes.length > 0) for (const listener of store.listeners) listener(changes, false);
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
