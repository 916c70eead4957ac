/**
 * Counting a shift: every payment method, cash by notes and coins. The count is in the journal before anybody sees what was expected, so a
 * blind count stays blind; counting again adds a count and takes none away.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { sumPieces, type PieceCount } from '../domain/drawer-count.ts';
import { commit } from '../store/journal.ts';
import { openShift, type ShiftFigures } from '../store/queries/shifts.ts';
import { referenceTo } from '../store/look-up.ts';
import { readMeta, type Store } from '../store/store.ts';
import { tradingNow } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';

export interface CountInput {
  readonly counts: readonly {
    readonly method: Id;
    readonly countedMinor: number;
    /** Notes and coins one by one; empty for what is counted as one sum. */
    readonly pieces: readonly PieceCount[];
  }[];
  readonly figures: ShiftFigures;
  readonly user: Id;
}

/** Refuses with shift.none, shift.changed, shift.count-missing, input.invalid (the pieces are not the sum). */
export function countShift({ store }: Register, input: CountInput): Result<null> {
  return commit(store, { kind: 'shift-counted', user: input.user }, (draft) => {
    const current = checkFigures(store, input.figures);
    if (!current.ok) return current;
    const register = ownRegisterId(store);
    const { at, day } = tradingNow(store);
    for (const method of input.figures.methods) {
      const count = input.counts.find((one) => one.method === method.method);
      if (count === undefined) return refuse('shift.count-missing', { method: method.name });
      if (count.pieces.length > 0 && sumPieces(count.pieces) !== count.countedMinor)
        return refuse('input.invalid', { field: method.name, reason: 'the notes and coins do not come to that' });
      draft.insert('shift_event', {
        kind: 'counted',
        shift: referenceTo(store.db, input.figures.shift),
        register,
        user: input.user,
        at,
        trading_day: day,
        payment_method: method.method,
        expected_minor: method.expectedMinor,
        counted_minor: count.countedMinor,
        detail: JSON.stringify(count.pieces),
      });
    }
    return ok(null);
  });
}

/** Are these the figures of the open shift, and of now? Refuses with shift.none, shift.changed. In the caller's transaction. */
export function checkFigures(store: Store, figures: ShiftFigures): Result<null> {
  const open = openShift(store.db, ownRegisterId(store));
  if (open === null) return refuse('shift.none');
  const isOfNow = open.shift === figures.shift && Number(readMeta(store.db, 'own_tip')) === figures.ownTip;
  return isOfNow ? ok(null) : refuse('shift.changed');
}
