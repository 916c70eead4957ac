/** What a sale does to a customer's account, in its own transaction: paid later, or paid off. */
import { refuse, type Refused } from '../base/result.ts';
import type { Cart } from '../domain/cart.ts';
import type { Draft } from '../store/journal.ts';
import { accountBalance, readAccountTerms } from '../store/queries/accounts.ts';
import type { Store } from '../store/store.ts';

interface AccountTender {
  readonly method: { readonly kind: string };
  readonly amountMinor: number;
}

/** What the account owes more by through this sale. */
function owedMore(cart: Cart, tenders: readonly AccountTender[]): { onAccountMinor: number; paidOffMinor: number } {
  return {
    onAccountMinor: tenders.reduce((sum, { method, amountMinor }) => (method.kind === 'account' ? sum + amountMinor : sum), 0),
    paidOffMinor: cart.lines.reduce((sum, { kind, unitPriceMinor }) => (kind === 'account-payment' ? sum + unitPriceMinor : sum), 0),
  };
}

/** Why it cannot: account.no-customer, account.not-allowed (or an account would pay itself off), account.over-limit. Null when it can. */
export function checkAccount(store: Store, cart: Cart, tenders: readonly AccountTender[]): Refused | null {
  const { onAccountMinor, paidOffMinor } = owedMore(cart, tenders);
  const isUsed = tenders.some(({ method }) => method.kind === 'account');
  if (!isUsed && paidOffMinor === 0) return null;
  if (cart.customer === null) return refuse('account.no-customer');
  if (!isUsed) return null;
  const { onAccount, limitMinor } = readAccountTerms(store.db, cart.customer);
  if (!onAccount || paidOffMinor !== 0 || cart.training) return refuse('account.not-allowed');
  const balanceMinor = accountBalance(store.db, cart.customer);
  return limitMinor !== null && onAccountMinor > 0 && balanceMinor + onAccountMinor > limitMinor ? refuse('account.over-limit') : null;
}

export function draftAccount(draft: Draft, { sale, cart, tenders }: { sale: number; cart: Cart; tenders: readonly AccountTender[] }): void {
  const { onAccountMinor, paidOffMinor } = owedMore(cart, tenders);
  if (cart.customer === null || cart.training || onAccountMinor === paidOffMinor) return;
  draft.insert('account_movement', { customer: cart.customer, amount_minor: onAccountMinor - paidOffMinor, sale });
}
