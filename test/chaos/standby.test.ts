/** A hub by URL on two servers: the primary dies of kill -9 under selling registers, the standby is promoted, nobody touches a till. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { toHex } from '../../src/base/bytes.ts';
import { SHOP_DATABASE } from '../../src/hub/cluster-conf.ts';
import type { SqlLink } from '../../src/hub/sql-link.ts';
import { makeHubMasterClient } from '../../src/hub/hub-client.ts';
import { Database } from '../../src/store/database.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, openShop, settle, type Tills } from '../support/shop-of-tills.ts';
import { joinTill, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { ADMIN, ADMIN_PASSWORD, openServers, type Server, type Servers } from '../support/two-servers.ts';
import { emptyLedger, keepSelling, wait } from './keep-selling.ts';

interface Rented {
  readonly servers: Servers;
  readonly standby: Server;
  readonly shop: Tills;
}

/** A shop whose master logs in as a plain user, and knows both servers. */
async function openRented(t: TestContext, registers: number): Promise<Rented> {
  const servers = await openServers();
  t.after(() => servers.end());
  const admin = await servers.primary.link();
  await admin.run("create role tenant login createdb createrole password 'lease'");
  await admin.close();
  const standby = await servers.makeStandby();
  const root = mkdtempSync(join(tmpdir(), 'aurapos-rented-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folders = Array.from({ length: registers }, (_, at) => join(root, `R${at + 1}`));
  const tills: Till[] = [];
  t.after(async () => {
    for (const till of tills.toReversed()) if (till.child.exitCode === null && till.child.signalCode === null) await till.stop();
  });
  for (const [at, folder] of folders.entries()) {
    const till = await startTill(folder);
    const [master] = tills;
    tills.push(till);
    const hubUrl = servers.url('tenant', 'lease', standby, servers.primary);
    if (master === undefined) await setUpTill(till, 'master', { catalogue: 'demo', hubUrl, hubCa: servers.authority });
    else await joinTill(till, master, 'localhost', servers.primary.port, `Till ${at + 1}`);
  }
  let server = servers.primary;
  const shop: Tills = {
    hubPort: 0,
    folders,
    tills,
    connectHub: async () => {
      if (server === servers.primary && !(await answers(server))) server = standby;
      return makeHubMasterClient(await server.link(SHOP_DATABASE));
    },
    restart: async (at) => {
      tills[at] = await startTill(folders[at] ?? '');
    },
    stop: async () => {},
  };
  return { servers, standby, shop };
}

async function answers(server: Server): Promise<boolean> {
  try {
    await (await server.link()).close();
    return true;
  } catch {
    // It is down: that is the question.
    return false;
  }
}

/** What registers were told that the hub took and the server lacks, by chain. */
async function lackedBy(server: SqlLink, folders: readonly string[]): Promise<string[]> {
  const rows = await server.query<{ chain: string; n: number }>(
    "select encode(chain, 'hex') as chain, max(n) as n from hub.feed group by chain",
  );
  const there = new Map(rows.map(({ chain, n }) => [chain, n]));
  const lacked: string[] = [];
  for (const folder of folders) {
    const db = new Database(join(folder, 'store.db'), { readOnly: true });
    for (const { id, sent_n } of db.all('SELECT id, sent_n FROM chain WHERE private_key IS NOT NULL') as {
      id: Uint8Array;
      sent_n: number;
    }[]) {
      const n = there.get(toHex(id)) ?? 0;
      if (n < sent_n) lacked.push(`${toHex(id)}: ${n} of ${sent_n}`);
    }
    db.close();
  }
  return lacked;
}

/** Between two sales of a register: ten of them make some thirty a second, and the machine has time for the servers. */
const PAUSE_MS = 250;

for (const { replication, registers } of [
  { replication: 'asynchronous', registers: 10 },
  { replication: 'synchronous', registers: 4 },
] as const)
  test(
    `[P1] [fault 17] the hub's primary is killed with -9 while ${registers} registers sell, its standby promoted: all go on by themselves (${replication})`,
    { timeout: 300_000 },
    async (t) => {
      const { servers, standby, shop } = await openRented(t, registers);
      const admin = await servers.primary.link();
      if (replication === 'synchronous') {
        await admin.run("alter system set synchronous_standby_names = 'standby'");
        await admin.query('select pg_reload_conf()');
      }
      await eventually(
        'the standby follows',
        async () => {
          const [row] = await admin.query<{ state: string }>('select sync_state as state from pg_stat_replication');
          return row?.state === (replication === 'synchronous' ? 'sync' : 'async');
        },
        20_000,
      );
      const ledger = emptyLedger();
      const closing = new AbortController();
      const selling = shop.tills.map((till) => keepSelling(till, ledger, closing.signal, PAUSE_MS));
      await wait(3_000);
      const follower = await standby.link(SHOP_DATABASE);
      if (replication === 'asynchronous') {
        // The stream is cut: what the primary takes from here on is lost with it.
        await follower.run("alter system set primary_conninfo = ''");
        await follower.query('select pg_reload_conf()');
      }
      await wait(1_000);
      await admin.close();
      servers.primary.kill();
      await wait(1_000);
      await eventually(
        'the standby has replayed what it received',
        async () => {
          const [row] = await follower.query<{ whole: boolean }>('select pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() as whole');
          return row?.whole === true;
        },
        10_000,
      );
      const lacked = await lackedBy(follower, shop.folders);
      if (replication === 'synchronous') assert.deepEqual(lacked, [], 'nothing that the hub acknowledged is missing');
      else assert.notEqual(lacked.length, 0, 'the standby lacks the last commits');
      const soldBefore = ledger.acknowledged.size;
      await follower.query('select pg_promote(true, 60)');
      await follower.close();
      const promotedMs = performance.now();
      await eventually(
        'every register is online again',
        async () => (await Promise.all(shop.tills.map((till) => till.call('getStatus')))).every(({ state }) => state === 'online'),
        30_000,
      );
      t.diagnostic(`all online ${Math.round(performance.now() - promotedMs)} ms after the promotion`);
      await wait(2_000);
      closing.abort();
      await Promise.all(selling);
      assert.ok(ledger.acknowledged.size > soldBefore, 'they sell on');
      assert.equal(ledger.unanswered, 0);
      await settle(shop, 120_000);
      assert.deepEqual(await checkShop(shop, ledger.acknowledged), []);
      t.diagnostic(`${ledger.acknowledged.size} sales`);
    },
  );

/** A shop that hosts its hub itself, and servers beside it; `elsewhere` is the shop once its hub is there. */
async function openBeside(t: TestContext, slaves: number) {
  const servers = await openServers();
  t.after(() => servers.end());
  const shop = await openShop(slaves);
  t.after(() => shop.stop());
  const connectHub = async () => makeHubMasterClient(await servers.primary.link(SHOP_DATABASE));
  return { servers, shop, elsewhere: () => ({ ...shop, connectHub }) };
}

test(
  '[P1] [P3] the hub moves from the master’s machine to a server by URL and back, while registers sell: they follow by themselves',
  { timeout: 240_000 },
  async (t) => {
    const { servers, shop, elsewhere } = await openBeside(t, 2);
    const [master] = shop.tills;
    assert.ok(master);
    const ledger = emptyLedger();
    const closing = new AbortController();
    const selling = shop.tills.map((till) => keepSelling(till, ledger, closing.signal, PAUSE_MS));
    await wait(1_000);
    const hubUrl = servers.url(ADMIN, ADMIN_PASSWORD, servers.primary);
    // A server that lets nobody in changes nothing.
    const wrong = await master.call('toMaster', {
      body: { hubUrl: servers.url(ADMIN, 'wrong', servers.primary), hubCa: servers.authority },
    });
    await assert.rejects(waitForJob(master, wrong.job), /hub\.url-login/);
    await settleWhileSelling(shop.tills);
    assert.equal((await master.call('getStorage')).port, shop.hubPort);

    const { job } = await master.call('toMaster', { body: { hubUrl, hubCa: servers.authority, hubPort: shop.hubPort } });
    await waitForJob(master, job);
    await settleWhileSelling(shop.tills);
    const there = elsewhere();
    await eventually('both have gone there', async () => (await countMembers(there)) >= 3, 20_000);
    // A restart finds it there.
    closing.abort();
    await Promise.all(selling);
    await settle(there);
    assert.deepEqual(await checkShop(there, ledger.acknowledged), []);
    await master.stop();
    await shop.restart(0);
    await settle(there);

    const again = new AbortController();
    const sellingAgain = shop.tills.map((till) => keepSelling(till, ledger, again.signal, PAUSE_MS));
    const back = await shop.tills[0]?.call('toMaster', { body: { hubPort: shop.hubPort } });
    await waitForJob(shop.tills[0] ?? master, back?.job ?? '');
    await wait(2_000);
    again.abort();
    await Promise.all(sellingAgain);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, ledger.acknowledged), []);
    assert.equal(ledger.unanswered, 0);
    await servers.primary.stop();
    await wait(1_000);
    await settle(shop);
  },
);

