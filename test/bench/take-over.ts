/**
 * A shop's storage changes while it sells: from single to master, two slaves join, then the master dies (kill -9, register and PostgreSQL) and
 * one of them takes over. Timed from the tap to the moment when a sale that the other slave made after it stands in the new master's history.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/shop-of-many.ts';
import { clusterFolder, postgresPid } from '../support/shop-of-tills.ts';
import { cashMethod, joinTill, sell, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { rounded, type Figures } from './figures.ts';
import { makeHistory } from './register.ts';
import { whileSelling } from './while-selling.ts';
import { freePort } from '../support/free-port.ts';

const LOOK_MS = 50;
const WITHIN_MS = 600_000;

export async function measureTakeOver(root: string, sales: number): Promise<Figures> {
  const folders = ['R1', 'R2', 'R3'].map((name) => join(root, name));
  const [one = '', two = '', three = ''] = folders;
  const tills: Till[] = [];
  const clusters: string[] = [];
  try {
    let master = await startTill(one);
    await setUpTill(master, 'single', { catalogue: 'demo' });
    await master.stop();
    makeHistory(one, sales);
    master = await startTill(one);
    tills.push(master);
    const ports = [await freePort(), await freePort()] as const;
    const migration = await whileSelling(master, async () => {
      await waitForJob(master, (await master.call('toMaster', { body: { hubPort: ports[0] } })).job, LOOK_MS);
    });
    clusters.push(await clusterFolder(one));
    const { code: recoveryCode } = await master.call('showRecoveryCode');
    for (const [at, folder] of [two, three].entries()) {
      const till = await startTill(folder);
      tills.push(till);
      await joinTill(till, master, '127.0.0.1', ports[0], `Till ${at + 2}`);
      clusters.push(await clusterFolder(folder));
    }
    const [, second, third] = tills;
    if (second === undefined || third === undefined) throw new Error('the shop has three registers');
    for (const till of [second, third]) await eventually('it holds all', async () => (await till.call('getStatus')).fullCopy, WITHIN_MS);
    const pid = postgresPid(clusters[0] ?? '');
    await master.kill();
    process.kill(pid, 'SIGKILL');

    const startedMs = performance.now();
    let seenMs = 0;
    const takeOver = await whileSelling(second, async () => {
      const { job } = await second.call('takeOver', { body: { recoveryCode, hubPort: ports[1] } });
      const [sold] = await Promise.all([sellOnce(third), waitForJobOpen(second, job)]);
      await eventually('the other’s sale is in its history', () => isInHistory(second, sold), WITHIN_MS);
      seenMs = performance.now();
      await waitForJob(second, job, LOOK_MS);
    });
    return {
      migrationSeconds: migration.seconds,
      migrationSaleP99Ms: migration.p99,
      takeoverSeconds: rounded((seenMs - startedMs) / 1000, 1),
      takeoverWholeSeconds: takeOver.seconds,
      takeoverSaleP99Ms: takeOver.p99,
    };
  } finally {
    for (const till of tills.toReversed()) if (till.child.exitCode === null && till.child.signalCode === null) await till.stop();
    for (const folder of [root, ...clusters]) rmSync(folder, { recursive: true, force: true });
  }
}

async function sellOnce(till: Till): Promise<string> {
  const products = (await till.call('listProducts', { query: { limit: 3 } })).rows.map(({ id }) => id);
  return (await sell(till, products, await cashMethod(till))).label;
}

/** Until it is the master: others get in from then on. */
async function waitForJobOpen(till: Till, job: string): Promise<void> {
  await eventually(
    'it is the master',
    async () => {
      const { problem } = await till.call('getJob', { params: { id: job } });
      if (problem !== null) throw new Error(`${problem.code}: ${problem.message}`);
      return (await till.call('getState')).mode === 'master';
    },
    WITHIN_MS,
  );
}

async function isInHistory(till: Till, label: string): Promise<boolean> {
  const { rows } = await till.call('listSales', { query: { search: label, limit: 5 } });
  return rows.some((row) => row.label === label);
}
