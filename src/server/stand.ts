/** Where the register stands, and all registers, in the form the screens show. */
import { viewBackups, type BackupView } from '../backup/settings.ts';
import type { Refusal } from '../base/result.ts';
import type { Answer } from '../protocol/api/routes.ts';
import { ownRegisterId } from '../register/register.ts';
import { listPrinters, listPrintJobs } from '../store/queries/printing.ts';
import { readFeedMark } from '../store/archive.ts';
import { readIncarnation } from '../store/queries/incarnations.ts';
import { countExceptions, listRegisters } from '../store/queries/shop.ts';
import { readRestored } from '../store/restored.ts';
import { readMeta } from '../store/store.ts';
import { countWaiting } from '../store/waiting.ts';
import type { SyncStatus } from '../sync/sync-loop.ts';
import { ONLINE_WITHIN_MS } from './delay-log.ts';
import { refusalWords } from './jobs.ts';
import type { Runtime } from './runtime.ts';

export type StatusView = Answer<'getStatus'>;
export type RegisterView = Answer<'listRegisters'>['rows'][number];

/** Silent for longer than a long break in the network: it was switched off. */
const OFF_AFTER_MS = 10 * 60_000;

export function viewStatus(runtime: Runtime): StatusView {
  const { db } = runtime.register.store;
  const sync = runtime.network.sync()?.status() ?? null;
  const mode = runtime.network.mode();
  const waiting = mode === 'single' ? { changes: 0, sales: 0 } : countWaiting(runtime.register.store);
  const joining = mode === 'slave' && readMeta(db, 'full_copy') === null;
  const disk = { level: runtime.disk.level(), freeBytes: runtime.disk.freeBytes() };
  const full: Refusal | null = disk.level === 'full' ? { code: 'disk.no-new-sale', params: {} } : null;
  const problem = runtime.damage() ?? full ?? runtime.network.problem() ?? sync?.problem ?? null;
  const backups = viewBackupStand(viewBackups(runtime.register.store, mode));
  return {
    state: stateOf(mode, joining, sync),
    sinceMs: sync?.sinceMs ?? 0,
    waitingSales: waiting.sales,
    waitingChanges: waiting.changes,
    masterName: masterName(runtime),
    delayMs: sync?.delayMs ?? null,
    catchingUp: sync?.catchingUp ?? null,
    fullCopy: !joining,
    problem: problem === null ? null : refusalWords(problem),
    recoveryUnprinted: (runtime.network.master()?.recovery.code() ?? null) !== null,
    lastCut: sync?.lastCut ?? null,
    toCheck: countExceptions(db) + (backups.state === 'failing' || backups.state === 'late' ? 1 : 0),
    disk,
    printing: viewPrinting(runtime),
    backups,
    restoring: readRestored(db)?.waits === true,
    otherMaster: runtime.network.otherMaster(),
  };
}

export function viewBackupStand({ problem, ...view }: BackupView): StatusView['backups'] {
  return { ...view, problem: problem === null ? null : refusalWords(problem) };
}

function viewPrinting({ register, printing }: Runtime): StatusView['printing'] {
  const jobs = listPrintJobs(register.store.db);
  return listPrinters(register.store.db).flatMap(({ id, name }) => {
    const own = jobs.filter(({ printer }) => printer === id);
    const cut = own.filter(({ state }) => state === 'cut').length;
    const problem = printing.problemOf(id);
    return problem === null && own.length === 0 ? [] : [{ name, problem, waiting: own.length - cut, cut }];
  });
}

function stateOf(mode: ReturnType<Runtime['network']['mode']>, joining: boolean, sync: SyncStatus | null): StatusView['state'] {
  if (mode === 'single' || mode === null) return sync?.state ?? 'single';
  // Reading what the shop has, until everything is here; on its own once the master does not answer.
  if (joining && sync?.state !== 'ended' && (sync?.problem ?? null) === null) return 'joining';
  return sync?.state ?? 'apart';
}

export function masterName(runtime: Runtime): string | null {
  const { store } = runtime.register;
  const id = readIncarnation(store)?.register;
  return listRegisters(store.db).find((row) => row.id === id)?.name ?? null;
}

/** Heard of at the hub within seconds; nobody is, while this register is apart from it. */
export function isReachable({ network, register: { store }, clock }: Runtime, register: string): boolean {
  const sync = network.sync();
  const presence = sync?.presences().find((one) => one.register === register);
  return (
    sync?.status().state === 'online' &&
    presence !== undefined &&
    clock.nowMs() + store.clockOffsetMs - presence.lastSeenMs < ONLINE_WITHIN_MS
  );
}

/** Changes known to be still to come. */
function toRead(sync: SyncStatus | null): number {
  const { total, done } = sync?.catchingUp ?? { total: 0, done: 0 };
  return total - done;
}

export function viewRegisters(runtime: Runtime): RegisterView[] {
  const { store } = runtime.register;
  const sync = runtime.network.sync();
  const online = sync?.status().state === 'online';
  const hubNow = runtime.clock.nowMs() + store.clockOffsetMs;
  const presences = new Map((sync?.presences() ?? []).map((presence) => [presence.register, presence]));
  const own = store.own === null ? null : ownRegisterId(store);
  const master = readIncarnation(store)?.register;
  const held = sync?.heldLately() ?? readFeedMark(store).position;
  return listRegisters(store.db).map((row) => {
    const isThis = row.id === own;
    const presence = presences.get(row.id) ?? null;
    const silentMs = presence === null ? Infinity : hubNow - presence.lastSeenMs;
    const seen = online && silentMs < ONLINE_WITHIN_MS;
    return {
      id: row.id,
      code: row.code,
      name: row.name,
      isThis,
      isMaster: row.id === master,
      state: row.revoked ? 'revoked' : isThis || seen ? 'online' : silentMs < OFF_AFTER_MS ? 'not-reachable' : 'switched-off',
      lastSeenAt: isThis ? runtime.clock.nowMs() : (presence?.lastSeenMs ?? null),
      waiting: isThis ? (sync === null ? 0 : countWaiting(store).changes) : (presence?.waiting ?? null),
      delayMs: isThis ? (sync?.status().delayMs ?? null) : seen ? (presence?.delayMs ?? null) : null,
      delays: runtime.delays.of(row.id),
      version: isThis ? runtime.version : (presence?.version ?? null),
      behind: isThis ? toRead(sync?.status() ?? null) : presence === null ? null : Math.max(0, held - presence.position),
    };
  });
}
