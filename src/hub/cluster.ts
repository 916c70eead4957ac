/**
 * The hub's PostgreSQL cluster, always one of our own: made, configured, started, adopted when it already runs, stopped.
 * Every step may be killed and done again. What it guards: the data folder belongs to the server's user, secrets to this program's.
 * Never touches a server whose system identifier is not this cluster's.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { toBase64Url } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, type Refused, type Result } from '../base/result.ts';
import { clusterConf, hbaConf, SUPERUSER, type ClusterSettings } from './cluster-conf.ts';
import { asUser, binaryPath, type PostgresBinaries } from './postgres-binaries.ts';
import type { SystemUser } from './system-user.ts';

const run = promisify(execFile);
const INITDB_TIMEOUT_MS = 120_000;
/** After a crash PostgreSQL replays its log before it answers. */
const START_TIMEOUT_S = 60;
const STOP_TIMEOUT_S = 30;
const ATTEMPT = 'attempt-';
const NO_SPACE = /No space left on device/;
/** A segment of its log: with less PostgreSQL can write nothing. */
const SMALLEST_ROOM_BYTES = 16 * 1024 * 1024;
/** Its hint where somebody else listens on an address that it wants. */
const IN_USE = /Is another postmaster already running on port/;
const READY_POLL_MS = 50;
/** A log past this is set aside at the next start; one old one is kept. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;

export interface Cluster {
  /** Holds data/, log/ and the superuser's password. */
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly user: SystemUser | null;
  readonly settings: ClusterSettings;
}

export const dataFolder = (cluster: Pick<Cluster, 'folder'>): string => path.join(cluster.folder, 'data');
export const logFile = (cluster: Pick<Cluster, 'folder'>): string => path.join(cluster.folder, 'log', 'postgresql.log');
const passwordFile = (cluster: Pick<Cluster, 'folder'>): string => path.join(cluster.folder, 'superuser-password');

/** The whole file or none of it, on disk when this returns; only this program's user reads it. */
export async function writePrivately(file: string, content: string | Uint8Array, owner: SystemUser | null = null): Promise<void> {
  const half = `${file}.new`;
  const handle = await open(half, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (owner !== null) await chown(half, owner.uid, owner.gid);
  await rename(half, file);
}

async function ownedFolder(folder: string, owner: SystemUser | null, mode: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode });
  await chmod(folder, mode);
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
}

export async function superuserPassword(cluster: Pick<Cluster, 'folder'>): Promise<string> {
  return (await readFile(passwordFile(cluster), 'utf8')).trim();
}

/** Makes the cluster unless it is there. Refuses hub.postgres-failed and hub.disk-full. */
export async function createCluster(cluster: Cluster, random: Random): Promise<Result<'made' | 'there'>> {
  await mkdir(cluster.folder, { recursive: true });
  // The server's user passes through to data/, and reads nothing else.
  if (cluster.user !== null) await chmod(cluster.folder, 0o711);
  await ownedFolder(path.join(cluster.folder, 'log'), cluster.user, 0o700);
  await clearAttempts(cluster.folder);
  if (existsSync(path.join(dataFolder(cluster), 'PG_VERSION'))) return ok('there');
  if (!existsSync(passwordFile(cluster))) await writePrivately(passwordFile(cluster), toBase64Url(random.bytes(32)));

  // initdb writes beside, so that a data/ that exists is a whole one; each attempt in a folder of its own, because an initdb whose
  // parent was killed goes on for a while.
  const half = path.join(cluster.folder, `${ATTEMPT}${toBase64Url(random.bytes(6))}`);
  const passwordCopy = `${half}.password`;
  await ownedFolder(half, cluster.user, 0o700);
  await writePrivately(passwordCopy, await superuserPassword(cluster), cluster.user);
  const args = ['-D', half, '-U', SUPERUSER, '--pwfile', passwordCopy, '--auth=scram-sha-256', '--encoding=UTF8', '--data-checksums'];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions');
  try {
    await run(binaryPath(cluster.binaries, 'initdb'), args, { ...asUser(cluster.user), timeout: INITDB_TIMEOUT_MS, windowsHide: true });
  } catch (error) {
    return await refuseFailure(cluster, spelt(error), error);
  } finally {
    await rm(passwordCopy, { force: true });
  }
  await rename(half, dataFolder(cluster));
  return ok('made');
}

async function clearAttempts(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(ATTEMPT));
  // One that is still being written to is cleared next time.
  for (const name of left) await rm(path.join(folder, name), { recursive: true, force: true }).catch(() => undefined);
}

/** Writes configuration, access rules, and the TLS key and certificate (PEM). The server reads them at its next start or reload. */
export async function configureCluster(cluster: Cluster, tls: { readonly key: string; readonly certificate: string }): Promise<void> {
  const data = dataFolder(cluster);
  await writePrivately(path.join(data, 'server.key'), tls.key, cluster.user);
  await writePrivately(path.join(data, 'server.crt'), tls.certificate, cluster.user);
  await writePrivately(path.join(data, 'pg_hba.conf'), hbaConf(cluster.settings.open), cluster.user);
  await writePrivately(path.join(data, 'postgresql.conf'), clusterConf(cluster.settings), cluster.user);
}

/** Identity of the cluster on disk: the first 8 bytes of pg_control, as PostgreSQL prints them. */
export async function systemIdentifier(cluster: Pick<Cluster, 'folder'>): Promise<string> {
  const control = await readFile(path.join(dataFolder(cluster), 'global', 'pg_control'));
  return control.readBigUInt64LE(0).toString();
}

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** The server that holds this data folder, by its pid file and a live process; null if none. */
export async function runningServer(cluster: Pick<Cluster, 'folder'>): Promise<RunningServer | null> {
  const file = await readPidFile(cluster);
  return file !== null && (await isServer(file.pid)) ? file : null;
}

