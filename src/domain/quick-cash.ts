/** The amounts a customer is likely to hand over for a sum due: real notes and coins, smallest first. Pure. */

/** Notes and larger coins in minor units, ascending; what is not listed uses the euro's. */
const FACE_VALUES: Readonly<Record<string, readonly number[]>> = {
  EUR: [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000],
  USD: [100, 500, 1000, 2000, 5000, 10_000],
  CAD: [100, 200, 500, 1000, 2000, 5000, 10_000],
  GBP: [100, 200, 500, 1000, 2000, 5000],
  CHF: [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000],
  SEK: [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
  NOK: [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
  DKK: [1000, 2000, 5000, 10_000, 20_000, 50_000],
  PLN: [500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
  CZK: [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000],
  INR: [1000, 2000, 5000, 10_000, 20_000, 50_000],
  JPY: [100, 500, 1000, 5000, 10_000],
  MAD: [500, 1000, 2000, 5000, 10_000, 20_000],
  TND: [1000, 5000, 10_000, 20_000, 50_000],
  XOF: [500, 1000, 2000, 5000, 10_000],
};
const EURO = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

/** How many of one note are still a likely payment: two twenties for 38, but not four. */
const MOST_OF_ONE_NOTE = 3;

/**
 * Up to `most` amounts above `dueMinor`, ascending: the sum rounded up to whole notes of one kind (45 for 41.20, 50, 60, 100).
 * `dueMinor` itself is not among them: that is the button "exact". Empty when nothing is due.
 */
export function quickCash(dueMinor: number, currency: string, most = 3): readonly number[] {
  if (dueMinor <= 0) return [];
  const faces = FACE_VALUES[currency] ?? EURO;
  const largest = faces[faces.length - 1] ?? 0;
  const likely = new Set<number>();
  for (const face of faces) {
    const notes = Math.ceil(dueMinor / face);
    const amountMinor = notes * face;
    if (amountMinor > dueMinor && (notes <= MOST_OF_ONE_NOTE || face === largest || isOneNoteMore(amountMinor, faces))) {
      likely.add(amountMinor);
    }
  }
  return [...likely].sort((a, b) => a - b).slice(0, most);
}

/** A large note and one smaller beside it: 25 = 20 + 5, 60 = 50 + 10. */
function isOneNoteMore(amountMinor: number, faces: readonly number[]): boolean {
  const below = faces.filter((face) => face <= amountMinor);
  const large = below[below.length - 1];
  return large !== undefined && faces.some((face) => face === amountMinor - large);
}
