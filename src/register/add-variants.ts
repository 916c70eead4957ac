/** Sizes and colours: products of their own, with their own codes, prices and stock, that are found through the one they vary. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { commit } from '../store/journal.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { variantTiles } from '../store/queries/tiles.ts';
import { draftProduct } from './edit-product.ts';
import type { Register } from './register.ts';

/** Each starts as a copy of the product: name with its own word, price, cost, category, tax, unit. Refuses with input.not-found, input.invalid (a variant of a variant). */
export function addVariants({ store }: Register, product: Id, words: readonly string[], user: Id): Result<null> {
  const nowMs = store.clock.nowMs();
  const whole = readProduct(store.db, product, nowMs);
  if (whole === null) return refuse('input.not-found', { what: 'product' });
  if (whole.variantOf !== null) return refuse('input.invalid', { field: 'product', reason: 'it is a variant itself' });
  const held = new Set(variantTiles(store.db, product, nowMs).map(({ name }) => name));
  const fresh = [...new Set(words)].filter((word) => !held.has(nameOf(whole.name, word)));
  if (fresh.length === 0) return ok(null);
  return commit(store, { kind: 'variants-added', user }, (draft) => {
    for (const word of fresh) {
      draftProduct(store, draft, {
        name: nameOf(whole.name, word),
        priceMinor: whole.regularPriceMinor,
        includesTax: whole.includesTax,
        category: whole.category?.id ?? null,
        taxCategory: whole.taxCategory?.id ?? null,
        costMinor: whole.costMinor,
        unit: whole.unit,
        netContentMilli: whole.netContentMilli,
        contentUnit: whole.contentUnit,
        minimumAge: whole.minimumAge,
        depositProduct: whole.depositProduct,
        image: whole.image,
        variant: { of: product, word },
      });
    }
    return ok(null);
  });
}

function nameOf(whole: string, word: string): string {
  return `${whole}, ${word}`.slice(0, 200);
}
