/**
 * Why a counted amount may differ from the expected one: what in the shift has just that amount. Guesses for a person to look at, the
 * likeliest first; nothing is changed by them. Pure.
 */
import type { Id } from '../base/id.ts';

export interface CauseSale {
  readonly uuid: Id;
  readonly label: string;
  readonly tenders: readonly { readonly method: Id; readonly amountMinor: number; readonly changeMinor: number }[];
}

export interface Evidence {
  readonly sales: readonly CauseSale[];
  /** Lines and carts taken back in the shift. */
  readonly voids: readonly { readonly at: number; readonly amountMinor: number }[];
  /** With the drawer's sign. */
  readonly movements: readonly { readonly kind: string; readonly amountMinor: number }[];
  /** Counted less expected of every method counted. */
  readonly differences: ReadonlyMap<Id, number>;
  readonly cash: Id | null;
  /** Notes and coins of the currency. */
  readonly faces: readonly number[];
}

export type Cause =
  /** The other method is off by the same amount the other way. */
  | { readonly kind: 'wrong-method'; readonly sale: CauseSale; readonly other: Id }
  | { readonly kind: 'voided'; readonly at: number; readonly amountMinor: number }
  /** Change was given as for `recordedMinor` when `likelyMinor` was handed over. */
  | { readonly kind: 'wrong-note'; readonly sale: CauseSale; readonly recordedMinor: number; readonly likelyMinor: number }
  /** A sale of just that amount: rung up twice, or never paid. */
  | { readonly kind: 'not-paid'; readonly sale: CauseSale }
  /** Recorded the wrong way round, a movement is off by twice itself. */
  | { readonly kind: 'movement-turned'; readonly movement: string; readonly amountMinor: number };

/** More would be a list to work through, not a hint. */
const MOST_CAUSES = 3;

/** Causes for one method's difference, likeliest first; empty when it is right or nothing fits. */
export function likelyCauses(method: Id, evidence: Evidence): Cause[] {
  const differenceMinor = evidence.differences.get(method) ?? 0;
  if (differenceMinor === 0) return [];
  const isCash = method === evidence.cash;
  const misplaced = wrongMethods(method, differenceMinor, evidence);
  return [
    ...misplaced,
    ...evidence.voids
      .filter((gone) => gone.amountMinor === Math.abs(differenceMinor))
      .map((gone) => ({ kind: 'voided' as const, ...gone })),
    ...(isCash ? wrongNotes(method, differenceMinor, evidence) : []),
    // Where another method has the money, it was paid.
    ...(differenceMinor < 0 && misplaced.length === 0 ? notPaid(method, -differenceMinor, evidence) : []),
    ...(isCash ? turnedMovements(differenceMinor, evidence) : []),
  ].slice(0, MOST_CAUSES);
}

function wrongMethods(method: Id, differenceMinor: number, { sales, differences }: Evidence): Cause[] {
  const others = [...differences].filter(([other, difference]) => other !== method && difference === -differenceMinor);
  return others.flatMap(([other]) => {
    // Recorded under the one that is short, received by the one that is over.
    const recorded = differenceMinor < 0 ? method : other;
    return sales
      .filter(({ tenders }) => tenders.some((tender) => tender.method === recorded && netOf(tender) === Math.abs(differenceMinor)))
      .map((sale) => ({ kind: 'wrong-method' as const, sale, other }));
  });
}

function wrongNotes(method: Id, differenceMinor: number, { sales, faces }: Evidence): Cause[] {
  return sales.flatMap((sale) =>
    sale.tenders
      .filter((tender) => tender.method === method && tender.changeMinor > 0)
      .flatMap((tender) => {
        const likelyMinor = tender.amountMinor + differenceMinor;
        const enough = likelyMinor >= netOf(tender);
        if (!enough || !isOfNotes(tender.amountMinor, faces) || !isOfNotes(likelyMinor, faces)) return [];
        return [{ kind: 'wrong-note' as const, sale, recordedMinor: tender.amountMinor, likelyMinor }];
      }),
  );
}

/** One note, or two alike: what people hand over without counting. */
function isOfNotes(amountMinor: number, faces: readonly number[]): boolean {
  return faces.includes(amountMinor) || faces.includes(amountMinor / 2);
}

function notPaid(method: Id, shortMinor: number, { sales }: Evidence): Cause[] {
  return sales
    .filter(({ tenders }) => tenders.some((tender) => tender.method === method && netOf(tender) === shortMinor))
    .map((sale) => ({ kind: 'not-paid' as const, sale }));
}

function turnedMovements(differenceMinor: number, { movements }: Evidence): Cause[] {
  return movements
    .filter(({ kind, amountMinor }) => kind !== 'float' && differenceMinor === -2 * amountMinor)
    .map(({ kind, amountMinor }) => ({ kind: 'movement-turned' as const, movement: kind, amountMinor }));
}

function netOf(tender: CauseSale['tenders'][number]): number {
  return tender.amountMinor - tender.changeMinor;
}
