/** `aurapos backup where|now|list|verify|restore|rebuild|identity`: backups of this register, and a stopped register put back from one. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RestoreFlags, TryFlags } from './backup-folders.ts';
import { listText, standText } from './backup-text.ts';
import { followJob } from './follow-job.ts';
import { must, readOptions, type Options } from './program.ts';
import type { Reach } from './reach.ts';
import { verb } from './verb.ts';

/** What is done without the register, loaded when it is asked for. */
const inFolders = (): Promise<typeof import('./backup-folders.ts')> => import('./backup-folders.ts');

export function addBackupCommands(program: Command): void {
  const backup = program.command('backup').description('backups of this register');
  backup
    .command('where')
    .description('show or say where backups go, how often, which are kept, whether encrypted')
    .option('--to <folder>', 'folder, stick or network path; "nowhere" makes none')
    .option('--every <hours>', 'hours between two')
    .option('--keep <daily,monthly,yearly>', 'how many are kept of each, like 30,12,10')
    .option('--encrypt', 'encrypt them for the owner’s recovery code')
    .option('--no-encrypt', 'do not encrypt them')
    .option('--code <code>', 'the recovery code, where the shop has one already')
    .action(verb(where));
  backup.command('now').description('make a backup').option('--to <folder>', 'another place, for this once').action(verb(backUpNow));
  backup
    .command('list')
    .description('the backups there are, newest first')
    .option('--from <folder>', 'a folder of backups; this register’s own when left out')
    .action(async (flags: { from?: string }, command: Command) =>
      flags.from === undefined ? verb(listOwn)(flags, command) : (await inFolders()).listFrom(readOptions(command), flags.from),
    );
  backup
    .command('verify')
    .description('read every file of a backup back and compare it; with --try, restore it into a scratch folder and verify that')
    .option('--from <folder>', 'a folder of backups; this register’s own when left out')
    .option('--backup <name>', 'which; the newest when left out')
    .option('--try', 'the trial restore as well')
    .option('--code <code>', 'the owner’s recovery code, for an encrypted one')
    .action(async (flags: TryFlags, command: Command) =>
      flags.from === undefined
        ? verb((options, reach) => verifyOwn(options, reach, flags))(flags, command)
        : (await inFolders()).verify(readOptions(command), flags.from, flags),
    );
  backup
    .command('identity')
    .description('the age key that follows from a recovery code, for opening backups with another program')
    .requiredOption('--code <code>', 'the owner’s recovery code')
    .action(async (flags: { code: string }, command: Command) => (await inFolders()).sayIdentity(readOptions(command), flags.code));
  backup
    .command('rebuild')
    .description('no backup: new data out of what can still be read of damaged data; the rest comes back from the shop')
    .action(async (_: object, command: Command) => (await inFolders()).rebuild(readOptions(command)));
  backup
    .command('restore')
    .description('put this register back from a backup; it must not be running')
    .requiredOption('--from <folder>', 'the folder of backups')
    .option('--backup <name>', 'which; the newest when left out')
    .option('--code <code>', 'the owner’s recovery code, for an encrypted one')
    .option('--without-newer', 'leave out what the present data has beyond the backup')
    .option('--yes', 'do not ask')
    .action(async (flags: RestoreFlags, command: Command) => (await inFolders()).restore(readOptions(command), flags));
}

// ---- through the register

interface WhereFlags {
  readonly to?: string;
  readonly every?: string;
  readonly keep?: string;
  readonly encrypt?: boolean;
  readonly code?: string;
}

async function where(options: Options, reach: Reach, flags: WhereFlags): Promise<{ value: unknown; text: string }> {
  const { settings } = await must(options, reach, 'getBackups');
  const [daily = settings.keep.daily, monthly = settings.keep.monthly, yearly = settings.keep.yearly] = (flags.keep ?? '')
    .split(',')
    .filter(Boolean)
    .map(Number);
  let recoveryCode: string | null = null;
  if (Object.keys(flags).length > 0) {
    const body = {
      target: flags.to === undefined ? settings.target : flags.to === 'nowhere' ? null : resolve(flags.to),
      everyHours: flags.every === undefined ? settings.everyHours : Number(flags.every),
      keep: { daily, monthly, yearly },
      encrypted: flags.encrypt ?? settings.encrypted,
      ...(flags.code === undefined ? {} : { code: flags.code }),
    };
    ({ recoveryCode } = await must(options, reach, 'setBackups', { body }));
  }
  const now = await must(options, reach, 'getBackups');
  const { target, everyHours, keep, encrypted } = now.settings;
  const text =
    target === null
      ? 'No backups are made. Say where: aurapos backup where --to FOLDER'
      : `Backups go to ${target}, every ${everyHours} hours and after a closing${encrypted ? ', encrypted' : ''}. Kept: ${keep.daily} daily, ${keep.monthly} monthly, ${keep.yearly} yearly.\n${standText(now.stand)}`;
  return {
    value: { ...now, recoveryCode },
    text:
      recoveryCode === null ? text : `${text}\nThe owner’s recovery code, shown once. Print it and keep it safe:\n\n  ${recoveryCode}\n`,
  };
}

async function backUpNow(options: Options, reach: Reach, flags: { to?: string }): Promise<{ value: unknown; text: string }> {
  const { job } = await must(options, reach, 'backUpNow', { body: flags.to === undefined ? {} : { to: resolve(flags.to) } });
  await followJob(options, reach, job);
  const { stand } = await must(options, reach, 'getBackups');
  return { value: stand, text: `Backed up.\n${standText(stand)}` };
}

async function listOwn(options: Options, reach: Reach): Promise<{ value: unknown; text: string }> {
  const listed = await must(options, reach, 'listBackups');
  return { value: listed, text: listText(listed.rows) };
}

/** This register's own: it knows where they are, and has a key to encrypted ones. */
async function verifyOwn(options: Options, reach: Reach, flags: TryFlags): Promise<{ value: unknown; text: string }> {
  const { job } = await must(options, reach, 'tryBackup', { body: flags.backup === undefined ? {} : { name: flags.backup } });
  await followJob(options, reach, job);
  const { stand } = await must(options, reach, 'getBackups');
  return { value: stand, text: `Restored for a trial, in order.\n${standText(stand)}` };
}
