/** Backups through the API: made by themselves, asked of who may, with the code that opens them. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { backUp, chooseTarget, restoreTill, tryOut } from '../support/backups-of-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { eventually } from '../support/shop-of-many.ts';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { ApiRefusal, cashMethod, freePort, sell, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';

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
