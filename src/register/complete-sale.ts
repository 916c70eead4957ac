/**
 * Completing a sale: ONE durable transaction checks the cart and the payments, gives the receipt number, appends one changeset (the shift's
 * opening if nobody opened one, the sale, its lines, tenders, stock movements) and starts the next cart. When this returns, the customer
 * has paid, and neither a power cut nor a second tap changes that (P1). Printing comes after.
 */
import { idToBytes, makeId, type Id } from '../base/id.ts';
import { utcOffsetMinutes } from '../base/clock.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { priceCart, type Cart, type PricedCart, type PricedLine } from '../domain/cart.ts';
import { takenPayments } from '../domain/card-payment.ts';
import type { ReceiptData } from '../domain/receipt.ts';
import { settle, type GivenTender, type Settlement } from '../domain/tender.ts';
import { commit, type Draft } from '../store/journal.ts';
import { listPaymentMethods, type PaymentMethodRow } from '../store/queries/catalogue.ts';
import { attemptsOf } from '../store/queries/payments.ts';
import { nextReceiptNumber, readReceipt, saleLabel, setUnprinted } from '../store/queries/sales.ts';
import { findSoldLine } from '../store/queries/refunds.ts';
import type { FiscalWord } from '../domain/fiscal.ts';
import { isHeldCart } from '../store/queries/held-carts.ts';
import { readCurrency, readShop } from '../store/queries/shop.ts';
import { referenceTo, type Store } from '../store/store.ts';
import { needMethod } from './lasting-method.ts';
import { checkAccount, draftAccount } from './use-account.ts';
import { checkVouchers, draftVoucherLine, draftVoucherTender } from './use-vouchers.ts';
import { ageAsked } from './set-selling.ts';
import { draftVoids } from './draft-voids.ts';
import { mayNotSell } from './may-begin.ts';
import { completedSaleOf, newCart, readOpenCart, unsettled, writeOpenCart } from './edit-cart.ts';
import { shiftFor } from './open-shift.ts';
import { draftCreditNotes } from './make-invoice.ts';
import { queueFirstReceipt } from './print-receipt.ts';
import { ownRegisterId, type Register } from './register.ts';
import { tradingDayAt } from './trading-day.ts';

export interface PayInput {
  readonly cart: Id;
  readonly totalMinor: number;
  /** Beside what card terminals have taken for the cart. */
  readonly tenders: readonly { readonly method: Id; readonly amountMinor: number; readonly voucher?: string }[];
  readonly user: Id;
  /** What the fiscal device said of it, where there is one. */
  readonly fiscal?: FiscalWord;
}

/** Carts remembered by the sale they became: more than any screen or script retries. */
const COMPLETED_CARTS_KEPT = 1_000;

/**
 * Refuses with what checkPayable, checkVouchers and checkAccount say, and sale.not-settled, sale.overpaid, input.not-found. The same cart
 * again answers the same sale.
 */
export function completeSale(register: Register, input: PayInput): Result<ReceiptData> {
  const { store } = register;
  const again = completedSaleOf(store, input.cart);
  if (again !== null) return ok(present(readReceipt(store.db, again), 'the completed sale'));
  const sold = commit(store, { kind: 'sale', user: input.user }, (draft) => {
    const ready = checkSale(register, input);
    if (!ready.ok) return ready;
    const open = readOpenCart(store);
    const { cart } = open;
    const { priced, settlement } = ready.value;
    // Minted here, with the sale: a copy of this register holds the same open cart, and its sale is another one.
    const sale = makeId(store.clock, store.random);
    const { label } = draftSale(store, draft, { sale, cart, priced, settlement, user: input.user, fiscal: input.fiscal ?? null });
    rememberCart(store, cart.id, sale);
    setUnprinted(store.db, sale, true);
    queueFirstReceipt(store, sale, label);
    const lastSale = {
      uuid: sale,
      label,
      totalMinor: priced.totalMinor + settlement.roundingMinor,
      changeMinor: settlement.changeMinor,
    };
    writeOpenCart(store, { cart: newCart(store), before: null, lastSale, version: open.version + 1 });
    return ok(sale);
  });
  return sold.ok ? ok(present(readReceipt(store.db, sold.value), 'the sale just made')) : sold;
}

/** Whether the sale could be made now, and what it would come to; refuses as completeSale does. Writes nothing. */
export function checkSale(
  { store }: Register,
  input: PayInput,
): Result<{ readonly priced: PricedCart; readonly settlement: Settlement<Given> }> {
  const { cart } = readOpenCart(store);
  const payable = checkPayable(store, cart, input);
  if (!payable.ok) return payable;
  const settlement = settleTenders(store, payable.value.totalMinor, input);
  if (!settlement.ok) return settlement;
  const { tenders } = settlement.value;
  const refused = checkVouchers(store, cart, tenders) ?? checkAccount(store, cart, tenders);
  return refused ?? ok({ priced: payable.value, settlement: settlement.value });
}

