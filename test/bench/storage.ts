/**
 * `npm run bench -- storage [--history N] [--sales N] --json`: what data costs beside the selling. Backups: the first one, the next daily one with a
 * history of any size in the store, a restore; sales go on during each, and their payments are timed.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '../../src/base/assert.ts';
import { prepareRestore, putInPlace } from '../../src/backup/restore-backup.ts';
import { listManifests } from '../../src/backup/target.ts';
import { childrenOf, chooseTarget } from '../support/backups-of-till.ts';
import { cashMethod, sell, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { describeMachine, measureFdatasync, percentile, rounded, type Figures } from './figures.ts';
import { makeHistory } from './register.ts';

export interface StorageBench {
  /** Sales in the store of the first backup and of the restore. */
  readonly sales: number;
  /** Sales in the store of the daily backup. */
  readonly history: number;
}

/** One day of a busy register. */
const DAY_SALES = 500;
const ASK_MS = 50;

export async function benchStorage(options: StorageBench): Promise<Figures> {
  const figures: Figures = { bench: 'storage', ...describeMachine(), sales: options.sales, history: options.history };
  const root = mkdtempSync(join(tmpdir(), 'aurapos-bench-'));
  try {
    const disk = measureFdatasync(root);
    Object.assign(figures, { fdatasyncP50Ms: rounded(disk.p50), fdatasyncP99Ms: rounded(disk.p99) });
    Object.assign(figures, await measureBackup(join(root, 'first'), options.sales));
    Object.assign(figures, await measureDaily(join(root, 'daily'), options.history));
    return figures;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface BackedUp {
  readonly data: string;
  readonly target: string;
}

async function makeShop(root: string, sales: number): Promise<BackedUp> {
  const [data, target] = [join(root, 'data'), join(root, 'target')];
  for (const folder of [data, target]) mkdirSync(folder, { recursive: true });
  const till = await startTill(data);
  await setUpTill(till, 'single', { catalogue: 'demo' });
  await till.stop();
  makeHistory(data, sales);
  return { data, target };
}

/** The first backup of a store, its trial and its restore. */
async function measureBackup(root: string, sales: number): Promise<Figures> {
  const { data, target } = await makeShop(root, sales);
  const till = await startTill(data);
  await chooseTarget(till, target);
  const first = await whileSelling(till, () => runJob(till, 'backUpNow'));
  const trial = await whileSelling(till, () => runJob(till, 'tryBackup'));
  const { stand } = await till.call('getBackups');
  await till.stop();
  const restore = await timeRestore(target, join(root, 'restored'));
  rmSync(root, { recursive: true, force: true });
  return {
    backupMb: rounded((stand.lastBytes ?? 0) / 2 ** 20, 0),
    backupSeconds: first.seconds,
    backupSalesMeanwhile: first.sales,
    storageSaleP99Ms: Math.max(first.p99, trial.p99),
    backupSaleP99Ms: first.p99,
    trialSeconds: trial.seconds,
    trialSaleP99Ms: trial.p99,
    restoreSeconds: restore,
    restorePlayedSeconds: await measurePlayed(root, sales),
  };
}

/** A restore that plays every sale: the base was made before the first. */
async function measurePlayed(root: string, sales: number): Promise<number> {
  const { data, target } = await makeShop(root, 1);
  const till = await startTill(data);
  await chooseTarget(till, target);
  await runJob(till, 'backUpNow');
  await till.stop();
  makeHistory(data, sales);
  const again = await startTill(data);
  await runJob(again, 'backUpNow');
  await again.stop();
  const seconds = await timeRestore(target, join(root, 'restored'));
  rmSync(root, { recursive: true, force: true });
  return seconds;
}

/** The next daily backup of a store with a long history. */
async function measureDaily(root: string, history: number): Promise<Figures> {
  const { data, target } = await makeShop(root, history);
  const storeBytes = statSync(join(data, 'store.db')).size;
  let till = await startTill(data);
  await chooseTarget(till, target);
  const base = await whileSelling(till, () => runJob(till, 'backUpNow'));
  await till.stop();
  makeHistory(data, DAY_SALES);
  till = await startTill(data);
  const daily = await whileSelling(till, () => runJob(till, 'backUpNow'));
  const { stand } = await till.call('getBackups');
  await till.stop();
  return {
    historyStoreMb: rounded(storeBytes / 2 ** 20, 0),
    historyBackupSeconds: base.seconds,
    historyBackupSaleP99Ms: base.p99,
    dailySales: DAY_SALES,
    dailyBackupSeconds: daily.seconds,
    dailyBackupBytes: stand.lastNewBytes ?? 0,
    dailySaleP99Ms: daily.p99,
  };
}

async function runJob(till: Till, route: 'backUpNow' | 'tryBackup'): Promise<void> {
  const { job } = await till.call(route);
  await waitForJob(till, job, ASK_MS);
}

interface Timed {
  readonly seconds: number;
  /** Of the payments meanwhile, ms. */
  readonly p99: number;
  readonly sales: number;
}

/** A cashier who sells one cart after the other for as long as the work takes. */
async function whileSelling(till: Till, work: () => Promise<void>): Promise<Timed> {
  const products = (await till.call('listProducts', { query: { limit: 5 } })).rows.map(({ id }) => id);
  const cash = await cashMethod(till);
  for (let at = 0; at < 20; at++) await sell(till, products, cash);
  const times: number[] = [];
  const state = { working: true };
  const startedMs = performance.now();
  const done = work().finally(() => {
    state.working = false;
  });
  while (state.working) times.push((await sell(till, products, cash)).payMs);
  await done;
  // The process that did it ends a moment after its answer.
  while (childrenOf(present(till.child.pid, 'its process')).length > 0) await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  return { seconds: rounded((performance.now() - startedMs) / 1000, 1), p99: rounded(percentile(times, 0.99)), sales: times.length };
}

/** As `aurapos backup restore` does it, without the start of a process. */
async function timeRestore(target: string, into: string): Promise<number> {
  mkdirSync(into, { recursive: true });
  const folder = join(target, present(readdirSync(target)[0], 'the register’s folder'));
  const manifest = present(listManifests(folder).whole.at(-1), 'a backup');
  const startedMs = performance.now();
  await prepareRestore({ folder, manifest, identities: [], dataFolder: into, keepNewer: false, nowMs: manifest.madeAt }, () => {});
  putInPlace(into);
  return rounded((performance.now() - startedMs) / 1000, 1);
}