async function readPidFile(cluster: Pick<Cluster, 'folder'>): Promise<RunningServer | null> {
  try {
    const lines = (await readFile(path.join(dataFolder(cluster), 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Number(lines[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, port: Number(lines[3] ?? 0) } : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** After a power cut the pid may be another program's by now; where /proc says who it is, that is looked at. */
async function isServer(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return path.basename(command.split('\0')[0] ?? '').startsWith('postgres');
}

/**
 * Starts the server, or finds it running. A running one with other settings for its port is stopped and started.
 * Refuses hub.port-taken, hub.postgres-failed and hub.disk-full.
 */
export async function startCluster(cluster: Cluster, clock: Clock): Promise<Result<'started' | 'adopted'>> {
  const { port } = cluster.settings;
  const running = await runningServer(cluster);
  if (running === null) await clearStalePid(cluster);
  else if (running.port !== 0 && running.port !== port) await stopCluster(cluster);
  else if (await becomesReady(cluster, clock)) return ok('adopted');
  await setLogAside(cluster);
  const logSizeBefore = await sizeOf(logFile(cluster));
  try {
    await pgCtl(cluster, ['start', '-w', '-t', String(START_TIMEOUT_S), '-l', logFile(cluster), '-o', `-p ${port}`]);
    if (!IN_USE.test(await logSince(cluster, logSizeBefore))) return ok('started');
    // Of two addresses it has one, which is enough for it: who asks for the other meets another program.
    await stopCluster(cluster);
    return refuse('hub.port-taken', { port });
  } catch (error) {
    // Two starters at once: one wins, the other finds it running.
    if ((await runningServer(cluster)) !== null && (await becomesReady(cluster, clock))) return ok('adopted');
    const said = await logSince(cluster, logSizeBefore);
    if (/could not bind|address already in use/i.test(said)) return refuse('hub.port-taken', { port });
    return refuseFailure(cluster, said, error);
  }
}

async function logSince(cluster: Cluster, bytes: number): Promise<string> {
  return (await readFile(logFile(cluster)).catch(() => Buffer.alloc(0))).subarray(bytes).toString();
}

/** Which refusal it is that PostgreSQL did not come up: by what it said, and where it could not say anything by the room it had for that. */
async function refuseFailure(cluster: Cluster, said: string, error: unknown): Promise<Refused> {
  const fatal = /(?:FATAL|PANIC|ERROR):\s+(.+)/.exec(said)?.[1];
  if (NO_SPACE.test(said) || (fatal === undefined && (await isDiskFull(cluster.folder)))) return refuse('hub.disk-full');
  return refuse('hub.postgres-failed', { detail: fatal ?? lastLine(error), logFile: logFile(cluster) });
}

async function isDiskFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < SMALLEST_ROOM_BYTES;
  } catch (error) {
    // A folder that is gone has no disk.
    if (isMissing(error)) return false;
    throw error;
  }
}

/** One that its killed starter left behind may still be on its way up. */
async function becomesReady(cluster: Cluster, clock: Clock): Promise<boolean> {
  const until = clock.monotonicMs() + START_TIMEOUT_S * 1000;
  while ((await runningServer(cluster)) !== null && clock.monotonicMs() < until) {
    if (await isReady(cluster)) return true;
    await clock.sleep(READY_POLL_MS);
  }
  return false;
}

/** PostgreSQL would not start beside a pid file whose pid is another live program of its user. */
async function clearStalePid(cluster: Cluster): Promise<void> {
  const file = await readPidFile(cluster);
  if (file !== null && isAlive(file.pid)) await rm(path.join(dataFolder(cluster), 'postmaster.pid'), { force: true });
}

export async function stopCluster(cluster: Cluster): Promise<void> {
  if ((await runningServer(cluster)) === null) return;
  await pgCtl(cluster, ['stop', '-m', 'fast', '-w', '-t', String(STOP_TIMEOUT_S)]);
}

/** From now on others get in too, without a restart. */
export async function openCluster(cluster: Cluster): Promise<void> {
  await writePrivately(path.join(dataFolder(cluster), 'pg_hba.conf'), hbaConf(true), cluster.user);
  await pgCtl(cluster, ['reload']);
}

/** pg_ctl's word that the server takes connections: line 8 of its pid file. */
export async function isReady(cluster: Pick<Cluster, 'folder'>): Promise<boolean> {
  const text = await readFile(path.join(dataFolder(cluster), 'postmaster.pid'), 'utf8').catch(() => '');
  return (text.split('\n')[7] ?? '').trim() === 'ready';
}

async function pgCtl(cluster: Cluster, args: readonly string[]): Promise<void> {
  const options = { ...asUser(cluster.user), timeout: (START_TIMEOUT_S + 10) * 1000, windowsHide: true, env: cleanEnvironment() };
  await run(binaryPath(cluster.binaries, 'pg_ctl'), ['-D', dataFolder(cluster), '-s', ...args], options);
}

/** PG* variables of the shell would change what server and tools do. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_')));
}

async function setLogAside(cluster: Cluster): Promise<void> {
  if ((await sizeOf(logFile(cluster))) > MAX_LOG_BYTES) await rename(logFile(cluster), `${logFile(cluster)}.1`);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** What a program that failed printed, or what is known of it. */
function spelt(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'stderr' in error && String(error.stderr).trim() !== '' ? String(error.stderr) : error.message;
}

function lastLine(error: unknown): string {
  return spelt(error).trim().split('\n').at(-1) ?? '';
}