/**
 * What must hold before anybody pays, or a card terminal is asked. Refuses with sale.empty, sale.age-not-checked, refund.too-much, cart.changed,
 * payment.unsettled, disk.full, restore.not-level.
 */
export function checkPayable(store: Store, cart: Cart, seen: Pick<PayInput, 'cart' | 'totalMinor'>): Result<PricedCart> {
  if (cart.lines.length === 0) return refuse('sale.empty');
  if (store.db.disk?.hasRoomForSale() === false) return refuse('disk.full');
  const closed = mayNotSell(store);
  if (closed !== null) return closed;
  const age = ageAsked(store.db, cart);
  if (age !== null) return refuse('sale.age-not-checked', { age });
  const over = overRefunded(store, cart);
  if (over !== null) return refuse('refund.too-much', { name: over });
  const priced = priceCart(cart);
  if (cart.id !== seen.cart || priced.totalMinor !== seen.totalMinor) return refuse('cart.changed');
  return unsettled(store, cart) ?? ok(priced);
}

interface Given extends GivenTender {
  readonly method: PaymentMethodRow;
  /** What the terminal was asked, where it was. */
  readonly attempt: number | null;
  readonly voucher: string | null;
}

/** What card terminals took counts first, and is never left out. */
function settleTenders(store: Store, totalMinor: number, input: PayInput): Result<Settlement<Given>> {
  const methods = new Map(listPaymentMethods(store.db).map((method) => [method.id, method]));
  const taken = takenPayments(attemptsOf(store.db, input.cart));
  const all = [
    ...taken.map((tender) => ({ ...tender, voucher: null })),
    ...input.tenders.map((tender) => ({ ...tender, attempt: null, voucher: tender.voucher ?? null })),
  ];
  const given = all.flatMap(({ method, amountMinor, attempt, voucher }): Given[] => {
    const known = methods.get(method);
    return known === undefined || (!known.active && attempt === null) ? [] : [{ method: known, amountMinor, attempt, voucher }];
  });
  if (given.length < all.length) return refuse('input.not-found', { what: 'payment method' });
  return settle(totalMinor, given);
}

/** The name of what was given back elsewhere since it came into this cart; null when all of it may still go back. */
function overRefunded(store: Store, cart: Cart): string | null {
  const back = new Map<string, number>();
  for (const { refund, quantityMilli } of cart.lines)
    if (refund !== null) back.set(refund.line, (back.get(refund.line) ?? 0) - quantityMilli);
  for (const [ref, milli] of back) {
    const sold = findSoldLine(store.db, ref);
    if (sold !== undefined && sold.refundedMilli + milli > sold.quantityMilli) return sold.name;
  }
  return null;
}

interface SaleParts {
  readonly sale: Id;
  readonly cart: Cart;
  readonly priced: PricedCart;
  readonly settlement: Settlement<Given>;
  readonly user: Id;
  readonly fiscal: FiscalWord | null;
}

function draftSale(store: Store, draft: Draft, { sale: uuid, cart, priced, settlement, user, fiscal }: SaleParts): { label: string } {
  const own = present(store.own, 'the own chain');
  const registerId = ownRegisterId(store);
  const now = Math.max(store.clock.nowMs(), own.lastAt);
  const offset = utcOffsetMinutes(now);
  const day = tradingDayAt(store.db, now);
  const series = cart.training ? `${own.series}T` : own.series;
  const number = nextReceiptNumber(store.db, series);
  const sale = draft.insert('sale', {
    uuid,
    kind: kindOf(cart),
    mode: cart.training ? 'training' : 'real',
    started_at: cart.startedAt,
    completed_at: now,
    utc_offset_minutes: offset,
    trading_day: day,
    shift: shiftFor(store, draft, registerId, user, now, day),
    register: registerId,
    series,
    number,
    currency: readCurrency(store.db),
    shop_version: present(readShop(store.db), 'the shop').id,
    user,
    ...(cart.customer === null ? {} : { customer: cart.customer }),
    ...(cart.held === null ? {} : { held_cart: cart.held.id }),
    ...(cart.note === null ? {} : { note: cart.note }),
    total_minor: priced.totalMinor,
    tax_minor: priced.taxMinor,
    ...(settlement.roundingMinor === 0 ? {} : { rounding_minor: settlement.roundingMinor }),
  });
  if (priced.lines.some(({ voucher }) => voucher !== null)) needMethod(store, draft, 'voucher');
  draftLines(draft, priced, { sale, cart, at: now });
  if (!cart.training)
    draftCreditNotes(
      store,
      draft,
      sale,
      cart.lines.flatMap(({ refund }) => refund?.line ?? []),
      user,
    );
  if (!cart.training) draftVoids(draft, cart);
  if (cart.held !== null && isHeldCart(store.db, cart.held.id)) draft.remove('held_cart', cart.held.id);
  for (const tender of settlement.tenders) {
    const { method, amountMinor, changeMinor, attempt } = tender;
    const voucher =
      method.kind === 'voucher' ? draftVoucherTender(store, draft, { sale, at: now, code: tender.voucher, amountMinor }) : null;
    draft.insert('tender', {
      sale,
      payment_method: method.id,
      amount_minor: amountMinor,
      change_minor: changeMinor,
      ...(attempt === null ? {} : { payment_attempt: referenceTo(store.db, attempt) }),
      ...(voucher === null ? {} : { reference: voucher }),
    });
  }
  if (fiscal !== null) {
    const { state, device, number, signature } = fiscal;
    draft.insert('fiscal_event', { kind: state, register: registerId, cart: cart.id, sale, device, number, signature, at: now });
  }
  draftAccount(draft, { sale, cart, tenders: settlement.tenders });
  return { label: saleLabel(series, number) };
}

