/**
 * Room on the disk that a store lies on: how much is left, and a reserve, a file beside the store that holds nothing. A write for a person that
 * meets a full disk is given the reserve's room (database.ts), so that the open sale can be finished; while the reserve is gone no sale begins.
 */
import { closeSync, existsSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const RESERVE_FILE = 'reserve';
/** Some hundred changes of an open cart, its sale, and what the screens and the log write meanwhile. */
const RESERVE_BYTES = 8 * 1024 * 1024;
/** Left beside a reserve that is made anew, so that it does not fill the disk by itself. */
const BESIDE_RESERVE_BYTES = 8 * 1024 * 1024;
/** Some weeks of a busy shop: time to do something about it. */
const LOW_BYTES = 256 * 1024 * 1024;
/** A sale with its receipt, and what the store's file and its log grow by. */
const SALE_BYTES = 1024 * 1024;

export type DiskLevel = 'enough' | 'low' | 'full';

export interface DiskRoom {
  /** Bytes that a sale may still use, the reserve's included. */
  freeBytes(): number;
  /** `full`: the reserve was given up, or could never be made. */
  level(): DiskLevel;
  /** Whether a sale that nobody has paid yet is sure to be written. */
  hasRoomForSale(): boolean;
  /** Makes the reserve where it is not, if there is room for it. */
  keepReserve(): void;
  /** True when that gave room: the write is worth another try. */
  giveUpReserve(): boolean;
}

export function makeDiskRoom(folder: string): DiskRoom {
  const file = join(folder, RESERVE_FILE);
  let held = existsSync(file) && statSync(file).size === RESERVE_BYTES;
  const beside = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  const freeBytes = (): number => beside() + (held ? RESERVE_BYTES : 0);
  return {
    freeBytes,
    level: () => (!held ? 'full' : freeBytes() < LOW_BYTES ? 'low' : 'enough'),
    hasRoomForSale: () => freeBytes() >= SALE_BYTES,
    keepReserve: () => {
      if (held) return;
      rmSync(file, { force: true });
      if (beside() >= RESERVE_BYTES + BESIDE_RESERVE_BYTES) held = writeReserve(file);
    },
    giveUpReserve: () => {
      if (!held) return false;
      held = false;
      rmSync(file, { force: true });
      return true;
    },
  };
}

/** Bytes that a disk cannot leave out as holes. False when there was no room for all of them. */
function writeReserve(file: string): boolean {
  const reserve = openSync(file, 'w', 0o600);
  const piece = Buffer.alloc(RESERVE_BYTES / 64, 1);
  try {
    for (let bytes = 0; bytes < RESERVE_BYTES; bytes += piece.length) if (writeSync(reserve, piece) < piece.length) return false;
    return true;
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    return false;
  } finally {
    closeSync(reserve);
  }
}

/** SQLite's own numbers: "database or disk is full", and no room for the index of its log. */
const SQLITE_FULL: readonly unknown[] = [13, 4874];

export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('errcode' in error && SQLITE_FULL.includes(error.errcode)) || ('code' in error && error.code === 'ENOSPC');
}
