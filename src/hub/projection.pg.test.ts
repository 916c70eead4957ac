/** The projection on a real PostgreSQL: its schema is the list's, a second writer stops, forgotten values go. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../base/assert.ts';
import { idToBytes, type Id } from '../base/id.ts';
import { unwrap } from '../base/result.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import type { HubMasterClient } from './hub-client.ts';
import {
  projectionColumns,
  projectionPosition,
  readProjection,
  resetProjection,
  writeProjection,
  type ProjectionBatch,
} from './projection.ts';
import { makeTestChain } from './testing/test-chain.ts';
import { refusalCode, startTestHub, type TestHub } from './testing/test-hub.ts';

let shop: TestHub;
let master: HubMasterClient;
before(async () => {
  shop = await startTestHub();
  master = await shop.master();
});
after(() => shop.end());

const hash = new Uint8Array(32);
const stamp = Buffer.alloc(24, 7);
const id = (n: number): Id => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}` as Id;
const batch = (changed: Partial<ProjectionBatch>): ProjectionBatch => ({
  from: 0,
  to: 1,
  runningHash: hash,
  rows: new Map(),
  forgotten: [],
  late: [],
  arrived: [],
  writerTip: null,
  detached: [],
  ...changed,
});

const spelt = (rows: Partial<Record<TableName, readonly object[]>>): ProjectionBatch['rows'] =>
  new Map(TABLE_NAMES.flatMap((table) => (rows[table] === undefined ? [] : [[table, rows[table].map((row) => JSON.stringify(row))]])));

test('every table of the list is there with its columns, types and key, and nothing else', async () => {
  const found = await master.link.query<{ t: string; c: string; type: string; key: boolean; others: number }>(`
    select c.relname as t, a.attname as c, format_type(a.atttypid, a.atttypmod) as type,
      a.attnum = any (k.conkey) as key, (select count(*)::int from pg_constraint o where o.conrelid = c.oid and o.contype not in ('p', 'n')) as others
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'shop' and c.relkind = 'r'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_constraint k on k.conrelid = c.oid and k.contype = 'p' order by 1, 2`);
  const wanted = TABLE_NAMES.flatMap((table) =>
    projectionColumns(table).map((column) => {
      const key = TABLES[table].kind === 'ledger' ? ['changeset', 'idx'].includes(column.name) : column.name === 'id';
      return `${table}.${column.name} ${column.type} ${key}`;
    }),
  );
  assert.deepEqual(found.map((row) => `${row.t}.${row.c} ${row.type} ${row.key}`).sort(), wanted.sort());
  assert.ok(found.every((row) => row.others === 0));
});

test('rows are written, overwritten and read back; ledger rows only added', async () => {
  await resetProjection(master.link);
  const product = { id: id(1), name: 'Tea "green" \\ é', price_minor: 250, active: true, name_stamp: `\\x${stamp.toString('hex')}` };
  unwrap(
    await writeProjection(
      master.link,
      batch({ rows: spelt({ product: [product], audit_entry: [{ changeset: 1, idx: 0, kind: 'void', at: 5 }] }) }),
    ),
  );
  const changed = { ...product, price_minor: 300, active: null };
  unwrap(
    await writeProjection(
      master.link,
      batch({ from: 1, to: 2, rows: spelt({ product: [changed], audit_entry: [{ changeset: 1, idx: 0, kind: 'void', at: 6 }] }) }),
    ),
  );
  const [row] = (await Array.fromAsync(readProjection(master.link, 'product'))).flat();
  assert.equal(row?.name, product.name);
  assert.equal(row?.price_minor, 300);
  assert.equal(row?.active, null);
  assert.deepEqual(row?.name_stamp, stamp);
  const [entry] = (await Array.fromAsync(readProjection(master.link, 'audit_entry'))).flat();
  assert.equal(entry?.at, 5);
  const paged = await master.page('product', null, 10);
  const values = Object.fromEntries(paged.columns.map((column, at) => [column, present(paged.rows[0], 'a row')[at]]));
  assert.deepEqual(
    [values.id, values.name, values.price_minor, values.price_includes_tax, values.active, values.name_stamp],
    [Buffer.from(idToBytes(id(1))), product.name, 300, null, null, stamp],
  );
  assert.deepEqual((await master.page('product', id(1), 10)).rows, []);
  assert.deepEqual((await master.page('no-such"table', null, 10)).rows, []);
  assert.deepEqual((await master.page('audit_entry', null, 10)).rows, [], 'a ledger has no ids');
  assert.equal((await master.pageLedger('audit_entry', { changeset: 0, idx: 0 }, 10)).length, 1);
});

test('a second writer is stopped by the position, and leaves nothing', async () => {
  await resetProjection(master.link);
  const rows = { rows: spelt({ product: [{ id: id(2), name: 'x' }] }) };
  unwrap(await writeProjection(master.link, batch(rows)));
  assert.equal(
    refusalCode(await writeProjection(master.link, batch({ rows: spelt({ product: [{ id: id(3), name: 'y' }] }) }))),
    'hub.projection-moved',
  );
  assert.equal((await projectionPosition(master.link)).position, 1);
  assert.equal((await master.page('product', null, 10)).rows.length, 1);
});

test('[fault 46] a forgotten value is erased, and refused when an old copy of it arrives', async () => {
  await resetProjection(master.link);
  const chain = makeTestChain(200);
  const value = chain.detach('Grace Hopper');
  const register = await shop.register();
  await register.push(chain.next(1), [value]);
  assert.equal((await register.detachedValues([value.hash])).length, 1);
  unwrap(await writeProjection(master.link, batch({ forgotten: [value.hash] })));
  await register.push(chain.next(1), [value]);
  await register.offerDetached([value]);
  assert.equal((await register.detachedValues([value.hash])).length, 0);
});
