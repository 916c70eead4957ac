/**
 * One AuraPOS a data folder. The lock is an exclusive SQLite transaction on a file of its own: the kernel lets go of it when the process
 * dies, however it dies, on every platform.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ok, refuse, type Result } from '../base/result.ts';

export interface FolderLock {
  release(): void;
}

/** Refuses with store.in-use. */
export function lockFolder(folder: string): Result<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const sqlite = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    sqlite.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch {
    // The only way BEGIN EXCLUSIVE fails on a fresh file is that another process holds it.
    sqlite.close();
    return refuse('store.in-use');
  }
  return ok({ release: () => sqlite.close() });
}
