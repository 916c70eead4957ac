/** Do the store and the projection hold the same rows? Counted and summed table by table, each row spelt as checksum.ts spells it. */
import { toBase64Url, toHex } from '../base/bytes.ts';
import type { HubMasterClient } from '../hub/hub-client.ts';
import { filledTables, projectionPosition, readProjection, type ProjectedValue } from '../hub/projection.ts';
import { INDEX_SPACE, type Scalar } from '../protocol/changeset.ts';
import type { ColumnType, Table } from '../protocol/columns.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import { checksumStore, RowSum, spellReference, type Checksum } from '../store/checksum.ts';
import { stampColumn } from '../store/schema.ts';
import type { Database } from '../store/database.ts';

export interface Difference {
  readonly table: string;
  readonly here: number;
  readonly there: number;
}

export interface Comparison {
  readonly tables: number;
  readonly rows: number;
  /** The tables that differ, with both counts; empty when all are equal. */
  readonly differing: readonly Difference[];
}

/**
 * Compares as far as the projection has come when asked: a sale made meanwhile belongs to neither side. A record edited meanwhile may show
 * as a difference; asked again, it is gone. `held`: the sums of a store that stands still.
 */
export async function compareProjection(db: Database, hub: HubMasterClient, held?: Checksum): Promise<Comparison> {
  const { position } = await projectionPosition(hub.link);
  const hashes = await feedHashes(hub, position);
  const within = new Set(hashes.values());
  const here = held ?? checksumStore(db, (hash) => within.has(hash));
  const hexOf = (at: number): string => hashes.get(at) ?? NOWHERE;
  const filled = await filledTables(hub.link);
  const differing: Difference[] = [];
  for (const table of TABLE_NAMES) {
    const sum = new RowSum();
    const add = rowAdder(sum, table, hexOf);
    for await (const page of filled.has(table) ? readProjection(hub.link, table) : [])
      for (const row of page) if (TABLES[table].kind === 'record' || Number(row['changeset']) <= position) add(row);
    const there = sum.result();
    const mine = here[table];
    if (mine?.sum !== there.sum || mine.rows !== there.rows) differing.push({ table, here: mine?.rows ?? 0, there: there.rows });
  }
  return { tables: TABLE_NAMES.length, rows: Object.values(here).reduce((sum, { rows }) => sum + rows, 0), differing };
}

const PAGE = 20_000;

/** In place of a hash that the feed does not hold. */
const NOWHERE = '0'.repeat(64);

/** Hashes of the feed in hex by position, up to `upto`. */
async function feedHashes(hub: HubMasterClient, upto: number): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  for (let after = 0; ;) {
    const rows = await hub.link.query<{ position: number; hash: Uint8Array }>(
      'select position, hash from hub.feed where position > $1 and position <= $2 order by position limit $3::int',
      [after, upto, PAGE],
    );
    for (const { position, hash } of rows) hashes.set(position, toHex(hash));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return hashes;
    after = last.position;
  }
}

/** What sums up rows of a table as they are read from the projection. */
function rowAdder(
  sum: RowSum,
  table: TableName,
  hexOf: (position: number) => string,
): (row: Readonly<Record<string, ProjectedValue>>) => void {
  const spec: Table = TABLES[table];
  const columns = Object.entries(spec.columns).map(([column, { type }]) => [column, type] as const);
  const stamps = spec.kind === 'record' ? Object.keys(spec.groups).map(stampColumn) : [];
  return (row) => {
    const values: Scalar[] = [];
    for (const [column, type] of columns) values.push(spell(type, row[column] ?? null, hexOf));
    for (const column of stamps) {
      const stamp = row[column];
      values.push(stamp instanceof Uint8Array ? toHex(stamp) : null);
    }
    const id =
      spec.kind === 'ledger' ? spellReference(Number(row['changeset']) * INDEX_SPACE + Number(row['idx']), hexOf) : String(row['id']);
    sum.add(id, values);
  };
}

function spell(type: ColumnType, value: ProjectedValue, hexOf: (position: number) => string): Scalar {
  if (value === null) return null;
  if (type === 'ref') return spellReference(Number(value), hexOf);
  return value instanceof Uint8Array ? toBase64Url(value) : value;
}
