/** The hub on a real PostgreSQL 18: set-up, order under concurrency, what a register's role may not do, wake-ups. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { unwrap } from '../base/result.ts';
import { TABLE_NAMES } from '../protocol/tables.ts';
import { openCluster, startCluster, stopCluster } from './cluster.ts';
import { SHOP_DATABASE } from './cluster-conf.ts';
import { makeHubClient, type FeedRow, type HubClient } from './hub-client.ts';
import { connectHub } from './pg-link.ts';
import { setUpHub } from './set-up-hub.ts';
import { makeTestChain } from './testing/test-chain.ts';
import { refusalCode, startTestHub, tools, type TestHub } from './testing/test-hub.ts';

let shop: TestHub;
before(async () => {
  shop = await startTestHub();
});
after(() => shop.end());

test('set-up run again finds everything there', async () => {
  const said: string[] = [];
  unwrap(await setUpHub({ ...shop.options, onStep: (p) => p.state === 'done' && said.push(`${p.step} ${p.detail}`) }));
  assert.ok(said.includes('cluster there') && said.includes('databases there'), said.join());
  assert.ok(said.some((s) => s.startsWith('start adopted')));
});

test('checksums, the builtin locale, TLS 1.3 only, no ticket but channel binding', async () => {
  const master = await shop.master();
  const show = async (name: string): Promise<unknown> =>
    (await master.link.query<{ v: string }>('select current_setting($1) as v', [name]))[0]?.v;
  assert.equal(await show('data_checksums'), 'on');
  assert.equal(await show('ssl_min_protocol_version'), 'TLSv1.3');
  assert.equal(await show('ssl_ca_file'), '');
  assert.equal(await show('fsync'), 'on');
  const [row] = await master.link.query<{ provider: string; locale: string }>(
    'select datlocprovider::text as provider, datlocale as locale from pg_database where datname = current_database()',
  );
  assert.deepEqual(row, { provider: 'b', locale: 'C.UTF-8' });
  await openCluster(shop.hub.cluster);
});

async function readAll(register: HubClient, from: { position: number; running: Uint8Array }): Promise<readonly FeedRow[]> {
  const rows: FeedRow[] = [];
  let { position, running } = from;
  for (;;) {
    const pulled = await register.pull(position, running, 50, 1_000_000);
    assert.equal(pulled.state, 'rows');
    const page = pulled.state === 'rows' ? pulled.rows : [];
    const end = page.at(-1);
    if (end === undefined) return rows;
    rows.push(...page);
    ({ position, runningHash: running } = end);
  }
}

test('two concurrent pushers, the later trying to commit first: a reader misses no position', async () => {
  const [slow, fast, reader] = [await shop.register(), await shop.register(), await shop.register()];
  const start = await reader.greet();
  const from = { position: start.position, running: start.runningHash };
  await slow.link.run('begin');
  await slow.push(makeTestChain(1).next(2), []);
  let fastDone = false;
  const later = fast.push(makeTestChain(2).next(2), []).then(() => (fastDone = true));
  await tools.clock.sleep(200);
  assert.equal(fastDone, false);
  assert.deepEqual(await readAll(reader, from), []);
  await slow.link.run('commit');
  await later;
  assert.deepEqual(
    (await readAll(reader, from)).map((row) => row.position - from.position),
    [1, 2, 3, 4],
  );
});

test('[P1] many pushers and a reader at once: every changeset once, in one order, running hashes right', async () => {
  const reader = await shop.register();
  const start = await reader.greet();
  const pushers = await Promise.all(
    [10, 11, 12, 13].map(async (seed) => ({ register: await shop.register(), chain: makeTestChain(seed) })),
  );
  const pushing = new Set(pushers);
  const pushes = pushers.map(async (pusher) => {
    const { register, chain } = pusher;
    for (let at = 0; at < 25; at += 1) {
      const batch = chain.next(1 + (at % 4));
      await register.push(batch, []);
      if (at % 5 === 0) assert.ok((await register.push(batch, [])).every((v) => v.verdict === 'duplicate'));
    }
    pushing.delete(pusher);
  });
  const seen: FeedRow[] = [];
  let from = { position: start.position, running: start.runningHash };
  while (pushing.size > 0) {
    const rows = await readAll(reader, from);
    seen.push(...rows);
    const end = rows.at(-1);
    if (end !== undefined) from = { position: end.position, running: end.runningHash };
  }
  await Promise.all(pushes);
  seen.push(...(await readAll(reader, from)));
  const whole = await readAll(reader, { position: start.position, running: start.runningHash });
  assert.deepEqual(
    seen.map((row) => row.position),
    whole.map((row) => row.position),
  );
  assert.equal(new Set(whole.map((row) => Buffer.from(row.hash).toString('hex'))).size, whole.length);
  assert.ok(whole.every((row, at) => row.position === start.position + 1 + at));
  for (const { chain } of pushers) {
    const own = whole.filter((row) => Buffer.compare(row.chain, chain.chain) === 0);
    assert.ok(own.every((row, at) => row.n === at + 1));
  }
});

test('[fault 40] a register can read and write no table, set no role, create nothing, and call no function of the master', async () => {
  const register = await shop.register();
  const { link } = register;
  const chain = makeTestChain(20);
  await register.push(chain.next(1), []);
  const tables = (
    await (
      await shop.master()
    ).link.query<{ t: string }>(
      `select schemaname || '.' || quote_ident(tablename) as t from pg_tables where schemaname in ('hub', 'shop')`,
    )
  ).map((r) => r.t);
  assert.ok(tables.length > TABLE_NAMES.length);
  const statements = [
    ...tables.flatMap((t) => [
      `select * from ${t}`,
      `insert into ${t} default values`,
      `delete from ${t}`,
      `truncate ${t}`,
      `begin; lock table ${t}`,
      `copy ${t} to stdout`,
    ]),
    'update hub.feed set n = 1',
    'update hub.head set position = 0',
    'set role aurapos_register',
    'set role aurapos_hub',
    'set role aurapos_master',
    'set session authorization aurapos_master',
    'create table t (a int)',
    'create temp table t (a int)',
    'create schema s',
    'create function f() returns int language sql as $$ select 1 $$',
    'do $$ begin end $$',
    'select lo_create(0)',
    `select pg_read_file('server.key')`,
    `select * from pg_authid`,
    'create database d',
    'create role r',
    'alter role aurapos_hub login',
    'grant aurapos_hub to current_user',
    `copy (select 1) to program 'id'`,
    'alter system set fsync = off',
    'select * from hub.take_offered(10)',
    `select * from hub.settle_offered('{}', '{}')`,
    `select * from hub.admit(true, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
    `select * from hub.admit_batch('x', false, true, '{}', '{}', '{}', '{}', '{}', '{}')`,
    `select hub.assign_chain('\\x', 'x')`,
    `select hub.deny_chain('\\x', 1)`,
    `select hub.begin_incarnation(null, 'x', 1, null, 1)`,
    `select hub.wake(1, 1)`,
    `select hub.keep_detached(1, '{}', '{}', '{}')`,
    `select hub.write_projection(0, 1, '\\x', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '\\x')`,
    `select hub.pair_request('\\x', 'x', 'x', null, null)`,
    `select hub.pair_result(null)`,
  ];
  for (const text of statements) {
    await assert.rejects(link.run(text), /permission denied|must be|only roles|no schema|not a known/, text);
    await link.run('rollback');
  }
  // Its own search path, objects or operators cannot bend a function that runs as its owner.
  await link.run(`set search_path = public, pg_temp`);
  assert.equal((await register.push(chain.next(1), []))[0]?.verdict, 'accepted');
});

test('[fault 40] a register cannot push another’s chain', async () => {
  const [mine, other] = [await shop.register(), await shop.register()];
  const chain = makeTestChain(21);
  await mine.push(chain.next(1), []);
  assert.deepEqual(await other.push(chain.next(1), []), [{ verdict: 'denied', reason: 'not-yours' }]);
  assert.deepEqual(await other.push([...makeTestChain(21).next(1)], []), [{ verdict: 'denied', reason: 'not-yours' }]);
});

test('[fault 40] ledgers and feed refuse UPDATE, DELETE and TRUNCATE from every role but a superuser', async () => {
  const { link } = await shop.master();
  for (const role of ['aurapos_hub', 'aurapos_register', 'aurapos_pairing', 'aurapos']) {
    for (const text of [
      'update hub.feed set n = 1',
      'delete from hub.feed',
      'truncate hub.feed',
      'update shop.sale set number = 1',
      'delete from shop.sale',
      'truncate shop.sale',
    ]) {
      await link.run('begin');
      await link.run(`set local role ${role}`);
      await assert.rejects(link.run(text), /permission denied/, `${role}: ${text}`);
      await link.run('rollback');
    }
  }
});

test('what a register says arrives as a wake-up on another, whole and at once', async () => {
  const [one, two] = [await shop.register(), await shop.register()];
  const woken = new Promise<number>((resolve) => void two.listen((wake) => resolve(wake.rows[0]?.n ?? 0)));
  await two.greet();
  const start = performance.now();
  await one.push(makeTestChain(22).next(1, 700), []);
  assert.equal(await woken, 1);
  assert.ok(performance.now() - start < 500);
});

test('[fault 42] a full notification queue stops no push', async () => {
  const superuser = await shop.master();
  await superuser.link.run('alter system set max_notify_queue_pages = 64');
  await stopCluster(shop.hub.cluster);
  unwrap(await startCluster(shop.hub.cluster, tools.clock));
  const [sleeper, flooder, register] = [await shop.register(), await shop.register(), await shop.register()];
  await sleeper.link.run('listen flood');
  await sleeper.link.run('begin');
  await sleeper.link.query('select 1');
  const flood = async (): Promise<void> => {
    for (let at = 0; at < 200; at += 1) await flooder.link.run(`notify flood, '${at}${'x'.repeat(7_000)}'`);
  };
  await assert.rejects(flood(), /too many notifications/);
  const chain = makeTestChain(23);
  for (let at = 0; at < 5; at += 1) assert.equal((await register.push(chain.next(1), []))[0]?.verdict, 'accepted');
  await sleeper.link.run('rollback');
});

test('[fault 29] a hub out of connections says so', async () => {
  const address = await shop.registerAddress();
  const links = [];
  let said = '';
  for (let at = 0; at < 6 && said === ''; at += 1) {
    const link = await connectHub(address, tools);
    if (link.ok) links.push(link.value);
    else said = refusalCode(link);
  }
  assert.equal(said, 'hub.too-many-connections');
  for (const link of links) await link.close();
});

test('[fault 9] a hub that stops answering is noticed within 3 s, by an idle link too', async () => {
  const link = unwrap(await connectHub(await shop.registerAddress(), tools));
  const lost = new Promise<Error>((resolve) => link.onLost(resolve));
  const master = await shop.master();
  const [row] = await master.link.query<{ pid: number }>(
    `select pid from pg_stat_activity where usename ~ '^aurapos_r_' and datname = $1 order by backend_start desc limit 1`,
    [SHOP_DATABASE],
  );
  assert.ok(row);
  const start = performance.now();
  process.kill(row.pid, 'SIGSTOP');
  try {
    await lost;
    assert.ok(performance.now() - start < 3_000);
    await assert.rejects(makeHubClient(link).greet(), /no answer/);
  } finally {
    process.kill(row.pid, 'SIGCONT');
  }
});
