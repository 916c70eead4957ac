/**
 * Whether a sale may begin here. Not on a full disk; nor on a register of several that was put back from a backup, before it has taken its own
 * later sales back from the shop, or somebody has said to go on without; nor on one that is just about to leave its store for another shop's.
 */
import { refuse, type Refused } from '../base/result.ts';
import { readRestored } from '../store/restored.ts';
import { readMeta, type Store } from '../store/store.ts';

/** Refuses with disk.no-new-sale, restore.not-level, joining.leaving; null when it may. */
export function mayNotBegin(store: Store): Refused | null {
  if (store.db.disk?.level() === 'full') return refuse('disk.no-new-sale');
  return mayNotSell(store);
}

/** The same for a cart that was open in the backup: restore.not-level, joining.leaving. */
export function mayNotSell(store: Store): Refused | null {
  if (readMeta(store.db, 'leaving') !== null) return refuse('joining.leaving');
  return readRestored(store.db)?.waits === true ? refuse('restore.not-level') : null;
}
