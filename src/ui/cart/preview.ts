/**
 * What the cart will look like once the register has answered, so that the screen need not wait for it. Pure; the register's answer
 * replaces it whole within milliseconds, and a refusal takes it back. Line totals here are a preview and are never sent.
 */
import { priceOf } from '../../domain/money.ts';
import { dueOf, taxLines } from '../../domain/tax.ts';
import type { Answer } from '../../protocol/api/routes.ts';

export type Cart = Answer<'getCart'>;
export type CartLine = Cart['lines'][number];
export type Tile = Answer<'tiles'>['rows'][number];

export type CartChange =
  | { readonly kind: 'add'; readonly tile: Tile; readonly quantityMilli: number; readonly line: number }
  | { readonly kind: 'quantity'; readonly line: number; readonly quantityMilli: number }
  | { readonly kind: 'remove'; readonly line: number }
  | { readonly kind: 'clear' }
  /** Only the register knows what it does: a scan of a code not on a tile, undo, the customer. */
  | { readonly kind: 'unforeseen' };

export function preview(cart: Cart, change: CartChange): Cart {
  switch (change.kind) {
    case 'add':
      return summed(cart, addTile(cart.lines, change));
    case 'quantity':
      return summed(
        cart,
        cart.lines.map((line) => (line.line === change.line ? withQuantity(line, change.quantityMilli) : line)),
      );
    case 'remove':
      return summed(
        cart,
        cart.lines.filter((line) => line.line !== change.line),
      );
    case 'clear':
      return summed(cart, []);
    case 'unforeseen':
      return cart;
  }
}

function addTile(lines: readonly CartLine[], change: CartChange & { kind: 'add' }): CartLine[] {
  const { tile, quantityMilli } = change;
  const same = lines.find((line) => isMore(line, tile));
  if (same !== undefined) {
    return [withQuantity(same, same.quantityMilli + quantityMilli), ...lines.filter((line) => line !== same)];
  }
  const added: CartLine = {
    ...NOTHING_SAID,
    line: change.line,
    product: tile.id,
    code: tile.code,
    name: tile.name,
    quantityMilli,
    unit: tile.unit,
    unitPriceMinor: tile.priceMinor,
    totalMinor: 0,
    taxRatePpm: tile.taxRatePpm,
    taxParts: tile.taxParts,
    includesTax: tile.includesTax,
    taxMinor: 0,
  };
  return [withQuantity(added, quantityMilli), ...lines];
}

/** A line of which nothing was said but what was scanned. */
export const NOTHING_SAID = {
  kind: 'goods',
  overrideMinor: null,
  discount: null,
  discountMinor: 0,
  note: null,
  fixed: false,
  refundOf: null,
  priceNowMinor: null,
  taxNow: null,
} as const satisfies Partial<CartLine>;

function isMore(line: CartLine, tile: Tile): boolean {
  const { kind, product, unit, unitPriceMinor, quantityMilli, overrideMinor, discount, note, fixed } = line;
  const plain = kind === 'goods' && unit === 'each' && quantityMilli > 0 && overrideMinor === null && discount === null && note === null;
  return plain && !fixed && product === tile.id && unitPriceMinor === tile.priceMinor;
}

function withQuantity(line: CartLine, quantityMilli: number): CartLine {
  return { ...line, quantityMilli, totalMinor: priceOf(line.overrideMinor ?? line.unitPriceMinor, quantityMilli) };
}

function summed(cart: Cart, untaxed: readonly CartLine[]): Cart {
  const lines = taxed(untaxed, cart.taxRounding);
  return {
    ...cart,
    lines,
    totalMinor: dueOf(lines),
    taxMinor: lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0),
    items: lines.reduce((sum, line) => sum + (line.unit === 'each' ? Math.round(line.quantityMilli / 1000) : 1), 0),
    canUndo: true,
    lastSale: lines.length === 0 ? cart.lastSale : null,
  };
}

/** As the register counts them; what gives back a sold line keeps the tax that it gives back. */
function taxed(lines: readonly CartLine[], rounding: Cart['taxRounding']): CartLine[] {
  const counted = taxLines(
    lines.filter(({ refundOf }) => refundOf === null),
    rounding,
  ).values();
  return lines.map((line) => (line.refundOf === null ? { ...line, taxMinor: counted.next().value?.taxMinor ?? 0 } : line));
}
