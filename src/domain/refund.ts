/**
 * What goes back of a sold line: in however many parts, in all exactly what it cost, and exactly each tax on it. Each part is what must have
 * gone back by now, less what went back before. Pure.
 */
import { minor, multiplyDivide, prorate, type Minor } from './money.ts';
import type { LineTax, TaxedPart } from './tax.ts';

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
  const share = (soldMinor: number, given: readonly number[]): Minor => {
    const untilMinor = multiplyDivide(soldMinor, untilMilli, sold.quantityMilli, 'half-up');
    return minor(Math.min(0, 0 - untilMinor - given.reduce((sum, one) => sum + one, 0)));
  };
  const totalMinor = share(
    sold.totalMinor,
    before.map((cost) => cost.totalMinor),
  );
  const taxes = before.flatMap(({ tax }) => tax ?? []);
  const { taxMinor: soldMinor, taxParts: parts } = sold.tax;
  if (parts === null) {
    const given = taxes.map(({ taxMinor }) => taxMinor);
    return { totalMinor, tax: { taxMinor: share(soldMinor, given), taxParts: null } };
  }
  const given = taxes.map((tax) => taxesBack(tax, parts));
  const taxParts = parts.map(({ name, ratePpm, taxMinor }, at) => {
    const each = given.map((amounts) => amounts[at] ?? 0);
    return { name, ratePpm, taxMinor: share(taxMinor, each) };
  });
  return { totalMinor, tax: { taxMinor: minor(taxParts.reduce((sum, { taxMinor }) => sum + taxMinor, 0)), taxParts } };
}

/** Of each of these taxes what went back. A register of an older program gave back one sum, which counts for each of them in proportion. */
function taxesBack({ taxMinor, taxParts }: LineTax, parts: readonly TaxedPart[]): readonly number[] {
  if (taxParts !== null) return parts.map(({ name }) => taxParts.find((part) => part.name === name)?.taxMinor ?? 0);
  return prorate(
    taxMinor,
    parts.map((part) => part.taxMinor),
  );
}
