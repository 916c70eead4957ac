/**
 * Makes one backup. A base, the whole store, once a month; between bases only what came since: changesets and personal values in files that are
 * made once and never touched again, and the small tables that no changeset carries. Each file is read back; the manifest comes last, so what is
 * cut short anywhere is no backup, and the one before it stays. Runs beside a register, never on its selling thread.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RefusalError, unwrap } from '../base/result.ts';
import {
  changesetsSince,
  copyStore,
  holdMoment,
  isMarkOf,
  NewValues,
  readLocalPart,
  readMark,
  readStoreStand,
  type SealedLine,
  type StoreMark,
  type StoreStand,
} from '../store/backup-parts.ts';
import { Database } from '../store/database.ts';
import { readDictionaries } from '../store/store.ts';
import { BACKUP_FORMAT, BACKUP_VERSION, bytesOf, manifest, nameOf, type BackupFile, type BackupPiece, type Manifest } from './manifest.ts';
import { chooseKept, type Keep } from './retention.ts';
import { readPieces, sealFile, toLines } from './seal-file.ts';
import { clearAway, folderOf, isComplete, isPrepared, listManifests, makePartFolders, writeWhole } from './target.ts';

export interface MakeInput {
  /** The register's data folder, where the store and scratch space are. */
  readonly dataFolder: string;
  readonly target: string;
  readonly recipients: readonly string[];
  readonly keep: Keep;
  /** Names of backups that stay whatever their age. */
  readonly always: readonly string[];
  readonly program: string;
  readonly nowMs: number;
}

export interface Made {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Bytes written for this one. */
  readonly newBytes: number;
  readonly wholeBytes: number;
  readonly isBase: boolean;
  readonly cleared: number;
  /** Number, in this store, of the newest changeset it holds. */
  readonly local: number;
}

export type OnStep = (step: 'copy' | 'compress' | 'changes', done: number, total: number) => void;

/** A base is made anew this often, so that a restore never plays more than a month. */
const BASE_DAYS = 30;
/** And when so many pieces lie on one: each costs an opening, on a slow stick a tenth of a second. */
const MOST_PIECES = 400;

/** Where the last backups ended, kept beside the store. Lost or of another store: the next backup is a base. */
const stateFile = z.array(
  z.object({
    folder: z.string(),
    recipients: z.array(z.string()),
    base: manifest.shape.base,
    segments: manifest.shape.segments,
    values: manifest.shape.values,
    mark: z.object({ local: z.int(), hash: z.string(), named: z.array(z.int()), wanted: z.array(z.string()) }),
  }),
);
type State = z.output<typeof stateFile>[number];
const STATE_FILE = 'backup-state.json';
/** Sticks that take turns. */
const MOST_STATES = 4;

/**
 * Throws RefusalError backup.target-gone (nobody prepared the folder, or it is not there), backup.no-room, backup.rotten, store.corrupt; and what
 * the target's disk says, which target.ts names.
 */
export async function makeBackup(input: MakeInput, onStep: OnStep): Promise<Made> {
  const db = new Database(join(input.dataFolder, 'store.db'), { readOnly: true });
  const moment = holdMoment(db);
  try {
    const stand = readStoreStand(db);
    const folder = folderOf(input.target, stand.register);
    if (!isPrepared(folder)) throw new RefusalError({ code: 'backup.target-gone', params: { target: input.target } });
    makePartFolders(folder);
    const name = freeName(folder, input.nowMs);
    const { state, newBytes, isBase } = await addPieces({ ...input, db, folder, stand, name }, onStep);
    const local = await sealFile({ folder, file: `local/${name}.json`, recipients: input.recipients }, toLines([readLocalPart(db)]));
    const made = describe(input, { name, state, stand, local });
    writeWhole(join(folder, 'backups', `${name}.json`), Buffer.from(`${JSON.stringify(made, null, 1)}\n`));
    keepState(input.dataFolder, state);
    const cleared = clearAway(folder, chooseKept(listManifests(folder).whole, input.keep, [name, ...input.always]));
    return {
      folder,
      manifest: made,
      newBytes: newBytes + local.bytes,
      wholeBytes: bytesOf(made),
      isBase,
      cleared,
      local: state.mark.local,
    };
  } finally {
    moment.letGo();
    db.close();
  }
}

interface Work extends MakeInput {
  readonly db: Database;
  readonly folder: string;
  readonly stand: StoreStand;
  readonly name: string;
}

interface Pieces {
  readonly state: State;
  readonly newBytes: number;
  readonly isBase: boolean;
}

/** A name that no file of an earlier try has. */
function freeName(folder: string, atMs: number): string {
  const name = nameOf(atMs);
  for (let count = 1; ; count++) {
    const tried = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(join(folder, 'backups', `${tried}.json`))) return tried;
  }
}

async function addPieces(work: Work, onStep: OnStep): Promise<Pieces> {
  const before = readStates(work.dataFolder).find((state) => isUsable(work, state));
  return (before === undefined ? null : await addChanges(work, before, onStep)) ?? addBase(work, onStep);
}

function isUsable({ db, folder, recipients, nowMs }: Work, state: State): boolean {
  const ageMs = nowMs - state.base.madeAt;
  return (
    state.folder === folder &&
    JSON.stringify(state.recipients) === JSON.stringify(recipients) &&
    ageMs >= 0 &&
    ageMs < BASE_DAYS * 86_400_000 &&
    state.segments.length + state.values.length < MOST_PIECES &&
    isMarkOf(db, state.mark) &&
    isComplete(folder, { ...state, local: state.base })
  );
}

