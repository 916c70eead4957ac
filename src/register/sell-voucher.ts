/**
 * Vouchers over the counter: sold as a line of the cart, redeemed by its code. A multi-purpose one pays (complete-sale.ts); a single-purpose
 * one takes what it was sold and taxed for off the cart again. Its code is minted with the line and is worth something once the sale is made.
 */
import type { Id } from '../base/id.ts';
import { makeId } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { addToCart, priceCart, type Cart, type NewLine } from '../domain/cart.ts';
import type { TaxPart } from '../domain/tax.ts';
import { monthsLater, voucherCode, VOUCHER_RANDOM_BYTES, type VoucherPurpose } from '../domain/voucher.ts';
import { shopWord } from '../domain/shop-words.ts';
import { commit } from '../store/journal.ts';
import { readSetting } from '../store/queries/shop.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import { readVoucher, type VoucherRow } from '../store/queries/vouchers.ts';
import { draftSetting } from './draft-setting.ts';
import type { Store } from '../store/store.ts';
import { changeCart } from './edit-cart.ts';
import type { CartView } from './view-cart.ts';
import { readLanguage, type Register } from './register.ts';

const KEY = 'voucherMonths';
const isMonths = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && Number.isInteger(value) && value > 0);

/** How long a voucher lives from its sale; null: it does not end. */
export function voucherMonths(store: Store): number | null {
  return readSetting<number | null>(store.db, KEY, null, isMonths);
}

export function setVoucherMonths({ store }: Register, months: number | null, user: Id): Result<null> {
  return commit(store, { kind: 'setting-changed', user }, (draft) => {
    draftSetting(store, draft, KEY, months);
    return ok(null);
  });
}

/** A code of its own, and when it ends. */
export function mintVoucher(
  store: Store,
  purpose: VoucherPurpose,
): { id: Id; code: string; purpose: VoucherPurpose; expiresAt: number | null } {
  const months = voucherMonths(store);
  return {
    id: makeId(store.clock, store.random),
    code: voucherCode(store.random.bytes(VOUCHER_RANDOM_BYTES)),
    purpose,
    expiresAt: months === null ? null : monthsLater(store.clock.nowMs(), months),
  };
}

export type VoucherInput = { readonly valueMinor: number } & (
  | { readonly purpose: 'multi' }
  | { readonly purpose: 'single'; readonly taxCategory: Id }
);

/** Refuses with voucher.training, input.not-found (tax), and as changing the cart does. */
export function sellVoucher({ store }: Register, input: VoucherInput): Result<CartView> {
  const taxes = readTaxCategories(store.db, store.clock.nowMs());
  const tax = input.purpose === 'multi' ? null : taxes.find(({ id }) => id === input.taxCategory);
  if (tax === undefined) return refuse('input.not-found', { what: 'tax' });
  const voucher = mintVoucher(store, input.purpose);
  return changeCart(store, (cart) => {
    if (cart.training) return refuse('voucher.training');
    return addToCart(cart, voucherLine(store, voucher, { valueMinor: input.valueMinor, quantityMilli: 1000, tax }));
  });
}

function voucherLine(
  store: Store,
  voucher: NonNullable<NewLine['voucher']>,
  line: {
    readonly valueMinor: number;
    readonly quantityMilli: number;
    readonly tax: { readonly id: Id | null; readonly ratePpm: number; readonly parts: readonly TaxPart[] | null } | null;
  },
): NewLine {
  const word = shopWord('voucher', readLanguage(store));
  return {
    kind: 'voucher-issued',
    product: null,
    code: null,
    name: `${word} ${voucher.code}`,
    quantityMilli: line.quantityMilli,
    unit: 'each',
    unitPriceMinor: line.valueMinor,
    unitCostMinor: null,
    taxCategory: line.tax?.id ?? null,
    taxRatePpm: line.tax?.ratePpm ?? 0,
    taxParts: line.tax?.parts ?? null,
    includesTax: true,
    voucher,
  };
}

/** The voucher of a code, as it may be used now. Refuses with voucher.unknown, voucher.expired. */
export function usableVoucher(store: Store, code: string): Result<VoucherRow> {
  const voucher = readVoucher(store.db, code);
  if (voucher === null) return refuse('voucher.unknown', { code });
  if (voucher.expiresAt !== null && voucher.expiresAt <= store.clock.nowMs()) return refuse('voucher.expired', { code });
  return ok(voucher);
}

/**
 * Takes a single-purpose voucher off the cart: what is left of it, or what there is to pay. Refuses with voucher.unknown, voucher.expired,
 * voucher.training, voucher.pays (a multi-purpose one is a payment), voucher.too-little (nothing is left of it).
 */
export function redeemOnCart({ store }: Register, code: string): Result<CartView> {
  return changeCart(store, (cart) => {
    if (cart.training) return refuse('voucher.training');
    const voucher = usableVoucher(store, code);
    if (!voucher.ok) return voucher;
    if (voucher.value.purpose === 'multi') return refuse('voucher.pays', { code });
    const valueMinor = Math.min(voucher.value.balanceMinor - takenOff(cart, voucher.value.id), priceCart(cart).totalMinor);
    if (valueMinor <= 0) return refuse('voucher.too-little', { code, left: 0 });
    const { id, purpose, expiresAt, tax } = voucher.value;
    const line = { valueMinor, quantityMilli: -1000, tax: { ...tax, id: tax.category } };
    return addToCart(cart, voucherLine(store, { id, code, purpose, expiresAt }, line));
  });
}

/** What the cart takes of this voucher already. */
export function takenOff(cart: Cart, voucher: Id): number {
  return cart.lines.reduce((sum, line) => (line.voucher?.id === voucher && line.quantityMilli < 0 ? sum + line.unitPriceMinor : sum), 0);
}
