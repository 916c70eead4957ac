/** A register's data damaged on its disk: a page, the log beside it, a row of its journal. Real processes, real bytes changed; nothing that reads is lost. */
import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test, type TestContext } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { backUp, backupCommand, chooseTarget, restoreTill, type RestoredDocument } from '../support/backups-of-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { sellTimes, type Till } from '../support/till.ts';

const LONGEST_MS = 180_000;
const PAGE_BYTES = 4096;

/** One shop of a master and a slave: each test leaves it in order for the next. */
let shop: ShopOfTills;
let slave = '';
const acknowledged = new Map<string, string>();
before(async () => {
  shop = await openShop(1);
  slave = shop.folders[1] ?? '';
});
after(() => shop.stop());

const till = (at: number): Till => present(shop.tills[at], 'a till');
const sellOn = (at: number, count: number): Promise<string[]> => sellTimes(till(at), count, acknowledged);

/** An empty place for the slave's backups. */
async function emptyTarget(t: TestContext): Promise<string> {
  const target = temporaryFolder('aurapos-target-');
  t.after(() => target.remove());
  await chooseTarget(till(1), target.path);
  return target.path;
}

/** All of the log moved into the file, and every row of the journal still where SQLite can read it: the page damaged is the catalogue's. */
function damageProducts(folder: string): void {
  const file = join(folder, 'store.db');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const root = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'product'").get()?.['rootpage']);
  db.close();
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(64, 0xff), 0, 64, (root - 1) * PAGE_BYTES);
  closeSync(descriptor);
}

/** One bit of the body of a changeset of the register's own. */
function damageJournal(folder: string, label: string): void {
  const [series = '', number = ''] = label.split(/-(?=\d+$)/);
  const db = new DatabaseSync(join(folder, 'store.db'));
  const row = db
    .prepare('SELECT c.local, c.body FROM sale s JOIN changeset c ON c.local = s.id >> 9 WHERE s.series = ? AND s.number = ?')
    .get(series, Number(number));
  const body = Uint8Array.from(row?.['body'] as Uint8Array);
  body[40] = (body[40] ?? 0) ^ 1;
  db.prepare('UPDATE changeset SET body = ? WHERE local = ?').run(body, Number(row?.['local']));
  db.close();
}

async function problemOf(till: Till): Promise<string | undefined> {
  return (await till.call('getStatus')).problem?.code;
}

test(
  '[P1] [fault 28] a corrupt page is found at start; restored from a backup, the sales not yet sent are salvaged from what still reads',
  { timeout: LONGEST_MS },
  async (t) => {
    const target = await emptyTarget(t);
    await sellOn(1, 2);
    await settle(shop);
    await backUp(till(1));
    await sellOn(1, 2);
    await settle(shop);
    await till(0).stop();
    await sellOn(1, 3);
    await till(1).kill();
    damageProducts(slave);
    await shop.restart(1);
    await eventually('it says so', async () => (await problemOf(till(1))) === 'store.corrupt');
    await till(1).stop();
    const { salvaged, waits } = await restoreTill(slave, target);
    assert.equal(salvaged?.sales, 5);
    assert.equal(waits, true);
    await shop.restart(0);
    await shop.restart(1);
    await eventually('it is level', async () => !(await till(1).call('getStatus')).restoring, 60_000);
    await sellOn(1, 1);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
    assert.equal(await problemOf(till(1)), undefined);
  },
);

test(
  '[P1] [fault 28] a corrupt page and no backup: rebuilt from what still reads, the outbox with it, and the rest from the hub',
  { timeout: LONGEST_MS },
  async () => {
    await sellOn(0, 2);
    await sellOn(1, 3);
    await settle(shop);
    await till(0).stop();
    await sellOn(1, 2);
    await till(1).kill();
    damageProducts(slave);
    const { value, refused } = await backupCommand(slave, 'rebuild');
    assert.equal(refused, null, JSON.stringify(value));
    const { salvaged, waits } = value as RestoredDocument;
    assert.ok((salvaged?.sales ?? 0) >= 2);
    assert.equal(waits, true);
    await shop.restart(0);
    await shop.restart(1);
    await eventually('it is level', async () => !(await till(1).call('getStatus')).restoring, 60_000);
    await sellOn(1, 1);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

test(
  '[P1] [fault 28] the log beside the store is gone: what was in it comes back from the hub, under a new series from then on',
  { timeout: LONGEST_MS },
  async () => {
    for (let round = 0; round < 3; round++) {
      await sellOn(1, 4);
      await settle(shop);
      await till(1).kill();
      for (const file of ['store.db-wal', 'store.db-shm']) rmSync(join(slave, file), { force: true });
      await shop.restart(1);
      await settle(shop);
    }
    await sellOn(1, 1);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

test(
  '[P1] [FIELD 6] [fault 28] a row of the journal is damaged before it was sent: it is set aside with a word, the rest flows, and a backup brings it back',
  { timeout: LONGEST_MS },
  async (t) => {
    const target = await emptyTarget(t);
    await settle(shop);
    await till(0).stop();
    const [, bad = ''] = await sellOn(1, 4);
    await backUp(till(1));
    await till(1).stop();
    damageJournal(slave, bad);
    await shop.restart(1);
    await shop.restart(0);
    await eventually('it is told', async () => (await till(1).call('listToCheck')).rows.some(({ kind }) => kind === 'damaged'), 30_000);
    // Both ways: what is sold here from now on arrives there, and the other way round.
    const [label = ''] = await sellOn(1, 1);
    assert.notEqual(label.slice(0, -7), bad.slice(0, -7), 'under a new series');
    const [other = ''] = await sellOn(0, 1);
    const has = async (at: number, wanted: string): Promise<boolean> =>
      (await till(at).call('listSales', { query: { limit: 50 } })).rows.some((row) => row.label === wanted);
    await eventually('they have each other’s', async () => (await has(0, label)) && (await has(1, other)), 30_000);
    await till(1).stop();
    const { salvaged } = await restoreTill(slave, target);
    assert.ok((salvaged?.sales ?? 0) >= 1);
    await shop.restart(1);
    await eventually('it is level', async () => !(await till(1).call('getStatus')).restoring, 60_000);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
    assert.ok(!(await till(1).call('listToCheck')).rows.some(({ kind }) => kind === 'damaged'));
  },
);
