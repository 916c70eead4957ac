/**
 * What this register knows of its backups: where they go, how often, which are kept, with which keys they are encrypted; and how it stands with
 * them. Of this register alone, in its own store, never synchronised: another register has another stick.
 */
import { z } from 'zod';
import { ok, type Refusal } from '../base/result.ts';
import { REFUSALS, type RefusalCode } from '../base/refusals.ts';
import { countSalesAfter, lastLocal } from '../store/backup-parts.ts';
import { readMeta, writeMeta, type Store } from '../store/store.ts';
import { countWaiting } from '../store/waiting.ts';
import { DEFAULT_KEEP } from './retention.ts';

export const keep = z.object({
  daily: z.int().min(1).max(400),
  monthly: z.int().min(0).max(120),
  yearly: z.int().min(0).max(50),
});

const settings = z.object({
  /** Folder, stick or network path, as a person chose it; null: no backups. */
  target: z.string().nullable(),
  everyHours: z.int().min(1).max(168),
  keep,
  /** age recipients: the owner's code, this register's own key. Empty: not encrypted. */
  recipients: z.array(z.string()),
  /** This register's own key, by which it tries its encrypted backups. */
  identity: z.string().nullable(),
});
export type BackupSettings = z.output<typeof settings>;

export const DEFAULT_EVERY_HOURS = 4;
const NONE: BackupSettings = { target: null, everyHours: DEFAULT_EVERY_HOURS, keep: DEFAULT_KEEP, recipients: [], identity: null };

const made = z.object({ name: z.string(), madeAt: z.int(), local: z.int(), bytes: z.int(), newBytes: z.int() });
const refusal = z.object({
  code: z.string().refine((code): code is RefusalCode => Object.hasOwn(REFUSALS, code)),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
const stand = z.object({
  /** Written whole, and read back. */
  lastGood: made.nullable(),
  /** Restored for a trial. */
  lastProven: made.nullable(),
  triedAt: z.int().nullable(),
  trialSeconds: z.number().nullable(),
  /** Why the last attempt failed; null after one that did not. */
  problem: refusal.nullable(),
  attemptAt: z.int().nullable(),
  /** Why the last trial could not be made, where the backup itself may be good. */
  trialProblem: refusal.nullable(),
});
export type BackupStand = z.output<typeof stand>;
export type MadeNote = z.output<typeof made>;

const NEVER: BackupStand = {
  lastGood: null,
  lastProven: null,
  triedAt: null,
  trialSeconds: null,
  problem: null,
  attemptAt: null,
  trialProblem: null,
};

function read<T>(store: Store, name: string, schema: z.ZodType<T>, otherwise: T): T {
  const text = readMeta(store.db, name);
  if (typeof text !== 'string') return otherwise;
  const parsed = schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : otherwise;
}

export function readBackupSettings(store: Store): BackupSettings {
  return read(store, 'backup_settings', settings, NONE);
}

export function writeBackupSettings(store: Store, value: BackupSettings): void {
  store.db.transact('durable', () => ok(writeMeta(store.db, 'backup_settings', JSON.stringify(value))));
}

export function readBackupStand(store: Store): BackupStand {
  return read(store, 'backup_stand', stand, NEVER);
}

export function writeBackupStand(store: Store, value: BackupStand): void {
  store.db.transact('relaxed', () => ok(writeMeta(store.db, 'backup_stand', JSON.stringify(value))));
}

const HOUR_MS = 3_600_000;

/** Is it time? Something was written since the last one, and that is long enough ago; or the last attempt failed, and not just now. */
export function isBackupDue(store: Store, retryMs: number): boolean {
  const { target, everyHours } = readBackupSettings(store);
  const { lastGood, attemptAt, problem } = readBackupStand(store);
  const now = store.clock.nowMs();
  if (target === null) return false;
  if (problem !== null && attemptAt !== null && Math.abs(now - attemptAt) < retryMs) return false;
  if (problem !== null || lastGood === null) return true;
  // A clock that was set back makes no gap in the backups.
  return lastLocal(store.db) > lastGood.local && Math.abs(now - lastGood.madeAt) >= everyHours * HOUR_MS;
}

/** A week, or after each backup where a trial takes no longer than this. */
const TRIAL_DAYS = 7;
const CHEAP_TRIAL_SECONDS = 30;
/** One that could not be made (no room) is tried again. */
const TRIAL_AGAIN_MS = 24 * HOUR_MS;

export function isTrialDue(store: Store): boolean {
  const { lastGood, lastProven, triedAt, trialSeconds, problem, trialProblem } = readBackupStand(store);
  if (problem !== null || lastGood === null || lastGood.name === lastProven?.name) return false;
  if (trialProblem !== null && triedAt !== null) return Math.abs(store.clock.nowMs() - triedAt) >= TRIAL_AGAIN_MS;
  if (triedAt === null || (trialSeconds !== null && trialSeconds <= CHEAP_TRIAL_SECONDS)) return true;
  return Math.abs(store.clock.nowMs() - triedAt) >= TRIAL_DAYS * 24 * HOUR_MS;
}

export interface BackupView {
  /** off: nobody chose a place. good, or late: the last good one is older than it should be. failing: the last attempt or trial went wrong. */
  readonly state: 'off' | 'good' | 'late' | 'failing';
  readonly lastGoodAt: number | null;
  readonly lastProvenAt: number | null;
  /** Sales that are in no proven backup, and on no other register: gone, should this machine burn now. */
  readonly couldLose: number;
  readonly problem: Refusal | null;
}

/** Left for a register that is switched on in the morning, or a backup that takes its time. */
const LATE_AFTER = 2;

export function viewBackups(store: Store, mode: 'single' | 'master' | 'slave' | null): BackupView {
  const { target, everyHours } = readBackupSettings(store);
  const stood = readBackupStand(store);
  const { lastGood, lastProven } = stood;
  const problem = target === null ? null : (stood.problem ?? stood.trialProblem);
  const unproven = countSalesAfter(store.db, lastProven?.local ?? 0);
  // A slave's sales are on the main register once they are sent; a main register cannot know whether the others have all of its own.
  const couldLose = mode === 'slave' ? Math.min(unproven, countWaiting(store).sales) : unproven;
  const isLate =
    lastGood !== null &&
    lastLocal(store.db) > lastGood.local &&
    store.clock.nowMs() - lastGood.madeAt > (LATE_AFTER * everyHours + 1) * HOUR_MS;
  return {
    state: target === null ? 'off' : problem !== null ? 'failing' : isLate ? 'late' : 'good',
    lastGoodAt: lastGood?.madeAt ?? null,
    lastProvenAt: lastProven?.madeAt ?? null,
    couldLose,
    problem,
  };
}
