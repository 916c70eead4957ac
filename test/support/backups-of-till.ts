/** Backups of a running till, as its screen would ask for them; and what is on the stick, read as a stranger would. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { waitForJob, type Till } from './till.ts';

export const KEEP = { daily: 30, monthly: 12, yearly: 10 } as const;

export function chooseTarget(
  till: Pick<Till, 'call'>,
  target: string | null,
  extra: { encrypted?: boolean; code?: string } = {},
): Promise<Answer<'setBackups'>> {
  return till.call('setBackups', { body: { target, everyHours: 168, keep: KEEP, encrypted: false, ...extra } });
}

/** Makes one and waits; throws what it was refused with. */
export async function backUp(till: Till): Promise<Answer<'getBackups'>['stand']> {
  const { job } = await till.call('backUpNow');
  await waitForJob(till, job, 20);
  return (await till.call('getBackups')).stand;
}

export async function tryOut(till: Till, name?: string): Promise<Answer<'getBackups'>['stand']> {
  const { job } = await till.call('tryBackup', { body: name === undefined ? {} : { name } });
  await waitForJob(till, job, 20);
  return (await till.call('getBackups')).stand;
}

/** Processes that this one has started and that live. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** `aurapos backup VERB --json`: its document, or the code it was refused with. */
export function backupCommand(data: string, ...args: readonly string[]): Promise<{ value: unknown; refused: string | null }> {
  return new Promise((resolve, reject) => {
    const bin = join(import.meta.dirname, '../../bin/aurapos');
    execFile(bin, ['backup', ...args, '--data', data, '--json'], { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }, (error, out, said) => {
      const [line = ''] = out.trim().split('\n').slice(-1);
      if (line === '') {
        reject(new assert.AssertionError({ message: `aurapos backup ${args.join(' ')}: ${said || (error?.message ?? '')}` }));
        return;
      }
      const value = JSON.parse(line) as { error?: { code: string } };
      resolve({ value, refused: value.error?.code ?? null });
    });
  });
}

export interface RestoredDocument {
  readonly name: string;
  readonly series: string;
  readonly waits: boolean;
  readonly aside: string | null;
  readonly salvaged: { readonly changesets: number; readonly sales: number; readonly unreadable: number } | null;
}

/** Restores by the command; fails the test when it is refused. */
export async function restoreTill(data: string, from: string, ...args: readonly string[]): Promise<RestoredDocument> {
  const { value, refused } = await backupCommand(data, 'restore', '--from', from, '--yes', ...args);
  assert.equal(refused, null, JSON.stringify(value));
  return value as RestoredDocument;
}
