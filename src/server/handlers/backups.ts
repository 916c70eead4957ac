/** Handlers of backups: settings and stand, lists, making, trying, restoring. */
import { identityOfCode, makeIdentity, recipientOf } from '../../backup/encryption.ts';
import { readBackupSettings, readBackupStand, viewBackups, writeBackupSettings, type BackupSettings } from '../../backup/settings.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import { makeRecoveryCode } from '../../hub/recovery-code.ts';
import { openBox } from '../../hub/sealed-box.ts';
import type { BACKUPS } from '../../protocol/api/backups.ts';
import { readMode } from '../../register/register.ts';
import { listSealedBoxes } from '../../store/chains.ts';
import { endWaiting } from '../../store/restored.ts';
import { isCartOpen, isOtherWork } from '../desks/backup-desk.ts';
import type { Handlers } from '../handler.ts';
import type { Runtime } from '../runtime.ts';
import { viewBackupStand } from '../stand.ts';

/** The answer of a finished restore reaches its screen before the register starts anew. */
const BEFORE_RESTART_MS = 700;

export const BACKUP_HANDLERS: Handlers<keyof typeof BACKUPS> = {
  getBackups: (runtime) => {
    const { store } = runtime.register;
    const { target, everyHours, keep, recipients } = readBackupSettings(store);
    const { lastGood, triedAt } = readBackupStand(store);
    return ok({
      settings: { target, everyHours, keep, encrypted: recipients.length > 0 },
      stand: {
        ...viewBackupStand(viewBackups(store, readMode(store))),
        lastBytes: lastGood?.bytes ?? null,
        lastNewBytes: lastGood?.newBytes ?? null,
        triedAt,
      },
      hasCode: listSealedBoxes(store.db).length > 0,
    });
  },
  setBackups: async (runtime, { body }) => {
    const { store } = runtime.register;
    const before = readBackupSettings(store);
    const { target, everyHours, keep, encrypted, code } = body;
    const keys = await chooseKeys(runtime, before, encrypted, code);
    if (!keys.ok) return keys;
    if (target !== null) {
      const prepared = await runtime.backups.prepare(target);
      if (!prepared.ok) return prepared;
    }
    const { recoveryCode, ...held } = keys.value;
    writeBackupSettings(store, { target, everyHours, keep, ...held });
    runtime.backups.settingsChanged(before.target !== target);
    return ok({ recoveryCode });
  },
  listBackups: ({ backups }) => backups.listOwn(),
  backUpNow: ({ backups, register }, { body }) => {
    if (body.to === undefined && readBackupSettings(register.store).target === null) return refuse('backup.not-chosen');
    return ok({ job: backups.makeNow(body.to ?? null) });
  },
  tryBackup: ({ jobs, backups, register }, { body }) => {
    if (readBackupSettings(register.store).target === null) return refuse('backup.not-chosen');
    return ok({ job: jobs.start('backup-trial', (progress) => backups.prove(progress, body.name ?? null)) });
  },
  goOnWithout: ({ register, log }) => {
    endWaiting(register.store);
    log.warn('restore.went-on-without');
    return ok({ done: true });
  },
  findBackups: ({ backups }, { body }) => backups.list(body.from),
  restoreBackup: (runtime, { body }) => {
    const { jobs, backups, clock, joining, register } = runtime;
    if (isOtherWork(jobs)) return refuse('setup.running');
    if (joining.stand() !== null) return refuse('joining.begun');
    if (isCartOpen(register.store)) return refuse('restore.cart-open');
    const job = jobs.start('restore', async (progress) => {
      const restored = await backups.restore(progress, body);
      if (restored.ok) void clock.sleep(BEFORE_RESTART_MS).then(() => runtime.restart());
      return restored.ok ? ok({}) : restored;
    });
    return ok({ job });
  },
};

type Keys = Pick<BackupSettings, 'recipients' | 'identity'> & { readonly recoveryCode: string | null };

/**
 * Who can open the backups from now on. A shop of several has its recovery code: it is asked for, and must open the shop's box. A shop of one
 * gets one here, unless it types the one it has. Refuses with recovery.wrong-code, backup.code-needed.
 */
async function chooseKeys(
  { register: { store }, random }: Runtime,
  before: BackupSettings,
  encrypted: boolean,
  typed: string | undefined,
): Promise<Result<Keys>> {
  if (!encrypted) return ok({ recipients: [], identity: null, recoveryCode: null });
  const code = typed?.trim() ?? '';
  if (before.recipients.length > 0 && code === '')
    return ok({ recipients: before.recipients, identity: before.identity, recoveryCode: null });
  const [newest] = listSealedBoxes(store.db);
  if (newest !== undefined) {
    if (code === '') return refuse('backup.code-needed');
    const opened = openBox(newest.box, code);
    if (!opened.ok) return opened;
  }
  const made = code === '' ? makeRecoveryCode(random) : null;
  const owner = identityOfCode(made ?? code);
  if (!owner.ok) return owner;
  const identity = await makeIdentity();
  return ok({ recipients: [await recipientOf(owner.value), await recipientOf(identity)], identity, recoveryCode: made });
}
