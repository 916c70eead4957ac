/**
 * What a drawer should hold: what tenders left in it and what people put in and took out. Pure.
 * A cash movement is kept with its sign, as the drawer sees it: what goes in is above zero, what goes out below.
 */
import type { Id } from '../base/id.ts';
import { minor, type Minor } from './money.ts';

/** What a person records; a float and a difference are written with the opening and the closing of a shift. */
export const MOVEMENT_KINDS = ['paid-in', 'paid-out', 'safe-drop', 'bank', 'owner', 'expense', 'tip'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** The amount with the sign it has for the drawer: only what is paid in goes in. */
export function movementMinor(kind: MovementKind, amountMinor: number): Minor {
  return minor(kind === 'paid-in' ? amountMinor : -amountMinor);
}

export interface MethodSum {
  readonly method: Id;
  /** Amounts less change. */
  readonly minor: number;
}

/**
 * Per payment method what should be there: its tenders (amount less change), and for cash also every movement of the shift, the float
 * among them. Cash is named even when nothing came in; null where the shop takes none.
 */
export function expectedByMethod(tenders: readonly MethodSum[], movementsMinor: number, cash: Id | null): Map<Id, Minor> {
  const expected = new Map<Id, Minor>(cash === null ? [] : [[cash, minor(movementsMinor)]]);
  for (const { method, minor: taken } of tenders) expected.set(method, minor((expected.get(method) ?? 0) + taken));
  return expected;
}

export interface DrawerEnd {
  /** Counted less expected. */
  readonly differenceMinor: Minor;
  /** What leaves the drawer for the safe, as the drawer sees it. */
  readonly safeMinor: Minor;
  /** What stays as the next float, set aside: as the drawer's books see it, it goes out too. */
  readonly floatMinor: Minor;
}

/** How a counted drawer ends: afterwards its books say nothing is in it (expected + difference + safe + float = 0). */
export function endDrawer(expectedMinor: number, countedMinor: number, staysMinor: number): DrawerEnd {
  return {
    differenceMinor: minor(countedMinor - expectedMinor),
    safeMinor: minor(staysMinor - countedMinor),
    floatMinor: minor(staysMinor === 0 ? 0 : -staysMinor),
  };
}
