/** Backups and what happens to them: killed, full, pulled, rotten; and registers put back from one. Real processes, really full disks, real bits flipped. */
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { readManifest } from '../../src/backup/target.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { aurapos } from '../e2e/aurapos-command.ts';
import { backUp, backupCommand, childrenOf, chooseTarget, restoreTill, tryOut } from '../support/backups-of-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, openShop, settle } from '../support/shop-of-tills.ts';
import { putOnSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { type Till, refusedWith, sellTimes, setUpTill, startTill } from '../support/till.ts';

const MIB = 1024 * 1024;

interface Selling {
  till: Till;
  readonly data: string;
  readonly target: string;
  /** Beneath the target, once there is a backup. */
  folder(): string;
  sell(count: number): Promise<string[]>;
  restart(): Promise<void>;
  /** Done once the till has ended. */
  disks: SmallDisk[];
}

/** A single register that sells, with an empty place for its backups. */
async function openTill(t: TestContext): Promise<Selling> {
  const [data, target] = [temporaryFolder(), temporaryFolder('aurapos-target-')];
  const selling: Selling = {
    till: await startTill(data.path),
    data: data.path,
    target: target.path,
    folder: () => join(target.path, present(readdirSync(target.path)[0], 'the register’s folder')),
    sell: (count) => sellTimes(selling.till, count),
    restart: async () => {
      selling.till = await startTill(data.path);
    },
    disks: [],
  };
  t.after(async () => {
    if (selling.till.child.exitCode === null && selling.till.child.signalCode === null) await selling.till.stop();
    for (const disk of selling.disks) disk.unmount();
    data.remove();
    target.remove();
  });
  await setUpTill(selling.till, 'single', { catalogue: 'demo' });
  return selling;
}

async function salesOf(till: Till): Promise<string[]> {
  return (await till.call('listSales', { query: { limit: 500 } })).rows.map(({ label }) => label).toSorted();
}

test('[fault 31] backup.not-chosen, backup.cut-short: the process that makes a backup killed with -9: said, the one before is whole, the next one is made', async (t) => {
  const selling = await openTill(t);
  await assert.rejects(backUp(selling.till), refusedWith('backup.not-chosen'));
  await chooseTarget(selling.till, selling.target);
  await selling.sell(3);
  await backUp(selling.till);
  await tryOut(selling.till);
  await selling.sell(2);
  const pid = present(selling.till.child.pid, 'its process');
  await eventually('nothing works on the one before any more', () => childrenOf(pid).length === 0);
  const { job } = await selling.till.call('backUpNow');
  await eventually('it works on the backup', () => childrenOf(pid).length > 0);
  process.kill(present(childrenOf(pid)[0], 'the process that works on it'), 'SIGKILL');
  await eventually(
    'it is said',
    async () => (await selling.till.call('getJob', { params: { id: job } })).problem?.code === 'backup.cut-short',
    5_000,
  );
  const status = await selling.till.call('getStatus');
  assert.equal(status.backups.state, 'failing');
  assert.equal(status.backups.problem?.code, 'backup.cut-short');
  assert.equal((await backupCommand(selling.data, 'verify', '--from', selling.target, '--try')).refused, null);
  const stand = await backUp(selling.till);
  assert.equal(stand.state, 'good');
  assert.equal((await tryOut(selling.till)).couldLose, 0);
});

test(
  '[fault 31] the register killed with -9 at any moment of a backup: what is listed is whole, and the next start goes on',
  { timeout: 240_000 },
  async (t) => {
    const selling = await openTill(t);
    await chooseTarget(selling.till, selling.target);
    await backUp(selling.till);
    for (let round = 0; round < 8; round++) {
      await selling.sell(3);
      // Every second one is a whole new base.
      if (round % 2 === 1) rmSync(join(selling.data, 'backup-state.json'), { force: true });
      await selling.till.call('backUpNow');
      await new Promise((resolve) => setTimeout(resolve, round * 45));
      await selling.till.kill();
      const checked = await backupCommand(selling.data, 'verify', '--from', selling.target, '--try');
      assert.equal(checked.refused, null, `round ${round}: ${JSON.stringify(checked.value)}`);
      await selling.restart();
    }
    const stand = await backUp(selling.till);
    assert.equal(stand.state, 'good');
    await tryOut(selling.till);
    const leftovers = ['bases', 'segments', 'values', 'local', 'backups'].flatMap((part) => readdirSync(join(selling.folder(), part)));
    assert.deepEqual(
      leftovers.filter((name) => name.endsWith('.part')),
      [],
    );
    await selling.till.stop();
    assert.equal(((await aurapos(selling.data, 'verify')) as { ok: boolean }).ok, true);
  },
);

test('[fault 31] backup.target-full: the stick is full to the last byte: an alert says so, the last good one stays, with room it goes on', async (t) => {
  const selling = await openTill(t);
  const disk = putOnSmallDisk(selling.target, 24 * MIB);
  selling.disks.push(disk);
  await chooseTarget(selling.till, selling.target);
  // The place was chosen a moment ago, and its first backup is under way: what is sold meanwhile is in the one asked for.
  await selling.sell(2);
  await backUp(selling.till);
  assert.equal((await tryOut(selling.till)).couldLose, 0);
  const names = async (): Promise<string[]> => (await selling.till.call('listBackups')).rows.map(({ name }) => name);
  const before = await names();
  await selling.sell(40);
  disk.fill();
  await assert.rejects(backUp(selling.till), refusedWith('backup.target-full'));
  const { backups } = await selling.till.call('getStatus');
  assert.deepEqual([backups.state, backups.problem?.code, backups.couldLose], ['failing', 'backup.target-full', 40]);
  assert.deepEqual(await names(), before);
  await selling.sell(1);
  disk.makeRoom();
  assert.equal((await backupCommand(selling.data, 'verify', '--from', selling.target, '--try')).refused, null);
  assert.equal((await backUp(selling.till)).state, 'good');
  assert.equal((await tryOut(selling.till)).couldLose, 0);
});

test('[fault 31] backup.target-gone: the stick is pulled, also in the middle of a backup: nothing is written where it was, and plugged in again it goes on', async (t) => {
  const selling = await openTill(t);
  await chooseTarget(selling.till, selling.target);
  await selling.sell(2);
  await backUp(selling.till);
  const elsewhere = `${selling.target}-pulled`;
  renameSync(selling.target, elsewhere);
  // An empty mount point is what is left of a stick.
  mkdirSync(selling.target);
  await selling.sell(1);
  await assert.rejects(backUp(selling.till), refusedWith('backup.target-gone'));
  assert.deepEqual(readdirSync(selling.target), []);
  assert.equal((await selling.till.call('getStatus')).backups.problem?.code, 'backup.target-gone');
  await assert.rejects(selling.till.call('listBackups'), refusedWith('backup.target-gone'));
  rmSync(selling.target, { recursive: true });
  renameSync(elsewhere, selling.target);
  assert.equal((await backUp(selling.till)).state, 'good');

  const disk = putOnSmallDisk(selling.target, 64 * MIB);
  await selling.sell(1);
  rmSync(join(selling.data, 'backup-state.json'), { force: true });
  const { job } = await selling.till.call('backUpNow');
  disk.unmount();
  const look = (): Promise<Answer<'getJob'>> => selling.till.call('getJob', { params: { id: job } });
  await eventually('it has ended', async () => (await look()).state !== 'running');
  // What was mounted there is away with what lay on it; the place beneath is empty again.
  assert.equal((await look()).problem?.code, 'backup.target-gone');
  assert.deepEqual(readdirSync(selling.target), []);
});

test('[fault 31] backup.rotten: a bit flips on the stick: the trial finds it, says so, and the next backup builds on nothing of it', async (t) => {
  const selling = await openTill(t);
  await chooseTarget(selling.till, selling.target);
  await selling.sell(2);
  await backUp(selling.till);
  await selling.sell(2);
  await backUp(selling.till);
  assert.equal((await tryOut(selling.till)).state, 'good');
  const [row] = (await selling.till.call('listBackups')).rows;
  const manifest = present(readManifest(selling.folder(), present(row, 'a backup').name), 'its manifest');
  const file = join(selling.folder(), manifest.base.file);
  const descriptor = openSync(file, 'r+');
  const at = Math.floor(statSync(file).size / 2);
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 4;
  writeSync(descriptor, byte, 0, 1, at);
  closeSync(descriptor);
  await assert.rejects(tryOut(selling.till), refusedWith('backup.rotten'));
  assert.equal((await backupCommand(selling.data, 'verify', '--from', selling.target)).refused, 'backup.rotten');
  const { backups } = await selling.till.call('getStatus');
  assert.deepEqual([backups.state, backups.problem?.code, backups.lastProvenAt], ['failing', 'backup.rotten', null]);
  assert.equal((await backUp(selling.till)).state, 'good');
  assert.equal((await tryOut(selling.till)).couldLose, 0);
  assert.equal((await backupCommand(selling.data, 'verify', '--from', selling.target, '--try')).refused, null);
});

test('[fault 31] backup.no-room: without room for the copy beside the store nothing is begun, and selling goes on', async (t) => {
  const selling = await openTill(t);
  await chooseTarget(selling.till, selling.target);
  await selling.till.stop();
  const disk = putOnSmallDisk(selling.data, 400 * MIB);
  selling.disks.push(disk);
  await selling.restart();
  disk.fill(100 * MIB);
  await assert.rejects(backUp(selling.till), refusedWith('backup.no-room'));
  await selling.sell(1);
  disk.makeRoom();
  assert.equal((await backUp(selling.till)).state, 'good');
});

test('[P1] [P4] [fault 16] alone: a new machine restored from a backup, offline, begins a new series at once: no receipt number twice', async (t) => {
  const selling = await openTill(t);
  await chooseTarget(selling.till, selling.target);
  const kept = await selling.sell(3);
  await backUp(selling.till);
  const lost = await selling.sell(2);
  await selling.till.kill();
  const fresh = temporaryFolder();
  t.after(() => fresh.remove());
  const { series, waits } = await restoreTill(fresh.path, selling.target);
  assert.match(series, /^R1b-\w{4}$/);
  assert.equal(waits, false);
  const again = await startTill(fresh.path);
  t.after(() => again.stop());
  const [label = ''] = await sellTimes(again, 1);
  assert.equal(label, `${series}-000001`);
  assert.ok(![...kept, ...lost].includes(label));
  assert.deepEqual(await salesOf(again), [...kept, label].toSorted());
});

test('[P1] [fault 16] restored over data that still reads: its later sales are kept, and what was there lies aside', async (t) => {
  const selling = await openTill(t);
  await chooseTarget(selling.till, selling.target);
  const first = await selling.sell(2);
  await backUp(selling.till);
  const later = await selling.sell(3);
  assert.equal((await backupCommand(selling.data, 'restore', '--from', selling.target, '--yes')).refused, 'store.in-use');
  await selling.till.stop();
  const { salvaged, aside } = await restoreTill(selling.data, selling.target);
  assert.equal(salvaged?.sales, 3);
  assert.ok(statSync(join(aside ?? '', 'store.db')).size > 0);
  await selling.restart();
  assert.deepEqual(await salesOf(selling.till), [...first, ...later]);
  await selling.sell(1);
  assert.equal((await backUp(selling.till)).state, 'good');
  await tryOut(selling.till);
  await selling.till.stop();
  assert.equal(((await aurapos(selling.data, 'verify')) as { ok: boolean }).ok, true);
});

test(
  '[P1] [P4] [fault 16] restore.not-level: a slave restored from a backup takes its later sales back from the hub before it sells, then a new series',
  { timeout: 180_000 },
  async (t) => {
    const shop = await openShop(1);
    const target = temporaryFolder('aurapos-target-');
    t.after(async () => {
      await shop.stop();
      target.remove();
    });
    const acknowledged = new Map<string, string>();
    const sellOn = (till: Till, count: number): Promise<string[]> => sellTimes(till, count, acknowledged);
    const till = (at: number): Till => present(shop.tills[at], 'a till');
    const folder = shop.folders[1] ?? '';
    await chooseTarget(till(1), target.path);
    await sellOn(till(1), 2);
    await settle(shop);
    await backUp(till(1));
    await sellOn(till(1), 3);
    await settle(shop);
    await till(1).kill();
    rmSync(folder, { recursive: true });
    await till(0).stop();
    const { waits, series } = await restoreTill(folder, target.path);
    assert.equal(waits, true);
    await shop.restart(1);
    await assert.rejects(sellOn(till(1), 1), refusedWith('restore.not-level'));
    assert.equal((await till(1).call('getStatus')).restoring, true);
    await shop.restart(0);
    await eventually('it is level', async () => !(await till(1).call('getStatus')).restoring, 60_000);
    const [label = ''] = await sellOn(till(1), 1);
    assert.equal(label, `${series}-000001`);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);

    // A person who cannot wait goes on without; what the shop has comes later, and no number twice.
    await backUp(till(1));
    await sellOn(till(1), 2);
    await settle(shop);
    await till(1).kill();
    rmSync(folder, { recursive: true });
    await till(0).stop();
    await restoreTill(folder, target.path);
    await shop.restart(1);
    await till(1).call('goOnWithout');
    await sellOn(till(1), 2);
    await shop.restart(0);
    await settle(shop);
    assert.deepEqual(await checkShop(shop, acknowledged), []);
  },
);

test(
  '[fault 16] master.keys-missing: a main register restored onto another machine makes no new keys: it says what to do, and sells once somebody says so',
  { timeout: 120_000 },
  async (t) => {
    const shop = await openShop(0);
    const [target, fresh] = [temporaryFolder('aurapos-target-'), temporaryFolder()];
    const master = present(shop.tills[0], 'the master');
    t.after(async () => {
      await shop.stop();
      target.remove();
      fresh.remove();
    });
    await chooseTarget(master, target.path);
    const sold = await sellTimes(master, 2);
    await backUp(master);
    await master.stop();
    await restoreTill(fresh.path, target.path);
    const again = await startTill(fresh.path);
    t.after(() => again.stop());
    await eventually(
      'it says why its hub is not up',
      async () => (await again.call('getStatus')).problem?.code === 'master.keys-missing',
      10_000,
    );
    await assert.rejects(sellTimes(again, 1), refusedWith('restore.not-level'));
    await again.call('goOnWithout');
    const [label = ''] = await sellTimes(again, 1);
    assert.deepEqual(await salesOf(again), [...sold, label].toSorted());
    assert.deepEqual(
      readdirSync(fresh.path).filter((name) => name === 'hub'),
      [],
    );
  },
);
