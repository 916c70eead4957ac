/**
 * `npm run bench -- storage [--history N] [--sales N] --json`: what data costs beside the selling. From single to master, a take-over, then
 * backups: the first one, the next daily one with a history of any size in the store, a restore. Sales go on during each, and are timed.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '../../src/base/assert.ts';
import { prepareRestore, putInPlace } from '../../src/backup/restore-backup.ts';
import { listManifests } from '../../src/backup/target.ts';
import { chooseTarget } from '../support/backups-of-till.ts';
import { setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { describeMachine, measureFdatasync, rounded, type Figures } from './figures.ts';
import { makeHistory } from './register.ts';
import { measureTakeOver } from './take-over.ts';
import { whileSelling } from './while-selling.ts';

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
    const moves = await measureTakeOver(join(root, 'shop'), options.sales);
    const backups = await measureBackups(root, options);
    const slowest = [moves['migrationSaleP99Ms'], moves['takeoverSaleP99Ms'], backups['backupsSaleP99Ms']].map(Number);
    return { ...figures, ...moves, ...backups, storageSaleP99Ms: Math.max(...slowest) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** One shop that grows: its history is made once. */
async function measureBackups(root: string, { sales, history }: StorageBench): Promise<Figures> {
  const [data, target, restored] = [join(root, 'data'), join(root, 'target'), join(root, 'restored')];
  for (const folder of [data, target]) mkdirSync(folder, { recursive: true });
  let till = await startTill(data);
  await setUpTill(till, 'single', { catalogue: 'demo' });
  await chooseTarget(till, target);
  await runJob(till, 'backUpNow');
  await till.stop();

  // A base from before the first sale: all of them are played.
  makeHistory(data, sales);
  till = await startTill(data);
  const piece = await whileSelling(till, () => runJob(till, 'backUpNow'));
  await till.stop();
  const restorePlayedSeconds = await timeRestore(target, restored);

  // The first backup of a shop that has sold so much already.
  rmSync(join(data, 'backup-state.json'));
  till = await startTill(data);
  const first = await whileSelling(till, () => runJob(till, 'backUpNow'));
  const { stand } = await till.call('getBackups');
  const trial = await whileSelling(till, () => runJob(till, 'tryBackup'));
  await till.stop();
  const restoreSeconds = await timeRestore(target, restored);
  rmSync(restored, { recursive: true });

  makeHistory(data, Math.max(0, history - sales));
  rmSync(join(data, 'backup-state.json'));
  const storeBytes = statSync(join(data, 'store.db')).size;
  till = await startTill(data);
  const whole = await whileSelling(till, () => runJob(till, 'backUpNow'));
  await till.stop();
  makeHistory(data, DAY_SALES);
  till = await startTill(data);
  const daily = await whileSelling(till, () => runJob(till, 'backUpNow'));
  const { lastNewBytes } = (await till.call('getBackups')).stand;
  await till.stop();
  return {
    backupMb: rounded((stand.lastBytes ?? 0) / 2 ** 20, 0),
    backupSeconds: first.seconds,
    piecesSeconds: piece.seconds,
    trialSeconds: trial.seconds,
    restoreSeconds,
    restorePlayedSeconds,
    historyStoreMb: rounded(storeBytes / 2 ** 20, 0),
    historyBackupSeconds: whole.seconds,
    dailySales: DAY_SALES + daily.sales,
    dailyBackupSeconds: daily.seconds,
    dailyBackupBytes: lastNewBytes ?? 0,
    storageSales: [piece, first, trial, whole, daily].reduce((sum, timed) => sum + timed.sales, 0),
    backupsSaleP99Ms: Math.max(...[piece, first, trial, whole, daily].map(({ p99 }) => p99)),
    backupSaleP99Ms: first.p99,
    trialSaleP99Ms: trial.p99,
    historyBackupSaleP99Ms: whole.p99,
    dailySaleP99Ms: daily.p99,
  };
}

async function runJob(till: Till, route: 'backUpNow' | 'tryBackup'): Promise<void> {
  const { job } = await till.call(route);
  await waitForJob(till, job, ASK_MS);
}

/** As `aurapos backup restore` does it, without the start of a process. */
async function timeRestore(target: string, into: string): Promise<number> {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const folder = join(target, present(readdirSync(target)[0], 'the register’s folder'));
  const manifest = present(listManifests(folder).whole.at(-1), 'a backup');
  const startedMs = performance.now();
  await prepareRestore({ folder, manifest, identities: [], dataFolder: into, keepNewer: false, nowMs: manifest.madeAt }, () => {});
  putInPlace(into);
  return rounded((performance.now() - startedMs) / 1000, 1);
}