/** What comes back only is a refund; beside goods that are bought it is an exchange. Bottles brought back are neither. */
function kindOf(cart: Cart): 'sale' | 'refund' | 'exchange' {
  const isBack = ({ kind, quantityMilli }: Cart['lines'][number]): boolean =>
    kind !== 'deposit-return' && kind !== 'voucher-issued' && quantityMilli < 0;
  if (!cart.lines.some(isBack)) return 'sale';
  return cart.lines.every(isBack) ? 'refund' : 'exchange';
}

function draftLines(draft: Draft, priced: PricedCart, { sale, cart, at }: { sale: number; cart: Cart; at: number }): void {
  const rows = new Map<number, number>();
  // What goes with a line names its row, so it comes after it.
  for (const line of [...priced.lines].sort((a, b) => Number(a.parent !== null) - Number(b.parent !== null))) {
    const parent = line.parent === null ? undefined : rows.get(line.parent);
    const row = draft.insert('sale_line', {
      sale,
      kind: line.kind === 'goods' && line.product === null ? 'department' : line.kind,
      ...(parent === undefined ? {} : { parent }),
      ...(line.refund === null ? {} : { refund_of: line.refund.line }),
      ...(line.product === null ? { code: line.code } : { product: line.product }),
      name: line.name,
      quantity_milli: line.quantityMilli,
      unit: line.unit,
      unit_price_minor: line.unitPriceMinor,
      ...(line.unitCostMinor === null ? {} : { unit_cost_minor: line.unitCostMinor }),
      ...(line.taxCategory === null ? {} : { tax_category: line.taxCategory }),
      tax_rate_ppm: line.taxRatePpm,
      includes_tax: line.includesTax,
      ...(cart.service === 'take-away' ? {} : { service: cart.service }),
      total_minor: line.totalMinor,
      tax_minor: line.taxMinor,
      ...(line.taxParts === null ? {} : { tax_parts: JSON.stringify(line.taxParts) }),
      ...(line.minimumAge === null ? {} : { minimum_age: line.minimumAge, age_checked_by: cart.ageCheckedBy }),
      ...(line.note === null ? {} : { note: line.note }),
    });
    rows.set(line.line, row);
    draftAdjustments(draft, line, row);
    if (line.voucher !== null) draftVoucherLine(draft, { sale, at, row, voucher: line.voucher, amountMinor: line.totalMinor });
    if (line.product !== null && line.kind === 'goods' && !cart.training)
      draft.insert('stock_movement', {
        product: line.product,
        quantity_milli: -line.quantityMilli,
        reason: line.quantityMilli < 0 ? 'refund' : 'sale',
        sale_line: row,
      });
  }
}

function draftAdjustments(draft: Draft, line: PricedLine, row: number): void {
  for (const { kind, amountMinor, reason, approvedBy } of line.adjustments)
    draft.insert('line_adjustment', {
      sale_line: row,
      kind,
      amount_minor: amountMinor,
      ...(reason === null ? {} : { reason }),
      ...(approvedBy === null ? {} : { approved_by: approvedBy }),
    });
}

function rememberCart(store: Store, cart: Id, sale: Id): void {
  const { rowid } = store.db.run('INSERT INTO completed_cart (cart, sale) VALUES (?, ?)', idToBytes(cart), idToBytes(sale));
  store.db.run('DELETE FROM completed_cart WHERE row <= ?', rowid - COMPLETED_CARTS_KEPT);
}
