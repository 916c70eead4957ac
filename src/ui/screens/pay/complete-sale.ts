/**
 * Completes the sale of the open cart. Pressed twice, or sent again because the answer was lost, it is one sale: the register knows the
 * cart. Resolves when the next cart is on the screen.
 */
import { ApiError, call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart } from '../../cart/preview.ts';
import { queryClient } from '../../live/query-client.ts';
import type { Receipt } from '../../parts/receipt-paper.tsx';
import { goTo } from '../../parts/route.ts';

export interface TenderGiven {
  readonly method: string;
  readonly amountMinor: number;
  /** Code of the voucher that pays. */
  readonly voucher?: string;
}

const TRIES = 4;
const TRY_AGAIN_MS = 500;

/**
 * For a payment's `mutate`, which heeds it only while its screen is still there: one that has closed by itself and was opened again, for the
 * next customer, stays open.
 */
export const TO_THE_NEXT = { onSuccess: () => goTo('sell') };

const underway = new Map<string, Promise<Receipt>>();
const paidHere = new Set<string>();

/** Paid on this screen since it was loaded: whoever stands here saw the receipt offered. */
export function wasPaidHere(sale: string): boolean {
  return paidHere.has(sale);
}

/** The same for a sale that the register made by itself, while this screen waited for a card. */
export function notePaidHere(sale: string): void {
  paidHere.add(sale);
}

export function completeSale(cart: Cart, tenders: readonly TenderGiven[]): Promise<Receipt> {
  const running = underway.get(cart.id);
  if (running !== undefined) return running;
  const started = send(cart, tenders).finally(() => underway.delete(cart.id));
  underway.set(cart.id, started);
  return started;
}

async function send(cart: Cart, tenders: readonly TenderGiven[]): Promise<Receipt> {
  for (let left = TRIES - 1; ; left--) {
    try {
      const receipt = await call('pay', { body: { cart: cart.id, totalMinor: cart.totalMinor, tenders: [...tenders] } });
      queryClient.setQueryData(['sale', receipt.uuid], receipt);
      paidHere.add(receipt.uuid);
      await cartStore.leave(cart.id);
      return receipt;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0 || left === 0) {
        await cartStore.reload().catch(() => {
          // The reason is in the error below.
        });
        throw error;
      }
      await new Promise((resolve) => window.setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}
