/** Counting a drawer: the notes and coins of a currency, what they come to, and which of them stay as the next float. Pure. */
import { minor, type Minor } from './money.ts';

/** Notes and coins in use, in minor units, largest first (central banks, 2026); what is not listed counts as the euro does. */
const FACES: Readonly<Record<string, readonly number[]>> = {
  EUR: [20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  USD: [10_000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1],
  CAD: [10_000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5],
  GBP: [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  CHF: [100_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5],
  SEK: [100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100],
  NOK: [100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 100],
  DKK: [50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50],
  PLN: [50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
  CZK: [500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100],
  INR: [50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100],
  JPY: [10_000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1],
  MAD: [20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10],
  TND: [50_000, 20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50],
  XOF: [10_000, 5000, 2000, 1000, 500, 250, 200, 100, 50, 25, 10, 5],
};
const EURO = [20_000, 10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];

/** More of one piece than any drawer holds: a slip of the finger. */
export const MAX_PIECES = 99_999;

export function facesOf(currency: string): readonly number[] {
  return FACES[currency] ?? EURO;
}

export interface PieceCount {
  readonly faceMinor: number;
  readonly pieces: number;
}

export function sumPieces(counts: readonly PieceCount[]): Minor {
  return minor(counts.reduce((sum, { faceMinor, pieces }) => sum + faceMinor * pieces, 0));
}

/**
 * Which pieces stay so that the drawer begins with at most `floatMinor`: coins and small notes first, since they are what change is made
 * of. The rest goes to the safe; both together are what was counted.
 */
export function splitDrawer(counts: readonly PieceCount[], floatMinor: number): { stays: PieceCount[]; safe: PieceCount[] } {
  const stays: PieceCount[] = [];
  const safe: PieceCount[] = [];
  let leftMinor = Math.max(0, floatMinor);
  for (const { faceMinor, pieces } of counts.toSorted((a, b) => a.faceMinor - b.faceMinor)) {
    const kept = Math.min(pieces, Math.floor(leftMinor / faceMinor));
    leftMinor -= kept * faceMinor;
    if (kept > 0) stays.unshift({ faceMinor, pieces: kept });
    if (pieces > kept) safe.unshift({ faceMinor, pieces: pieces - kept });
  }
  return { stays, safe };
}
