/** A tip in the cart, and what a customer pays off: lines that are no goods. One of each at most; nought takes it out. */
import { ok, refuse, type Result } from '../base/result.ts';
import { addToCart, type Cart, type LineKind } from '../domain/cart.ts';
import { shopWord } from '../domain/shop-words.ts';
import type { Store } from '../store/store.ts';
import { changeCart } from './edit-cart.ts';
import type { CartView } from './view-cart.ts';
import { readLanguage, type Register } from './register.ts';

export function setTip({ store }: Register, amountMinor: number): Result<CartView> {
  return changeCart(store, (cart) => withAmount(store, cart, 'tip', amountMinor));
}

/** Refuses with account.no-customer: whose account is paid off is who the cart is for. */
export function setAccountPayment({ store }: Register, amountMinor: number): Result<CartView> {
  return changeCart(store, (cart) =>
    cart.customer === null ? refuse('account.no-customer') : withAmount(store, cart, 'account-payment', amountMinor),
  );
}

function withAmount(store: Store, cart: Cart, kind: LineKind & ('tip' | 'account-payment'), amountMinor: number): Result<Cart> {
  const without = { ...cart, lines: cart.lines.filter((line) => line.kind !== kind || line.refund !== null) };
  if (amountMinor === 0) return ok(without);
  return addToCart(without, {
    kind,
    product: null,
    code: null,
    name: shopWord(kind, readLanguage(store)),
    quantityMilli: 1000,
    unit: 'each',
    unitPriceMinor: amountMinor,
    unitCostMinor: null,
    taxCategory: null,
    taxRatePpm: 0,
    taxParts: null,
    includesTax: true,
  });
}
