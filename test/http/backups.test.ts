/** Backups through the API: made by themselves, asked of who may, with the code that opens them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RUNNING_FILE } from '../../src/server/running-file.ts';
import { backUp, chooseTarget, restoreTill, tryOut } from '../support/backups-of-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { eventually } from '../support/shop-of-many.ts';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { ApiRefusal, cashMethod, reachTill, refusedWith, sell, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { freePort } from '../support/free-port.ts';

async function goodAt(till: Till): Promise<number> {
  return (await till.call('getBackups')).stand.lastGoodAt ?? 0;
}

async function sellOne(till: Till): Promise<void> {
  const { rows } = await till.call('listProducts', { query: { limit: 1 } });
  await sell(till, [rows[0]?.id ?? ''], await cashMethod(till));
}

test('a backup is made once a place is chosen, tried out by itself, and again after the closing of the day', async (t) => {
  const [data, target] = [temporaryFolder(), temporaryFolder('aurapos-target-')];
  const till = await startTill(data.path);
  t.after(async () => {
    await till.stop();
    data.remove();
    target.remove();
  });
  await setUpTill(till, 'single', { catalogue: 'demo' });
  await sellOne(till);
  await chooseTarget(till, target.path);
  await eventually('the first is made', async () => (await goodAt(till)) > 0, 15_000);
  await eventually('and tried out', async () => (await till.call('getBackups')).stand.lastProvenAt !== null, 60_000);
  const first = await goodAt(till);
  await sellOne(till);
  assert.equal((await till.call('getStatus')).backups.couldLose, 1);
  await till.call('closeDay');
  await eventually('the next is made', async () => (await goodAt(till)) > first, 15_000);
});

test('recovery.wrong-code, backup.code-needed: a shop of several encrypts with the code that it has, which then opens them elsewhere', async (t) => {
  const [data, target, fresh] = [temporaryFolder(), temporaryFolder('aurapos-target-'), temporaryFolder()];
  const till = await startTill(data.path);
  t.after(async () => {
    const cluster = await clusterFolder(data.path);
    await till.stop();
    rmSync(cluster, { recursive: true, force: true });
    for (const folder of [data, target, fresh]) folder.remove();
  });
  await setUpTill(till, 'single', { catalogue: 'demo' });
  await sellOne(till);
  const { recoveryCode: first } = await chooseTarget(till, target.path, { encrypted: true });
  assert.match(first ?? '', /^(\w{4}-){6}\w{4}$/);
  await backUp(till);
  // Becoming one of several gives the shop another code: the backups from then on open with that one.
  const { job } = await till.call('toMaster', { body: { hubPort: await freePort() } });
  const { recoveryCode: second } = await waitForJob(till, job);
  assert.notEqual(second, first);
  await backUp(till);
  await tryOut(till);
  const refused = async (body: { encrypted?: boolean; code?: string }): Promise<string> => {
    try {
      await chooseTarget(till, target.path, body);
      return '';
    } catch (error) {
      return error instanceof ApiRefusal ? error.code : String(error);
    }
  };
  await chooseTarget(till, target.path);
  assert.equal(await refused({ encrypted: true }), 'backup.code-needed');
  assert.equal(await refused({ encrypted: true, code: first ?? '' }), 'recovery.wrong-code');
  assert.equal(await refused({ encrypted: true, code: second ?? '' }), '');
  await backUp(till);
  const [folder = ''] = readdirSync(target.path);
  assert.match(folder, /^aurapos-R1-[0-9a-f]{12}$/);
  const { waits } = await restoreTill(fresh.path, target.path, '--code', second ?? '');
  assert.equal(waits, true);
});

test('[P1] restore.cart-open, restore.under-way: a running register is put back while it sells; every sale it called paid comes along, unless it is left out', async (t) => {
  const [data, target] = [temporaryFolder(), temporaryFolder('aurapos-target-')];
  const till = await startTill(data.path);
  t.after(async () => {
    await till.stop();
    data.remove();
    target.remove();
  });
  await setUpTill(till, 'single', { catalogue: 'demo' });
  const { rows } = await till.call('listProducts', { query: { limit: 1 } });
  const product = rows[0]?.id ?? '';
  const cash = await cashMethod(till);
  const paid = new Set<string>();
  const sellAt = async (at: Pick<Till, 'call'>): Promise<void> => void paid.add((await sell(at, [product], cash)).label);
  await sellAt(till);
  await chooseTarget(till, target.path);
  await backUp(till);
  await sellAt(till);
  const found = await till.call('findBackups', { body: { from: target.path } });
  const newest = found.rows[0];
  assert.ok(newest);
  assert.deepEqual([newest.newer.present, newest.newer.sales, newest.counts.sales], ['same', 1, 1]);
  const body = { folder: newest.folder, name: newest.name };

  await till.call('addLine', { body: { product } });
  await assert.rejects(till.call('restoreBackup', { body }), refusedWith('restore.cart-open'));
  await till.call('clearCart');

  // Two cashiers' worth of sales until the store is closed: the last of them was paid, or was refused.
  await till.call('restoreBackup', { body });
  const refused = await sellUntilRefused(() => sellAt(till));
  assert.equal(refused, 'restore.under-way');
  const after = await started(data.path);
  const listed = async (at: Pick<Till, 'call'>): Promise<string[]> =>
    (await at.call('listSales', { query: { limit: 500 } })).rows.map(({ label }) => label).toSorted();
  assert.deepEqual(await listed(after), [...paid].toSorted());
  await sellAt(after);
  assert.match([...paid].at(-1) ?? '', /^R1b-\w{4}-000001$/);

  // Left out on request: the register is what it was.
  await after.call('restoreBackup', { body: { ...body, keepNewer: false } });
  const again = await started(data.path);
  assert.deepEqual(await listed(again), ['R1-000001']);
  assert.equal(readdirSync(data.path).filter((name) => name.startsWith('before-restore-')).length, 2);
});

/** The register that starts anew over what was restored: under a token of its own. */
async function started(folder: string): Promise<Pick<Till, 'call'>> {
  const before = noteOf(folder);
  await eventually(
    'it starts anew',
    async () => noteOf(folder) !== '' && noteOf(folder) !== before && (await reachTill(folder).call('getState')).setUp,
    30_000,
  );
  return reachTill(folder);
}

function noteOf(folder: string): string {
  const file = join(folder, RUNNING_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

async function sellUntilRefused(work: () => Promise<void>): Promise<string> {
  for (;;) {
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiRefusal) return error.code;
      throw error;
    }
  }
}
