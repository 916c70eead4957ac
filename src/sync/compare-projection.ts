/** Do the store and the projection hold the same rows? Counted and summed table by table, each row spelt as checksum.ts spells it. */
import { idFromBytes, isId } from '../base/id.ts';
import { fromHex, toBase64Url, toHex } from '../base/bytes.ts';
import type { HubMasterClient } from '../hub/hub-client.ts';
import { projectionPosition, readProjection, type ProjectedValue } from '../hub/projection.ts';
import { INDEX_SPACE, type Scalar } from '../protocol/changeset.ts';
import type { ColumnType } from '../protocol/columns.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import { checksumStore, RowSum, type Checksum } from '../store/checksum.ts';
import { referenceText } from '../store/codec.ts';
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
  const within = new Set([...hashes.values()].map(toHex));
  const here = held ?? checksumStore(db, (hash) => within.has(toHex(hash)));
  const differing: Difference[] = [];
  for (const table of TABLE_NAMES) {
    const sum = new RowSum();
    for await (const page of readProjection(hub.link, table))
      for (const row of page) if (TABLES[table].kind === 'record' || Number(row['changeset']) <= position) addRow(sum, table, row, hashes);
    const there = sum.result();
    const mine = here[table];
    if (mine?.sum !== there.sum || mine.rows !== there.rows) differing.push({ table, here: mine?.rows ?? 0, there: there.rows });
  }
  return { tables: TABLE_NAMES.length, rows: Object.values(here).reduce((sum, { rows }) => sum + rows, 0), differing };
}

const PAGE = 20_000;

/** Hashes of the feed by position, up to `upto`. */
async function feedHashes(hub: HubMasterClient, upto: number): Promise<Map<number, Uint8Array>> {
  const hashes = new Map<number, Uint8Array>();
  for (let after = 0; ;) {
    const rows = await hub.link.query<{ position: number; hash: Uint8Array }>(
      'select position, hash from hub.feed where position > $1 and position <= $2 order by position limit $3::int',
      [after, upto, PAGE],
    );
    for (const { position, hash } of rows) hashes.set(position, hash);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return hashes;
    after = last.position;
  }
}

function addRow(
  sum: RowSum,
  table: TableName,
  row: Readonly<Record<string, ProjectedValue>>,
  hashes: ReadonlyMap<number, Uint8Array>,
): void {
  const spec = TABLES[table];
  const values: Scalar[] = Object.entries(spec.columns).map(([column, { type }]) => spell(type, row[column] ?? null, hashes));
  if (spec.kind === 'ledger') {
    sum.add(referenceText(hashes.get(Number(row['changeset'])) ?? new Uint8Array(32), Number(row['idx'])), values);
    return;
  }
  for (const group of Object.keys(spec.groups)) {
    const stamp = row[stampColumn(group)] ?? null;
    values.push(stamp instanceof Uint8Array ? toHex(stamp) : null);
  }
  sum.add(String(row['id']), values);
}

function spell(type: ColumnType, value: ProjectedValue, hashes: ReadonlyMap<number, Uint8Array>): Scalar {
  if (value === null) return null;
  if (type === 'ref')
    return referenceText(hashes.get(Math.floor(Number(value) / INDEX_SPACE)) ?? new Uint8Array(32), Number(value) % INDEX_SPACE);
  if (value instanceof Uint8Array) return type === 'id' ? idFromBytes(value) : toBase64Url(value);
  if (type === 'id') return isId(value) ? value : null;
  if (type === 'bytes' || type === 'personal') return toBase64Url(fromHex(String(value)));
  return value;
}
