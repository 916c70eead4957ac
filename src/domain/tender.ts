/**
 * Settling a sale: do the payments cover what is due, what is given back, what does cash rounding add. Pure.
 * Afterwards (P5): total + rounding = sum of (amount - change) over the tenders.
 */
import { ok, refuse, type Result } from '../base/result.ts';
import { minor, roundToStep, type Minor } from './money.ts';

export type MethodKind = 'cash' | 'card' | 'voucher' | 'account' | 'other';

export interface TenderMethod {
  readonly name: string;
  readonly givesChange: boolean;
  /** Smallest coin; null where cash is paid to the unit. */
  readonly roundingStepMinor: number | null;
}

export interface GivenTender {
  readonly method: TenderMethod;
  readonly amountMinor: number;
}

export type SettledTender<G extends GivenTender> = G & { readonly amountMinor: Minor; readonly changeMinor: Minor };

export interface Settlement<G extends GivenTender> {
  readonly tenders: readonly SettledTender<G>[];
  readonly roundingMinor: Minor;
  readonly changeMinor: Minor;
}

/**
 * A negative total is paid back: amounts are negative then, and there is no change. Only what is paid by methods that give change is rounded
 * to their step. Refuses with sale.not-settled, sale.overpaid.
 */
export function settle<G extends GivenTender>(totalMinor: number, given: readonly G[]): Result<Settlement<G>> {
  const exact = given.filter(({ method }) => !method.givesChange);
  const cash = given.filter(({ method }) => method.givesChange);
  const left = totalMinor - sum(exact);
  const back = totalMinor < 0;
  if (back ? left > 0 : left < 0) return refuse('sale.overpaid', { method: exact[0]?.method.name ?? '' });
  const step = cash[0]?.method.roundingStepMinor ?? null;
  const due = cash.length > 0 && step !== null ? roundToStep(left, step) : minor(left);
  const change = sum(cash) - due;
  const wrongWay = given.some(({ amountMinor }) => (back ? amountMinor > 0 : amountMinor < 0));
  if (change < 0 || wrongWay || (back && change !== 0)) return refuse('sale.not-settled');
  return ok({
    tenders: given.map((tender, at) => ({
      ...tender,
      amountMinor: minor(tender.amountMinor),
      changeMinor: minor(tender.method.givesChange && at === given.lastIndexOf(cash.at(-1) ?? tender) ? change : 0),
    })),
    roundingMinor: minor(due - left),
    changeMinor: minor(change),
  });
}

function sum(tenders: readonly { readonly amountMinor: number }[]): number {
  return tenders.reduce((total, tender) => total + tender.amountMinor, 0);
}