/** Registers whose sessions are in the hub now. */
async function countMembers({ connectHub }: Required<Pick<Tills, 'connectHub'>>): Promise<number> {
  const hub = await connectHub();
  const [row] = await hub.link.query<{ n: number }>(
    "select count(distinct usename)::int as n from pg_stat_activity where usename like 'aurapos_r_%'",
  );
  await hub.close();
  return row?.n ?? 0;
}

async function settleWhileSelling(tills: readonly Till[]): Promise<void> {
  await eventually(
    'all are online',
    async () => (await Promise.all(tills.map((till) => till.call('getStatus')))).every(({ state }) => state === 'online'),
    30_000,
  );
}

test(
  '[P1] [fault 7] killed on the way of a move of its hub, there, back and there again, the master goes on where the hub is, and moves again',
  { timeout: 240_000 },
  async (t) => {
    const { servers, shop, elsewhere } = await openBeside(t, 1);
    const ledger = emptyLedger();
    const there = { hubUrl: servers.url(ADMIN, ADMIN_PASSWORD, servers.primary), hubCa: servers.authority, hubPort: shop.hubPort };
    for (const [at, killAfterMs] of [150, 700, 2_000].entries())
      await t.test(`killed after ${killAfterMs} ms`, async (moment) => {
        const away = at % 2 === 0;
        const body = away ? there : { hubPort: shop.hubPort };
        const [master, second] = shop.tills;
        assert.ok(master && second);
        const closing = new AbortController();
        const selling = keepSelling(second, ledger, closing.signal, PAUSE_MS);
        await master.call('toMaster', { body });
        await wait(killAfterMs);
        await master.kill();
        await shop.restart(0);
        const again = shop.tills[0] ?? master;
        await settleWhileSelling(shop.tills);
        const hasMoved = async (): Promise<boolean> => (await again.call('getStorage')).addresses.includes('localhost') === away;
        moment.diagnostic((await hasMoved()) ? 'it had moved' : 'it had not moved');
        if (!(await hasMoved())) await waitForJob(again, (await again.call('toMaster', { body })).job);
        closing.abort();
        await selling;
        const now = away ? elsewhere() : shop;
        await settle(now);
        assert.deepEqual(await checkShop(now, ledger.acknowledged), []);
        assert.equal(ledger.unanswered, 0);
      });
  },
);
