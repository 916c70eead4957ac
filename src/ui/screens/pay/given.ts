/** What has been given towards a sale, and what is left of it by each way to pay. Pure; the register settles the sale by its own sums. */
import { roundToStep } from '../../../domain/money.ts';
import type { Answer } from '../../../protocol/api/routes.ts';

export type Method = Answer<'listPaymentMethods'>['rows'][number];

export interface Given {
  readonly key: number;
  readonly method: Method;
  readonly amountMinor: number;
  /** Code of the voucher that pays. */
  readonly voucher?: string;
}

/** Left of this sum to pay by this method, never below nought: in cash it is rounded to the smallest coin. */
export function leftToPay(totalMinor: number, given: readonly Given[], by: Pick<Method, 'givesChange' | 'roundingStepMinor'>): number {
  const left = totalMinor - given.reduce((sum, one) => sum + one.amountMinor, 0);
  const step = by.givesChange ? by.roundingStepMinor : null;
  return Math.max(0, step === null ? left : roundToStep(left, step));
}

export function givenAfter(given: readonly Given[], method: Method, amountMinor: number, voucher?: string): readonly Given[] {
  const one = { key: (given[given.length - 1]?.key ?? 0) + 1, method, amountMinor };
  return [...given, voucher === undefined ? one : { ...one, voucher }];
}
