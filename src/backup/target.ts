/**
 * The place where backups lie: a folder of this register's own beneath the one that was chosen. A note in it tells our folder from an empty
 * mount point: without it nothing is written. Files appear under their names only when they are whole and on the disk.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RefusalError, type Refusal } from '../base/result.ts';
import { isDiskFull } from '../store/disk-room.ts';
import { backupName, filesOf, manifest, type Manifest } from './manifest.ts';

const NOTE = 'README.txt';
const PARTS = ['bases', 'segments', 'values', 'local', 'backups'] as const;
/** Not whole yet, or never to be. */
const UNFINISHED = '.part';

const NOTE_TEXT = `Backups of an AuraPOS register.

To restore: install AuraPOS on a machine and choose "Restore from a backup" on its first screen,
or run: aurapos backup restore --from FOLDER
docs/backup-format.md of AuraPOS says how to read these files without it.
`;

/** Where the backups of a register lie beneath a target; the name does not change when the register is renamed. */
export function folderOf(target: string, register: { readonly id: string; readonly code: string }): string {
  return join(target, `aurapos-${register.code}-${register.id.replaceAll('-', '').slice(-12)}`);
}

/** Makes the folder where a person chose to have it; never called by the clock. */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (!isPrepared(folder)) writeWhole(join(folder, NOTE), Buffer.from(NOTE_TEXT));
}

export function isPrepared(folder: string): boolean {
  return statSync(join(folder, NOTE), { throwIfNoEntry: false })?.isFile() === true;
}

/** Where backups are among what somebody pointed at: the folder itself, or the registers' folders beneath it. */
export function findFolders(from: string): string[] {
  if (hasBackups(from)) return [from];
  const entries = readdirSync(from, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && hasBackups(join(from, entry.name)))
    .map((entry) => join(from, entry.name))
    .sort();
}

function hasBackups(folder: string): boolean {
  return statSync(join(folder, 'backups'), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Manifests that can be read, oldest first, and the names of those that cannot. */
export function listManifests(folder: string): { readonly whole: Manifest[]; readonly unreadable: string[] } {
  const whole: Manifest[] = [];
  const unreadable: string[] = [];
  const names = hasBackups(folder) ? readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.json')) : [];
  for (const name of names.sort()) {
    const read = readManifest(folder, name.slice(0, -'.json'.length));
    if (read === null) unreadable.push(name);
    else whole.push(read);
  }
  whole.sort((a, b) => a.madeAt - b.madeAt);
  return { whole, unreadable };
}

export function readManifest(folder: string, name: string): Manifest | null {
  if (!backupName.safeParse(name).success) return null;
  try {
    const parsed = manifest.safeParse(JSON.parse(readFileSync(join(folder, 'backups', `${name}.json`), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not there, or rot: the list names it among those that cannot be read.
    return null;
  }
}

/** True when every file is there in its size; what they hold is another question. */
export function isComplete(folder: string, backup: Parameters<typeof filesOf>[0]): boolean {
  return filesOf(backup).every(({ file, bytes }) => statSync(join(folder, file), { throwIfNoEntry: false })?.size === bytes);
}

/** Written between two syncs: a disk that must take more at once makes the sales beside it wait. */
const SYNC_BYTES = 8 * 1024 * 1024;

/** Writes a file piece by piece under a name that says it is unfinished. */
export class WholeFile {
  readonly #file: string;
  readonly #descriptor: number;
  #unsynced = 0;

  constructor(file: string) {
    this.#file = file;
    this.#descriptor = openSync(file + UNFINISHED, 'w', 0o600);
  }

  write(bytes: Uint8Array): void {
    this.#named(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    });
    this.#unsynced += bytes.length;
    if (this.#unsynced < SYNC_BYTES) return;
    this.#named(() => fdatasyncSync(this.#descriptor));
    this.#unsynced = 0;
  }

  /** On the disk, then under its name. */
  finish(): void {
    this.#named(() => fsyncSync(this.#descriptor));
    closeSync(this.#descriptor);
    renameSync(this.#file + UNFINISHED, this.#file);
    syncFolder(join(this.#file, '..'));
  }

  /** Errors of a descriptor do not say whose it is. */
  #named(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw error instanceof Error ? Object.assign(error, { path: this.#file }) : error;
    }
  }

  giveUp(): void {
    try {
      closeSync(this.#descriptor);
      rmSync(this.#file + UNFINISHED, { force: true });
    } catch {
      // The disk is gone; what is left of it is cleared away at the next backup.
    }
  }
}

export function writeWhole(file: string, bytes: Uint8Array): void {
  const whole = new WholeFile(file);
  try {
    whole.write(bytes);
    whole.finish();
  } catch (error) {
    whole.giveUp();
    throw error;
  }
}

/** A rename is on the disk with its folder. Windows knows no such thing. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network file systems know no such thing either.
    if (!(error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'ENOTSUP'))) throw error;
  } finally {
    closeSync(descriptor);
  }
}

export function makePartFolders(folder: string): void {
  for (const part of PARTS) mkdirSync(join(folder, part), { recursive: true });
}

/** Takes away what no kept backup names, and what was never finished. `kept` are names of backups. Returns how many files went. */
export function clearAway(folder: string, kept: ReadonlySet<string>): number {
  const { whole, unreadable } = listManifests(folder);
  // A manifest that rot has made unreadable may be the only one to name its files.
  if (unreadable.length > 0) return 0;
  let gone = 0;
  // The manifest first: a backup that misses files must not look like one.
  for (const { name } of whole.filter((one) => !kept.has(one.name))) {
    rmSync(join(folder, 'backups', `${name}.json`), { force: true });
    gone++;
  }
  syncFolder(join(folder, 'backups'));
  const named = new Set(whole.filter(({ name }) => kept.has(name)).flatMap((one) => filesOf(one).map(({ file }) => file)));
  for (const part of PARTS) {
    for (const name of readdirSync(join(folder, part))) {
      const isOurs = part === 'backups' ? name.endsWith(UNFINISHED) : !named.has(`${part}/${name}`);
      if (!isOurs) continue;
      rmSync(join(folder, part, name), { force: true });
      gone++;
    }
  }
  return gone;
}

const GONE: readonly unknown[] = [
  'ENOENT',
  'ENODEV',
  'ENXIO',
  'EIO',
  'ENOTCONN',
  'ESTALE',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'ENOTDIR',
  'EROFS',
  'EACCES',
  'EPERM',
];

/** What a person is told of a fault of the target's disk, or of this register's where that is full; null for what is neither. */
export function nameTargetFault(error: unknown, target: string): Refusal | null {
  if (error instanceof RefusalError) return error.refusal;
  if (!(error instanceof Error)) return null;
  // SQLite writes on this register's own disk only, and its errors name no file.
  const isHere = 'errcode' in error || ('path' in error && typeof error.path === 'string' && !error.path.startsWith(target));
  if (isDiskFull(error)) return isHere ? { code: 'disk.full', params: {} } : { code: 'backup.target-full', params: { target } };
  if (isHere || !('code' in error)) return null;
  if (error.code === 'EDQUOT' || error.code === 'EFBIG') return { code: 'backup.target-full', params: { target } };
  return GONE.includes(error.code) ? { code: 'backup.target-gone', params: { target } } : null;
}
