/**
 * Correcting how a sale was paid, in its shift: cash that was recorded as a card, or the other way round. A pair of rows says so; what was
 * sold, and its receipt's number, stay as they are. Once the shift is closed its count has the last word.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { commit } from '../store/journal.ts';
import { referenceTo } from '../store/look-up.ts';
import type { MethodKind } from '../domain/tender.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readSaleShift } from '../store/queries/sales.ts';
import { openShift } from '../store/queries/shifts.ts';
import { tendersOfSale } from '../store/queries/tenders.ts';
import { tradingNow } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';

export interface SwapInput {
  readonly sale: Id;
  /** Which payment of it, as changesets refer to it. */
  readonly tender: string;
  /** How it was paid in truth. */
  readonly method: Id;
  readonly user: Id;
  /** Who may; null for the command line. */
  readonly by: Id | null;
}

/** What no terminal, voucher or account vouches for. */
const MAY_BE_WRONG: readonly MethodKind[] = ['cash', 'card', 'other'];

/**
 * Refuses with input.not-found, swap.shift-closed (or another register's), swap.fixed (a terminal took it, a voucher or an account paid it),
 * swap.same.
 */
export function swapTender({ store }: Register, input: SwapInput): Result<null> {
  return commit(store, { kind: 'tender-swapped', user: input.user }, (draft) => {
    const sale = readSaleShift(store.db, input.sale);
    if (sale === null || sale.training) return refuse('input.not-found', { what: 'sale' });
    if (openShift(store.db, ownRegisterId(store))?.shift !== sale.shift) return refuse('swap.shift-closed');
    const wrong = tendersOfSale(store.db, sale.id).find(({ tender }) => tender === input.tender);
    const method = listPaymentMethods(store.db).find(({ id }) => id === input.method);
    if (wrong === undefined || wrong.methodId === null) return refuse('input.not-found', { what: 'payment' });
    if (method === undefined || !method.active) return refuse('input.not-found', { what: 'payment method' });
    if (wrong.byTerminal || !MAY_BE_WRONG.includes(wrong.kind) || !MAY_BE_WRONG.includes(method.kind)) return refuse('swap.fixed');
    if (wrong.methodId === method.id) return refuse('swap.same');
    const amountMinor = wrong.amountMinor - wrong.changeMinor;
    const pair = { sale: referenceTo(store.db, sale.id), swap_of: wrong.tender, change_minor: 0 };
    draft.insert('tender', { ...pair, payment_method: wrong.methodId, amount_minor: -amountMinor });
    draft.insert('tender', { ...pair, payment_method: method.id, amount_minor: amountMinor });
    draft.insert('audit_entry', {
      kind: 'tender-swapped',
      user: input.user,
      at: tradingNow(store).at,
      subject: sale.label,
      detail: JSON.stringify({ from: wrong.method, to: method.name, amountMinor, by: input.by }),
    });
    return ok(null);
  });
}
