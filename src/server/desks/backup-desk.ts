/**
 * Backups at work beside a running register: by the clock and after a closing, tried out weekly (after each, where that is cheap), on request. The
 * work is done by a process of its own (backup/run-backup.ts); here lies when, and what became of it. A backup that fails leaves the one before
 * as it is, and is tried again.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ok, refuse, type Refusal, type Result } from '../../base/result.ts';
import { identitiesFrom, identityOfCode, recipientOf } from '../../backup/encryption.ts';
import type { BackupAnswers } from '../../backup/requests.ts';
import { forgetPieces } from '../../backup/make-backup.ts';
import { runBackup } from '../../backup/run-backup.ts';
import { folderOf } from '../../backup/target.ts';
import {
  isBackupDue,
  isTrialDue,
  readBackupSettings,
  readBackupStand,
  writeBackupSettings,
  writeBackupStand,
  type BackupStand,
  type MadeNote,
} from '../../backup/settings.ts';
import type { RefusalCode } from '../../base/refusals.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { unsettledPayment } from '../../domain/card-payment.ts';
import { readOpenCart } from '../../register/edit-cart.ts';
import { readMode } from '../../register/register.ts';
import { readSelf } from '../../store/backup-parts.ts';
import { attemptsOf } from '../../store/queries/payments.ts';
import type { Store } from '../../store/store.ts';
import { Bell } from '../../sync/signal.ts';
import type { JobProgress, Jobs } from '../jobs.ts';

export interface BackupDesk {
  /** Makes the register's folder at a place that a person chose. */
  prepare(target: string): Promise<Result<object>>;
  /** A person asks for one, `to` another place for this once: the job that makes it, with all that was sold until now. */
  makeNow(to: string | null): string;
  prove(progress: JobProgress, name: string | null): Promise<Result<object>>;
  list(from: string): Promise<Result<BackupAnswers['list']>>;
  /** Of the place where this register's go. */
  listOwn(): Promise<Result<BackupAnswers['list']>>;
  /**
   * Makes another store ready to take this one's place at the next start. Selling goes on while it is made; then, once no cart is open, this store
   * is closed, and what it holds beyond the backup is taken over unless it is to be left out. Refused anywhere, this store is open as before.
   */
  restore(progress: JobProgress, what: RestoreWhat): Promise<Result<object>>;
  /** The shop has a recovery code of its own from now on: encrypted backups open with that one. */
  adoptCode(code: string): Promise<void>;
  /** Another place, or other keys: what was good lies elsewhere now, and the next one is made at once. */
  settingsChanged(elsewhere: boolean): void;
  stop(): Promise<void>;
}

export interface RestoreWhat {
  readonly folder: string;
  readonly name: string;
  /** The owner's recovery code, for an encrypted one. */
  readonly code: string;
  readonly keepNewer: boolean;
}

interface DeskInput {
  readonly store: Store;
  readonly dataFolder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  /** How this register stands with its backups has changed. */
  onChange(): void;
}

/** What says that a backup does not give back what it says. */
const SPOILED: ReadonlySet<string> = new Set<RefusalCode>(['backup.rotten', 'backup.differs', 'backup.none']);

/** Between looks at the clock. */
const LOOK_MS = 30_000;
/** A stick that was pulled is plugged in again some time. */
const RETRY_MS = 5 * 60_000;
/** Once the screens have answered and the hub is up. */
const FIRST_LOOK_MS = 10_000;
/** Between looks at whether the cart was paid. */
const CART_LOOK_MS = 300;
/** After a closing the day's last changes follow. */
const AFTER_CLOSING_MS = 2_000;

/** What writes much, or changes whose data this is: ended before another store takes this one's place. */
const OTHER_WORK = ['setup', 'join', 'to-master', 'move-hub', 'take-over', 'renew-keys', 'import', 'undo-import', 'stocktake'] as const;

export function isOtherWork(jobs: Jobs): boolean {
  return OTHER_WORK.some((kind) => jobs.running(kind));
}

/** Goods in it, or a card payment that nobody settled yet: neither is in another store. */
export function isCartOpen(store: Store): boolean {
  if (store.own === null) return false;
  const { cart } = readOpenCart(store);
  return cart.lines.length > 0 || unsettledPayment(attemptsOf(store.db, cart.id)) !== null;
}

