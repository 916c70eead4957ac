/** Cash put into the drawer or taken out of it beside the sales, each with its reason. */
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { movementMinor, type MovementKind } from '../domain/shift.ts';
import { commit } from '../store/journal.ts';
import { shiftFor, tradingNow } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';

export interface MoveInput {
  readonly kind: MovementKind;
  /** Above zero; the kind says which way it goes. */
  readonly amountMinor: number;
  readonly reason: string;
  readonly user: Id;
}

/** Opens a shift silently when none is open. */
export function moveCash({ store }: Register, input: MoveInput): Result<null> {
  return commit(store, { kind: 'cash-moved', user: input.user }, (draft) => {
    const { at, day } = tradingNow(store);
    draft.insert('cash_movement', {
      shift: shiftFor(store, draft, ownRegisterId(store), input.user, at, day),
      kind: input.kind,
      amount_minor: movementMinor(input.kind, input.amountMinor),
      reason: input.reason,
      user: input.user,
    });
    return ok(null);
  });
}
