/** A disk of its own, and small, under a folder of the test: a tmpfs that can be filled to the last byte. Needs the right to mount, root's. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BALLAST = 'ballast';
const PIECE_BYTES = 1024 * 1024;
const SMALLEST_PIECE_BYTES = 512;

export interface SmallDisk {
  /** To the last byte, or until so much is left. */
  fill(leftBytes?: number): void;
  makeRoom(): void;
  /** Also while something still lies on it, or runs from it. */
  unmount(): void;
}

/** What is in the folder moves onto the disk, with its owners; nothing may have it open. */
export function putOnSmallDisk(folder: string, sizeBytes: number): SmallDisk {
  const aside = `${folder}-aside`;
  renameSync(folder, aside);
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=755`, 'tmpfs', folder], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    rmdirSync(folder);
    renameSync(aside, folder);
    throw new Error('this test fills a disk, and may not mount one of its own: run it as root, outside of a container that forbids it', {
      cause: error,
    });
  }
  execFileSync('cp', ['-a', `${aside}/.`, folder]);
  rmSync(aside, { recursive: true });
  const ballast = join(folder, BALLAST);
  return {
    fill: (leftBytes = 0) => {
      const { bavail, bsize } = statfsSync(folder);
      fill(ballast, leftBytes === 0 ? sizeBytes : bavail * bsize - leftBytes);
    },
    makeRoom: () => rmSync(ballast, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', folder]),
  };
}

/** Up to `mostBytes`; pieces that no longer fit are halved, so that nothing is left. */
function fill(file: string, mostBytes: number): void {
  const ballast = openSync(file, 'a');
  const piece = Buffer.alloc(PIECE_BYTES, 1);
  let length = PIECE_BYTES;
  try {
    for (let written = 0; written < mostBytes && length >= SMALLEST_PIECE_BYTES;) {
      try {
        written += writeSync(ballast, piece, 0, length);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        length /= 2;
      }
    }
  } finally {
    closeSync(ballast);
  }
}
