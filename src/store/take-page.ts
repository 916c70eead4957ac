/**
 * A new register's first pull: pages of the projection's record rows, with the stamps they were written under, merged like any patch. Rows
 * come in one by one whatever their history; the chains that made them follow, and change nothing, since merging is idempotent.
 */
import { ok } from '../base/result.ts';
import type { ColumnType } from '../protocol/columns.ts';
import { TABLES, type RecordName } from '../protocol/tables.ts';
import type { SqlValue } from './database.ts';
import { mergeShaped, shapeOf, wantValue, type RecordShape } from './merge.ts';
import { stampColumn } from './schema.ts';
import type { Store } from './store.ts';

/** Rows of one table: names of columns, and for each row their values as SQLite takes them. */
export interface Page {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Merges a page in one transaction. Nobody hears of it: whoever pulls says so at the end (first-pull.ts). */
export function takePage(store: Store, table: RecordName, page: Page): void {
  const placeOf = (column: string): number => page.columns.indexOf(column);
  const idAt = placeOf('id');
  const groups = Object.keys(TABLES[table].groups);
  const stampsAt = groups.map((group) => placeOf(stampColumn(group)));
  const readers = new Map<string, RowReader>();
  store.db.transact('fetched', () => {
    for (const row of page.rows) {
      if (!(row[idAt] instanceof Uint8Array)) continue;
      let written = '';
      for (const at of stampsAt) written += row[at] instanceof Uint8Array ? '1' : '0';
      let reader = readers.get(written);
      if (reader === undefined) {
        const shape = shapeOf(
          table,
          groups.filter((_, at) => written[at] === '1'),
        );
        reader = { shape, places: placesIn(shape, placeOf) };
        readers.set(written, reader);
      }
      mergeShaped(store, reader.shape, readRow(store, reader.places, row));
    }
    return ok(null);
  });
}

/** How rows with the same groups are read: where in the page the values of their shape stand. */
interface RowReader {
  readonly shape: RecordShape;
  readonly places: readonly (readonly [type: ColumnType, at: number])[];
}

function placesIn({ columns, groups }: RecordShape, placeOf: (column: string) => number): RowReader['places'] {
  return [
    ['id', placeOf('id')],
    ...columns.map(([column, type]) => [type, placeOf(column)] as const),
    ...groups.map((group) => ['bytes', placeOf(stampColumn(group))] as const),
  ];
}

function readRow(store: Store, places: RowReader['places'], row: readonly SqlValue[]): SqlValue[] {
  return places.map(([type, at]) => {
    const value = fromPage(type, row[at]);
    if (type === 'personal' && value instanceof Uint8Array) wantValue(store, value);
    return value;
  });
}

/** Nothing in place of what is not of its column's type. */
function fromPage(type: ColumnType, value: SqlValue | undefined): SqlValue {
  if (value === undefined) return null;
  switch (type) {
    case 'id':
    case 'bytes':
    case 'personal':
      return value instanceof Uint8Array ? value : null;
    case 'flag':
    case 'int':
      return typeof value === 'number' ? value : null;
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'ref':
      return null;
  }
}
