/**
 * Taxes of a receipt: amounts of one rate are added, taxed once and rounded once, then spread over the lines so that they sum to it; or each
 * line is taxed and rounded by itself, where the shop's country wants that. Pure. Source: Council Directive 2006/112/EC, art. 226 (10); how
 * to round is left to the states.
 */
import { minor, multiplyDivide, prorate, type Minor } from './money.ts';

export const PPM = 1_000_000;

export type TaxRounding = 'receipt' | 'line';

export interface TaxedLine {
  /** What the line costs as shown, tax in it or not. */
  readonly totalMinor: number;
  readonly taxRatePpm: number;
  readonly includesTax: boolean;
}

/** Tax in an amount that includes it, or on one that does not; half-up. */
export function taxOf(amountMinor: number, ratePpm: number, includesTax: boolean): Minor {
  return multiplyDivide(amountMinor, ratePpm, includesTax ? PPM + ratePpm : PPM, 'half-up');
}

/** The tax of each line, in their order. Rounded per receipt they sum, per rate, to the tax of the rate's total. */
export function taxLines(lines: readonly TaxedLine[], rounding: TaxRounding): Minor[] {
  if (rounding === 'line') return lines.map(({ totalMinor, taxRatePpm, includesTax }) => taxOf(totalMinor, taxRatePpm, includesTax));
  const taxes: Minor[] = lines.map(() => minor(0));
  const groups = new Map<string, number[]>();
  lines.forEach((line, at) => {
    // Returned goods apart from sold ones: parts of one sign sum exactly.
    const key = `${line.taxRatePpm} ${line.includesTax} ${line.totalMinor < 0}`;
    groups.set(key, [...(groups.get(key) ?? []), at]);
  });
  for (const members of groups.values()) {
    const totals = members.map((at) => lines[at]?.totalMinor ?? 0);
    const first = lines[members[0] ?? 0];
    if (first === undefined) continue;
    const tax = taxOf(
      totals.reduce((a, b) => a + b, 0),
      first.taxRatePpm,
      first.includesTax,
    );
    prorate(tax, totals).forEach((part, index) => (taxes[members[index] ?? 0] = part));
  }
  return taxes;
}

/** What is to be paid for the lines: those whose price lacks the tax get it on top. */
export function dueOf(lines: readonly (TaxedLine & { readonly taxMinor: number })[]): Minor {
  return minor(lines.reduce((sum, line) => sum + line.totalMinor + (line.includesTax ? 0 : line.taxMinor), 0));
}
