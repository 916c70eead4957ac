/** Do the store and the projection hold the same rows? Counted and summed table by table, each row spelt as checksum.ts spells it. */
import { idFromBytes, isId } from '../base/id.ts';
import { fromHex, toBase64Url, toHex } from '../base/bytes.ts';
import type { HubMasterClient } from '../hub/hub-client.ts';
import { readProjection, type ProjectedValue } from '../hub/projection.ts';
import { INDEX_SPACE, type Scalar } from '../protocol/changeset.ts';
import type { ColumnType } from '../protocol/columns.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import { checksumStore, RowSum, type Checksum } from '../store/checksum.ts';
import { referenceText } from '../store/codec.ts';
import { stampColumn } from '../store/schema.ts';
import type { Database } from '../store/database.ts';

/** The tables that differ, with both counts; empty when all are equal. The projection must have reached the feed's end. */
export async function compareProjection(
  db: Database,
  hub: HubMasterClient,
  held: Checksum = checksumStore(db),
): Promise<{ table: string; here: number; there: number }[]> {
  const hashes = await feedHashes(hub);
  const differing: { table: string; here: number; there: number }[] = [];
  for (const table of TABLE_NAMES) {
    const sum = new RowSum();
    for await (const page of readProjection(hub.link, table)) for (const row of page) addRow(sum, table, row, hashes);
    const there = sum.result();
    const here = held[table];
    if (here?.sum !== there.sum || here.rows !== there.rows) differing.push({ table, here: here?.rows ?? 0, there: there.rows });
  }
  return differing;
}

const PAGE = 20_000;

async function feedHashes(hub: HubMasterClient): Promise<Map<number, Uint8Array>> {
  const hashes = new Map<number, Uint8Array>();
  for (let after = 0; ;) {
    const rows = await hub.link.query<{ position: number; hash: Uint8Array }>(
      'select position, hash from hub.feed where position > $1 order by position limit $2::int',
      [after, PAGE],
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
