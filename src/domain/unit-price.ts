/** What a kilogram, a litre or a metre of something costs, as the label on its shelf must say. Pure. */
import { multiplyDivide } from './money.ts';

/** How many of a unit the whole kilogram, litre or metre has. */
const PARTS: Readonly<Record<string, { readonly of: string; readonly per: number }>> = {
  kg: { of: 'kg', per: 1 },
  g: { of: 'kg', per: 1_000 },
  l: { of: 'l', per: 1 },
  dl: { of: 'l', per: 10 },
  cl: { of: 'l', per: 100 },
  ml: { of: 'l', per: 1_000 },
  m: { of: 'm', per: 1 },
  cm: { of: 'm', per: 100 },
};

export interface UnitPrice {
  readonly of: string;
  readonly minor: number;
}

/**
 * `contentMilli` thousandths of `contentUnit` cost `priceMinor`. Null without a content, for a unit that nobody weighs by, and where the
 * content is the whole unit already: its price says it.
 */
export function unitPrice(priceMinor: number, contentMilli: number | null, contentUnit: string | null): UnitPrice | null {
  const part = PARTS[contentUnit?.trim().toLowerCase() ?? ''];
  if (part === undefined || contentMilli === null || contentMilli <= 0) return null;
  if (contentMilli === part.per * 1_000) return null;
  return { of: part.of, minor: multiplyDivide(priceMinor, part.per * 1_000, contentMilli, 'half-up') };
}
