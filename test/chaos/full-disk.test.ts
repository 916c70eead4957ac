/** The disk under the hub, full to the last byte: a real PostgreSQL 18 on a small disk of its own, which the test fills. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { RefusalError } from '../../src/base/result.ts';
import type { HubMasterClient } from '../../src/hub/hub-client.ts';
import { LinkLost } from '../../src/hub/pg-link.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, clusterFolder, connectSuperuser, isReady, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { putOnSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { emptyLedger, wait, type Ledger } from './keep-selling.ts';
import { sellTimes } from '../support/till.ts';
import { PROGRAM } from '../support/program.ts';

/** A fresh cluster takes half of it. */
const DISK_BYTES = 160 * 1024 * 1024;
/** Of PostgreSQL's log: two are there from the beginning. */
const MOST_SEGMENTS = 20;

/** One sale on each register. */
async function sellEverywhere(shop: ShopOfTills, { acknowledged }: Ledger): Promise<void> {
  for (const till of shop.tills) await sellTimes(till, 1, acknowledged);
}

async function whatEachSays(shop: ShopOfTills): Promise<string[]> {
  return Promise.all(
    shop.tills.map(async (till) => {
      const { state, problem } = await till.call('getStatus');
      return `${state}: ${problem?.code ?? 'nothing'}`;
    }),
  );
}

/** Every register, or those of the given places, comes to say it, and goes on saying it. */
async function assertSaid(shop: ShopOfTills, expected: string, places: readonly number[] = shop.tills.keys().toArray()): Promise<void> {
  let said: string[] = [];
  const look = async (): Promise<boolean> => {
    said = await whatEachSays(shop);
    return places.every((place) => said[place] === expected);
  };
  await eventually(expected, look, 30_000).catch((error: unknown) => assert.fail(`${String(error)}; said is ${said.join(', ')}`));
  for (let again = 0; again < 20; again++) {
    assert.ok(await look(), `still ${expected}; said is ${said.join(', ')}`);
    await wait(150);
  }
}

/** Until PostgreSQL is down: one that had no room for something else was only refused, and goes on writing. */
async function bringDown(shop: ShopOfTills, cluster: string): Promise<void> {
  for (let tries = 0; tries < 10 && isReady(cluster); tries++) {
    await useUpTheLog(shop);
    await eventually('PostgreSQL is down', () => !isReady(cluster), 2_000).catch(() => {});
  }
  assert.ok(!isReady(cluster), 'PostgreSQL is down');
}

/** Writes PostgreSQL's log until it has no room for the next segment; one that lets nobody in any more is going down by itself. */
async function useUpTheLog(shop: ShopOfTills): Promise<void> {
  let hub: HubMasterClient | undefined;
  try {
    hub = await connectSuperuser(shop);
    for (let segment = 0; segment < MOST_SEGMENTS; segment++) {
      await hub.link.query("select pg_logical_emit_message(true, 'test', 'a piece of the log')");
      await hub.link.query('select pg_switch_wal()');
    }
  } catch (error) {
    if (error instanceof RefusalError || error instanceof LinkLost) return;
    throw error;
  } finally {
    await hub?.close();
  }
  assert.fail(`PostgreSQL wrote ${MOST_SEGMENTS} segments of its log on a full disk`);
}

test(
  '[P1] [P2] [fault 12] the hub’s disk full: every register sells on and says why nothing is sent; once there is room, all of it is',
  { timeout: 240_000 },
  async (t) => {
    const shop = await openShop(2);
    const ledger = emptyLedger();
    const cluster = await clusterFolder(shop.folders[0] ?? '');
    let disk: SmallDisk | undefined;
    t.after(async () => {
      for (const till of shop.tills) await till.stop();
      disk?.unmount();
      await shop.stop();
    });
    await settle(shop);
    await shop.tills[0]?.stop();
    disk = putOnSmallDisk(cluster, DISK_BYTES);
    await shop.restart(0);
    await sellEverywhere(shop, ledger);
    await settle(shop);

    await t.test('PostgreSQL goes down before it refused anybody: the master says why all the same', async () => {
      disk?.fill();
      await bringDown(shop, cluster);
      await assertSaid(shop, 'apart: hub.disk-full', [0]);
      await sellEverywhere(shop, ledger);
      disk?.makeRoom();
      await settle(shop);
    });

    await t.test('no room for rows: refused with a word, while what was sent before can be read', async () => {
      disk?.fill();
      for (let round = 0; round < 30; round++) await sellEverywhere(shop, ledger);
      await assertSaid(shop, 'online: hub.disk-full');
      for (const till of shop.tills) assert.ok((await till.call('getStatus')).waitingSales > 0);
      const command = ['--disable-warning=ExperimentalWarning', PROGRAM, 'status', '--data', shop.folders[1] ?? ''];
      assert.match(
        execFileSync(process.execPath, command, { encoding: 'utf8' }),
        /The disk of the master is full\. Make room on the master\./,
      );
    });

    await t.test('no room for its log: PostgreSQL goes down, and the word stays', async () => {
      await bringDown(shop, cluster);
      await assertSaid(shop, 'apart: hub.disk-full');
      await sellEverywhere(shop, ledger);
    });

    await t.test('a master that is started on the full disk sells, and says it as well', async () => {
      await shop.tills[0]?.stop();
      await shop.restart(0);
      await assertSaid(shop, 'apart: hub.disk-full');
      await sellEverywhere(shop, ledger);
    });

    await t.test('room made: everything is sent, once', async () => {
      disk?.makeRoom();
      const startedMs = performance.now();
      await settle(shop, 90_000);
      t.diagnostic(`level ${Math.round((performance.now() - startedMs) / 1000)} s after there was room`);
      assert.deepEqual(await whatEachSays(shop), ['online: nothing', 'online: nothing', 'online: nothing']);
      assert.deepEqual(await checkShop(shop, ledger.acknowledged), []);
    });
  },
);
