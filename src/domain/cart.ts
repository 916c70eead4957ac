/**
 * The cart before it is a sale: what was scanned, at the price it had then. Every change gives a new cart, with the one before kept for
 * undo. Pure; the register keeps it on disk. A cart's id is not a sale's id: that is minted by the register that completes it.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { isAmount, MAX_QUANTITY_MILLI, minor, priceOf, type Minor } from './money.ts';
import { dueOf, taxLines } from './tax.ts';

export type Unit = 'each' | 'kg' | 'l' | 'm';

export interface CartLine {
  readonly line: number;
  readonly product: Id | null;
  readonly code: string | null;
  readonly name: string;
  readonly quantityMilli: number;
  readonly unit: Unit;
  readonly unitPriceMinor: number;
  readonly unitCostMinor: number | null;
  readonly taxCategory: Id | null;
  readonly taxRatePpm: number;
  readonly includesTax: boolean;
}

export interface Cart {
  readonly id: Id;
  readonly startedAt: number;
  /** Oldest first; screens turn it round. */
  readonly lines: readonly CartLine[];
  readonly customer: Id | null;
  readonly nextLine: number;
}

/** Enough for a trolley; leaves a changeset room for tenders, movements and what later comes with a line. */
export const MAX_LINES = 200;

export function emptyCart(id: Id, startedAt: number): Cart {
  return { id, startedAt, lines: [], customer: null, nextLine: 1 };
}

/** Adds goods: to a line of the same product at the same price, which becomes the newest, or as a new line. */
export function addToCart(cart: Cart, goods: Omit<CartLine, 'line'>): Result<Cart> {
  const same = cart.lines.find(
    (line) =>
      line.product === goods.product && line.product !== null && line.unitPriceMinor === goods.unitPriceMinor && line.unit === 'each',
  );
  const quantityMilli = goods.quantityMilli + (same?.quantityMilli ?? 0);
  if (quantityMilli > MAX_QUANTITY_MILLI || !isAmount(priceOf(goods.unitPriceMinor, quantityMilli)))
    return refuse('input.amount-too-large');
  if (same === undefined && cart.lines.length >= MAX_LINES)
    return refuse('input.invalid', { field: 'cart', reason: `it holds ${MAX_LINES} lines` });
  const added: CartLine = same === undefined ? { ...goods, line: cart.nextLine } : { ...same, quantityMilli };
  return ok({ ...cart, lines: [...cart.lines.filter((line) => line !== same), added], nextLine: cart.nextLine + 1 });
}

export function changeQuantity(cart: Cart, line: number, quantityMilli: number): Result<Cart> {
  const held = cart.lines.find((candidate) => candidate.line === line);
  if (held === undefined) return refuse('input.not-found', { what: 'line' });
  if (quantityMilli > MAX_QUANTITY_MILLI || !isAmount(priceOf(held.unitPriceMinor, quantityMilli))) return refuse('input.amount-too-large');
  return ok({ ...cart, lines: cart.lines.map((candidate) => (candidate.line === line ? { ...candidate, quantityMilli } : candidate)) });
}

export function removeLine(cart: Cart, line: number): Result<Cart> {
  if (!cart.lines.some((candidate) => candidate.line === line)) return refuse('input.not-found', { what: 'line' });
  return ok({ ...cart, lines: cart.lines.filter((candidate) => candidate.line !== line) });
}

export interface PricedLine extends CartLine {
  readonly totalMinor: Minor;
  readonly taxMinor: Minor;
}

export interface PricedCart {
  readonly lines: readonly PricedLine[];
  readonly totalMinor: Minor;
  readonly taxMinor: Minor;
  readonly items: number;
}

/** What the cart comes to. */
export function priceCart(cart: Cart): PricedCart {
  const priced = cart.lines.map((line) => ({ ...line, totalMinor: priceOf(line.unitPriceMinor, line.quantityMilli) }));
  const taxes = taxLines(priced);
  const lines = priced.map((line, at) => ({ ...line, taxMinor: taxes[at] ?? minor(0) }));
  return {
    lines,
    totalMinor: dueOf(lines),
    taxMinor: minor(taxes.reduce((sum, tax) => sum + tax, 0)),
    items: lines.reduce((sum, line) => sum + (line.unit === 'each' ? Math.max(1, Math.round(line.quantityMilli / 1000)) : 1), 0),
  };
}
