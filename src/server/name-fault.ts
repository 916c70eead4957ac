/** What a person is told of an error that nobody expected: the disk's, where they can do something, else a bug. */
import type { Refusal } from '../base/result.ts';
import { isDiskFull } from '../store/disk-room.ts';

/** Refusal disk.full or bug. */
export function nameFault(error: unknown): Refusal {
  return { code: isDiskFull(error) ? 'disk.full' : 'bug', params: {} };
}
