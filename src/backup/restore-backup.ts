/**
 * Restores: the base, then the changesets since by the path that every arrival takes, then personal values and the tables that no changeset carries;
 * then always a new chain, since nobody can know what was written after. What is still readable of the present store and newer is kept. The
 * store that was there is moved aside, never deleted; cut short anywhere, either the old store is in place or the new one.
 */
import { existsSync, mkdirSync, openSync, closeSync, fsyncSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { RefusalError, unwrap } from '../base/result.ts';
import type { LocalPart, SealedLine, ValueLine } from '../store/backup-parts.ts';
import { renewChain } from '../store/begin-chain.ts';
import { openStore, type StoreDeps } from '../store/open-store.ts';
import {
  eraseValues,
  hastenWriting,
  nameAhead,
  PLAY_BATCH,
  Player,
  settleFile,
  takeLocalPart,
  takeValues,
  trustAuthority,
} from '../store/restore-parts.ts';
import { noteRestored, type RestoredNote } from '../store/restored.ts';
import { followOwnTip, forgetFeed, salvageInto, salvageLocalPart, trustKnownKeys, type Salvaged } from '../store/salvage.ts';
import { forgetStranded } from '../store/stranded.ts';
import { closeStore, readMeta, type Store } from '../store/store.ts';
import { nameOf, type Manifest } from './manifest.ts';
import { openFile, openLines } from './seal-file.ts';
import { standOf } from './compare-store.ts';
import { listManifests, syncFolder, WholeFile, writeWhole } from './target.ts';

export interface RestoreSource {
  /** The register's folder of backups. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly identities: readonly string[];
  /** The machine's own clock and luck when left out. */
  readonly deps?: StoreDeps;
}

export type OnRestored = (done: number, total: number) => void;

const DEPS: StoreDeps = { clock: systemClock, random: systemRandom };

/**
 * The backup as a store in `file`, as it was when it was made. Throws RefusalError backup.rotten, recovery.wrong-code, backup.code-needed,
 * store.newer. The caller closes it.
 */
export async function rebuildStore(source: RestoreSource, file: string, onChangesets: OnRestored): Promise<Store> {
  const { folder, manifest, identities, deps = DEPS } = source;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  await writeBase(source, file);
  const local = await readLocal(folder, manifest, identities);
  const erased = await erasedSince(source, local);
  const store = unwrap(openStore(file, deps));
  hastenWriting(store);
  trustAuthority(store, local);
  // All of them before any is played: what comes early names what comes late.
  nameAhead(store, [], local);
  for (const segment of manifest.segments)
    for await (const lines of inBatches<SealedLine>(openLines(folder, segment, identities))) nameAhead(store, lines, null);
  const total = manifest.segments.reduce((sum, { count }) => sum + count, 0);
  const player = new Player(store);
  let done = 0;
  for (const segment of manifest.segments) {
    for await (const lines of inBatches<SealedLine>(openLines(folder, segment, identities))) {
      player.play(lines);
      done += lines.length;
      onChangesets(done, total);
    }
  }
  for (const piece of manifest.values)
    for await (const lines of inBatches<ValueLine>(openLines(folder, piece, identities))) takeValues(store, lines, erased);
  eraseValues(store, erased);
  takeLocalPart(store, local);
  settleFile(store);
  closeStore(store);
  // Opened anew: its own chain is the one that the local part says.
  return unwrap(openStore(file, deps));
}

async function writeBase({ folder, manifest, identities }: RestoreSource, file: string): Promise<void> {
  rmSync(file, { force: true });
  const whole = new WholeFile(file);
  try {
    for await (const chunk of openFile(folder, manifest.base, identities)) whole.write(chunk);
    whole.finish();
  } catch (error) {
    whole.giveUp();
    throw error;
  }
}

/** Read to its end: that is where it is known to be what was written. */
async function readLocal(folder: string, { local }: Manifest, identities: readonly string[]): Promise<LocalPart> {
  let found: unknown = null;
  for await (const line of openLines(folder, local, identities)) found ??= line;
  if (found === null) throw new RefusalError({ code: 'backup.rotten', params: { file: local.file } });
  return found as LocalPart;
}

/** What was erased after this backup was made is not brought back: the newest backup of the same register knows. */
async function erasedSince({ folder, manifest, identities }: RestoreSource, local: LocalPart): Promise<Set<string>> {
  const newest = listManifests(folder).whole.at(-1);
  if (newest === undefined || newest.madeAt <= manifest.madeAt) return new Set();
  const known = new Set(local.forgotten);
  try {
    return new Set((await readLocal(folder, newest, identities)).forgotten.filter((hash) => !known.has(hash)));
  } catch (error) {
    // A newer backup that cannot be read must not keep this one from being restored.
    if (error instanceof RefusalError) return new Set();
    throw error;
  }
}

async function* inBatches<T>(lines: AsyncIterable<unknown>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const line of lines) {
    batch.push(line as T);
    if (batch.length < PLAY_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

// ---- in place of the present store

const RESTORED = 'restored';
const READY = 'ready.json';

export interface RestoreInput extends RestoreSource {
  readonly dataFolder: string;
  /** Take over what is still readable of the present store and newer than the backup. */
  readonly keepNewer: boolean;
  readonly nowMs: number;
}

export interface Restored {
  readonly name: string;
  readonly salvaged: Salvaged | null;
  readonly series: string;
  /** A register of several: it first takes back what it sold after the backup. */
  readonly waits: boolean;
}

/**
 * Makes the restored store beside the present one; `putInPlace` exchanges them. Nobody may write to the present store from here on, or what is
 * written is only in what is moved aside. Throws as rebuildStore.
 */
export async function prepareRestore(input: RestoreInput, onChangesets: OnRestored): Promise<Restored> {
  await rebuildBeside(input, onChangesets);
  return endRestore(input);
}

/** The first part of it, which lets a register sell on: the store as it was, beside the present one. */
export async function rebuildBeside(input: RestoreSource & Pick<RestoreInput, 'dataFolder'>, onChangesets: OnRestored): Promise<void> {
  const scratch = join(input.dataFolder, RESTORED);
  rmSync(scratch, { recursive: true, force: true });
  closeStore(await rebuildStore(input, join(scratch, 'store.db'), onChangesets));
}

/** The second: what is newer in the present store, and the word that a start exchanges the two. Nobody writes changesets to it from here on. */
export function endRestore(input: Omit<RestoreInput, 'folder' | 'identities'>): Restored {
  const { dataFolder, manifest, keepNewer, nowMs, deps = DEPS } = input;
  const store = unwrap(openStore(join(dataFolder, RESTORED, 'store.db'), deps));
  hastenWriting(store);
  const present = join(dataFolder, 'store.db');
  const salvaged = keepNewer && mayHoldNewer(present, manifest) ? salvageInto(store, present) : null;
  settleFile(store);
  closeStore(store);
  return { salvaged, ...makeReady(dataFolder, { name: manifest.name, madeAt: manifest.madeAt, at: nowMs }, deps) };
}

/**
 * The same without a backup: a new store out of what can still be read of the present one. What is lacking comes back from the shop, where there
 * is one. Throws RefusalError store.corrupt when not even who this register is can be read.
 */
export function prepareRebuild({ dataFolder, nowMs }: { readonly dataFolder: string; readonly nowMs: number }): Restored {
  const scratch = join(dataFolder, RESTORED);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const [file, damaged] = [join(scratch, 'store.db'), join(dataFolder, 'store.db')];
  const local = salvageLocalPart(damaged);
  if (local === null) throw new RefusalError({ code: 'store.corrupt', params: { detail: 'not even who this register is can be read' } });
  const store = unwrap(openStore(file, DEPS));
  hastenWriting(store);
  trustAuthority(store, local);
  nameAhead(store, [], local);
  trustKnownKeys(store, local);
  const salvaged = salvageInto(store, damaged);
  takeLocalPart(store, local);
  forgetFeed(store);
  closeStore(store);
  const known = unwrap(openStore(file, DEPS));
  followOwnTip(known);
  closeStore(known);
  return { salvaged, ...makeReady(dataFolder, { name: '', madeAt: nowMs, at: nowMs }) };
}

/** The last steps before the exchange: a new chain, a note of the restore, all of it on the disk, and the word that it is whole. */
function makeReady(dataFolder: string, note: Omit<RestoredNote, 'waits'>, deps = DEPS): Omit<Restored, 'salvaged'> {
  const scratch = join(dataFolder, RESTORED);
  const file = join(scratch, 'store.db');
  const store = unwrap(openStore(file, deps));
  const mode = readMeta(store.db, 'mode');
  const waits = mode === 'slave' || mode === 'master';
  forgetStranded(store.db);
  if (store.own !== null) renewChain(store);
  noteRestored(store, { ...note, waits });
  settleFile(store);
  const series = store.own?.series ?? '';
  closeStore(store);
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
  writeWhole(join(scratch, READY), Buffer.from(JSON.stringify({ aside: `before-restore-${nameOf(note.at)}` })));
  return { name: note.name, series, waits };
}

/** The data of this very register, or data so damaged that it cannot say whose it is. */
function mayHoldNewer(file: string, { register }: Manifest): boolean {
  if (!existsSync(file)) return false;
  const stand = standOf(file);
  return stand === null || stand.register.id === register.id;
}

const STORE_FILES = ['store.db', 'store.db-wal', 'store.db-shm'] as const;

/**
 * Exchanges the stores; finds its work done or does it, so that a cut one is ended at the next start. Returns where the store that was there lies
 * now; null when nothing was to be done. Only while nobody has the store open.
 */
export function putInPlace(dataFolder: string): string | null {
  const scratch = join(dataFolder, RESTORED);
  const ready = join(scratch, READY);
  if (!existsSync(ready)) {
    rmSync(scratch, { recursive: true, force: true });
    return null;
  }
  const { aside } = JSON.parse(readFileSync(ready, 'utf8')) as { aside: string };
  const asideFolder = join(dataFolder, aside);
  if (existsSync(join(scratch, 'store.db'))) {
    mkdirSync(asideFolder, { recursive: true, mode: 0o700 });
    for (const name of STORE_FILES) if (existsSync(join(dataFolder, name))) renameSync(join(dataFolder, name), join(asideFolder, name));
    syncFolder(dataFolder);
    renameSync(join(scratch, 'store.db'), join(dataFolder, 'store.db'));
    syncFolder(dataFolder);
  }
  rmSync(scratch, { recursive: true, force: true });
  return asideFolder;
}
