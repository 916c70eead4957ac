/**
 * What can be asked of backups: make, list, check, try, restore. Done in a process of its own beside a running register (run-backup.ts), since
 * a network folder may hang and a store is large; or in place by a command of a register that is stopped.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ok, RefusalError, type Refusal, type Result } from '../base/result.ts';
import { findNewer, presentIn, type Newer } from './compare-store.ts';
import { makeBackup, type Made, type MakeInput } from './make-backup.ts';
import { bytesOf, type Manifest } from './manifest.ts';
import { checkFiles, tryBackup, type Checked, type Tried } from './prove-backup.ts';
import { endRestore, prepareRestore, rebuildBeside, type Restored } from './restore-backup.ts';
import type { OnProgress } from './serve-beside.ts';
import { findFolders, folderOf, isComplete, listManifests, nameTargetFault, prepareFolder, readManifest } from './target.ts';

/** One backup of a folder; the newest where no name is given. */
interface Which {
  readonly from: string;
  readonly name: string | null;
  readonly identities: readonly string[];
}

export type BackupRequest =
  | { readonly do: 'prepare'; readonly target: string; readonly register: { readonly id: string; readonly code: string } }
  | ({ readonly do: 'make' } & MakeInput)
  | { readonly do: 'list'; readonly from: string; readonly dataFolder: string }
  | ({ readonly do: 'check' } & Which)
  | ({ readonly do: 'try'; readonly dataFolder: string } & Which)
  /** A restore in two parts, for a register that runs: it sells on during the first. */
  | ({ readonly do: 'rebuild'; readonly dataFolder: string } & Which)
  | ({ readonly do: 'end-restore'; readonly dataFolder: string; readonly keepNewer: boolean; readonly nowMs: number } & Which)
  | ({ readonly do: 'restore'; readonly dataFolder: string; readonly keepNewer: boolean; readonly nowMs: number } & Which);

/** What a person is shown of a backup. */
export interface BackupRow {
  readonly folder: string;
  readonly name: string;
  readonly madeAt: number;
  readonly program: string;
  readonly mode: string;
  readonly register: Manifest['register'];
  readonly shop: Manifest['shop'];
  readonly encrypted: boolean;
  readonly bytes: number;
  /** Every file is there in its size. */
  readonly complete: boolean;
  readonly counts: Manifest['counts'];
  readonly salesUpTo: number | null;
  /** What the data of this register holds beyond it. */
  readonly newer: Newer;
}

export interface Listed {
  /** Newest first. */
  readonly rows: BackupRow[];
  /** Manifests that cannot be read. */
  readonly unreadable: string[];
}

export interface BackupAnswers {
  readonly prepare: { readonly folder: string };
  readonly make: Made;
  readonly list: Listed;
  readonly check: Checked & { readonly name: string; readonly madeAt: number };
  readonly try: Tried & { readonly name: string; readonly madeAt: number };
  readonly rebuild: { readonly name: string; readonly madeAt: number };
  readonly 'end-restore': Restored;
  readonly restore: Restored;
}
export type BackupVerb = keyof BackupAnswers;
export type RequestOf<V extends BackupVerb> = Extract<BackupRequest, { readonly do: V }>;

/** Refuses with what each verb throws, and with backup.target-gone, backup.target-full, backup.none, backup.which. Throws bugs. */
export async function serveBackup<V extends BackupVerb>(request: RequestOf<V>, onProgress: OnProgress): Promise<Result<BackupAnswers[V]>> {
  try {
    return ok((await serve(request, onProgress)) as BackupAnswers[V]);
  } catch (error) {
    const refusal = nameTargetFault(error, placeOf(request));
    if (refusal === null) throw error;
    return { ok: false, refusal };
  }
}

function placeOf(request: BackupRequest): string {
  return 'target' in request ? request.target : request.from;
}

async function serve(request: BackupRequest, onProgress: OnProgress): Promise<BackupAnswers[BackupVerb]> {
  switch (request.do) {
    case 'prepare': {
      const folder = folderOf(request.target, request.register);
      prepareFolder(folder);
      return { folder };
    }
    case 'make':
      return makeBackup(request, onProgress);
    case 'list':
      return list(request.from, request.dataFolder);
    case 'check': {
      const source = choose(request);
      return { ...(await checkFiles(source, (done, total) => onProgress('check', done, total))), ...named(source.manifest) };
    }
    case 'try': {
      const source = choose(request);
      const tried = await tryBackup(source, request.dataFolder, (done, total) => onProgress('try', done, total));
      return { ...tried, ...named(source.manifest) };
    }
    case 'rebuild': {
      const source = choose(request);
      await rebuildBeside({ ...source, dataFolder: request.dataFolder }, (done, total) => onProgress('restore', done, total));
      return named(source.manifest);
    }
    case 'end-restore': {
      const { dataFolder, keepNewer, nowMs } = request;
      return endRestore({ manifest: choose(request).manifest, dataFolder, keepNewer, nowMs });
    }
    case 'restore': {
      const { dataFolder, keepNewer, nowMs } = request;
      return prepareRestore({ ...choose(request), dataFolder, keepNewer, nowMs }, (done, total) => onProgress('restore', done, total));
    }
  }
}

function named({ name, madeAt }: Manifest): { name: string; madeAt: number } {
  return { name, madeAt };
}

function choose({ from, name, identities }: Which): { folder: string; manifest: Manifest; identities: readonly string[] } {
  const folders = foldersIn(from);
  const [folder] = folders;
  if (folder === undefined) throw refusal('backup.none', { folder: from });
  if (folders.length > 1) {
    const registers = folders.map((one) => one.slice(from.length).replace(/^[\\/]/, '')).join(', ');
    throw refusal('backup.which', { folder: from, registers });
  }
  const chosen = name === null ? (listManifests(folder).whole.at(-1) ?? null) : readManifest(folder, name);
  if (chosen === null) throw refusal('backup.none', { folder: name === null ? from : `${from}: ${name}` });
  return { folder, manifest: chosen, identities };
}

function refusal(code: Refusal['code'], params: Refusal['params']): RefusalError {
  return new RefusalError({ code, params });
}

function foldersIn(from: string): string[] {
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory() !== true) throw refusal('backup.none', { folder: from });
  return findFolders(from);
}

function list(from: string, dataFolder: string): Listed {
  const folders = foldersIn(from);
  const read = folders.map((folder) => ({ folder, ...listManifests(folder) }));
  const present = presentIn(join(dataFolder, 'store.db'));
  const rows = read.flatMap(({ folder, whole }) =>
    whole.map((one) => ({
      folder,
      ...named(one),
      program: one.program,
      mode: one.mode,
      register: one.register,
      shop: one.shop,
      encrypted: one.encryption !== null,
      bytes: bytesOf(one),
      complete: isComplete(folder, one),
      counts: one.counts,
      salesUpTo: one.salesUpTo,
      newer: findNewer(present, one),
    })),
  );
  return {
    rows: rows.sort((a, b) => b.madeAt - a.madeAt || b.name.localeCompare(a.name)),
    unreadable: read.flatMap(({ folder, unreadable }) => unreadable.map((name) => join(folder, 'backups', name))),
  };
}
