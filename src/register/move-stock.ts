/**
 * Goods that come and go other than by sales: received, counted, put right. A count is a movement by what the count differs from the stock
 * known at that moment, so that sales go on beside it and later ones are not lost. Every movement is a row with its reason, for whoever asks.
 */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { commit } from '../store/journal.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { onHandMilli } from '../store/queries/stock.ts';
import type { Register } from './register.ts';

export type StockWork = 'received' | 'adjusted' | 'counted';

export interface StockRow {
  readonly product: Id;
  /** Received or adjusted: how many more, negative for fewer. Counted: how many there are. */
  readonly quantityMilli: number;
  /** What one cost now; the product's cost from then on. */
  readonly unitCostMinor?: number | null;
}

export interface StockInput {
  readonly work: StockWork;
  readonly rows: readonly StockRow[];
  readonly note: string | null;
}

/** Rows that one changeset holds with room to spare: each may move stock and change a cost. */
export const MAX_STOCK_ROWS = 200;

/** One changeset. Refuses with input.not-found, input.invalid (more than MAX_STOCK_ROWS). */
export function moveStock({ store }: Register, { work, rows, note }: StockInput, user: Id): Result<null> {
  if (rows.length > MAX_STOCK_ROWS) return refuse('input.invalid', { field: 'rows', reason: `there are more than ${MAX_STOCK_ROWS}` });
  return commit(store, { kind: `stock-${work}`, user }, (draft) => {
    for (const { product, quantityMilli, unitCostMinor = null } of rows) {
      const held = readProduct(store.db, product, store.clock.nowMs());
      if (held === null) return refuse('input.not-found', { what: 'product' });
      const cost = unitCostMinor ?? held.costMinor;
      draft.insert('stock_movement', {
        product,
        quantity_milli: work === 'counted' ? quantityMilli - onHandMilli(store.db, product) : quantityMilli,
        reason: work,
        ...(cost === null ? {} : { unit_cost_minor: cost }),
        ...(note === null ? {} : { note }),
      });
      if (unitCostMinor !== null && unitCostMinor !== held.costMinor) draft.patch('product', product, { cost_minor: unitCostMinor });
    }
    return ok(null);
  });
}
