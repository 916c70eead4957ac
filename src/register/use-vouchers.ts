/** What a sale does to vouchers, in its own transaction: checked against what is left of each, then written beside its lines and payments. */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { refuse, type Refused } from '../base/result.ts';
import type { Cart, VoucherOf } from '../domain/cart.ts';
import type { Draft } from '../store/journal.ts';
import { readVoucher } from '../store/queries/vouchers.ts';
import type { Store } from '../store/store.ts';
import { mintVoucher, takenOff, usableVoucher } from './sell-voucher.ts';

export interface VoucherTender {
  readonly method: { readonly kind: string };
  readonly amountMinor: number;
  readonly voucher: string | null;
}

/**
 * Why these vouchers cannot be used so: voucher.unknown, voucher.expired, voucher.too-little, voucher.single (it is no payment),
 * voucher.training. Null when they can.
 */
export function checkVouchers(store: Store, cart: Cart, tenders: readonly VoucherTender[]): Refused | null {
  const paying = tenders.filter(({ method }) => method.kind === 'voucher');
  const codes = new Set([
    ...cart.lines.flatMap(({ voucher, quantityMilli }) => (voucher !== null && quantityMilli < 0 ? [voucher.code] : [])),
    ...paying.flatMap(({ voucher, amountMinor }) => (amountMinor < 0 && voucher === null ? [] : [voucher ?? ''])),
  ]);
  if (cart.training && paying.length + codes.size > 0) return refuse('voucher.training');
  for (const code of codes) {
    const found = usableVoucher(store, code);
    if (!found.ok) return found;
    const { id, purpose, balanceMinor } = found.value;
    const paid = paying.filter(({ voucher }) => voucher === code);
    if (purpose === 'single' && paid.length > 0) return refuse('voucher.single', { code });
    const usedMinor = paid.reduce((sum, { amountMinor }) => sum + amountMinor, takenOff(cart, id));
    if (usedMinor > balanceMinor) return refuse('voucher.too-little', { code, left: balanceMinor });
  }
  return null;
}

interface Movement {
  readonly sale: number;
  readonly at: number;
  readonly amountMinor: number;
}

/** One sold, or what a single-purpose one takes off. */
export function draftVoucherLine(
  draft: Draft,
  { sale, at, row, voucher, amountMinor }: Movement & { readonly row: number; readonly voucher: VoucherOf },
): void {
  const isSold = amountMinor > 0;
  draft.insert('voucher_movement', {
    voucher: voucher.id,
    kind: isSold ? 'issued' : 'redeemed',
    purpose: voucher.purpose,
    amount_minor: amountMinor,
    sale,
    sale_line: row,
    at,
    ...(isSold ? codeOf(voucher) : {}),
  });
}

/** One that pays, or takes money back: that of its code, or a new one. Returns its code. */
export function draftVoucherTender(
  store: Store,
  draft: Draft,
  { sale, at, code, amountMinor }: Movement & { readonly code: string | null },
): string {
  const voucher: VoucherOf =
    code === null ? mintVoucher(store, 'multi') : present(readVoucher(store.db, code), 'a voucher that was checked');
  draft.insert('voucher_movement', {
    voucher: voucher.id,
    kind: amountMinor > 0 ? 'redeemed' : 'refunded',
    purpose: voucher.purpose,
    amount_minor: -amountMinor,
    sale,
    at,
    ...(code === null ? codeOf(voucher) : {}),
  });
  return voucher.code;
}

/** Said once of a voucher, where it begins. */
function codeOf({ code, expiresAt }: { readonly id: Id; readonly code: string; readonly expiresAt: number | null }) {
  return { code, ...(expiresAt === null ? {} : { expires_at: expiresAt }) };
}
