/** That a store was restored from a backup, and whether it still waits for what the shop has of it. */
import { ok } from '../base/result.ts';
import type { Database } from './database.ts';
import { readMeta, writeMeta } from './look-up.ts';
import type { Store } from './store.ts';

export interface RestoredNote {
  /** Name of the backup. */
  readonly name: string;
  /** When it was made, and when it was restored: UTC ms. */
  readonly madeAt: number;
  readonly at: number;
  /** Until it has taken back from the shop what it wrote after the backup, no sale begins. */
  readonly waits: boolean;
}

export function noteRestored(store: Store, note: RestoredNote): void {
  store.db.transact('durable', () => ok(writeMeta(store.db, 'restored', JSON.stringify(note))));
}

/** Null in a store that was never restored. */
export function readRestored(db: Database): RestoredNote | null {
  const text = readMeta(db, 'restored');
  return typeof text === 'string' ? (JSON.parse(text) as RestoredNote) : null;
}

/** It is level with the shop again, or a person goes on without what may be lacking. */
export function endWaiting(store: Store): void {
  const note = readRestored(store.db);
  if (note?.waits === true) noteRestored(store, { ...note, waits: false });
}
