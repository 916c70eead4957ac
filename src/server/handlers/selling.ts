/** Handlers of the selling screen and the history. */
import { ok, refuse } from '../../base/result.ts';
import { present } from '../../base/assert.ts';
import type { Id } from '../../base/id.ts';
import { isId } from '../../base/id.ts';
import type { SELLING } from '../../protocol/api/selling.ts';
import { addDepartmentLine } from '../../register/add-department-line.ts';
import { completeSale } from '../../register/complete-sale.ts';
import { addProductLine, changeLine, clearCart, dropLine, getCart, scanCode, setCartCustomer, undoCart } from '../../register/edit-cart.ts';
import { noteAudit } from '../../register/note-audit.ts';
import { readMode } from '../../register/register.ts';
import { codeTiles, favouriteTiles, recentTiles, tilesOf } from '../../store/queries/catalogue.ts';
import { listUsers } from '../../store/queries/people.ts';
import { readReceipt, setUnprinted, unprintedSales } from '../../store/queries/sales.ts';
import type { Caller, Handlers } from '../handler.ts';
import type { Runtime } from '../runtime.ts';

/** The user a sale stands under; the command line sells as the first owner. */
export function actingUser(runtime: Runtime, caller: Caller): Id {
  if (caller.user !== null) return caller.user.id;
  const owner = listUsers(runtime.register.store.db).find(({ role, active }) => active && role?.builtIn === 'owner');
  return present(owner, 'an owner').id;
}

export const SELLING_HANDLERS: Handlers<keyof typeof SELLING> = {
  getCart: ({ register }) => ok(getCart(register)),
  scan: (runtime, { body }) => tellCart(runtime, scanCode(runtime.register, body.code, body.quantityMilli)),
  addLine: (runtime, { body }) => tellCart(runtime, addProductLine(runtime.register, body.product, body.quantityMilli)),
  listDepartments: async ({ reader, clock }) => ok({ rows: await reader.ask('listDepartments', clock.nowMs()) }),
  addDepartmentLine: (runtime, { body }) => tellCart(runtime, addDepartmentLine(runtime.register, body)),
  changeLine: (runtime, { params, body }) => tellCart(runtime, changeLine(runtime.register, params.line, body.quantityMilli)),
  removeLine: (runtime, { params, caller }) => {
    const gone = getCart(runtime.register).lines.find(({ line }) => line === params.line);
    const dropped = tellCart(runtime, dropLine(runtime.register, params.line));
    if (dropped.ok && gone !== undefined) noteTakenBack(runtime, caller, { kind: 'void', subject: gone.name, totalMinor: gone.totalMinor });
    return dropped;
  },
  undo: (runtime) => tellCart(runtime, undoCart(runtime.register)),
  clearCart: (runtime, { caller }) => {
    const { lines, totalMinor } = getCart(runtime.register);
    const cleared = tellCart(runtime, clearCart(runtime.register));
    if (cleared.ok && lines.length > 0) noteTakenBack(runtime, caller, { kind: 'abandoned-cart', totalMinor });
    return cleared;
  },
  setCartCustomer: (runtime, { body }) => tellCart(runtime, setCartCustomer(runtime.register, body.customer)),
  pay: (runtime, { body, caller }) => {
    const sold = completeSale(runtime.register, { ...body, user: actingUser(runtime, caller) });
    if (sold.ok) runtime.events.publish({ type: 'cart', version: getCart(runtime.register).version });
    return sold;
  },
  quickSearch: ({ register }, { query }) => ok({ rows: tilesOf(register.store.db, register.search.find(query.q, query.limit)) }),
  tiles: async ({ register, reader }, { query }) => {
    const { db } = register.store;
    if (query.of === 'favourites') return ok({ rows: favouriteTiles(db) });
    if (query.of === 'recent') return ok({ rows: recentTiles(db) });
    const begins = /^code:(\d{6,})$/.exec(query.of)?.[1];
    if (begins !== undefined) return ok({ rows: codeTiles(db, begins) });
    return ok({ rows: isId(query.of) ? await reader.ask('categoryTiles', query.of) : [] });
  },
  listSales: async ({ register, reader }, { query }) =>
    ok(
      await reader.ask('listSales', {
        search: query.search,
        register: query.register,
        cursor: query.cursor,
        limit: query.limit,
        single: readMode(register.store) === 'single',
      }),
    ),
  getSale: ({ register }, { params }) => {
    const receipt = readReceipt(register.store.db, params.uuid);
    return receipt === null ? refuse('input.not-found', { what: 'sale' }) : ok(receipt);
  },
  markPrinted: ({ register }, { params }) => {
    register.store.db.transact('durable', () => ok(setUnprinted(register.store.db, params.uuid, false)));
    return ok({ done: true });
  },
  unprinted: ({ register }) => ok({ rows: unprintedSales(register.store.db) }),
};

interface TakenBack {
  readonly kind: 'void' | 'abandoned-cart';
  readonly subject?: string;
  readonly totalMinor: number;
}

/** Goods that were in a cart and were not sold are journalled: they may explain a difference in the drawer. */
function noteTakenBack(runtime: Runtime, caller: Caller, { totalMinor, ...what }: TakenBack): void {
  noteAudit(runtime.register, { ...what, user: actingUser(runtime, caller), detail: { totalMinor } });
}

/** Other tabs of this register show the same cart. */
function tellCart<T extends ReturnType<typeof scanCode>>(runtime: Runtime, result: T): T {
  if (result.ok) runtime.events.publish({ type: 'cart', version: result.value.version });
  return result;
}
