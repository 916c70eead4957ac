/** Folders of backups, and a stopped register put back from one: what `aurapos backup` does without the register. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { identitiesFrom, identityOfCode } from '../backup/encryption.ts';
import { serveBackup, type BackupRow } from '../backup/requests.ts';
import { prepareRebuild, putInPlace } from '../backup/restore-backup.ts';
import { systemClock } from '../base/clock.ts';
import { asResult, ok } from '../base/result.ts';
import { RUNNING_FILE } from '../server/running-file.ts';
import { lockFolder } from '../store/lock-folder.ts';
import { describe, listText } from './backup-text.ts';
import { fail, failWith, say, type Options } from './program.ts';

export async function listFrom(options: Options, from: string): Promise<void> {
  const listed = await serveBackup<'list'>({ do: 'list', from: resolve(from), dataFolder: options.data }, () => {});
  if (!listed.ok) return failWith(options, listed.refusal);
  return say(options, listed.value, listText(listed.value.rows));
}

interface WhichFlags {
  readonly backup?: string;
  readonly code?: string;
}

export interface TryFlags extends WhichFlags {
  readonly from?: string;
  readonly try?: boolean;
}

export interface RestoreFlags extends WhichFlags {
  readonly from: string;
  readonly withoutNewer?: boolean;
  readonly yes?: boolean;
}

export function sayIdentity(options: Options, code: string): void {
  const identity = identityOfCode(code);
  return identity.ok ? say(options, { identity: identity.value }, identity.value) : failWith(options, identity.refusal);
}

export async function verify(options: Options, from: string, flags: TryFlags): Promise<void> {
  const identities = identitiesFrom(null, flags.code ?? null);
  if (!identities.ok) return failWith(options, identities.refusal);
  const which = { from: resolve(from), name: flags.backup ?? null, identities: identities.value };
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

export async function restore(options: Options, flags: RestoreFlags): Promise<void> {
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

export async function rebuild(options: Options): Promise<void> {
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
