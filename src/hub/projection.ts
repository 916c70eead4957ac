/**
 * The projection: the shop's merged tables in PostgreSQL (schema `shop`), for SQL readers, first pulls and checks.
 * Its tables follow from the one list. It is written as plain upserts of merged rows; no rule, trigger or constraint but the key lives here.
 * Every write moves the projection's position by compare-and-set in the same transaction, so a second writer stops.
 */
import { assert } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { SCHEMA_VERSION, TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import type { Column, ColumnType } from '../protocol/columns.ts';
import { bigintArray, byteaArray, textArray, type SqlLink } from './sql-link.ts';
import type { Detached } from '../protocol/changeset.ts';

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  id: 'uuid',
  // position * 512 + index: a ledger row's number in this hub
  ref: 'bigint',
  text: 'text',
  int: 'bigint',
  flag: 'boolean',
  bytes: 'bytea',
  // the salted hash; the value lies in hub.detached
  personal: 'bytea',
};

/** A value of the projection as it is read: bytes as bytes, everything else as JSON would have it; a `ref` as a number. */
export type ProjectedValue = string | number | boolean | null | Uint8Array;

export interface ProjectionColumn {
  readonly name: string;
  readonly type: string;
}

/** Columns in order, the key first. */
export function projectionColumns(table: TableName): readonly ProjectionColumn[] {
  const entry = TABLES[table];
  const columns = Object.entries<Column>(entry.columns).map(([name, column]) => ({ name, type: SQL_TYPES[column.type] }));
  if (entry.kind === 'ledger') {
    return [{ name: 'changeset', type: 'bigint' }, { name: 'idx', type: 'smallint' }, ...columns];
  }
  const stamps = Object.keys(entry.groups).map((group) => ({ name: `${group}_stamp`, type: 'bytea' }));
  return [{ name: 'id', type: 'uuid' }, ...columns, ...stamps];
}

function keyOf(table: TableName): string {
  return TABLES[table].kind === 'ledger' ? 'changeset, idx' : 'id';
}

const quoted = (name: string): string => `"${name}"`;

/** DDL of the whole projection; adds tables and columns that are missing, takes nothing away. */
export function projectionSchema(): string {
  const statements = ['create schema if not exists shop'];
  for (const table of TABLE_NAMES) {
    const columns = projectionColumns(table);
    const keys = keyOf(table).split(', ');
    const inKey = columns.filter((column) => keys.includes(column.name)).map((column) => `${quoted(column.name)} ${column.type} not null`);
    statements.push(`create table if not exists shop.${quoted(table)} (${inKey.join(', ')}, primary key (${keyOf(table)}))`);
    const others = columns.filter((column) => !keys.includes(column.name));
    statements.push(
      `alter table shop.${quoted(table)} ${others.map((column) => `add column if not exists ${quoted(column.name)} ${column.type}`).join(', ')}`,
    );
  }
  return statements.join(';\n');
}

/** What nobody may do to the projection's ledgers, the owner of the schema included. */
export function projectionGrants(owner: string): string {
  const ledgers = TABLE_NAMES.filter((table) => TABLES[table].kind === 'ledger').map((table) => `shop.${quoted(table)}`);
  return [
    'revoke all on schema shop from public',
    'revoke all on all tables in schema shop from public',
    `revoke update, delete, truncate on ${ledgers.join(', ')} from ${quoted(owner)}`,
  ].join(';\n');
}

export interface ProjectionBatch {
  /** The projection's position before, and after. */
  readonly from: number;
  readonly to: number;
  /** Running hash of the feed up to `to`. */
  readonly runningHash: Uint8Array;
  /** Hash of the newest changeset of the writer's own, which the rows may hold before the feed does; null when it has none. */
  readonly writerTip: Uint8Array | null;
  /**
   * Whole merged rows by table, each a JSON object as PostgreSQL reads it into the table's row: of records `id`, columns, `GROUP_stamp`; of
   * ledgers `changeset` (a position), `idx`, columns. Bytes are spelt \\x and hex; what is left out is null.
   */
  readonly rows: ReadonlyMap<TableName, readonly string[]>;
  /** Hashes of personal values to erase, and to refuse from now on. */
  readonly forgotten: readonly Uint8Array[];
  readonly detached: readonly Detached[];
  /** Positions up to `to` whose rows refer to changesets that the feed does not hold yet. */
  readonly late: readonly { readonly target: Uint8Array; readonly position: number }[];
  /** Hashes that the feed holds from this batch on: what was late for them is among its rows. */
  readonly arrived: readonly Uint8Array[];
}