/** Null when the pieces would not come to what the store holds: a base is made then. */
async function addChanges(work: Work, before: State, onStep: OnStep): Promise<Pieces | null> {
  const { db, folder, recipients, name, stand } = work;
  const values = new NewValues(db, readDictionaries(db), before.mark);
  const expected = stand.counts.changesets - before.base.changesets - before.segments.reduce((sum, { count }) => sum + count, 0);
  let count = 0;
  const lines = function* (): Generator<SealedLine> {
    for (const line of changesetsSince(db, before.mark)) {
      count++;
      values.follow(line);
      if (count % 1_000 === 0) onStep('changes', count, expected);
      yield line;
    }
  };
  const segment = await sealSome({ folder, file: `segments/${name}.jsonl`, recipients }, lines());
  if (count !== expected) return null;
  let valueCount = 0;
  const counted = function* (): Generator<unknown> {
    for (const line of values.lines()) {
      valueCount++;
      yield line;
    }
  };
  const added = await sealSome({ folder, file: `values/${name}.jsonl`, recipients }, counted());
  const state: State = {
    ...before,
    segments: segment === null ? before.segments : [...before.segments, { ...segment, count }],
    values: added === null ? before.values : [...before.values, { ...added, count: valueCount }],
    mark: toState(readMark(db)),
  };
  return { state, newBytes: (segment?.bytes ?? 0) + (added?.bytes ?? 0), isBase: false };
}

/** Null, and no file, where there is nothing. */
async function sealSome(at: Parameters<typeof sealFile>[0], values: Generator<unknown>): Promise<BackupFile | null> {
  const first = values.next();
  if (first.done === true) return null;
  const all = function* (): Generator<unknown> {
    yield first.value;
    yield* values;
  };
  return sealFile(at, toLines(all()));
}

/** Pause after each MiB of copying: the disk is the selling thread's too. */
const PAUSE_MS = 2;
const sleeping = new Int32Array(new SharedArrayBuffer(4));
/** Left beside the copy. */
const ROOM_BYTES = 256 * 1024 * 1024;

async function addBase(work: Work, onStep: OnStep): Promise<Pieces> {
  const { db, dataFolder, folder, recipients, name, nowMs, stand } = work;
  const scratch = join(dataFolder, 'backup-scratch');
  demandRoom(dataFolder);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const copy = join(scratch, 'store.db');
  try {
    unwrap(
      await copyStore(db, copy, (done, total) => {
        onStep('copy', done, total);
        Atomics.wait(sleeping, 0, 0, PAUSE_MS);
      }),
    );
    const total = statSync(copy).size;
    let done = 0;
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of readPieces(copy)) {
        done += piece.length;
        onStep('compress', done, total);
        yield piece;
      }
    };
    const base = await sealFile({ folder, file: `bases/${name}.db`, recipients }, pieces());
    const state: State = {
      folder,
      recipients: [...recipients],
      base: { ...base, madeAt: nowMs, changesets: stand.counts.changesets },
      segments: [],
      values: [],
      mark: toState(readMark(db)),
    };
    return { state, newBytes: base.bytes, isBase: true };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Throws RefusalError backup.no-room: a copy of the store must fit beside it. */
export function demandRoom(dataFolder: string): void {
  const size = (file: string): number => statSync(join(dataFolder, file), { throwIfNoEntry: false })?.size ?? 0;
  const needed = size('store.db') + size('store.db-wal') + ROOM_BYTES;
  const { bavail, bsize } = statfsSync(dataFolder);
  if (bavail * bsize < needed)
    throw new RefusalError({ code: 'backup.no-room', params: { megabytes: Math.ceil((needed - bavail * bsize) / 2 ** 20) } });
}

function toState({ local, hash, named, wanted }: StoreMark): State['mark'] {
  return { local, hash, named: [...named], wanted: [...wanted] };
}

function describe(
  { program, nowMs, recipients }: MakeInput,
  { name, state, stand, local }: { name: string; state: State; stand: StoreStand; local: BackupFile },
): Manifest {
  const pieces = (list: readonly BackupPiece[]): BackupPiece[] => [...list];
  return {
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    name,
    madeAt: nowMs,
    program,
    mode: stand.mode,
    register: stand.register,
    shop: stand.shop,
    encryption: recipients.length === 0 ? null : { format: 'age', recipients: [...recipients] },
    base: state.base,
    segments: pieces(state.segments),
    values: pieces(state.values),
    local,
    heads: stand.heads.map((head) => ({ ...head })),
    counts: stand.counts,
    salesUpTo: stand.salesUpTo,
  };
}

/** What lies at the target is not to be built on: the next backup is a base. */
export function forgetPieces(dataFolder: string): void {
  rmSync(join(dataFolder, STATE_FILE), { force: true });
}

function readStates(dataFolder: string): State[] {
  try {
    const parsed = stateFile.safeParse(JSON.parse(readFileSync(join(dataFolder, STATE_FILE), 'utf8')));
    return parsed.success ? parsed.data : [];
  } catch {
    // None yet, or damaged: a base says it all again.
    return [];
  }
}

function keepState(dataFolder: string, state: State): void {
  const others = readStates(dataFolder).filter(({ base, folder }) => base.file !== state.base.file || folder !== state.folder);
  writeWhole(join(dataFolder, STATE_FILE), Buffer.from(JSON.stringify([state, ...others].slice(0, MOST_STATES))));
}
