/**
 * Completing a sale: ONE durable transaction checks the cart and the payments, gives the receipt number, appends one changeset (the shift's
 * opening if nobody opened one, the sale, its lines, tenders, stock movements) and starts the next cart. When this returns, the customer
 * has paid, and neither a power cut nor a second tap changes that (P1). Printing comes after.
 */
import { idToBytes, makeId, type Id } from '../base/id.ts';
import { localDay, utcOffsetMinutes } from '../base/clock.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { priceCart, type Cart, type PricedCart } from '../domain/cart.ts';
import { settle, type Settlement } from '../domain/tender.ts';
import { commit, type Draft } from '../store/journal.ts';
import { listPaymentMethods, type PaymentMethodRow } from '../store/queries/catalogue.ts';
import { nextReceiptNumber, readReceipt, saleLabel, setUnprinted, type ReceiptData } from '../store/queries/sales.ts';
import { readCurrency, readShop } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';
import { completedSaleOf, newCart, readOpenCart, writeOpenCart } from './edit-cart.ts';
import { shiftFor } from './open-shift.ts';
import { ownRegisterId, type Register } from './register.ts';

export interface PayInput {
  readonly cart: Id;
  readonly totalMinor: number;
  readonly tenders: readonly { readonly method: Id; readonly amountMinor: number }[];
  readonly user: Id;
}

/** Carts remembered by the sale they became: more than any screen or script retries. */
const COMPLETED_CARTS_KEPT = 1_000;

/** Refuses with sale.empty, cart.changed, sale.not-settled, sale.overpaid, input.not-found. The same cart again answers the same sale. */
export function completeSale(register: Register, input: PayInput): Result<ReceiptData> {
  const { store } = register;
  const again = completedSaleOf(store, input.cart);
  if (again !== null) return ok(present(readReceipt(store.db, again), 'the completed sale'));
  const sold = commit(store, { kind: 'sale', user: input.user }, (draft) => {
    const open = readOpenCart(store);
    const { cart } = open;
    if (cart.lines.length === 0) return refuse('sale.empty');
    const priced = priceCart(cart);
    if (cart.id !== input.cart || priced.totalMinor !== input.totalMinor) return refuse('cart.changed');
    const settlement = settleTenders(store, priced.totalMinor, input);
    if (!settlement.ok) return settlement;
    // Minted here, with the sale: a copy of this register holds the same open cart, and its sale is another one.
    const sale = makeId(store.clock, store.random);
    const { label } = draftSale(store, draft, { sale, cart, priced, settlement: settlement.value, user: input.user });
    rememberCart(store, cart.id, sale);
    setUnprinted(store.db, sale, true);
    const lastSale = {
      uuid: sale,
      label,
      totalMinor: priced.totalMinor + settlement.value.roundingMinor,
      changeMinor: settlement.value.changeMinor,
    };
    writeOpenCart(store, { cart: newCart(store), before: null, lastSale, version: open.version + 1 });
    return ok(sale);
  });
  return sold.ok ? ok(present(readReceipt(store.db, sold.value), 'the sale just made')) : sold;
}

function settleTenders(store: Store, totalMinor: number, input: PayInput): Result<Settlement<PaymentMethodRow>> {
  const methods = new Map(listPaymentMethods(store.db).map((method) => [method.id, method]));
  const given = input.tenders.flatMap(({ method, amountMinor }) => {
    const known = methods.get(method);
    return known === undefined || !known.active ? [] : [{ method: known, amountMinor }];
  });
  if (given.length < input.tenders.length) return refuse('input.not-found', { what: 'payment method' });
  return settle(totalMinor, given);
}

interface SaleParts {
  readonly sale: Id;
  readonly cart: Cart;
  readonly priced: PricedCart;
  readonly settlement: Settlement<PaymentMethodRow>;
  readonly user: Id;
}

function draftSale(store: Store, draft: Draft, { sale: uuid, cart, priced, settlement, user }: SaleParts): { label: string } {
  const own = present(store.own, 'the own chain');
  const registerId = ownRegisterId(store);
  const now = Math.max(store.clock.nowMs(), own.lastAt);
  const offset = utcOffsetMinutes(now);
  const day = localDay(now, offset);
  const number = nextReceiptNumber(store.db, own.series);
  const sale = draft.insert('sale', {
    uuid,
    kind: 'sale',
    mode: 'real',
    started_at: cart.startedAt,
    completed_at: now,
    utc_offset_minutes: offset,
    trading_day: day,
    shift: shiftFor(store, draft, registerId, user, now, day),
    register: registerId,
    series: own.series,
    number,
    currency: readCurrency(store.db),
    shop_version: present(readShop(store.db), 'the shop').id,
    user,
    ...(cart.customer === null ? {} : { customer: cart.customer }),
    total_minor: priced.totalMinor,
    tax_minor: priced.taxMinor,
    ...(settlement.roundingMinor === 0 ? {} : { rounding_minor: settlement.roundingMinor }),
  });
  draftLines(draft, priced, sale);
  for (const tender of settlement.tenders)
    draft.insert('tender', { sale, payment_method: tender.method.id, amount_minor: tender.amountMinor, change_minor: tender.changeMinor });
  return { label: saleLabel(own.series, number) };
}

function draftLines(draft: Draft, priced: PricedCart, sale: number): void {
  for (const line of priced.lines) {
    const row = draft.insert('sale_line', {
      sale,
      kind: line.product === null ? 'department' : 'goods',
      ...(line.product === null ? { code: line.code } : { product: line.product }),
      name: line.name,
      quantity_milli: line.quantityMilli,
      unit: line.unit,
      unit_price_minor: line.unitPriceMinor,
      ...(line.unitCostMinor === null ? {} : { unit_cost_minor: line.unitCostMinor }),
      ...(line.taxCategory === null ? {} : { tax_category: line.taxCategory }),
      tax_rate_ppm: line.taxRatePpm,
      includes_tax: line.includesTax,
      total_minor: line.totalMinor,
      tax_minor: line.taxMinor,
    });
    if (line.product !== null)
      draft.insert('stock_movement', { product: line.product, quantity_milli: -line.quantityMilli, reason: 'sale', sale_line: row });
  }
}

function rememberCart(store: Store, cart: Id, sale: Id): void {
  const { rowid } = store.db.run('INSERT INTO completed_cart (cart, sale) VALUES (?, ?)', idToBytes(cart), idToBytes(sale));
  store.db.run('DELETE FROM completed_cart WHERE row <= ?', rowid - COMPLETED_CARTS_KEPT);
}
