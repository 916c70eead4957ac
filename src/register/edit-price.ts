/** Prices with their dates: a change from now on, one planned for a day, an offer from a day to a day. What was asked before stays known. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { isAmount } from '../domain/money.ts';
import { commit, type Draft } from '../store/journal.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { listPrices, readPrice, regularPriceNow } from '../store/queries/prices.ts';
import type { Store } from '../store/store.ts';
import type { Register } from './register.ts';

/**
 * The dated row of a regular price that changes now, in the draft that patches the product itself. The first change keeps what was asked
 * before it as well.
 */
export function draftPriceChange(store: Store, draft: Draft, product: Id, priceMinor: number): void {
  const nowMs = store.clock.nowMs();
  const before = regularPriceNow(store.db, product, nowMs);
  if (before !== null && listPrices(store.db, product).every(({ kind }) => kind === 'offer'))
    draft.create('product_price', { product, kind: 'regular', price_minor: before, from_at: 0 });
  draft.create('product_price', { product, kind: 'regular', price_minor: priceMinor, from_at: nowMs });
}

export interface PricePlan {
  readonly kind: 'regular' | 'offer';
  readonly priceMinor: number;
  readonly fromAt: number;
  /** Of an offer: when it ends; null without an end. */
  readonly untilAt: number | null;
}

/** Refuses with input.not-found, input.amount-too-large, input.invalid (an end before the beginning, a regular price in the past). */
export function planPrice({ store }: Register, product: Id, plan: PricePlan, user: Id): Result<Id> {
  if (readProduct(store.db, product, store.clock.nowMs()) === null) return refuse('input.not-found', { what: 'product' });
  if (!isAmount(plan.priceMinor)) return refuse('input.amount-too-large');
  if (plan.untilAt !== null && plan.untilAt <= plan.fromAt)
    return refuse('input.invalid', { field: 'until', reason: 'it ends before it begins' });
  if (plan.kind === 'regular' && plan.fromAt <= store.clock.nowMs())
    return refuse('input.invalid', { field: 'from', reason: 'the day is past: change the price of the product itself' });
  return commit(store, { kind: 'price-planned', user }, (draft) =>
    ok(
      draft.create('product_price', {
        product,
        kind: plan.kind,
        price_minor: plan.priceMinor,
        from_at: plan.fromAt,
        until_at: plan.kind === 'offer' ? plan.untilAt : null,
      }),
    ),
  );
}

/**
 * Takes back a price that is still to come; an offer in force ends now. What was asked stays. Refuses with input.not-found and input.invalid
 * (a price that has been in force).
 */
export function withdrawPrice({ store }: Register, id: Id, user: Id): Result<null> {
  const price = readPrice(store.db, id);
  if (price === null) return refuse('input.not-found', { what: 'price' });
  const nowMs = store.clock.nowMs();
  const isOver = price.untilAt !== null && price.untilAt <= nowMs;
  if (isOver || (price.kind === 'regular' && price.fromAt <= nowMs))
    return refuse('input.invalid', { field: 'price', reason: 'it has been in force: it stays in the history' });
  return commit(store, { kind: 'price-withdrawn', user }, (draft) => {
    if (price.fromAt > nowMs) draft.remove('product_price', id);
    else draft.patch('product_price', id, { until_at: nowMs });
    return ok(null);
  });
}
