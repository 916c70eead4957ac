/** `aurapos backup where|now|list|verify|restore|rebuild|identity`: backups of this register, and a stopped register put back from one. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { identitiesFrom, identityOfCode } from '../backup/encryption.ts';
import { serveBackup, type BackupRow } from '../backup/requests.ts';
import { prepareRebuild, putInPlace } from '../backup/restore-backup.ts';
import { systemClock } from '../base/clock.ts';
import { asResult, ok } from '../base/result.ts';
import { lockFolder } from '../store/lock-folder.ts';
import { RUNNING_FILE } from '../server/http-server.ts';
import { followJob } from './follow-job.ts';
import { fail, failWith, must, readOptions, say, type Options, type Reach } from './program.ts';
import { verb } from './verb.ts';

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
    .action((flags: { from?: string }, command: Command) =>
      flags.from === undefined ? verb(listOwn)(flags, command) : listFrom(flags.from, command),
    );
  backup
    .command('verify')
    .description('read every file of a backup back and compare it; with --try, restore it into a scratch folder and verify that')
    .option('--from <folder>', 'a folder of backups; this register’s own when left out')
    .option('--backup <name>', 'which; the newest when left out')
    .option('--try', 'the trial restore as well')
    .option('--code <code>', 'the owner’s recovery code, for an encrypted one')
    .action(verify);
  backup
    .command('identity')
    .description('the age key that follows from a recovery code, for opening backups with another program')
    .requiredOption('--code <code>', 'the owner’s recovery code')
    .action((flags: { code: string }, command: Command) => {
      const options = readOptions(command);
      const identity = identityOfCode(flags.code);
      return identity.ok ? say(options, { identity: identity.value }, identity.value) : failWith(options, identity.refusal);
    });
  backup
    .command('rebuild')
    .description('no backup: new data out of what can still be read of damaged data; the rest comes back from the shop')
    .action(rebuild);
  backup
    .command('restore')
    .description('put this register back from a backup; it must not be running')
    .requiredOption('--from <folder>', 'the folder of backups')
    .option('--backup <name>', 'which; the newest when left out')
    .option('--code <code>', 'the owner’s recovery code, for an encrypted one')
    .option('--without-newer', 'leave out what the present data has beyond the backup')
    .option('--yes', 'do not ask')
    .action(restore);
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

function standText({
  lastGoodAt,
  lastProvenAt,
  couldLose,
  problem,
}: {
  lastGoodAt: number | null;
  lastProvenAt: number | null;
  couldLose: number;
  problem: { message: string; action: string } | null;
}): string {
  const at = (instant: number | null): string => (instant === null ? 'none yet' : new Date(instant).toLocaleString());
  const stand = `Last backup: ${at(lastGoodAt)}. Last one tried out: ${at(lastProvenAt)}. You could lose at most ${couldLose} sales.`;
  return problem === null ? stand : `${stand}\n${problem.message} ${problem.action}`;
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

// ---- without it

async function listFrom(from: string, command: Command): Promise<void> {
  const options = readOptions(command);
  const listed = await serveBackup<'list'>({ do: 'list', from: resolve(from), dataFolder: options.data }, () => {});
  if (!listed.ok) return failWith(options, listed.refusal);
  return say(options, listed.value, listText(listed.value.rows));
}

function listText(rows: readonly BackupRow[]): string {
  return rows.map((row) => `${row.name}  ${describe(row)}`).join('\n') || 'There are no backups yet.';
}

function describe({ register, shop, counts, bytes, encrypted, complete, salesUpTo }: BackupRow): string {
  const upTo = salesUpTo === null ? '' : ` up to ${new Date(salesUpTo).toLocaleString()}`;
  const notes = `${encrypted ? ', encrypted' : ''}${complete ? '' : ', FILES ARE MISSING'}`;
  return `${shop.name}, ${register.code} ${register.name}: ${counts.sales} sales${upTo}, ${counts.products} products; ${(bytes / 2 ** 20).toFixed(1)} MB${notes}`;
}

interface WhichFlags {
  readonly from?: string;
  readonly backup?: string;
  readonly code?: string;
}

async function verify(flags: WhichFlags & { try?: boolean }, command: Command): Promise<void> {
  const options = readOptions(command);
  const identities = identitiesFrom(null, flags.code ?? null);
  if (!identities.ok) return failWith(options, identities.refusal);
  if (flags.from === undefined) return verb((...[own, reach]) => verifyOwn(own, reach, flags))(flags, command);
  const which = { from: resolve(flags.from), name: flags.backup ?? null, identities: identities.value };
  const checked = await serveBackup<'check'>({ do: 'check', ...which }, () => {});
  if (!checked.ok) return failWith(options, checked.refusal);
  const { name, files, bytes } = checked.value;
  const read = `${name}: ${files} files, ${(bytes / 2 ** 20).toFixed(1)} MB, all as they were written.`;
  if (flags.try !== true) return say(options, checked.value, read);
  const tried = await serveBackup<'try'>({ do: 'try', dataFolder: options.data, ...which }, () => {});
  if (!tried.ok) return failWith(options, tried.refusal);
  const { chains, changesets, sales } = tried.value;
  return say(
    options,
    { ...checked.value, tried: tried.value },
    `${read}\nRestored for a trial, in order: ${chains} chains, ${changesets} changes, ${sales} sales.`,
  );
}

/** This register's own: it knows where they are, and has a key to encrypted ones. */
async function verifyOwn(options: Options, reach: Reach, flags: WhichFlags): Promise<{ value: unknown; text: string }> {
  const { job } = await must(options, reach, 'tryBackup', { body: flags.backup === undefined ? {} : { name: flags.backup } });
  await followJob(options, reach, job);
  const { stand } = await must(options, reach, 'getBackups');
  return { value: stand, text: `Restored for a trial, in order.\n${standText(stand)}` };
}

