/**
 * Backups of simulated registers, by the product's own code: real files in the schedule's folder, beside the disks. In the product a process of
 * its own makes and restores them; here that happens in this process, between two events: a backup takes no virtual time. What it reads while
 * the register writes, and what a kill leaves of it, is held by src/backup and test/chaos.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../src/base/assert.ts';
import { makeBackup } from '../../src/backup/make-backup.ts';
import { prepareRestore, putInPlace } from '../../src/backup/restore-backup.ts';
import { DEFAULT_KEEP } from '../../src/backup/retention.ts';
import { findFolders, folderOf, listManifests, prepareFolder } from '../../src/backup/target.ts';
import { readStoreStand } from '../../src/store/backup-parts.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** A base the first time, then what came since; nothing while the register is off. */
export async function backUp(world: World, machine: Machine): Promise<void> {
  const { program, dataFolder } = machine;
  if (program === null) return;
  const target = targetOf(machine);
  prepareFolder(folderOf(target, readStoreStand(program.store.db).register));
  const nowMs = program.store.clock.nowMs();
  const made = await makeBackup({ dataFolder, target, recipients: [], keep: DEFAULT_KEEP, always: [], program: '0', nowMs }, () => {});
  world.trace(`${machine.name} backed up, ${made.isBase ? 'a base' : 'what came since'}, ${made.manifest.counts.changesets} changesets`);
}

export interface Restore {
  /** The oldest backup that there is, or the newest. */
  readonly which: 'oldest' | 'newest';
  /** `lost`: an empty disk. `there`: what is still readable on it and newer than the backup is taken over. */
  readonly disk: 'lost' | 'there';
}

/** As `aurapos backup restore` does on a register that is stopped; then it starts. False when it has no backup. */
export async function restore(world: World, machine: Machine, { which, disk }: Restore): Promise<boolean> {
  const [folder] = findFolders(targetOf(machine));
  const backups = folder === undefined ? [] : listManifests(folder).whole;
  const manifest = which === 'oldest' ? backups[0] : backups.at(-1);
  if (folder === undefined || manifest === undefined) return false;
  world.figures.restores++;
  machine.crash('kill');
  await world.noteLoss(machine, async () => {
    if (disk === 'lost') machine.takeNewDisk();
    const { dataFolder } = machine;
    const deps = machine.depsBeside();
    const nowMs = deps.clock.nowMs();
    const restored = await prepareRestore(
      { folder, manifest, identities: [], dataFolder, keepNewer: disk === 'there', nowMs, deps },
      () => {},
    );
    present(putInPlace(dataFolder), 'the restored store');
    world.trace(`${machine.name} restored ${restored.name} as ${restored.series}, disk ${disk}`);
  });
  await machine.boot();
  return true;
}

function targetOf({ input, name }: Machine): string {
  const target = join(input.folder, `backups-${name}`);
  mkdirSync(target, { recursive: true });
  return target;
}
