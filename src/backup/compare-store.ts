/** What a backup holds beside what a store holds: shown to a person before anything is restored. Reads only. */
import { existsSync } from 'node:fs';
import { readStoreStand, type StoreStand } from '../store/backup-parts.ts';
import { Database } from '../store/database.ts';
import type { Manifest } from './manifest.ts';

/** Null when there is no store, or none that can be read. */
export function standOf(file: string): StoreStand | null {
  if (!existsSync(file)) return null;
  try {
    const db = new Database(file, { readOnly: true });
    try {
      return db.snapshot(() => readStoreStand(db));
    } finally {
      db.close();
    }
  } catch {
    // Damaged, or not a store: that is what the answer says.
    return null;
  }
}

export interface Newer {
  /** empty: no register was set up here. unreadable: damaged. other: another register's. same: this register's own. */
  readonly present: 'empty' | 'unreadable' | 'other' | 'same';
  /** What the present store holds beyond the backup. */
  readonly changesets: number;
  readonly sales: number;
  readonly salesUpTo: number | null;
}

/** What lies in a data folder: nothing that was set up, damaged data, or a store. */
export type Present = 'empty' | 'unreadable' | StoreStand;

export function presentIn(file: string): Present {
  if (!existsSync(file)) return 'empty';
  const stand = standOf(file);
  return stand === null ? 'unreadable' : stand.mode === '' ? 'empty' : stand;
}

/** What the present store has that the backup lacks. */
export function findNewer(stand: Present, backup: Manifest): Newer {
  const nothing = { changesets: 0, sales: 0, salesUpTo: null };
  if (typeof stand === 'string') return { present: stand, ...nothing };
  if (stand.register.id !== backup.register.id) return { present: 'other', ...nothing, salesUpTo: stand.salesUpTo };
  return {
    present: 'same',
    changesets: Math.max(0, stand.counts.changesets - backup.counts.changesets),
    sales: Math.max(0, stand.counts.sales - backup.counts.sales),
    salesUpTo: stand.salesUpTo,
  };
}
