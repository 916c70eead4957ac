/**
 * Closing a counted shift: the difference is booked, what leaves for the safe and what stays as the next float too, so that the drawer's
 * books end with nothing in it. A closed shift takes no more.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { endDrawer } from '../domain/shift.ts';
import { commit, type Draft } from '../store/journal.ts';
import { lastCounts, type ShiftFigures } from '../store/queries/shifts.ts';
import { referenceTo } from '../store/look-up.ts';
import { checkFigures } from './count-shift.ts';
import { draftFloat, tradingNow } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';
import type { LedgerRef } from '../protocol/columns.ts';

export interface CloseInput {
  /** Of the cash counted, what stays in the drawer. */
  readonly staysMinor: number;
  readonly figures: ShiftFigures;
  readonly user: Id;
}

/** Refuses with shift.none, shift.not-counted, shift.changed (sold or moved since the count), input.invalid (more stays than there is). */
export function closeShift({ store }: Register, input: CloseInput): Result<null> {
  return commit(store, { kind: 'shift-closed', user: input.user }, (draft) => {
    const current = checkFigures(store, input.figures);
    if (!current.ok) return current;
    const counts = new Map(lastCounts(store.db, input.figures.shift).map((count) => [count.method, count]));
    for (const { method, expectedMinor } of input.figures.methods) {
      const count = counts.get(method);
      if (count === undefined) return refuse('shift.not-counted');
      if (count.expectedMinor !== expectedMinor) return refuse('shift.changed');
    }
    const cash = input.figures.methods.find(({ kind }) => kind === 'cash');
    const countedMinor = cash === undefined ? 0 : (counts.get(cash.method)?.countedMinor ?? 0);
    if (input.staysMinor > countedMinor) return refuse('input.invalid', { field: 'staysMinor', reason: 'more than was counted' });
    const shift = referenceTo(store.db, input.figures.shift);
    draftEnd(draft, shift, cash?.expectedMinor ?? 0, countedMinor, input);
    const { at, day } = tradingNow(store);
    draft.insert('shift_event', { kind: 'closed', shift, register: ownRegisterId(store), user: input.user, at, trading_day: day });
    return ok(null);
  });
}

function draftEnd(draft: Draft, shift: LedgerRef, expectedMinor: number, countedMinor: number, { staysMinor, user }: CloseInput): void {
  const end = endDrawer(expectedMinor, countedMinor, staysMinor);
  if (end.differenceMinor !== 0) draft.insert('cash_movement', { shift, kind: 'difference', amount_minor: end.differenceMinor, user });
  if (end.safeMinor !== 0) draft.insert('cash_movement', { shift, kind: 'safe-drop', amount_minor: end.safeMinor, user });
  draftFloat(draft, shift, user, end.floatMinor);
}
