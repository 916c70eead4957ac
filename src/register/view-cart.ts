/** The open cart as the screen shows it: what it comes to, what is paid of it, and what changed in the shop since its lines were scanned. */
import type { Id } from '../base/id.ts';
import { isFixed, isNoGoods, priceCart, type Cart, type CartLine, type Discount, type PricedLine, type Service } from '../domain/cart.ts';
import { takenPayments, type CardPayment } from '../domain/card-payment.ts';
import { isSameTax, type TaxPart, type TaxRounding } from '../domain/tax.ts';
import { attemptsOf } from '../store/queries/payments.ts';
import { readCustomer } from '../store/queries/people.ts';
import { goodsNow, type GoodsNow } from '../store/queries/prices.ts';
import { paidBackBy, type PaidBack } from '../store/queries/refunds.ts';
import { taxesInForce } from '../store/queries/taxes-in-force.ts';
import { taxOfProduct, type TaxCategoryRow } from '../store/queries/taxes.ts';
import type { Store } from '../store/store.ts';
import { ageAsked } from './set-selling.ts';

interface LastSale {
  readonly uuid: Id;
  readonly label: string;
  readonly totalMinor: number;
  readonly changeMinor: number;
}

/** What lies on disk: the cart, the one before its last change, and the sale before it while nothing was scanned since. */
export interface OpenCart {
  readonly cart: Cart;
  readonly before: Cart | null;
  readonly lastSale: LastSale | null;
  readonly version: number;
}

export interface CartLineView extends Pick<
  CartLine,
  | 'line'
  | 'kind'
  | 'product'
  | 'code'
  | 'name'
  | 'quantityMilli'
  | 'unit'
  | 'unitPriceMinor'
  | 'taxRatePpm'
  | 'taxParts'
  | 'includesTax'
  | 'note'
> {
  /** What changed the price, as it was said. */
  readonly discount: (Pick<Discount, 'kind'> & { readonly value: number }) | null;
  readonly overrideMinor: number | null;
  /** It goes with another line, or gives back a sold one: its quantity and price stay. */
  readonly fixed: boolean;
  /** The receipt that it gives money back for. */
  readonly refundOf: string | null;
  /** Taken off by discounts, the line's part of the cart's included. */
  readonly discountMinor: number;
  readonly totalMinor: number;
  readonly taxMinor: number;
  /** The product's price, where it changed since it was scanned. */
  readonly priceNowMinor: number | null;
  /** How it is taxed now, where that changed since it was scanned. */
  readonly taxNow: { readonly ratePpm: number; readonly parts: readonly TaxPart[] | null } | null;
}

export interface CartView {
  readonly id: Id;
  readonly version: number;
  readonly lines: CartLineView[];
  readonly items: number;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly taxRounding: TaxRounding;
  readonly discount: CartLineView['discount'];
  readonly discountMinor: number;
  readonly note: string | null;
  readonly heldName: string | null;
  readonly service: Service;
  readonly training: boolean;
  /** The age to look at before paying; null when there is none, or somebody looked. */
  readonly ageToCheck: number | null;
  readonly customer: { readonly id: Id; readonly name: string } | null;
  /** How what is to be given back was paid, where money goes back. */
  readonly payBack: PaidBack[];
  /** What a card terminal was asked for this cart, oldest first. */
  readonly cardPayments: CardPayment[];
  /** What of it counts towards the total. */
  readonly takenMinor: number;
  readonly canUndo: boolean;
  readonly lastSale: LastSale | null;
}

/** As it stands now. Inside or outside a transaction. */
export function viewCart(store: Store, open: OpenCart): CartView {
  const priced = priceCart(open.cart);
  const taxes = taxesInForce(store, open.cart.service);
  const payments = attemptsOf(store.db, open.cart.id);
  const customer = open.cart.customer === null ? null : readCustomer(store.db, open.cart.customer);
  return {
    id: open.cart.id,
    version: open.version,
    lines: priced.lines.map((line) => viewLine(store, line, taxes)).reverse(),
    items: priced.items,
    totalMinor: priced.totalMinor,
    taxMinor: priced.taxMinor,
    taxRounding: open.cart.taxRounding,
    discount: viewDiscount(open.cart.discount),
    discountMinor: priced.discountMinor,
    note: open.cart.note,
    service: open.cart.service,
    training: open.cart.training,
    heldName: open.cart.held?.name ?? null,
    ageToCheck: ageAsked(store.db, open.cart),
    customer: customer === null ? null : { id: customer.id, name: customer.name },
    payBack: priced.totalMinor < 0 ? paidBackBy(store.db, open.cart.lines, priced.totalMinor) : [],
    cardPayments: payments.map(({ attempt, method, amountMinor, state, reference, givesBack }) => ({
      attempt,
      method,
      amountMinor,
      state,
      reference,
      givesBack,
    })),
    takenMinor: takenPayments(payments).reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    canUndo: open.before !== null,
    lastSale: open.lastSale,
  };
}

function viewLine(store: Store, line: PricedLine, taxes: readonly TaxCategoryRow[]): CartLineView {
  const now = line.product === null || line.refund !== null ? null : goodsNow(store.db, line.product, store.clock.nowMs());
  const off = line.refund === null ? line.adjustments.filter(({ kind }) => kind === 'discount') : [];
  return {
    line: line.line,
    kind: line.kind,
    product: line.product,
    code: line.code,
    name: line.name,
    quantityMilli: line.quantityMilli,
    unit: line.unit,
    unitPriceMinor: line.unitPriceMinor,
    taxRatePpm: line.taxRatePpm,
    taxParts: line.taxParts?.map(({ name, ratePpm }) => ({ name, ratePpm })) ?? null,
    includesTax: line.includesTax,
    note: line.note,
    discount: viewDiscount(line.discount),
    overrideMinor: line.override?.unitPriceMinor ?? null,
    fixed: isFixed(line),
    refundOf: line.refund?.label ?? null,
    discountMinor: off.reduce((sum, { amountMinor }) => sum - amountMinor, 0),
    totalMinor: line.totalMinor,
    taxMinor: line.taxMinor,
    priceNowMinor: now === null || now.priceMinor === line.unitPriceMinor ? null : now.priceMinor,
    taxNow: line.refund === null && !isNoGoods(line.kind) ? changedTax(line, now, taxes) : null,
  };
}

function viewDiscount(discount: Discount | null): CartLineView['discount'] {
  if (discount === null) return null;
  return { kind: discount.kind, value: discount.kind === 'percent' ? discount.ppm : discount.amountMinor };
}

/** How goods of this line are taxed now, where that is not how they were scanned. */
function changedTax(line: PricedLine, now: GoodsNow | null, taxes: readonly TaxCategoryRow[]): CartLineView['taxNow'] {
  const tax = now === null ? taxes.find(({ id }) => id === line.taxCategory) : taxOfProduct(now.tax, taxes);
  if (tax === undefined) return null;
  const { ratePpm, parts } = tax;
  return ratePpm === line.taxRatePpm && isSameTax(parts, line.taxParts) ? null : { ratePpm, parts };
}
