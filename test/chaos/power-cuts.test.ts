/** Power cuts: of a register, and of the master with its hub, while all of them sell. Real processes on disks that lose what was not synced. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { makePoweredDisk, type PoweredDisk } from '../support/powered-disk.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, clusterFolder, isReady, openShop, postgresPid, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { emptyLedger, keepSelling, wait, type Ledger } from './keep-selling.ts';

const ROUNDS = 3;
const DISK_BYTES = 512 * 1024 * 1024;
/** A system writes back by itself what nobody synced, some seconds later: the cut comes before. */
const LONGEST_MS = 1_500;

/** Server processes that have this folder open as theirs. */
function processesOf(cluster: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isAt(name, `${cluster}/data`))
    .map(Number);
}

function isAt(pid: string, folder: string): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8').includes(folder);
}

/** Everybody sells, then the machine of register `at` goes dark, and is switched on again. */
async function cutOnce(shop: ShopOfTills, ledger: Ledger, at: number, disk: PoweredDisk, goDark: () => Promise<void>): Promise<void> {
  const selling = new AbortController();
  const sellers = shop.tills.map((till) => keepSelling(till, ledger, selling.signal));
  await wait(200 + Math.random() * (LONGEST_MS - 200));
  await goDark();
  disk.cutPower();
  await wait(100);
  selling.abort();
  await Promise.all(sellers);
  disk.powerOn();
  await shop.restart(at);
}

test(
  '[P1] [P4] [fault 8] [FIELD 1] power cuts on a register and on the master while they sell: all that was acknowledged is there',
  { timeout: 300_000 },
  async (t) => {
    const shop = await openShop(2);
    const ledger = emptyLedger();
    const cluster = await clusterFolder(present(shop.folders[0], 'the master’s folder'));
    const [mastersDisk, registersDisk] = [makePoweredDisk(DISK_BYTES), makePoweredDisk(DISK_BYTES)];
    t.after(async () => {
      await shop.stop();
      mastersDisk.remove();
      registersDisk.remove();
    });
    await settle(shop);
    for (const at of [1, 0]) await shop.tills[at]?.stop();
    mastersDisk.take(present(shop.folders[0], 'the master’s folder'));
    mastersDisk.take(cluster);
    registersDisk.take(present(shop.folders[1], 'a register’s folder'));
    for (const at of [0, 1]) await shop.restart(at);
    await settle(shop);

    for (let round = 0; round < ROUNDS; round++) {
      await cutOnce(shop, ledger, 1, registersDisk, async () => shop.tills[1]?.kill());
      await eventually('PostgreSQL is up', () => isReady(cluster), 60_000);
      await cutOnce(shop, ledger, 0, mastersDisk, async () => {
        const server = postgresPid(cluster);
        await shop.tills[0]?.kill();
        process.kill(server, 'SIGKILL');
        await eventually('PostgreSQL is gone', () => processesOf(cluster).length === 0, 10_000);
      });
      await settle(shop);
      for (const till of shop.tills) assert.equal((await till.call('getStatus')).problem, null, 'nothing is found damaged at the start');
    }
    t.diagnostic(`${ledger.acknowledged.size} sales acknowledged, ${ledger.unanswered} unanswered`);
    assert.ok(ledger.acknowledged.size > 20);
    assert.deepEqual(await checkShop(shop, ledger.acknowledged), []);
  },
);