async function restore(flags: WhichFlags & { from: string; withoutNewer?: boolean; yes?: boolean }, command: Command): Promise<void> {
  const options = readOptions(command);
  const identities = identitiesFrom(null, flags.code ?? null);
  if (!identities.ok) return failWith(options, identities.refusal);
  const lock = lockFolder(options.data);
  if (!lock.ok) return failWith(options, lock.refusal);
  // Of a register that was killed: nothing answers there any more.
  if (existsSync(join(options.data, RUNNING_FILE)) && !options.json) process.stderr.write('The register was not stopped in order.\n');
  const from = resolve(flags.from);
  const listed = await serveBackup<'list'>({ do: 'list', from, dataFolder: options.data }, () => {});
  if (!listed.ok) return failWith(options, listed.refusal);
  const row = listed.value.rows.find(({ name }) => flags.backup === undefined || name === flags.backup);
  if (row !== undefined && !options.json)
    process.stderr.write(`${row.name}  ${describe(row)}\n${newerText(row, flags.withoutNewer === true)}\n`);
  if (flags.yes !== true && process.stdin.isTTY && !(await confirm()))
    return fail(options, { code: 'input.invalid', message: 'Nothing was restored.', action: 'Say yes to restore.' });
  const which = { from, name: flags.backup ?? null, identities: identities.value };
  const told = { percent: -10 };
  const restored = await serveBackup<'restore'>(
    { do: 'restore', ...which, dataFolder: options.data, keepNewer: flags.withoutNewer !== true, nowMs: systemClock.nowMs() },
    (_, done, total) => {
      const percent = Math.floor((100 * done) / Math.max(1, total));
      if (options.json || percent < told.percent + 10) return;
      told.percent = percent;
      process.stderr.write(`  ${percent} %\n`);
    },
  );
  if (!restored.ok) return failWith(options, restored.refusal);
  const aside = putInPlace(options.data);
  lock.value.release();
  const { name, salvaged, series, waits } = restored.value;
  const kept = salvaged === null || salvaged.changesets === 0 ? '' : `\n${salvaged.sales} later sales of the present data were kept.`;
  const next = waits ? '\nIt first takes its later sales back from the shop; then it sells.' : '';
  say(
    options,
    { ...restored.value, aside },
    `Restored from ${name}. New receipts are numbered ${series}-000001 and on.${kept}${next}\nThe data that was there is in ${aside ?? ''}`,
  );
  process.exit(0);
}

async function rebuild(_: object, command: Command): Promise<void> {
  const options = readOptions(command);
  const lock = lockFolder(options.data);
  if (!lock.ok) return failWith(options, lock.refusal);
  const rebuilt = await asResult(() => ok(prepareRebuild({ dataFolder: options.data, nowMs: systemClock.nowMs() })));
  if (!rebuilt.ok) return failWith(options, rebuilt.refusal);
  const aside = putInPlace(options.data);
  lock.value.release();
  const { salvaged, series, waits } = rebuilt.value;
  const next = waits
    ? 'It takes back from the shop what is lacking; then it sells.'
    : 'Restore a backup as well, if there is one: it may hold what could not be read.';
  say(
    options,
    { ...rebuilt.value, aside },
    `${salvaged?.changesets ?? 0} changes and ${salvaged?.sales ?? 0} sales could be read, ${salvaged?.unreadable ?? 0} could not. New receipts are numbered ${series}-000001 and on.\n${next}\nThe damaged data is in ${aside ?? ''}`,
  );
  process.exit(0);
}

function newerText({ newer }: BackupRow, leftOut: boolean): string {
  switch (newer.present) {
    case 'empty':
      return 'This data folder is empty.';
    case 'unreadable':
      return 'The present data is damaged. What can still be read of it is kept.';
    case 'other':
      return 'The present data is another register’s. It is moved aside.';
    case 'same':
      return `The present data has ${newer.sales} sales more. They are ${leftOut ? 'LEFT OUT' : 'kept'}.`;
  }
}

async function confirm(): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question('Restore it? (yes/no) ');
  asking.close();
  return answer.trim().toLowerCase().startsWith('y');
}
