/** The hub's SQL in PGlite: verdicts, order, divergence, offers. What needs several connections or real roles is in *.pg.test.ts. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { toHex } from '../base/bytes.ts';
import { makeHubMasterClient, type HubMasterClient } from './hub-client.ts';
import { installHubSchema } from './install-hub-schema.ts';
import { makeTestChain, type TestChain } from './testing/test-chain.ts';
import { pgliteLink } from './testing/pglite-link.ts';

let db: PGlite;
let hub: HubMasterClient;

before(async () => {
  db = await PGlite.create();
  const link = pgliteLink(db);
  await installHubSchema(link);
  hub = makeHubMasterClient(link);
});
after(() => db.close());
beforeEach(async () => {
  await db.exec(`
    truncate hub.feed, hub.tip, hub.chain, hub.detached, hub.offered, hub.forgotten;
    update hub.head set position = 0, running_hash = decode(repeat('00', 32), 'hex')`);
});

const NOTHING = new Uint8Array(32);
const verdicts = (list: readonly { readonly verdict: string }[]): string => list.map((v) => v.verdict).join(' ');

test('installing twice changes nothing', async () => {
  await installHubSchema(pgliteLink(db));
  assert.equal((await hub.greet()).position, 0);
});

test('[P1] a re-sent batch is accepted once', async () => {
  const batch = makeTestChain(1).next(3);
  assert.equal(verdicts(await hub.push(batch, [])), 'accepted accepted accepted');
  const again = await hub.push(batch, []);
  assert.equal(verdicts(again), 'duplicate duplicate duplicate');
  assert.deepEqual(
    again.map((v) => ('position' in v ? v.position : 0)),
    [1, 2, 3],
  );
  assert.equal((await hub.greet()).position, 3);
  assert.equal(verdicts(await hub.push([...batch, ...batch], [])), 'duplicate '.repeat(6).trim());
});

test('[fault 11] a batch whose predecessor is unknown is told later, and lands when resent from n', async () => {
  const chain = makeTestChain(2);
  const [first, second, third] = three(chain);
  assert.equal(verdicts(await hub.push([second, third], [])), 'later later');
  assert.equal(verdicts(await hub.push([first, third, second], [])), 'accepted later accepted');
  assert.equal(verdicts(await hub.push([third], [])), 'accepted');
});

test('[fault 15] two branches of a chain are both kept, the second told forked', async () => {
  const chain = makeTestChain(3);
  const twin = makeTestChain(3);
  const shared = chain.next(2);
  twin.adopt(shared);
  const left = chain.next(2);
  const right = twin.next(2);
  await hub.push(shared, []);
  assert.equal(verdicts(await hub.push(left, [])), 'accepted accepted');
  assert.equal(verdicts(await hub.push(right, [])), 'forked accepted');
  const heads = await hub.heads();
  assert.deepEqual(heads.map((h) => toHex(h.hash)).sort(), [left, right].map((branch) => toHex(last(branch).hash)).sort());
  assert.ok(heads.every((h) => h.firstN === 1 && h.n === 4));
  assert.equal(
    verdicts(await hub.push([...left, ...right, ...chain.next(1), ...twin.next(1)], [])),
    'duplicate duplicate duplicate duplicate accepted accepted',
  );
  assert.equal((await hub.heads()).length, 2);
});

test('[fault 43] a body, hash, genesis or order that does not fit is denied, and what stands beside it is not', async () => {
  const chain = makeTestChain(4);
  const [first, second, third] = three(chain);
  const otherBody = { ...first, body: Buffer.from('other') };
  const otherGenesis = makeTestChain(5).next(1)[0];
  assert.ok(otherGenesis);
  const said = await hub.push(
    [otherBody, first, { ...otherGenesis, chain: chain.chain }, { ...second, signature: new Uint8Array(3) }, second],
    [],
  );
  assert.deepEqual(
    said.map((v) => ('reason' in v ? `${v.verdict} ${v.reason}` : v.verdict)),
    ['denied hash', 'accepted', 'denied genesis', 'denied form', 'accepted'],
  );
  const skipped = chain.seal(9, second.hash);
  assert.deepEqual(await hub.push([skipped], []), [{ verdict: 'denied', reason: 'order' }]);
  assert.equal(verdicts(await hub.push([third], [])), 'accepted');
});

test('[fault 17] a reader of another feed is told diverged, never handed rows', async () => {
  const chain = makeTestChain(6);
  await hub.push(chain.next(5), []);
  const page = await hub.pull(0, NOTHING, 2, 1_000_000);
  assert.equal(page.state, 'rows');
  assert.equal(page.state === 'rows' && page.rows.length, 2);
  const at = page.state === 'rows' ? last(page.rows) : undefined;
  assert.ok(at);
  const rest = await hub.pull(at.position, at.runningHash, 100, 1_000_000);
  assert.deepEqual(rest.state === 'rows' && rest.rows.map((row) => row.position), [3, 4, 5]);
  assert.deepEqual(await hub.pull(2, NOTHING, 100, 1_000_000), { state: 'diverged' });
  assert.deepEqual(await hub.pull(6, at.runningHash, 100, 1_000_000), { state: 'diverged' });
});

test('a pull says whether there was more behind what it brought', async () => {
  await hub.push(makeTestChain(9).next(5), []);
  const pull = async (maxCount: number, maxBytes: number): Promise<readonly [rows: number, isEnd: boolean]> => {
    const pulled = await hub.pull(0, NOTHING, maxCount, maxBytes);
    assert(pulled.state === 'rows');
    return [pulled.rows.length, pulled.isEnd];
  };
  assert.deepEqual(await pull(5, 1_000_000), [5, false], 'perhaps there are more');
  assert.deepEqual(await pull(6, 1_000_000), [5, true]);
  assert.deepEqual(await pull(6, 1), [1, false], 'bytes ended them');
});

test('[fault 48] what is offered above and below what the hub holds lands once the master settles it', async () => {
  const chain = makeTestChain(7);
  const all = chain.next(10);
  assert.equal(verdicts(await hub.admit(all.slice(4, 6), [])), 'accepted accepted');
  assert.deepEqual(
    (await hub.heads()).map((h) => [h.firstN, h.n]),
    [[5, 6]],
  );
  assert.equal(verdicts(await hub.push(all.slice(0, 1), [])), 'later');
  assert.ok((await hub.offer(all, [])).every((v, i) => v.verdict === (i === 4 || i === 5 ? 'duplicate' : 'offered')));
  const taken = await hub.takeOffered(100);
  assert.equal(taken.length, 8);
  const settled = await hub.settleOffered(
    taken.map((t) => t.hash),
    [],
  );
  assert.ok(settled.length === 8 && settled.every((s) => s.verdict === 'accepted'));
  assert.deepEqual(
    (await hub.heads()).map((h) => [h.firstN, h.n]),
    [[1, 10]],
  );
  assert.equal((await hub.takeOffered(100)).length, 0);
});

test('a chain that came by an offer waits for its owner to be named; a revoked one is denied from n', async () => {
  const chain = makeTestChain(8);
  await hub.admit(chain.next(1), []);
  const next = chain.next(2);
  assert.deepEqual(await hub.push(next, []), [
    { verdict: 'later', reason: 'unassigned' },
    { verdict: 'later', reason: 'unassigned' },
  ]);
  assert.equal(await hub.assignChain(chain.chain, 'postgres'), true);
  await hub.denyChain(chain.chain, 3);
  assert.equal(verdicts(await hub.push(next, [])), 'accepted denied');
  assert.equal(verdicts(await hub.admit(next.slice(1), [])), 'denied');
  assert.equal(verdicts(await hub.admit(next.slice(1), [], true)), 'accepted');
  await hub.assignChain(chain.chain, 'somebody');
  assert.deepEqual(await hub.push(chain.next(1), []), [{ verdict: 'denied', reason: 'not-yours' }]);
});

test('[fault 46] detached values come with the changesets they came with, but never lying or forgotten ones', async () => {
  const chain = makeTestChain(9);
  const good = chain.detach('Ada "Byron" \\ {Lovelace}, é');
  const lying = { ...chain.detach('x'), value: 'y' };
  const forgotten = chain.detach('forget me');
  await db.query('insert into hub.forgotten values ($1)', [forgotten.hash]);
  await hub.push(chain.next(2), []);
  await hub.push(chain.next(3), [good, lying, forgotten]);
  assert.deepEqual(
    (await hub.detachedRange(2, 3)).map((d) => d.value),
    [good.value],
  );
  assert.deepEqual(await hub.detachedRange(3, 5), []);
  assert.deepEqual(
    (await hub.detachedValues([good.hash, lying.hash, forgotten.hash])).map((d) => d.value),
    [good.value],
  );
});

test('a few small changesets wake listeners whole, a large batch with its position, and rubbish with nothing', async () => {
  const wakes: unknown[] = [];
  await hub.listen(({ position, rows }) => wakes.push([position, rows.map((row) => [row.position, toHex(row.hash)])]));
  const chain = makeTestChain(10);
  const [one, two, three] = chain.next(3).map(({ hash, ...rest }) => ({ hash, ...rest, name: toHex(hash) }));
  assert.ok(one && two && three);
  await hub.push([one], []);
  await hub.push([two, three], []);
  await hub.push(chain.next(9), []);
  await hub.push(chain.next(1, 6_000), []);
  for (const rubbish of ['rubbish', '{"position":7,"rows":[{"position":7,"n":1}]}', '{"position":8,"rows":7}'])
    await db.query(`select pg_notify('feed', $1)`, [rubbish]);
  assert.deepEqual(wakes, [
    [1, [[1, one.name]]],
    [
      3,
      [
        [2, two.name],
        [3, three.name],
      ],
    ],
    [12, []],
    [13, []],
    [0, []],
    [7, []],
    [8, []],
  ]);
});

test('presence: everybody sees how everybody stands', async () => {
  const register = '01890000-0000-7000-8000-000000000001';
  const said = await hub.announce({ register, waiting: 3, version: '0.1.0', delayMs: 12.4, position: 7 });
  assert.deepEqual(
    said.map(({ lastSeenMs, ...rest }) => (assert.ok(lastSeenMs > 0), rest)),
    [{ register, role: 'postgres', waiting: 3, version: '0.1.0', delayMs: 12, position: 7, called: false }],
  );
});

test('[fault 48] changesets are fetched by hash and by chain', async () => {
  const chain = makeTestChain(11);
  const all = chain.next(5);
  await hub.push(all, []);
  assert.deepEqual(
    (await hub.fetch(all.slice(1, 3).map((c) => c.hash))).map((c) => c.n),
    [2, 3],
  );
  const run = await hub.fetchChain(chain.chain, 3, 9);
  assert.deepEqual(
    run.map((c) => toHex(c.hash)),
    all.slice(2).map((c) => toHex(c.hash)),
  );
});

function last<T>(list: readonly T[]): T {
  const item = list.at(-1);
  assert.ok(item);
  return item;
}

function three(chain: TestChain) {
  const [first, second, third] = chain.next(3);
  assert.ok(first && second && third);
  return [first, second, third] as const;
}
