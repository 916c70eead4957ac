/**
 * Where a hub lies on the disk: its keys in the register's data folder, its cluster beside them, or, when the server's user cannot
 * pass through that folder (root's home), under /var/lib/aurapos.
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { sha256, toHex } from '../base/bytes.ts';
import { asUser } from './postgres-binaries.ts';
import type { SystemUser } from './system-user.ts';

const run = promisify(execFile);

export interface HubFolder {
  /** Only this program's user enters. */
  readonly keys: string;
  /** The server's user passes through. */
  readonly cluster: string;
}

/** The shop's id is in the name: a data folder deleted and made anew never finds another shop's cluster. */
export async function placeHub(folder: string, shopId: string, user: SystemUser | null): Promise<HubFolder> {
  const whole = path.resolve(folder);
  const keys = path.join(whole, 'keys');
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const beside = path.join(whole, 'cluster');
  if (user === null || (await canPass(whole, user))) return { keys, cluster: beside };
  return { keys, cluster: path.join('/var/lib/aurapos', toHex(sha256(Buffer.from(`${whole}\n${shopId}`))).slice(0, 16)) };
}

async function canPass(folder: string, user: SystemUser): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], asUser(user));
    return true;
  } catch {
    // The shell says no: that is the question.
    return false;
  }
}
