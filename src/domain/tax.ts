/**
 * Taxes of a receipt. A line bears one tax, or several at once that each have a name (GST and PST); each is counted by itself on the amount
 * without tax. Amounts of one tax are added, taxed once and rounded once, then spread over the lines so that they sum to it; or each line is
 * taxed and rounded by itself, where the shop's country wants that. A line's tax is the sum of its parts. Pure. Source: Council Directive
 * 2006/112/EC, art. 226 (10); how to round is left to the states.
 */
import { minor, multiplyDivide, prorate, type Minor } from './money.ts';

export const PPM = 1_000_000;

export type TaxRounding = 'receipt' | 'line';

/** One of the taxes that a line bears at once. */
export interface TaxPart {
  readonly name: string;
  readonly ratePpm: number;
}

/** As it was counted. */
export interface TaxedPart extends TaxPart {
  readonly taxMinor: number;
}

export interface TaxedLine {
  /** What the line costs as shown, tax in it or not. */
  readonly totalMinor: number;
  readonly taxRatePpm: number;
  /** Its taxes by name, whose rates sum to `taxRatePpm`; null where it bears one without a name. */
  readonly taxParts: readonly TaxPart[] | null;
  readonly includesTax: boolean;
}

export interface LineTax {
  readonly taxMinor: Minor;
  /** They sum to `taxMinor`; null where the line bears one tax without a name. */
  readonly taxParts: readonly TaxedPart[] | null;
}

/** Whether two rates are made of the same taxes. */
export function isSameTax(a: readonly TaxPart[] | null, b: readonly TaxPart[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every(({ name, ratePpm }, at) => name === b[at]?.name && ratePpm === b[at].ratePpm);
}

/** Tax of one rate in an amount that includes it, or on one that does not; half-up. `allPpm`: the rates of all taxes that the amount includes. */
export function taxOf(amountMinor: number, ratePpm: number, includesTax: boolean, allPpm = ratePpm): Minor {
  return multiplyDivide(amountMinor, ratePpm, includesTax ? PPM + allPpm : PPM, 'half-up');
}

/** The tax of each line, in their order. Rounded per receipt they sum, per tax, to the tax on what all lines with it come to. */
export function taxLines(lines: readonly TaxedLine[], rounding: TaxRounding): LineTax[] {
  const shares = lines.map((line) => (line.taxParts ?? [{ name: '', ratePpm: line.taxRatePpm }]).map((part) => new Share(part, line)));
  for (const group of Map.groupBy(shares.flat(), (share) => (rounding === 'line' ? share : share.key)).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const totals = group.map(({ line }) => line.totalMinor);
    const { includesTax, taxRatePpm } = first.line;
    const taxMinor = taxOf(
      totals.reduce((a, b) => a + b, 0),
      first.ratePpm,
      includesTax,
      taxRatePpm,
    );
    const parts = prorate(taxMinor, totals);
    group.forEach((share, at) => (share.taxMinor = parts[at] ?? share.taxMinor));
  }
  return lines.map((line, at) => {
    const parts = (shares[at] ?? []).map(({ name, ratePpm, taxMinor }) => ({ name, ratePpm, taxMinor }));
    return { taxMinor: minor(parts.reduce((sum, { taxMinor }) => sum + taxMinor, 0)), taxParts: line.taxParts === null ? null : parts };
  });
}

/** One tax of one line. */
class Share {
  readonly name: string;
  readonly ratePpm: number;
  readonly line: TaxedLine;
  /** What is taxed and rounded together: one tax, in prices that hold it alike. Returned goods go apart from sold ones: parts of one sign sum exactly. */
  readonly key: string;
  taxMinor: Minor = minor(0);

  constructor({ name, ratePpm }: TaxPart, line: TaxedLine) {
    this.name = name;
    this.ratePpm = ratePpm;
    this.line = line;
    this.key = `${ratePpm} ${line.includesTax ? line.taxRatePpm : ''} ${line.totalMinor < 0} ${name}`;
  }
}

/** What is to be paid for the lines: those whose price lacks the tax get it on top. */
export function dueOf(lines: readonly (Pick<TaxedLine, 'totalMinor' | 'includesTax'> & { readonly taxMinor: number })[]): Minor {
  return minor(lines.reduce((sum, line) => sum + line.totalMinor + (line.includesTax ? 0 : line.taxMinor), 0));
}
