/** Handlers of the selling screen and the history. */
import { ok, refuse, type Result } from '../../base/result.ts';
import { present } from '../../base/assert.ts';
import type { Id } from '../../base/id.ts';
import { isId } from '../../base/id.ts';
import type { Right } from '../../domain/rights.ts';
import type { SELLING } from '../../protocol/api/selling.ts';
import { addDepartmentLine } from '../../register/add-department-line.ts';
import type { PayInput } from '../../register/complete-sale.ts';
import {
  addProductLine,
  changeLine,
  changeWholeCart,
  completedSaleOf,
  dropLine,
  getCart,
  isTraining,
  returnDeposit,
  scanCode,
  setCartCustomer,
  setService,
  setTraining,
  undoCart,
} from '../../register/edit-cart.ts';
import { clearCart, heldCarts, holdCart, recallCart } from '../../register/hold-cart.ts';
import { isReachable } from '../stand.ts';
import { isGivenBack, refundSale } from '../../register/refund-sale.ts';
import { readMode } from '../../register/register.ts';
import { listPaymentMethods, opensDrawer } from '../../store/queries/catalogue.ts';
import { codeTiles, favouriteTiles, recentTiles, tilesOf, variantTiles } from '../../store/queries/tiles.ts';
import { listUsers } from '../../store/queries/people.ts';
import { readReceipt, setUnprinted, unprintedSales } from '../../store/queries/sales.ts';
import { readSoldSale } from '../../store/queries/refunds.ts';
import { sellingSetting } from '../../register/set-selling.ts';
import { rightMissing, whoMay, type Caller, type Handlers } from '../handler.ts';
import type { Runtime } from '../runtime.ts';
import { tellCart } from './cart-news.ts';

/** The user a sale stands under; the command line sells as the first owner. */
export function actingUser(runtime: Runtime, caller: Caller): Id {
  if (caller.user !== null) return caller.user.id;
  const owner = listUsers(runtime.register.store.db).find(({ role, active }) => active && role?.builtIn === 'owner');
  return present(owner, 'an owner').id;
}

