/** One change of many products: moved to a category, taxed otherwise, dearer by a part, hidden. One changeset, all or nothing. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { isAmount, multiplyDivide, roundToStep } from '../domain/money.ts';
import { commit } from '../store/journal.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { draftPriceChange } from './edit-price.ts';
import type { Register } from './register.ts';

/** Each may write a patch and two dated prices. */
export const MAX_PRODUCTS_AT_ONCE = 150;
const MILLION = 1_000_000;

export interface ManyEdit {
  readonly category?: Id | null | undefined;
  readonly taxCategory?: Id | undefined;
  /** By how much dearer, parts per million; below zero is cheaper. Rounded to `priceStepMinor`. */
  readonly priceChangePpm?: number | undefined;
  readonly priceStepMinor?: number | undefined;
  readonly favourite?: boolean | undefined;
  readonly minimumAge?: number | null | undefined;
  readonly active?: boolean | undefined;
}

/** Refuses with input.not-found, input.amount-too-large, input.invalid (more than MAX_PRODUCTS_AT_ONCE). */
export function editProducts({ store }: Register, ids: readonly Id[], edit: ManyEdit, user: Id): Result<null> {
  if (ids.length > MAX_PRODUCTS_AT_ONCE)
    return refuse('input.invalid', { field: 'ids', reason: `there are more than ${MAX_PRODUCTS_AT_ONCE}` });
  const { category, taxCategory, favourite, minimumAge, active, priceChangePpm = 0, priceStepMinor = 1 } = edit;
  const said = { category, tax_category: taxCategory, favourite, minimum_age: minimumAge, active };
  const values = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return commit(store, { kind: 'products-edited', user }, (draft) => {
    for (const id of new Set(ids)) {
      const held = readProduct(store.db, id, store.clock.nowMs());
      if (held === null) return refuse('input.not-found', { what: 'product' });
      const before = held.regularPriceMinor;
      const price = roundToStep(multiplyDivide(before, MILLION + priceChangePpm, MILLION, 'half-up'), priceStepMinor);
      if (!isAmount(price)) return refuse('input.amount-too-large');
      const dearer = priceChangePpm !== 0 && price !== before;
      if (dearer) draftPriceChange(store, draft, id, price);
      const patch = dearer ? { ...values, price_minor: price } : values;
      if (Object.keys(patch).length > 0) draft.patch('product', id, patch);
    }
    return ok(null);
  });
}
