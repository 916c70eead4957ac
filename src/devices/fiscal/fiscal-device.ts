/**
 * A fiscal device, whatever it speaks: told when a cart begins, when it is paid and when it is given up; it signs. What is asked twice under
 * one id is signed once, so that a register killed between the signature and its own commit asks again. Nobody waits for it without bound.
 */

export interface FiscalRequest {
  readonly what: 'start' | 'finish' | 'abort';
  /** The cart it is about. */
  readonly cart: string;
  readonly totalMinor: number;
  readonly taxes: readonly { readonly ratePpm: number; readonly netMinor: number; readonly taxMinor: number }[];
}

export type FiscalAnswer =
  | { readonly state: 'signed'; readonly device: string; readonly number: string | null; readonly signature: string }
  | { readonly state: 'outage'; readonly reason: string };

export type AskFiscal = (request: FiscalRequest) => Promise<FiscalAnswer>;
