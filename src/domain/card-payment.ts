/**
 * What was asked of a card terminal for a cart, and what that means for it: a payment whose answer is not known holds the cart until a person
 * says what the terminal shows; an approved one counts towards the sale, or is given back. Pure.
 */
import type { Id } from '../base/id.ts';

/** asked: the terminal is at it. unknown: it was asked and did not say; a person settles it. */
export type CardPaymentState = 'asked' | 'approved' | 'declined' | 'unknown';

export interface CardPayment {
  /** Names it at this register. */
  readonly attempt: number;
  readonly method: Id;
  /** Negative where money goes back to a card. */
  readonly amountMinor: number;
  readonly state: CardPaymentState;
  /** The terminal's receipt number, or why it declined. */
  readonly reference: string | null;
  /** The attempt whose money goes back with this one. */
  readonly givesBack: number | null;
}

/** One that has no answer yet; null when the cart may go on. */
export function unsettledPayment<P extends CardPayment>(payments: readonly P[]): P | null {
  return payments.find(({ state }) => state === 'asked' || state === 'unknown') ?? null;
}

/** What cards have paid of the cart: approved, not given back. */
export function takenPayments<P extends CardPayment>(payments: readonly P[]): P[] {
  const back = new Set(payments.flatMap(({ state, givesBack }) => (state === 'approved' && givesBack !== null ? [givesBack] : [])));
  return payments.filter(({ attempt, state, givesBack }) => state === 'approved' && givesBack === null && !back.has(attempt));
}