/** One transaction, one round trip. Refuses hub.projection-moved when another writer was here. */
export async function writeProjection(link: SqlLink, batch: ProjectionBatch): Promise<Result<null>> {
  assert(batch.to >= batch.from, 'a projection moves forward');
  const [row] = await link.query<{ moved: boolean }>(WRITE, [
    batch.from,
    batch.to,
    batch.runningHash,
    `{${[...batch.rows].map(([table, rows]) => `"${table}":[${rows.join(',')}]`).join(',')}}`,
    byteaArray(batch.forgotten),
    byteaArray(batch.detached.map((d) => d.hash)),
    byteaArray(batch.detached.map((d) => d.salt)),
    textArray(batch.detached.map((d) => d.value)),
    byteaArray(batch.late.map(({ target }) => target)),
    bigintArray(batch.late.map(({ position }) => position)),
    byteaArray(batch.arrived),
    batch.writerTip,
  ]);
  return row?.moved === true ? ok(null) : refuse('hub.projection-moved');
}

const WRITE = `select hub.write_projection($1::bigint, $2::bigint, $3::bytea, $4::json, $5::text::bytea[],
  $6::text::bytea[], $7::text::bytea[], $8::text::text[],
  $9::text::bytea[], $10::text::bigint[], $11::text::bytea[], $12::bytea) as moved`;

/** Columns that a row written again may change: of a record all but its key, of a ledger row its references, which may have been late. */
function rewritten(table: TableName): readonly string[] {
  const entry = TABLES[table];
  const columns = projectionColumns(table).map(({ name }) => name);
  if (entry.kind === 'record') return columns.filter((name) => name !== 'id');
  const types: Readonly<Record<string, Column>> = entry.columns;
  return columns.filter((name) => types[name]?.type === 'ref');
}

/** The tables that hold a row: who looks at all of them need not ask for each. */
export async function filledTables(link: SqlLink): Promise<ReadonlySet<string>> {
  const rows = await link.query<{ name: string }>(FILLED);
  return new Set(rows.map(({ name }) => name));
}

const FILLED = `select name from (values ${TABLE_NAMES.map((table) => `('${table}', exists (select from shop.${quoted(table)}))`).join(', ')}) as list (name, filled) where filled`;

/** The function behind writeProjection, one statement a table, made from the list: plans are kept, and names need no quoting at run time. */
export function projectionWriter(): string {
  const writes = TABLE_NAMES.map((table) => {
    const names = projectionColumns(table).map((column) => quoted(column.name));
    const keys = keyOf(table).split(', ').map(quoted);
    const updates = rewritten(table).map((name) => `${quoted(name)} = excluded.${quoted(name)}`);
    const conflict = updates.length === 0 ? 'do nothing' : `do update set ${updates.join(', ')}`;
    return `
      when '${table}' then
        insert into shop.${quoted(table)} (${names.join(', ')})
          select ${names.join(', ')} from json_populate_recordset(null::shop.${quoted(table)}, of_table)
          on conflict (${keys.join(', ')}) ${conflict};`;
  });
  return `
drop function if exists hub.write_projection;
create function hub.write_projection(
  from_position bigint, to_position bigint, running bytea, rows_by_table json, forget bytea[],
  detached_hashes bytea[], detached_salts bytea[], detached_values text[], late_targets bytea[], late_positions bigint[], arrived bytea[],
  writer bytea
) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  table_name text;
  of_table json;
begin
  update hub.projection p set position = to_position, running_hash = running, writer_tip = writer where p.position = from_position;
  if not found then
    return false;
  end if;
  for table_name, of_table in select e.key, e.value from json_each(rows_by_table) e loop
    case table_name${writes.join('')}
    end case;
  end loop;
  if cardinality(forget) > 0 then
    insert into hub.forgotten select unnest(forget) on conflict do nothing;
    delete from hub.detached d where d.hash = any (forget);
  end if;
  if cardinality(detached_hashes) > 0 then
    perform hub.keep_detached(to_position, detached_hashes, detached_salts, detached_values);
  end if;
  delete from hub.late_reference l where l.target = any (arrived);
  insert into hub.late_reference select * from unnest(late_targets, late_positions) on conflict do nothing;
  return true;
end
$$`;
}

