/** A register's data folder and a place for backups, in folders of their own, without a process: what the room of backups is tested on. */
import { join } from 'node:path';
import { makeBackup, type Made } from '../../src/backup/make-backup.ts';
import { DEFAULT_KEEP, type Keep } from '../../src/backup/retention.ts';
import { prepareRestore, putInPlace, type Restored } from '../../src/backup/restore-backup.ts';
import { tryBackup, type Tried } from '../../src/backup/prove-backup.ts';
import type { BackupFile } from '../../src/backup/manifest.ts';
import { openFile } from '../../src/backup/seal-file.ts';
import { folderOf, prepareFolder } from '../../src/backup/target.ts';
import { RefusalError, type Refusal } from '../../src/base/result.ts';
import { readStoreStand } from '../../src/store/backup-parts.ts';
import { makeShop, temporaryFolder, type TestShop } from './shop.ts';

export interface BackedUpShop {
  readonly shop: TestShop;
  readonly data: string;
  readonly target: string;
  /** The register's folder beneath the target. */
  readonly folder: string;
  make(options?: { readonly recipients?: readonly string[]; readonly keep?: Keep; readonly dataFolder?: string }): Promise<Made>;
  try(made: Made, identities?: readonly string[]): Promise<Tried>;
  /** Into this data folder; the store must be closed where it is the shop's own. */
  restore(made: Made, into: string, options?: { readonly identities?: readonly string[]; readonly keepNewer?: boolean }): Promise<Restored>;
  remove(): void;
}

const DAY_MS = 86_400_000;

export async function makeBackedUpShop(): Promise<BackedUpShop> {
  const [data, target] = [temporaryFolder(), temporaryFolder('aurapos-target-')];
  const shop = await makeShop({ file: join(data.path, 'store.db') });
  const folder = folderOf(target.path, readStoreStand(shop.store.db).register);
  prepareFolder(folder);
  return {
    shop,
    data: data.path,
    target: target.path,
    folder,
    make: ({ recipients = [], keep = DEFAULT_KEEP, dataFolder = data.path } = {}) => {
      shop.clock.advance(DAY_MS);
      const nowMs = shop.clock.nowMs();
      return makeBackup({ dataFolder, target: target.path, recipients, keep, always: [], program: 'test', nowMs }, () => {});
    },
    try: (made, identities = []) => tryBackup({ ...made, identities }, data.path, () => {}),
    restore: async (made, into, { identities = [], keepNewer = false } = {}) => {
      const restored = await prepareRestore({ ...made, identities, dataFolder: into, keepNewer, nowMs: shop.clock.nowMs() }, () => {});
      putInPlace(into);
      return restored;
    },
    remove: () => {
      if (shop.store.db.sqlite.isOpen) shop.close();
      data.remove();
      target.remove();
    },
  };
}

/** The refusal that this ends with; null when it ends well. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal;
    throw error;
  }
}

/** What a file of a backup says, decompressed. */
export async function backUpDocument(folder: string, file: BackupFile): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of openFile(folder, file, [])) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
