/**
 * Several taxes at once, as rows hold them: a rate as the taxes it is made of, a sold line as what each of them came to. Both are JSON in a
 * column; where it is not what it should be, the rate or line counts as one tax without a name, and verification says so. Pure.
 */
import type { TaxedPart, TaxPart } from './tax.ts';

/** Of one rate: a country's, a province's, a city's, and what else there may be. */
export const MAX_TAX_PARTS = 6;
/** Characters of a tax's name: it stands in a column of a receipt. */
export const MAX_TAX_NAME = 40;

/** What is wrong with the taxes that a rate is to be made of; null when nothing is. */
export function taxPartsFault(parts: readonly TaxPart[], ratePpm: number): string | null {
  if (parts.length === 0 || parts.length > MAX_TAX_PARTS) return `${parts.length} taxes`;
  if (new Set(parts.map(({ name }) => name)).size < parts.length) return 'two taxes of one name';
  const sumPpm = parts.reduce((sum, part) => sum + part.ratePpm, 0);
  return sumPpm === ratePpm ? null : `its rate is ${ratePpm}, its taxes make ${sumPpm}`;
}

/** What is wrong with what a sold line says of its taxes; null when nothing is, or it says nothing. */
export function taxedPartsFault(text: string | null, line: { readonly ratePpm: number; readonly taxMinor: number }): string | null {
  if (text === null) return null;
  const parts = parse(text, isTaxedPart);
  if (parts === null) return 'what it says of its taxes cannot be read';
  const sumMinor = parts.reduce((sum, { taxMinor }) => sum + taxMinor, 0);
  if (sumMinor !== line.taxMinor) return `its tax is ${line.taxMinor}, its taxes make ${sumMinor}`;
  return taxPartsFault(parts, line.ratePpm);
}

/** The taxes that a rate is made of; null where it is one. */
export function readTaxParts(text: string | null, ratePpm: number): readonly TaxPart[] | null {
  const parts = text === null ? null : parse(text, isTaxPart);
  return parts === null || taxPartsFault(parts, ratePpm) !== null
    ? null
    : parts.map((part) => ({ name: part.name, ratePpm: part.ratePpm }));
}

/** What each tax of a sold line came to; null where it has one. */
export function readTaxedParts(
  text: string | null,
  line: { readonly ratePpm: number; readonly taxMinor: number },
): readonly TaxedPart[] | null {
  if (text === null || taxedPartsFault(text, line) !== null) return null;
  return parse(text, isTaxedPart)?.map(({ name, ratePpm, taxMinor }) => ({ name, ratePpm, taxMinor })) ?? null;
}

function parse<T>(text: string, is: (value: unknown) => value is T): readonly T[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: another program's mistake, which verification names.
    return null;
  }
  return Array.isArray(value) && value.every(is) ? value : null;
}

function isTaxPart(value: unknown): value is TaxPart {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'ratePpm' in value &&
    Number.isSafeInteger(value.ratePpm)
  );
}

function isTaxedPart(value: unknown): value is TaxedPart {
  return isTaxPart(value) && 'taxMinor' in value && Number.isSafeInteger(value.taxMinor);
}

// ---- sums

/** What lines of one rate, and of the same taxes, come to. */
export interface RateSum {
  readonly ratePpm: number;
  readonly netMinor: number;
  readonly taxMinor: number;
  /** They sum to `taxMinor`; left out where it is one tax without a name. */
  readonly parts?: readonly TaxedPart[];
}

/** What one tax comes to, and on how much: of a line with several, each on the same. */
export interface TaxSum {
  /** Null for a tax that goes by its rate alone. */
  readonly name: string | null;
  readonly ratePpm: number;
  readonly netMinor: number;
  readonly taxMinor: number;
}

/** Adds up what has one rate and the same taxes. */
export class RateSums {
  readonly #byKey = new Map<string, RateSum>();

  add({ ratePpm, netMinor, taxMinor, parts }: RateSum): void {
    const key = parts === undefined ? String(ratePpm) : JSON.stringify(parts.map(({ name, ratePpm: part }) => [name, part]));
    const held = this.#byKey.get(key);
    this.#byKey.set(key, {
      ratePpm,
      netMinor: (held?.netMinor ?? 0) + netMinor,
      taxMinor: (held?.taxMinor ?? 0) + taxMinor,
      ...(parts === undefined
        ? {}
        : { parts: parts.map((part, at) => ({ ...part, taxMinor: part.taxMinor + (held?.parts?.[at]?.taxMinor ?? 0) })) }),
    });
  }

  /** The highest rate first, whatever order they came in. */
  finish(): RateSum[] {
    return [...this.#byKey].sort(([a, x], [b, y]) => y.ratePpm - x.ratePpm || (a < b ? -1 : 1)).map(([, sum]) => sum);
  }
}

/** The same by tax: what people and authorities read. The highest rate first, and of several taxes at once in the order they are said in. */
export function sumTaxes(sums: Iterable<RateSum>): TaxSum[] {
  const byKey = new Map<string, TaxSum>();
  for (const { ratePpm, netMinor, taxMinor, parts } of [...sums].sort((a, b) => b.ratePpm - a.ratePpm))
    for (const tax of parts ?? [{ name: null, ratePpm, taxMinor }]) {
      const key = JSON.stringify([tax.ratePpm, tax.name]);
      const held = byKey.get(key);
      byKey.set(key, {
        name: tax.name,
        ratePpm: tax.ratePpm,
        netMinor: (held?.netMinor ?? 0) + netMinor,
        taxMinor: (held?.taxMinor ?? 0) + tax.taxMinor,
      });
    }
  return [...byKey.values()];
}
