/**
 * What goes back of a sold line: in however many parts, in all exactly what it cost, and exactly each tax on it. Each part is what must have
 * gone back by now, less what went back before. Pure.
 */
import { minor, multiplyDivide, type Minor } from './money.ts';
import type { LineTax } from './tax.ts';

/** What a line cost, or what went back of it: then not above nought. */
export interface Cost {
  readonly totalMinor: number;
  /** Null where it is not known: then nothing went back of it. */
  readonly tax: LineTax | null;
}

export interface SoldCost extends Cost {
  readonly quantityMilli: number;
  readonly tax: LineTax;
}

/** `untilMilli`: how much of the line will have gone back with this part, at most all of it. */
export function shareBack(sold: SoldCost, before: readonly Cost[], untilMilli: number): { totalMinor: Minor; tax: LineTax } {
  const share = (soldMinor: number, given: (cost: Cost) => number): Minor => {
    const untilMinor = multiplyDivide(soldMinor, untilMilli, sold.quantityMilli, 'half-up');
    return minor(Math.min(0, 0 - untilMinor - before.reduce((sum, cost) => sum + given(cost), 0)));
  };
  const totalMinor = share(sold.totalMinor, (cost) => cost.totalMinor);
  const taxParts = sold.tax.taxParts?.map(({ name, ratePpm, taxMinor }) => ({
    name,
    ratePpm,
    taxMinor: share(taxMinor, ({ tax }) => tax?.taxParts?.find((part) => part.name === name)?.taxMinor ?? 0),
  }));
  if (taxParts === undefined)
    return { totalMinor, tax: { taxMinor: share(sold.tax.taxMinor, ({ tax }) => tax?.taxMinor ?? 0), taxParts: null } };
  return { totalMinor, tax: { taxMinor: minor(taxParts.reduce((sum, { taxMinor }) => sum + taxMinor, 0)), taxParts } };
}
