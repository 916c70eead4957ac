/** Handlers of the stock. */
import { ok, refuse } from '../../base/result.ts';
import type { STOCK } from '../../protocol/api/stock.ts';
import { moveStock } from '../../register/move-stock.ts';
import type { StockSums } from '../../store/queries/stock.ts';
import type { Handlers } from '../handler.ts';
import { actingUser } from './selling.ts';

/** Matches of a search in a list: more than anybody reads. */
const MAX_FOUND = 2_000;
const MOVEMENTS_SHOWN = 100;

/** Where a page begins, and what the first one counted of them all. */
function readCursor(cursor: string): { readonly offset: number; readonly sums: StockSums | null } {
  const [offset = 0, total = null, valueMinor = null] = cursor.split(' ').map(Number).filter(Number.isSafeInteger);
  return { offset, sums: total === null || valueMinor === null ? null : { total, valueMinor } };
}

export const STOCK_HANDLERS: Handlers<keyof typeof STOCK> = {
  listStock: async ({ register, reader }, { query }) => {
    const found = query.search.trim() === '' ? null : register.search.find(query.search, MAX_FOUND);
    const { offset, sums } = readCursor(query.cursor);
    const page = await reader.ask('listStock', { filter: query.filter, found, offset, limit: query.limit, sums });
    const after = offset + query.limit;
    return ok({ ...page, next: after < page.total ? [after, page.total, page.valueMinor].join(' ') : null });
  },
  stockMovements: async ({ reader }, { params }) => ok(await reader.ask('movementsOf', params.id, MOVEMENTS_SHOWN)),
  moveStock: (runtime, { body, caller }) => {
    const moved = moveStock(runtime.register, body, actingUser(runtime, caller));
    return moved.ok ? ok({ done: true }) : moved;
  },
  openStocktake: async ({ stocktakes }, { bytes }) => {
    const stream = bytes();
    return stream === null ? refuse('input.invalid', { field: 'the file', reason: 'it is empty' }) : await stocktakes.open(stream);
  },
  applyStocktake: (runtime, { params, caller }) => {
    const plan = runtime.stocktakes.plan(params.id, actingUser(runtime, caller));
    if (!plan.ok) return plan;
    return ok({ job: runtime.jobs.start('stocktake', (progress) => runtime.stocktakes.write(plan.value, progress)) });
  },
};
