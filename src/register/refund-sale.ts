/**
 * Giving back what was sold: lines of a sale come into the cart the other way round, at what was paid for them, discounts counted. Beside
 * goods that are bought it is an exchange. Refunding a line in parts gives back, in all, exactly what it cost, and exactly each tax on it.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { addToCart, type Cart } from '../domain/cart.ts';
import { shareBack } from '../domain/refund.ts';
import { readSoldSale, type SoldLine } from '../store/queries/refunds.ts';
import { changeCart, isTraining } from './edit-cart.ts';
import type { CartView } from './view-cart.ts';
import type { Register } from './register.ts';

export interface RefundInput {
  readonly sale: Id;
  /** Lines by their reference, and how many thousandths of each come back. */
  readonly lines: readonly { readonly ref: string; readonly quantityMilli: number }[];
}

/** Refuses with input.not-found, refund.no-goods (a voucher is redeemed, what was paid off is not given back), refund.too-much, refund.other-mode (practice and earnest do not mix). */
export function refundSale(register: Register, input: RefundInput): Result<CartView> {
  const { store } = register;
  const sale = readSoldSale(store.db, input.sale);
  if (sale === null) return refuse('input.not-found', { what: 'sale' });
  if (sale.training !== isTraining(store)) return refuse('refund.other-mode');
  return changeCart(store, (open) => {
    let cart: Cart = { ...open, customer: open.customer ?? sale.customer };
    for (const { ref, quantityMilli } of input.lines) {
      const sold = sale.lines.find((line) => line.ref === ref);
      if (sold === undefined) return refuse('input.not-found', { what: 'line' });
      if (!isGivenBack(sold)) return refuse('refund.no-goods', { name: sold.name });
      const added = addRefund(cart, sold, quantityMilli, sale.label);
      if (!added.ok) return added;
      cart = added.value;
    }
    return ok(cart);
  });
}

/** A voucher is redeemed, and what was paid off of an account stays paid. */
export function isGivenBack({ kind }: Pick<SoldLine, 'kind'>): boolean {
  return kind !== 'voucher-issued' && kind !== 'account-payment';
}

function addRefund(cart: Cart, sold: SoldLine, quantityMilli: number, label: string): Result<Cart> {
  const inCart = cart.lines.filter(({ refund }) => refund?.line === sold.ref);
  const beforeMilli = sold.refundedMilli - inCart.reduce((sum, line) => sum + line.quantityMilli, 0);
  if (beforeMilli + quantityMilli > sold.quantityMilli) return refuse('refund.too-much', { name: sold.name });
  const before = [...sold.refunds, ...inCart.flatMap(({ refund }) => refund ?? [])];
  return addToCart(cart, {
    kind: sold.kind === 'department' || sold.kind === 'deposit' || sold.kind === 'tip' ? sold.kind : 'goods',
    product: sold.product,
    code: sold.code,
    name: sold.name,
    quantityMilli: -quantityMilli,
    unit: sold.unit,
    unitPriceMinor: sold.unitPriceMinor,
    unitCostMinor: sold.unitCostMinor,
    taxCategory: sold.taxCategory,
    taxRatePpm: sold.taxRatePpm,
    taxParts: sold.tax.taxParts?.map(({ name, ratePpm }) => ({ name, ratePpm })) ?? null,
    includesTax: sold.includesTax,
    refund: { line: sold.ref, label, ...shareBack(sold, before, beforeMilli + quantityMilli) },
  });
}
