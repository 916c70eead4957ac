/**
 * Opening a shift: by a person with a float, or silently with the first sale when nobody did. A shift left open overnight never blocks the
 * morning: sales go on in it, and whoever opens the next one ends it as it should be, uncounted.
 */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { LedgerRef } from '../protocol/columns.ts';
import { commit, type Draft } from '../store/journal.ts';
import { floatSetAside, hasFloat, openShift, type ShiftFigures, type ShiftRow } from '../store/queries/shifts.ts';
import { referenceTo } from '../store/look-up.ts';
import type { Store } from '../store/store.ts';
import { ownRegisterId, type Register } from './register.ts';
import { tradingDayAt } from './trading-day.ts';

/** Every sale and movement belongs to a shift: the open one, or one opened silently with it, which takes over the float set aside. */
export function shiftFor(store: Store, draft: Draft, register: Id, user: Id, at: number, day: number): LedgerRef {
  const open = openShift(store.db, register);
  if (open !== null) return referenceTo(store.db, open.shift);
  const shift = draft.insert('shift_event', { kind: 'opened', register, user, at, trading_day: day, silent: true });
  draftFloat(draft, shift, user, floatSetAside(store.db, register));
  return shift;
}

export interface OpenInput {
  readonly floatMinor: number;
  readonly user: Id;
  /** Of the open shift, when there is one: what an uncounted drawer is taken to hold. */
  readonly figures: ShiftFigures | null;
}

/**
 * Opens a shift with its float. One opened silently today gets the float it lacks; one of an earlier day ends uncounted. Refuses with
 * shift.open (somebody opened it today), shift.changed (the figures are not of now).
 */
export function openShiftWithFloat({ store }: Register, input: OpenInput): Result<null> {
  return commit(store, { kind: 'shift-opened', user: input.user }, (draft) => {
    const register = ownRegisterId(store);
    const { at, day } = tradingNow(store);
    const open = openShift(store.db, register);
    if (open !== null && open.tradingDay >= day) {
      if (!open.silent || hasFloat(store.db, open.shift)) return refuse('shift.open', { user: open.openedBy });
      draftFloat(draft, referenceTo(store.db, open.shift), input.user, input.floatMinor);
      return ok(null);
    }
    if (open !== null) {
      if (input.figures?.shift !== open.shift) return refuse('shift.changed');
      endUncounted(store, draft, open, input.figures, { register, user: input.user, at, day });
    }
    const shift = draft.insert('shift_event', { kind: 'opened', register, user: input.user, at, trading_day: day });
    draftFloat(draft, shift, input.user, input.floatMinor);
    return ok(null);
  });
}

/** The books of an uncounted drawer end as if all that should be in it had been set aside. */
function endUncounted(
  store: Store,
  draft: Draft,
  open: ShiftRow,
  figures: ShiftFigures,
  { register, user, at, day }: { readonly register: Id; readonly user: Id; readonly at: number; readonly day: number },
): void {
  const shift = referenceTo(store.db, open.shift);
  const expectedMinor = figures.methods.find(({ kind }) => kind === 'cash')?.expectedMinor ?? 0;
  draftFloat(draft, shift, user, expectedMinor === 0 ? 0 : -expectedMinor);
  const detail = JSON.stringify({ counted: false });
  draft.insert('shift_event', { kind: 'closed', shift, register, user, at, trading_day: day, detail });
}

export function draftFloat(draft: Draft, shift: LedgerRef, user: Id, amountMinor: number): void {
  if (amountMinor !== 0) draft.insert('cash_movement', { shift, kind: 'float', amount_minor: amountMinor, user });
}

/** Instant and trading day of what is written now; never before what the own chain holds. */
export function tradingNow(store: Store): { readonly at: number; readonly day: number } {
  const at = Math.max(store.clock.nowMs(), present(store.own, 'the own chain').lastAt);
  return { at, day: tradingDayAt(store.db, at) };
}
