/** Puts a register process together over a data folder, and takes it apart again. Nothing listens yet: http-server.ts does that. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { putInPlace } from '../backup/restore-backup.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { ok, type Refusal, type Result } from '../base/result.ts';
import { unfinishedImports } from '../register/import-products.ts';
import { unfinishedStocktakes } from '../register/stocktake.ts';
import { unfinishedUndos } from '../register/undo-import.ts';
import { noteUnanswered } from '../register/ask-card.ts';
import { getCart } from '../register/edit-cart.ts';
import { openRegister } from '../register/register.ts';
import { makeDiskRoom, type DiskRoom } from '../store/disk-room.ts';
import { lockFolder } from '../store/lock-folder.ts';
import { startReader } from '../store/reader.ts';
import { closeStore } from '../store/store.ts';
import { openStore } from '../store/open-store.ts';
import type { SyncTools } from '../sync/tools.ts';
import { makeBackupDesk } from './desks/backup-desk.ts';
import { makeCardDesk } from './desks/card-desk.ts';
import { makeFiscalDesk } from './desks/fiscal-desk.ts';
import { makeLinkMeter } from './diagnosis/link-meter.ts';
import { makeDelayLog } from './delay-log.ts';
import { makeEventBus } from './events.ts';
import { makeGiveWay } from './give-way.ts';
import { makeImportDesk } from './desks/import-desk.ts';
import { makeStocktakeDesk } from './desks/stocktake-desk.ts';
import { makeJobs } from './jobs.ts';
import { makeJoiningDesk } from './joining/joining-desk.ts';
import { takeUpJoining } from './joining/joining-jobs.ts';
import { takePlace } from './joining/joining-place.ts';
import { keepWeekSums } from './keep-week-sums.ts';
import { makePrintQueue } from './desks/print-queue.ts';
import { makeNetwork, type Network } from './network/network.ts';
import type { Runtime } from './runtime.ts';
import { makeSessions } from './sessions.ts';
import { viewStatus } from './stand.ts';

export interface StartInput {
  readonly dataFolder: string;
  readonly version: string;
  /** PostgreSQL's listen_addresses on a master. */
  readonly listen: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A register was restored into its data folder: whoever runs this one starts it anew. */
  onRestart(): void;
}

export interface Started {
  readonly runtime: Runtime;
  /** Raises the hub or reaches for the master, and takes up what was cut. Apart from opening, so that screens answer first. */
  connect(): Promise<void>;
  stop(how: { readonly server: 'stop' | 'leave' }): Promise<void>;
}

/** Often, so that each copies little: a long one makes the sales beside it wait for the disk. */
const CHECKPOINT_MS = 1_000;
/** A disk fills over days, and is emptied by a person who waits for the word to go. */
const DISK_LOOK_MS = 2_000;
/** Where the register stands is told at once when it changes, but not more often than a person can see. */
const STATUS_EVERY_MS = 100;