export const SELLING_HANDLERS: Handlers<keyof typeof SELLING> = {
  getCart: ({ register }) => ok(getCart(register)),
  scan: async (runtime, { body }) => {
    const scanned = scanCode(runtime.register, body.code, body.quantityMilli);
    if (scanned.ok || scanned.refusal.code !== 'barcode.unknown') return tellCart(runtime, scanned);
    // No goods: a customer's card, looked for beside the selling, since cards are personal values.
    const customer = await runtime.reader.ask('findCustomerByCard', body.code);
    return customer === null ? scanned : tellCart(runtime, setCartCustomer(runtime.register, customer));
  },
  addLine: (runtime, { body }) => tellCart(runtime, addProductLine(runtime.register, body.product, body.quantityMilli)),
  listDepartments: async ({ reader, clock }) => ok({ rows: await reader.ask('listDepartments', clock.nowMs()) }),
  addDepartmentLine: (runtime, { body }) => tellCart(runtime, addDepartmentLine(runtime.register, body)),
  changeLine: (runtime, { params, body: { override, discount, reason, ...rest }, caller }) => {
    const limited = limitedBy(runtime, caller, discount ?? null);
    if (!limited.ok) return limited;
    const priced = override === undefined || override === null ? { by: null } : whoMay(caller, 'price-override');
    if (priced === null) return { ok: false, refusal: rightMissing(caller, 'price-override') };
    const edit = {
      ...rest,
      ...(override === undefined ? {} : { override: override === null ? null : { ...override, approvedBy: priced.by } }),
      ...(discount === undefined ? {} : { discount: discount === null ? null : { ...discount, approvedBy: limited.value } }),
    };
    return tellCart(runtime, changeLine(runtime.register, params.line, edit, { reason, user: actingUser(runtime, caller) }));
  },
  changeCart: (runtime, { body: { discount, ageChecked, ...rest }, caller }) => {
    const limited = limitedBy(runtime, caller, discount ?? null);
    if (!limited.ok) return limited;
    return tellCart(
      runtime,
      changeWholeCart(runtime.register, {
        ...rest,
        ...(discount === undefined ? {} : { discount: discount === null ? null : { ...discount, approvedBy: limited.value } }),
        ...(ageChecked === undefined ? {} : { ageCheckedBy: ageChecked ? actingUser(runtime, caller) : null }),
      }),
    );
  },
  removeLine: (runtime, { params, body, caller }) =>
    tellCart(runtime, dropLine(runtime.register, params.line, { ...body, user: actingUser(runtime, caller) })),
  returnGoods: (runtime, { body }) => tellCart(runtime, addProductLine(runtime.register, body.product, -body.quantityMilli)),
  returnDeposit: (runtime, { body }) => tellCart(runtime, returnDeposit(runtime.register, body.product, body.quantityMilli)),
  refundSale: (runtime, { params, body }) => tellCart(runtime, refundSale(runtime.register, { sale: params.uuid, lines: body.lines })),
  soldLines: ({ register }, { params }) => {
    const sale = readSoldSale(register.store.db, params.uuid);
    if (sale === null) return refuse('input.not-found', { what: 'sale' });
    return ok({
      rows: sale.lines.filter(isGivenBack).map(({ ref, name, unit, quantityMilli, refundedMilli, totalMinor }) => ({
        ref,
        name,
        unit,
        quantityMilli,
        refundedMilli,
        totalMinor,
      })),
    });
  },
  setService: (runtime, { body }) => tellCart(runtime, setService(runtime.register, body.service)),
  setTraining: (runtime, { body }) => tellCart(runtime, setTraining(runtime.register, body.training)),
  listHeldCarts: (runtime) =>
    ok({
      rows: heldCarts(runtime.register).map(({ id, name, heldAt, user, takenBy, content: { items, totalMinor } }) => ({
        id,
        name,
        heldAt,
        user,
        takenBy: takenBy === null ? null : { code: takenBy.code, reachable: isReachable(runtime, takenBy.id) },
        items,
        totalMinor,
      })),
    }),
  holdCart: (runtime, { body, caller }) => tellCart(runtime, holdCart(runtime.register, body.name, actingUser(runtime, caller))),
  recallCart: (runtime, { params, body, caller }) => {
    const isGone = (register: Id): boolean => body.fromUnreachable && !isReachable(runtime, register);
    return tellCart(runtime, recallCart(runtime.register, params.id, actingUser(runtime, caller), isGone));
  },
  undo: (runtime) => tellCart(runtime, undoCart(runtime.register)),
  clearCart: (runtime, { body, caller }) => tellCart(runtime, clearCart(runtime.register, { ...body, user: actingUser(runtime, caller) })),
  setCartCustomer: (runtime, { body }) => tellCart(runtime, setCartCustomer(runtime.register, body.customer)),
  pay: async (runtime, { body, caller }) => {
    const byHand = mayPaySo(runtime, caller, body.tenders);
    if (!byHand.ok) return byHand;
    const isFirst = completedSaleOf(runtime.register.store, body.cart) === null && !runtime.fiscalDesk.isSigning(body.cart);
    const sold = await runtime.fiscalDesk.complete({ ...body, user: actingUser(runtime, caller) });
    if (!sold.ok) return sold;
    runtime.events.publish({ type: 'cart', version: getCart(runtime.register).version });
    if (isFirst && !sold.value.training && opensDrawer(runtime.register.store.db, body.tenders)) runtime.printing.kickDrawer();
    runtime.printing.noticeWork();
    return sold;
  },
  quickSearch: ({ register, clock }, { query }) =>
    ok({ rows: tilesOf(register.store.db, register.search.find(query.q, query.limit), clock.nowMs()) }),
  tiles: async ({ register, reader, clock }, { query }) => {
    const { db } = register.store;
    const nowMs = clock.nowMs();
    if (query.of === 'favourites') return ok({ rows: favouriteTiles(db, nowMs) });
    if (query.of === 'recent') return ok({ rows: recentTiles(db, nowMs) });
    const whole = /^variants:(.+)$/.exec(query.of)?.[1];
    if (whole !== undefined && isId(whole)) return ok({ rows: variantTiles(db, whole, nowMs) });
    const begins = /^code:(\d{6,})$/.exec(query.of)?.[1];
    if (begins !== undefined) return ok({ rows: codeTiles(db, begins, nowMs) });
    return ok({ rows: isId(query.of) ? await reader.ask('categoryTiles', { category: query.of, nowMs }) : [] });
  },
  listSales: async ({ register, reader }, { query }) =>
    ok(
      await reader.ask('listSales', {
        search: query.search,
        register: query.register,
        customer: isId(query.customer) ? query.customer : null,
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

/** Who answers for this discount. An amount is above any limit, since a line of a few cents would have room for it. */
function limitedBy(runtime: Runtime, caller: Caller, discount: { readonly kind: string; readonly ppm?: number } | null): Result<Id | null> {
  const limit = sellingSetting(runtime.register.store.db, 'discountLimitPpm');
  if (discount === null || (discount.ppm !== undefined && discount.ppm <= limit)) return ok(caller.user?.id ?? null);
  const granted = whoMay(caller, 'discount');
  return granted === null ? { ok: false, refusal: rightMissing(caller, 'discount') } : ok(granted.by);
}

/** Where a terminal is connected, a card that it was not asked for is somebody's word; paying later is somebody's trust. */
export function mayPaySo({ register, cardDesk }: Runtime, caller: Caller, tenders: PayInput['tenders']): Result<null> {
  const kinds = new Set(
    listPaymentMethods(register.store.db).flatMap(({ id, kind }) => (tenders.some(({ method }) => method === id) ? [kind] : [])),
  );
  const needed: Right[] = [];
  if (kinds.has('card') && !isTraining(register.store) && cardDesk.canAsk()) needed.push('settle-payment');
  if (kinds.has('account')) needed.push('on-account');
  const missing = needed.find((right) => whoMay(caller, right) === null);
  return missing === undefined ? ok(null) : { ok: false, refusal: rightMissing(caller, missing) };
}
