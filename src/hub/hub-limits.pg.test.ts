/** The limits that hub-limits.ts states and the hub's SQL repeats: on a real PostgreSQL, what is at each goes through, and one more does not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../base/assert.ts';
import type { Detached, SealedChangeset } from '../protocol/changeset.ts';
import type { HubClient, HubMasterClient } from './hub-client.ts';
import {
  MAX_BODY_BYTES,
  MAX_DETACHED_COUNT,
  MAX_FETCH_COUNT,
  MAX_PAGE_ROWS,
  MAX_PULL_BYTES,
  MAX_PULL_COUNT,
  MAX_PUSH_BYTES,
  MAX_PUSH_COUNT,
} from './hub-limits.ts';
import { bigintArray, byteaArray, textArray, type SqlParam } from './sql-link.ts';
import { makeTestChain } from './testing/test-chain.ts';
import { startTestHub, type TestHub } from './testing/test-hub.ts';

let shop: TestHub;
let register: HubClient;
let master: HubMasterClient;
before(async () => {
  shop = await startTestHub();
  register = await shop.register();
  master = await shop.master();
});
after(() => shop.end());

/** More than any limit. */
const ALL = 1_000_000_000;
const START = new Uint8Array(32);

function detachedParams(values: readonly Detached[]): SqlParam[] {
  return [
    byteaArray(values.map(({ hash }) => hash)),
    byteaArray(values.map(({ salt }) => salt)),
    textArray(values.map(({ value }) => value)),
  ];
}

/** Past the client, which asks for no more than it may. */
function call(name: 'push' | 'offer', changesets: readonly SealedChangeset[]): Promise<{ verdict: string; reason: string | null }[]> {
  return register.link.query(
    `select verdict, reason from hub.${name}($1::text::bytea[], $2::text::bigint[], $3::text::bytea[], $4::text::bytea[], $5::text::bytea[],
       $6::text::bytea[], $7::text::bytea[], $8::text::bytea[], $9::text::text[]) order by i`,
    [
      byteaArray(changesets.map(({ chain }) => chain)),
      bigintArray(changesets.map(({ n }) => n)),
      byteaArray(changesets.map(({ previous }) => previous)),
      byteaArray(changesets.map(({ hash }) => hash)),
      byteaArray(changesets.map(({ signature }) => signature)),
      byteaArray(changesets.map(({ body }) => body)),
      ...detachedParams([]),
    ],
  );
}

async function count(sql: string, params: readonly SqlParam[]): Promise<number> {
  const [row] = await register.link.query<{ total: number }>(`select count(*) as total from ${sql}`, params);
  return present(row, 'a count').total;
}

async function pulled(from: { readonly position: number; readonly runningHash: Uint8Array }): Promise<number> {
  const rows = await register.pull(from.position, from.runningHash, ALL, ALL);
  assert.equal(rows.state, 'rows');
  return rows.state === 'rows' ? rows.rows.length : 0;
}

test('MAX_PUSH_COUNT, MAX_FETCH_COUNT, MAX_PULL_COUNT: changesets in a push, a fetch, a pull', async () => {
  const chain = makeTestChain(1);
  const hashes: Uint8Array[] = [];
  for (let pushed = 0; pushed <= MAX_PULL_COUNT; pushed += MAX_PUSH_COUNT) {
    const batch = chain.next(MAX_PUSH_COUNT);
    hashes.push(...batch.map(({ hash }) => hash));
    const [over] = chain.next(1);
    const verdicts = await call('push', [...batch, present(over, 'one more')]);
    assert.deepEqual(verdicts.at(-1), { verdict: 'later', reason: 'batch' });
    assert.ok(verdicts.slice(0, -1).every(({ verdict }) => verdict === 'accepted'));
    chain.adopt(batch);
  }
  assert.equal(await count('hub.fetch($1::text::bytea[])', [byteaArray(hashes)]), MAX_FETCH_COUNT);
  assert.equal(await count('hub.fetch_chain($1::bytea, 1, $2::bigint)', [chain.chain, ALL]), MAX_FETCH_COUNT);
  assert.equal(await pulled({ position: 0, runningHash: START }), MAX_PULL_COUNT);
});

test('MAX_BODY_BYTES, MAX_PULL_BYTES: of one changeset, and of a pull', async () => {
  const chain = makeTestChain(2);
  const start = await register.greet();
  const fitting = MAX_PULL_BYTES / MAX_BODY_BYTES;
  for (let pushed = 0; pushed <= fitting; pushed += MAX_PUSH_BYTES / MAX_BODY_BYTES)
    assert.ok(
      (await register.push(chain.next(MAX_PUSH_BYTES / MAX_BODY_BYTES, MAX_BODY_BYTES), [])).every(({ verdict }) => verdict === 'accepted'),
    );
  assert.equal(await pulled(start), fitting);

  const [over] = chain.next(1, MAX_BODY_BYTES + 1);
  assert.deepEqual(await call('push', [present(over, 'one too large')]), [{ verdict: 'denied', reason: 'form' }]);
  const [offered, tooLarge] = [makeTestChain(3).next(1, MAX_BODY_BYTES), makeTestChain(4).next(1, MAX_BODY_BYTES + 1)];
  assert.deepEqual(await call('offer', [...offered, ...tooLarge]), [
    { verdict: 'offered', reason: null },
    { verdict: 'denied', reason: 'form' },
  ]);
});

test('MAX_DETACHED_COUNT: personal values offered and asked for at once', async () => {
  const chain = makeTestChain(5);
  const values = Array.from({ length: MAX_DETACHED_COUNT + 1 }, (_, at) => chain.detach(`value ${at}`));
  const offer = (some: readonly Detached[]): Promise<unknown> =>
    register.link.query('select hub.offer_detached($1::text::bytea[], $2::text::bytea[], $3::text::text[])', detachedParams(some));
  const held = async (): Promise<number> => {
    const [row] = await master.link.query<{ total: number }>('select count(*) as total from hub.detached');
    return present(row, 'a count').total;
  };
  await offer(values);
  assert.equal(await held(), MAX_DETACHED_COUNT);
  await offer(values.slice(MAX_DETACHED_COUNT));
  assert.equal(await held(), MAX_DETACHED_COUNT + 1);
  assert.equal(await count('hub.detached_values($1::text::bytea[])', [byteaArray(values.map(({ hash }) => hash))]), MAX_DETACHED_COUNT);
});

test('MAX_PAGE_ROWS: rows in a page of a first pull', async () => {
  const rows = [MAX_PAGE_ROWS + 1];
  await master.link.query(
    `insert into shop.product (id) select ('01890000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid from generate_series(1, $1::int) i`,
    rows,
  );
  await master.link.query('insert into shop.certificate (changeset, idx) select i, 0 from generate_series(1, $1::int) i', rows);
  assert.equal((await register.page('product', null, ALL)).rows.length, MAX_PAGE_ROWS);
  assert.equal((await register.pageLedger('certificate', { changeset: 0, idx: 0 }, ALL)).length, MAX_PAGE_ROWS);
});