export interface ProjectionStand {
  readonly position: number;
  readonly runningHash: Uint8Array;
  /** Of who wrote it last; null when nobody did, or one that had written nothing itself. */
  readonly writerTip: Uint8Array | null;
}

/** Where the projection stands. */
export async function projectionPosition(link: SqlLink): Promise<ProjectionStand> {
  const [row] = await link.query<{ position: number; running_hash: Uint8Array; writer_tip: Uint8Array | null }>(
    'select position, running_hash, writer_tip from hub.projection',
  );
  assert(row !== undefined, 'the projection has a position');
  return { position: row.position, runningHash: row.running_hash, writerTip: row.writer_tip };
}

/** Empties it, to be written from 0 again. */
export async function resetProjection(link: SqlLink): Promise<void> {
  const all = TABLE_NAMES.map((table) => `shop.${quoted(table)}`).join(', ');
  const start = `position = 0, running_hash = decode(repeat('00', 32), 'hex'), writer_tip = null, list_version = ${SCHEMA_VERSION}`;
  await link.run(`begin; update hub.projection set ${start}; truncate hub.late_reference, ${all}; commit`);
}

/** A program that knows more tables or columns than the one that wrote it begins it anew: what the older one could not read is not in it. */
export async function renewProjection(link: SqlLink): Promise<'kept' | 'emptied'> {
  const [row] = await link.query<{ list_version: number }>('select list_version from hub.projection');
  if (row?.list_version === SCHEMA_VERSION) return 'kept';
  await resetProjection(link);
  return 'emptied';
}

const READ_ROWS = 2_000;

/** All rows of a table in key order, a page at a time; each page is its own snapshot, and the next is on its way while one is read. */
export async function* readProjection(
  link: SqlLink,
  table: TableName,
): AsyncGenerator<readonly Readonly<Record<string, ProjectedValue>>[]> {
  const names = projectionColumns(table).map((column) => quoted(column.name));
  const ledger = TABLES[table].kind === 'ledger';
  const after = ledger ? '(changeset, idx) > ($1::bigint, $2::smallint)' : '($1::uuid is null or id > $1::uuid)';
  const limit = ledger ? '$3::int' : '$2::int';
  const text = `select ${names.join(', ')} from shop.${quoted(table)} where ${after} order by ${keyOf(table)} limit ${limit}`;
  let key: readonly (string | number | null)[] = ledger ? [-1, 0] : [null];
  const ask = (): Promise<Record<string, ProjectedValue>[]> => {
    const asked = link.query<Record<string, ProjectedValue>>(text, [...key, READ_ROWS]);
    // Whoever reads no further does not await the next page.
    asked.catch(() => {});
    return asked;
  };
  for (let asked = ask(); ;) {
    const rows = await asked;
    const end = rows.at(-1);
    if (end === undefined) return;
    key = ledger ? [Number(end.changeset), Number(end.idx)] : [String(end.id)];
    const isLast = rows.length < READ_ROWS;
    if (!isLast) asked = ask();
    yield rows;
    if (isLast) return;
  }
}

/** Lays the schema `shop` and its writer into the database, one transaction; `frame` as for installHubSchema. */
export async function installProjection(
  link: Pick<SqlLink, 'run'>,
  frame: { readonly before: string; readonly after: string } | null = null,
): Promise<void> {
  await link.run(['begin', frame?.before ?? '', projectionSchema(), projectionWriter(), frame?.after ?? '', 'commit'].join(';\n'));
}
