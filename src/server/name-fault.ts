/** What a person is told of an error that nobody expected: the disk's, where they can do something, else a bug. */
import type { Refusal } from '../base/result.ts';

/** SQLite's own number for "database or disk is full". */
const SQLITE_FULL = 13;

/** Refusal disk.full or bug. */
export function nameFault(error: unknown): Refusal {
  const full =
    error instanceof Error && (('errcode' in error && error.errcode === SQLITE_FULL) || ('code' in error && error.code === 'ENOSPC'));
  return { code: full ? 'disk.full' : 'bug', params: {} };
}
