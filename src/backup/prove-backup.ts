/** Proof that a backup can be restored: every file read back against its hash; and the trial, a restore into a scratch folder, checked like any store. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RefusalError } from '../base/result.ts';
import { readStoreStand } from '../store/backup-parts.ts';
import { closeStore } from '../store/store.ts';
import { verifyStore } from '../store/verify.ts';
import { demandRoom } from './make-backup.ts';
import { filesOf } from './manifest.ts';
import { rebuildStore, type OnRestored, type RestoreSource } from './restore-backup.ts';
import { checkFile } from './seal-file.ts';

export interface Checked {
  readonly files: number;
  readonly bytes: number;
}

/** Reads every file of the backup back. Throws RefusalError backup.rotten with the first that is not what was written. */
export async function checkFiles({ folder, manifest }: Pick<RestoreSource, 'folder' | 'manifest'>, onFile: OnRestored): Promise<Checked> {
  const files = filesOf(manifest);
  let bytes = 0;
  for (const [at, file] of files.entries()) {
    await checkFile(folder, file);
    bytes += file.bytes;
    onFile(at + 1, files.length);
  }
  return { files: files.length, bytes };
}

export interface Tried {
  readonly chains: number;
  readonly changesets: number;
  readonly sales: number;
}

/**
 * The trial: restored into a scratch folder beside the store, every chain, sum and receipt number verified, ends and counts compared with the
 * manifest; then the scratch goes. Throws RefusalError backup.rotten, backup.differs, backup.no-room, recovery.wrong-code.
 */
export async function tryBackup(source: RestoreSource, dataFolder: string, onChangesets: OnRestored): Promise<Tried> {
  const { manifest } = source;
  const scratch = join(dataFolder, 'backup-trial');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  demandRoom(dataFolder);
  rmSync(scratch, { recursive: true, force: true });
  try {
    const store = await rebuildStore(source, join(scratch, 'store.db'), onChangesets);
    try {
      const verified = verifyStore(store.db);
      if (verified.problem !== null) throw differs(manifest.name, `${verified.problem.where}: ${verified.problem.what}`);
      const stand = readStoreStand(store.db);
      // Values that were erased since are not brought back, and are rightly fewer.
      const counted = { ...stand.counts, values: 0 };
      if (JSON.stringify(counted) !== JSON.stringify({ ...manifest.counts, values: 0 }))
        throw differs(manifest.name, `${JSON.stringify(counted)} for ${JSON.stringify(manifest.counts)}`);
      if (JSON.stringify(stand.heads) !== JSON.stringify(manifest.heads)) throw differs(manifest.name, 'its chains end elsewhere');
      return { chains: verified.chains, changesets: verified.changesets, sales: verified.sales };
    } finally {
      closeStore(store);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function differs(name: string, detail: string): RefusalError {
  return new RefusalError({ code: 'backup.differs', params: { name, detail } });
}