export function makeBackupDesk(input: DeskInput): BackupDesk {
  const { store, clock, log, jobs, dataFolder } = input;
  const stopped = new AbortController();
  // Left by a register that was killed.
  for (const scratch of ['backup-scratch', 'backup-trial']) rmSync(join(dataFolder, scratch), { recursive: true, force: true });
  const change = (stand: Partial<BackupStand>): void => {
    writeBackupStand(store, { ...readBackupStand(store), ...stand });
    input.onChange();
  };
  const say = (progress: JobProgress) => {
    let step = '';
    return (name: string, done: number, total: number): void => {
      if (name !== step) progress.step((step = name));
      progress.rows(done, total);
    };
  };
  const fail = (refusal: Refusal, stand: Partial<BackupStand> = {}): Result<never> => {
    if (!stopped.signal.aborted) change({ problem: refusal, attemptAt: clock.nowMs(), ...stand });
    log.error('backup.failed', { ...refusal });
    return { ok: false, refusal };
  };

  const prepare = (target: string): Promise<Result<object>> =>
    runBackup({ do: 'prepare', target, register: readSelf(store.db) }, () => {}, stopped.signal);

  const make = async (progress: JobProgress, to: string | null): Promise<Result<object>> => {
    const settings = readBackupSettings(store);
    const target = to ?? settings.target;
    if (target === null) return refuse('backup.not-chosen');
    if (to !== null) {
      const prepared = await prepare(to);
      if (!prepared.ok) return prepared;
    }
    const { lastGood, lastProven } = readBackupStand(store);
    const made = await runBackup(
      {
        do: 'make',
        dataFolder,
        target,
        recipients: settings.recipients,
        keep: settings.keep,
        always: [lastGood, lastProven].flatMap((one) => (one === null ? [] : [one.name])),
        program: input.version,
        nowMs: clock.nowMs(),
      },
      say(progress),
      stopped.signal,
    );
    // A backup to another place, for once, says nothing of the place where they go by the clock.
    if (!made.ok) return to === null ? fail(made.refusal) : made;
    const { manifest, local, wholeBytes, newBytes, isBase } = made.value;
    log.info('backup.made', { name: manifest.name, newBytes, isBase });
    const note: MadeNote = { name: manifest.name, madeAt: manifest.madeAt, local, bytes: wholeBytes, newBytes };
    if (to === null) change({ lastGood: note, problem: null, attemptAt: clock.nowMs() });
    progress.detail(String(newBytes));
    return ok({});
  };

  // One under way has read the store before: who asks meanwhile gets another after it, by the same job.
  const asked: (string | null)[] = [];
  const makeAsked = async (progress: JobProgress): Promise<Result<object>> => {
    for (let to = asked.shift(); to !== undefined; to = asked.shift()) {
      const made = await make(progress, to);
      if (made.ok) continue;
      asked.length = 0;
      return made;
    }
    return ok({});
  };
  const makeNow = (to: string | null): string => {
    if (!asked.includes(to)) asked.push(to);
    return jobs.start('backup', makeAsked);
  };

  const prove = async (progress: JobProgress, name: string | null): Promise<Result<object>> => {
    const { target, identity } = readBackupSettings(store);
    if (target === null) return refuse('backup.not-chosen');
    const beganMs = clock.monotonicMs();
    progress.step('try');
    const which = { from: folderOf(target, readSelf(store.db)), name: name ?? readBackupStand(store).lastGood?.name ?? null };
    const tried = await runBackup(
      { do: 'try', ...which, dataFolder, identities: identity === null ? [] : [identity] },
      say(progress),
      stopped.signal,
    );
    if (!tried.ok) {
      if (stopped.signal.aborted) return tried;
      if (!SPOILED.has(tried.refusal.code)) {
        change({ trialProblem: tried.refusal, triedAt: clock.nowMs() });
        return tried;
      }
      // Nothing more is built on what does not give back what it says: the next one, at once, is whole by itself.
      forgetPieces(dataFolder);
      const { lastGood, lastProven } = readBackupStand(store);
      if (which.name === lastProven?.name) change({ lastProven: null });
      const isLast = which.name === lastGood?.name;
      return fail(tried.refusal, isLast ? { lastGood: null, attemptAt: null } : { attemptAt: null });
    }
    const stand = readBackupStand(store);
    const proven = stand.lastGood?.name === tried.value.name ? { lastProven: stand.lastGood } : {};
    change({ ...proven, trialProblem: null, triedAt: clock.nowMs(), trialSeconds: (clock.monotonicMs() - beganMs) / 1000 });
    log.info('backup.proven', { ...tried.value });
    progress.detail(String(tried.value.sales));
    return ok({});
  };

  const bell = new Bell();
  let closed = false;
  const onChange = (changes: readonly { readonly table: string }[], own: boolean): void => {
    if (!own || !changes.some(({ table }) => table === 'closing') || readBackupSettings(store).target === null) return;
    closed = true;
    bell.ring();
  };
  store.listeners.add(onChange);
  const isBusy = (): boolean => jobs.running('backup') || jobs.running('backup-trial') || jobs.running('restore');
  const keepMaking = async (): Promise<void> => {
    await bell.wait(clock, FIRST_LOOK_MS, stopped.signal);
    while (!stopped.signal.aborted) {
      if (closed) await clock.sleep(AFTER_CLOSING_MS, stopped.signal);
      if (readMode(store) !== null && !isBusy() && !stopped.signal.aborted) {
        if (closed || isBackupDue(store, RETRY_MS)) makeNow(null);
        else if (isTrialDue(store)) jobs.start('backup-trial', (progress) => prove(progress, null));
        closed = false;
      }
      await bell.wait(clock, LOOK_MS, stopped.signal);
    }
  };
  const making = keepMaking().catch((error: unknown) => log.error('backup.loop', { error: String(error) }));

  return {
    prepare,
    makeNow,
    prove,
    list: (from) => runBackup({ do: 'list', from, dataFolder }, () => {}, stopped.signal),
    listOwn: async () => {
      const { target } = readBackupSettings(store);
      if (target === null) return ok({ rows: [], unreadable: [] });
      const listed = await runBackup({ do: 'list', from: folderOf(target, readSelf(store.db)), dataFolder }, () => {}, stopped.signal);
      return !listed.ok && listed.refusal.code === 'backup.none' ? refuse('backup.target-gone', { target }) : listed;
    },
    restore: async (progress, { folder, name, code, keepNewer }) => {
      const identities = identitiesFrom(null, code);
      if (!identities.ok) return identities;
      const which = { from: folder, name, identities: identities.value, dataFolder };
      progress.step('restore');
      const rebuilt = await runBackup({ do: 'rebuild', ...which }, say(progress), stopped.signal);
      if (!rebuilt.ok) return rebuilt;
      const mustWait = (): boolean => isCartOpen(store) || isOtherWork(jobs);
      if (mustWait()) progress.step('wait-open');
      while (mustWait()) if (!(await clock.sleep(CART_LOOK_MS, stopped.signal))) return refuse('backup.cut-short');
      store.closed = { code: 'restore.under-way', params: {} };
      let isReady = false;
      try {
        progress.step('newer');
        const ended = await runBackup({ do: 'end-restore', ...which, keepNewer, nowMs: clock.nowMs() }, say(progress), stopped.signal);
        isReady = ended.ok;
        return ended;
      } finally {
        if (!isReady) store.closed = null;
      }
    },
    adoptCode: async (code) => {
      const settings = readBackupSettings(store);
      const owner = identityOfCode(code);
      if (settings.identity === null || !owner.ok) return;
      const recipients = [await recipientOf(owner.value), await recipientOf(settings.identity)];
      writeBackupSettings(store, { ...settings, recipients });
    },
    settingsChanged: (elsewhere) => {
      if (elsewhere) change({ lastGood: null, lastProven: null, triedAt: null, problem: null, trialProblem: null });
      input.onChange();
      bell.ring();
    },
    stop: async () => {
      store.listeners.delete(onChange);
      stopped.abort();
      await making;
    },
  };
}
