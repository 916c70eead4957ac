/**
 * Which records of one shop are the same thing as a record of another: products by barcode, customers by name and phone. Pure. The shop that is
 * joined is `theirs`; it is indexed once, so that 100,000 of `ours` cost a look-up each.
 */
import { normalBarcode } from './barcode.ts';

export interface ProductSketch<I extends string = string> {
  readonly id: I;
  readonly name: string;
  readonly priceMinor: number;
  readonly codes: readonly string[];
}

export interface CustomerSketch<I extends string = string> {
  readonly id: I;
  readonly name: string;
  readonly phone: string | null;
}

/** The record of the other shop that is the same; null where it has none. */
export type Match<T, P> = (ours: T) => P | null;

/** By barcode, whatever its spelling (UPC-A is EAN-13). Of several with one code the first of theirs is taken. */
export function matchProducts<P extends ProductSketch>(theirs: Iterable<P>): Match<ProductSketch, P> {
  const byCode = new Map<string, P>();
  for (const product of theirs)
    for (const code of product.codes) {
      const key = normalBarcode(code);
      if (key !== '' && !byCode.has(key)) byCode.set(key, product);
    }
  return ({ codes }) => {
    for (const code of codes) {
      const found = byCode.get(normalBarcode(code));
      if (found !== undefined) return found;
    }
    return null;
  };
}

/** By name and phone together: a name alone is not a person, and a phone alone may be a household's. */
export function matchCustomers<C extends CustomerSketch>(theirs: Iterable<C>): Match<CustomerSketch, C> {
  const byKey = new Map<string, C>();
  for (const customer of theirs) {
    const key = customerKey(customer);
    if (key !== null && !byKey.has(key)) byKey.set(key, customer);
  }
  return (ours) => {
    const key = customerKey(ours);
    return key === null ? null : (byKey.get(key) ?? null);
  };
}

/** Letters without case and accents, single spaces; of the phone its last nine digits, so that a country's prefix or a leading nought does not tell them apart. */
function customerKey({ name, phone }: Pick<CustomerSketch, 'name' | 'phone'>): string | null {
  const digits = (phone ?? '').replaceAll(/\D/g, '').slice(-PHONE_DIGITS);
  const words = foldName(name);
  return digits.length < SHORTEST_PHONE || words === '' ? null : `${words} ${digits}`;
}

/** A national number without its leading nought has nine digits or fewer in most of Europe. */
const PHONE_DIGITS = 9;
/** Fewer are an extension, or a mistake. */
const SHORTEST_PHONE = 6;

export function foldName(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trim().replaceAll(/\s+/g, ' ');
}