/** Refuses with store.in-use, store.newer, store.corrupt. */
export function startRuntime(input: StartInput): Result<Started> {
  const { clock, random, log } = input;
  mkdirSync(input.dataFolder, { recursive: true });
  chmodSync(input.dataFolder, 0o700);
  const lock = lockFolder(input.dataFolder);
  if (!lock.ok) return lock;
  putInPlace(input.dataFolder);
  takePlace(input.dataFolder, input);
  const opened = openStore(join(input.dataFolder, 'store.db'), { clock, random });
  if (!opened.ok) {
    lock.value.release();
    return opened;
  }
  const store = opened.value;
  const disk = makeDiskRoom(input.dataFolder);
  disk.keepReserve();
  store.db.disk = disk;
  const { register, filled } = openRegister(store);
  noteUnanswered(register);
  // A damaged page is no reason to die: what can be read can be sold, and the status says what to do.
  const searchFilled = filled.catch((error: unknown) => noteDamage({ code: 'store.corrupt', params: { detail: String(error) } }));
  const reader = startReader(store);
  const events = makeEventBus();
  const stopped = new AbortController();
  const jobs = makeJobs(
    clock,
    random,
    (job) => events.publish({ type: 'job', job }),
    (error) => log.error('job.crashed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const giveWay = makeGiveWay(clock);
  const syncTools: SyncTools = {
    store,
    prepare: (work) => reader.prepare(work),
    yieldTurn: giveWay.turn,
    clock,
    random,
    log,
  };
  const network = makeNetwork({
    ...input,
    register,
    reader,
    syncTools,
    startJob: (kind, work) => jobs.start(kind, work),
    onStatus: () => tellStatus(),
  });
  const fiscalDesk = makeFiscalDesk(register, events, log);
  const cardDesk = makeCardDesk(register, fiscalDesk.complete, log, () =>
    events.publish({ type: 'cart', version: getCart(register).version }),
  );
  const delays = makeDelayLog(store, network, clock);
  const printing = makePrintQueue({ store, clock, log, giveWay, onChange: () => tellStatus() });
  const backups = makeBackupDesk({ ...input, store, jobs, onChange: () => tellStatus() });
  const joining = makeJoiningDesk({ ...input, register, reader });
  const runtime: Runtime = {
    version: input.version,
    dataFolder: input.dataFolder,
    clock,
    random,
    log,
    register,
    reader,
    sessions: makeSessions(random, clock),
    events,
    jobs,
    giveWay,
    imports: makeImportDesk(register, input.dataFolder, giveWay),
    stocktakes: makeStocktakeDesk(register, input.dataFolder, giveWay),
    cardDesk,
    fiscalDesk,
    network,
    delays,
    printing,
    backups,
    joining,
    disk,
    linkMeter: makeLinkMeter(input),
    damage: () => damage,
    restart: () => input.onRestart(),
  };

  let damage: Refusal | null = null;
  const noteDamage = (found: Refusal): void => {
    damage = found;
    tellStatus();
  };
  let telling = false;
  const tellStatus = (): void => {
    delays.sample();
    if (telling) return;
    telling = true;
    void clock.sleep(STATUS_EVERY_MS, stopped.signal).then(() => {
      telling = false;
      if (!stopped.signal.aborted && network.mode() !== null) events.publish({ type: 'status', status: viewStatus(runtime) });
    });
  };
  store.listeners.add((changes, own) => {
    events.publish({ type: 'changed', tables: [...new Set(changes.map(({ table }) => table))], from: own ? null : 'elsewhere' });
    tellStatus();
  });
  let beginning: Promise<void> = Promise.resolve();
  const watchingDisk = watchDisk(disk, clock, log, stopped.signal, tellStatus);
  const checkpointing = keepCheckpoints(reader, clock, log, stopped.signal);
  const summing = keepWeekSums({ store, reader, clock, log }, stopped.signal);

  return ok({
    runtime,
    connect: async () => {
      void checkPages(runtime, noteDamage);
      await searchFilled;
      takeUpWork(runtime);
      printing.noticeWork();
      if (!(await beginNetwork(network, log))) beginning = keepBeginning(network, clock, log, stopped.signal);
    },
    stop: async (how) => {
      stopped.abort();
      joining.stop();
      await backups.stop();
      await printing.stop();
      cardDesk.stop();
      fiscalDesk.stop();
      await beginning;
      await network.stop(how);
      await checkpointing;
      await watchingDisk;
      await summing;
      await reader.stop();
      closeStore(store);
      lock.value.release();
    },
  });
}

/** SQLite's own check of every page and index, beside the selling; what it finds is said where the register stands. */
async function checkPages({ reader, log }: Runtime, onDamage: (refusal: Refusal) => void): Promise<void> {
  try {
    const checked = await reader.ask('quickCheck');
    if (checked.ok) return;
    log.error('store.damaged', { ...checked.refusal });
    onDamage(checked.refusal);
  } catch (error) {
    // The reading thread was ended with the process, or the file cannot be read at all.
    log.warn('store.not-checked', { error: String(error) });
  }
}

/** True when it began. A hub that does not come up leaves a register that sells, and is tried again. */
async function beginNetwork(network: Network, log: Log): Promise<boolean> {
  try {
    const begun = await network.start();
    if (!begun.ok) log.error('network.not-started', { ...begun.refusal });
    return begun.ok;
  } catch (error) {
    log.error('network.not-started', { error: String(error) });
    return false;
  }
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

async function keepBeginning(network: Network, clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  while (await clock.sleep(pauseMs, signal)) {
    if (await beginNetwork(network, log)) return;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

/** Changes of mode and imports that a kill or a power cut interrupted. */
function takeUpWork(runtime: Runtime): void {
  const { jobs, network, imports } = runtime;
  const unfinished = network.unfinished();
  if (unfinished?.kind === 'to-master') jobs.start('to-master', (progress) => network.toMaster(progress, unfinished.port));
  if (unfinished?.kind === 'renew-keys') jobs.start('renew-keys', (progress) => network.renewKeys(progress));
  if (unfinished?.kind === 'join') jobs.start('join', (progress) => network.resumeJoin(progress));
  takeUpJoining(runtime);
  for (const plan of unfinishedImports(runtime.register.store)) jobs.start('import', (progress) => imports.write(plan, progress));
  for (const plan of unfinishedStocktakes(runtime.register.store))
    jobs.start('stocktake', (progress) => runtime.stocktakes.write(plan, progress));
  for (const plan of unfinishedUndos(runtime.register.store))
    jobs.start('undo-import', (progress) => imports.undo(plan, plan.user, progress));
}

/** Said when it changes; a reserve that was given up is made again once there is room. */
async function watchDisk(disk: DiskRoom, clock: Clock, log: Log, signal: AbortSignal, onChange: () => void): Promise<void> {
  let said = disk.level();
  while (await clock.sleep(DISK_LOOK_MS, signal)) {
    try {
      disk.keepReserve();
      const level = disk.level();
      if (level === said) continue;
      said = level;
      log.warn('disk.level', { level, freeBytes: disk.freeBytes() });
      onChange();
    } catch (error) {
      log.error('disk.not-looked-at', { error: String(error) });
    }
  }
}

async function keepCheckpoints(reader: Runtime['reader'], clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  while (await clock.sleep(CHECKPOINT_MS, signal)) {
    await reader.checkpoint().catch((error: unknown) => log.error('store.checkpoint', { error: String(error) }));
  }
}
