/**
 * A card terminal, whatever it speaks: asked for an amount, it may answer once, twice, late or never, and lose its line in between. Whoever
 * asks writes down that it is going to ask before, and every answer after; a terminal keeps nothing. A protocol (ZVT, OPI, Nexo) is one file
 * that makes an `Ask`, and one line in open-terminal.ts.
 */

export interface CardRequest {
  /** The same for no two requests of a shop. */
  readonly id: string;
  /** Minor units; negative where money goes back to the card. */
  readonly amountMinor: number;
  readonly currency: string;
}

export type TerminalAnswer =
  /** `reference`: the number on the terminal's own receipt. */
  | { readonly state: 'approved'; readonly reference: string | null }
  /** Certain that nothing was taken: refused, cancelled, or never reached. `reference` says why. */
  | { readonly state: 'declined'; readonly reference: string }
  /** It was asked and the line is gone: nobody here knows what it did. */
  | { readonly state: 'unknown'; readonly reference: string | null };

export interface Asked {
  /** Asks it to stop; it answers declined when it did, or approved when that came too late. */
  cancel(): void;
  /** Hangs up: no answer is heard any more. */
  hangUp(): void;
}

/** Asks, and returns at once; `hear` is called with each answer, however many come, never before this returns. */
export type Ask = (request: CardRequest, hear: (answer: TerminalAnswer) => void) => Asked;

export interface Terminal {
  /** Null where nobody can be asked: the cashier looks at the terminal, and their word is the answer. */
  readonly ask: Ask | null;
}
