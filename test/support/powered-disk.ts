/**
 * A disk whose power a test can cut: ext4 in a file. Cut, what was written and not yet synced is gone, as on a machine that went dark; mounted
 * again, the file system mends itself by its journal. Needs the right to mount, root's, and a kernel with loop devices.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export interface PoweredDisk {
  /** Moves a folder that nothing has open onto the disk; its path leads there. */
  take(folder: string): void;
  /** Whoever runs from it must be dead, or is told of errors. */
  cutPower(): void;
  powerOn(): void;
  remove(): void;
}

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing more reaches the disk. */
const CUT = 'open(my $root, "<", $ARGV[0]) or die $!; my $how = pack("L", 2); ioctl($root, 0x8004587D, $how) or die $!;';

function run(file: string, ...args: readonly string[]): void {
  execFileSync(file, [...args], { stdio: 'pipe' });
}

export function makePoweredDisk(sizeBytes: number): PoweredDisk {
  const place = mkdtempSync(join(tmpdir(), 'aurapos-disk-'));
  // PostgreSQL's user passes through.
  chmodSync(place, 0o755);
  const [image, root] = [join(place, 'image'), join(place, 'root')];
  mkdirSync(root);
  // Tests beside this one make namespaces, each with a copy of all that is mounted: what goes here goes there, or the disk would stay held.
  run('mount', '--bind', place, place);
  run('mount', '--make-shared', place);
  run('truncate', '--size', String(sizeBytes), image);
  run('mkfs.ext4', '-q', image);
  const mount = (): void => run('mount', '-o', 'loop', image, root);
  try {
    mount();
  } catch (error) {
    run('umount', '--lazy', place);
    rmSync(place, { recursive: true, force: true });
    throw new Error('this test cuts the power of a disk, and may not mount one of its own: run it as root, where loop devices are', {
      cause: error,
    });
  }
  return {
    take: (folder) => {
      const moved = join(root, basename(folder));
      run('cp', '-a', folder, moved);
      run('sync', '--file-system', root);
      rmSync(folder, { recursive: true });
      symlinkSync(moved, folder);
    },
    cutPower: () => run('perl', '-e', CUT, root),
    powerOn: () => {
      run('umount', root);
      mount();
    },
    remove: () => {
      for (const mounted of [root, place]) run('umount', '--lazy', mounted);
      rmSync(place, { recursive: true, force: true });
    },
  };
}
