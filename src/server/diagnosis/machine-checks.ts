/** What is true of this machine by itself: the store's file, room and pace of its disk, its printers. Nothing here stops or slows selling. */
import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { answersAt } from '../../hub/answers-at.ts';
import { makeDiskRoom } from '../../store/disk-room.ts';
import { listPrinters } from '../../store/queries/printing.ts';
import type { Runtime } from '../runtime.ts';
import { atScreen, found, refusedCheck, type Check } from './finding.ts';
import { share } from './share.ts';

const MEGABYTE = 1024 * 1024;
/** Each sale waits for the disk once: as long as this nobody feels. */
const FELT_MS = 40;
const SLOW_MS = 150;
const WRITES = 9;
const WRITE_BYTES = 4096;
const SCRATCH_FILE = 'disk-pace';
const PRINTER_WITHIN_MS = 1_500;

export function checkStore({ damage }: Pick<Runtime, 'damage'>): Check {
  const refusal = damage();
  return refusal === null ? found('store', 'good', 'good') : refusedCheck('store', refusal, 'bad', atScreen('settings', 'backups'));
}

export function checkDisk(folder: string, disk = makeDiskRoom(folder)): Check {
  const level = disk.level();
  const params = { megabytes: Math.floor(disk.freeBytes() / MEGABYTE), folder };
  return found('disk', level, level === 'enough' ? 'good' : level === 'low' ? 'poor' : 'bad', { params });
}

/** Some writes as a sale makes them, into a file of its own, off the selling thread. */
export async function checkPace(folder: string, clock: Clock): Promise<Check> {
  const file = join(folder, SCRATCH_FILE);
  const times: number[] = [];
  try {
    const scratch = await open(file, 'w', 0o600);
    try {
      for (let at = 0; at < WRITES; at++) {
        await scratch.write(Buffer.alloc(WRITE_BYTES, at), 0, WRITE_BYTES, at * WRITE_BYTES);
        const startMs = clock.monotonicMs();
        await scratch.datasync();
        times.push(clock.monotonicMs() - startMs);
      }
    } finally {
      await scratch.close();
    }
  } catch (error) {
    return found('fsync', 'failed', 'bad', { params: { detail: error instanceof Error && 'code' in error ? String(error.code) : '' } });
  } finally {
    await rm(file, { force: true });
  }
  const ms = Math.round((share(times, 0.5) ?? 0) * 10) / 10;
  const level = ms <= FELT_MS ? 'good' : ms <= SLOW_MS ? 'poor' : 'bad';
  return found('fsync', level === 'good' ? 'good' : 'slow', level, { params: { ms } });
}

/** One line a printer; one that says no fault itself is reached for. */
export async function checkPrinters({ register, printing }: Pick<Runtime, 'register' | 'printing'>): Promise<readonly Check[]> {
  const printers = listPrinters(register.store.db);
  const mend = atScreen('settings', 'printing');
  if (printers.length === 0) return [found('printer', 'none', 'good')];
  return Promise.all(
    printers.map(async ({ id, name, address }) => {
      const known = printing.problemOf(id);
      const answers =
        address.kind === 'network' ? await answersAt(address.host, address.port, PRINTER_WITHIN_MS) : existsSync(address.path);
      const problem = known ?? (answers ? null : 'not-reachable');
      return problem === null
        ? found('printer', 'good', 'good', { params: { name } })
        : found('printer', problem, 'bad', { params: { name }, mend });
    }),
  );
}
