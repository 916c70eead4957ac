/**
 * The cart before it is a sale: what was scanned, at the price it had then. Every change gives a new cart, with the one before kept for
 * undo. Pure; the register keeps it on disk. A cart's id is not a sale's id: that is minted by the register that completes it.
 */
import { present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { isAmount, MAX_QUANTITY_MILLI, minor, multiplyDivide, priceOf, prorate, type Minor } from './money.ts';
import type { VoucherPurpose } from './voucher.ts';
import { dueOf, isSameTax, PPM, taxLines, type LineTax, type TaxedPart, type TaxPart, type TaxRounding } from './tax.ts';

export type Unit = 'each' | 'kg' | 'l' | 'm';

/** Where what is bought is eaten: in some countries the tax follows it. */
export type Service = 'take-away' | 'eat-in';

/**
 * deposit: what a bottle adds to the price of its drink; deposit-return: a bottle brought back. voucher-issued: a voucher
 * sold, or below nought what a single-purpose one takes off. account-payment: what a customer pays off.
 */
export type LineKind = 'goods' | 'department' | 'deposit' | 'deposit-return' | 'tip' | 'voucher-issued' | 'account-payment';

/** Money that is no price of anything: it stays as it was said. */
export function isNoGoods(kind: string): boolean {
  return kind === 'tip' || kind === 'voucher-issued' || kind === 'account-payment';
}

/** Who said why; `approvedBy` is whoever has the right to, the cashier or a manager on the spot. */
interface Granted {
  readonly reason: string | null;
  readonly approvedBy: Id | null;
}

/** Off a line or off the whole cart: a part of what it comes to, or an amount. */
export type Discount = Granted &
  ({ readonly kind: 'percent'; readonly ppm: number } | { readonly kind: 'amount'; readonly amountMinor: number });

export interface PriceOverride extends Granted {
  readonly unitPriceMinor: number;
}

/** The sold line that a line gives money back for, and how much of it; what was paid is what goes back, discounts counted. */
export interface RefundOf {
  /** As changesets refer to it: the hash of the sale's changeset and the line's index in it. */
  readonly line: `${string}:${number}`;
  readonly label: string;
  /** Not above nought. */
  readonly totalMinor: number;
  /** The part of its taxes that goes back; null in carts of programs that counted it anew. */
  readonly tax: LineTax | null;
}

export interface CartLine {
  readonly line: number;
  readonly kind: LineKind;
  /** The line that this one came with and goes with: the drink of a deposit. */
  readonly parent: number | null;
  readonly product: Id | null;
  readonly code: string | null;
  readonly name: string;
  /** Negative for what comes back. */
  readonly quantityMilli: number;
  readonly unit: Unit;
  readonly unitPriceMinor: number;
  readonly unitCostMinor: number | null;
  readonly taxCategory: Id | null;
  readonly taxRatePpm: number;
  /** Its taxes where they have names; null: one. */
  readonly taxParts: readonly TaxPart[] | null;
  readonly includesTax: boolean;
  readonly override: PriceOverride | null;
  readonly discount: Discount | null;
  readonly note: string | null;
  readonly minimumAge: number | null;
  readonly refund: RefundOf | null;
  readonly voucher: VoucherOf | null;
}

/** The voucher that a line sells, or redeems. */
export interface VoucherOf {
  readonly id: Id;
  readonly code: string;
  readonly purpose: VoucherPurpose;
  readonly expiresAt: number | null;
}

/** A line taken out, or a part of one: journalled with the sale, or when the cart is left. */
export interface Voided {
  readonly name: string;
  readonly quantityMilli: number;
  readonly totalMinor: number;
  readonly reason: string | null;
  readonly user: Id | null;
  readonly at: number;
}

export interface Cart {
  readonly id: Id;
  readonly startedAt: number;
  /** Oldest first; screens turn it round. */
  readonly lines: readonly CartLine[];
  readonly customer: Id | null;
  readonly nextLine: number;
  readonly discount: Discount | null;
  readonly note: string | null;
  readonly service: Service;
  /** The held cart that this one was taken from. */
  readonly held: { readonly id: Id; readonly name: string } | null;
  /** Practice: it becomes a sale of a series of its own that counts nowhere. */
  readonly training: boolean;
  /** Who looked at the customer's age, for what is in the cart. */
  readonly ageCheckedBy: Id | null;
  readonly voided: readonly Voided[];
  /** As the shop rounds when it is begun. */
  readonly taxRounding: TaxRounding;
}

/** Enough for a trolley. */
export const MAX_LINES = 200;

export function emptyCart(id: Id, startedAt: number): Cart {
  return {
    id,
    startedAt,
    lines: [],
    customer: null,
    nextLine: 1,
    discount: null,
    note: null,
    service: 'take-away',
    held: null,
    training: false,
    ageCheckedBy: null,
    voided: [],
    taxRounding: 'receipt',
  };
}

/** What most lines are; what is said of one comes on top. */
export const PLAIN_LINE = {
  kind: 'goods',
  parent: null,
  override: null,
  discount: null,
  note: null,
  minimumAge: null,
  refund: null,
  voucher: null,
} as const satisfies Partial<CartLine>;

export type NewLine = Omit<CartLine, 'line' | 'parent' | keyof typeof PLAIN_LINE> & Partial<CartLine>;

/** Adds goods, and what comes with each piece of them: to a line of the same product at the same price, which becomes the newest, or as a new line. */
export function addToCart(cart: Cart, goods: NewLine, withEach: NewLine | null = null): Result<Cart> {
  const fresh: CartLine = { ...PLAIN_LINE, ...goods, line: cart.nextLine };
  const same = cart.lines.find((line) => isMore(line, fresh));
  const line = same === undefined ? fresh : { ...same, quantityMilli: same.quantityMilli + fresh.quantityMilli };
  const companion = same === undefined ? undefined : cart.lines.find(({ parent }) => parent === same.line);
  const added = [line];
  if (companion !== undefined) added.unshift({ ...companion, quantityMilli: line.quantityMilli });
  else if (withEach !== null)
    added.unshift({ ...PLAIN_LINE, ...withEach, quantityMilli: line.quantityMilli, parent: line.line, line: cart.nextLine + 1 });
  if (!added.every(isCountable)) return refuse('input.amount-too-large');
  const kept = cart.lines.filter((held) => held !== same && held !== companion);
  if (kept.length + added.length > MAX_LINES) return refuse('cart.full');
  return ok({ ...cart, lines: [...kept, ...added], nextLine: cart.nextLine + added.length });
}

/** One more of the same: nothing was said of either that the other lacks. */
function isMore(held: CartLine, fresh: CartLine): boolean {
  return (
    held.product !== null &&
    held.product === fresh.product &&
    held.kind === fresh.kind &&
    held.unitPriceMinor === fresh.unitPriceMinor &&
    held.taxRatePpm === fresh.taxRatePpm &&
    isSameTax(held.taxParts, fresh.taxParts) &&
    held.unit === 'each' &&
    fresh.unit === 'each' &&
    held.quantityMilli > 0 === fresh.quantityMilli > 0 &&
    [held, fresh].every(({ parent, refund, override, discount, note }) => (parent ?? refund ?? override ?? discount ?? note) === null)
  );
}

function isCountable(line: CartLine): boolean {
  return Math.abs(line.quantityMilli) <= MAX_QUANTITY_MILLI && isAmount(priceOf(line.unitPriceMinor, line.quantityMilli));
}

type VoidedBy = Pick<Voided, 'reason' | 'user' | 'at'>;

/** Whether a part of it is taken out. */
export function isLowered(held: CartLine, quantityMilli: number): boolean {
  return Math.abs(quantityMilli) < Math.abs(held.quantityMilli);
}

/**
 * What is less than before is taken out, as a line is. Refuses with input.not-found, input.amount-too-large, cart.fixed-line (what goes with
 * another line, or gives back a sold one).
 */
export function changeQuantity(cart: Cart, line: number, quantityMilli: number, by: VoidedBy): Result<Cart> {
  const held = findLine(cart, line);
  if (!held.ok) return held;
  if (isFixed(held.value)) return refuse('cart.fixed-line');
  const lines = cart.lines.map((candidate) =>
    candidate.line === line || candidate.parent === line ? { ...candidate, quantityMilli } : candidate,
  );
  if (!lines.every(isCountable)) return refuse('input.amount-too-large');
  const changed = { ...cart, lines };
  if (!isLowered(held.value, quantityMilli)) return ok(changed);
  const voided: Voided = {
    name: held.value.name,
    quantityMilli: held.value.quantityMilli - quantityMilli,
    totalMinor: totalOf(cart, line) - totalOf(changed, line),
    ...by,
  };
  return ok({ ...changed, voided: [...cart.voided, voided] });
}

function totalOf(cart: Cart, line: number): number {
  return priceCart(cart).lines.find((priced) => priced.line === line)?.totalMinor ?? 0;
}

/** Refuses with input.not-found, cart.fixed-line (what came with another line goes with it). */
export function removeLine(cart: Cart, line: number, by: VoidedBy): Result<Cart> {
  const held = findLine(cart, line);
  if (!held.ok) return held;
  if (held.value.parent !== null) return refuse('cart.fixed-line');
  const { name, quantityMilli } = held.value;
  const lines = cart.lines.filter((candidate) => candidate.line !== line && candidate.parent !== line);
  return ok({ ...cart, lines, voided: [...cart.voided, { name, quantityMilli, totalMinor: totalOf(cart, line), ...by }] });
}

/** Says something of a line. Refuses with input.not-found, cart.fixed-line, input.amount-too-large. */
export function editLine(cart: Cart, line: number, edit: Partial<Pick<CartLine, 'override' | 'discount' | 'note'>>): Result<Cart> {
  const held = findLine(cart, line);
  if (!held.ok) return held;
  const aboutPrice = edit.override !== undefined || edit.discount !== undefined;
  if (aboutPrice && isFixed(held.value)) return refuse('cart.fixed-line');
  const edited = { ...held.value, ...edit };
  if (edited.override !== null && !isCountable({ ...edited, unitPriceMinor: edited.override.unitPriceMinor }))
    return refuse('input.amount-too-large');
  return ok({ ...cart, lines: cart.lines.map((candidate) => (candidate.line === line ? edited : candidate)) });
}

/** Its quantity and price stay: it goes with another line, gives back a sold one, or is no goods. */
export function isFixed({ parent, refund, kind }: CartLine): boolean {
  return parent !== null || refund !== null || isNoGoods(kind);
}

function findLine(cart: Cart, line: number): Result<CartLine> {
  const held = cart.lines.find((candidate) => candidate.line === line);
  return held === undefined ? refuse('input.not-found', { what: 'line' }) : ok(held);
}

/** The age that must be looked at before the cart is paid; null when there is none, or somebody looked. */
export function ageToCheck(cart: Cart): number | null {
  if (cart.ageCheckedBy !== null) return null;
  const ages = cart.lines.flatMap(({ minimumAge, quantityMilli }) => (minimumAge !== null && quantityMilli > 0 ? [minimumAge] : []));
  return ages.length === 0 ? null : Math.max(...ages);
}

/** What made a line's total another than price times quantity. */
export interface Adjustment extends Granted {
  readonly kind: 'discount' | 'price-override';
  /** Negative where it takes off. */
  readonly amountMinor: Minor;
}

/** total = price x quantity + adjustments. */
export interface PricedLine extends CartLine {
  readonly adjustments: readonly Adjustment[];
  readonly totalMinor: Minor;
  readonly taxMinor: Minor;
  readonly taxParts: readonly TaxedPart[] | null;
}

export interface PricedCart {
  readonly lines: readonly PricedLine[];
  readonly totalMinor: Minor;
  readonly taxMinor: Minor;
  /** Taken off by discounts, as a positive amount. */
  readonly discountMinor: Minor;
  readonly items: number;
}

/** What the cart comes to. */
export function priceCart(cart: Cart): PricedCart {
  const lines = taxed(takeOffWhole(cart.lines.map(priceLine), cart.discount), cart.taxRounding);
  const off = lines.flatMap(({ refund, adjustments }) => (refund === null ? adjustments : [])).filter(({ kind }) => kind === 'discount');
  return {
    lines,
    totalMinor: dueOf(lines),
    taxMinor: minor(lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0)),
    discountMinor: minor(off.reduce((sum, { amountMinor }) => sum - amountMinor, 0)),
    items: lines.reduce((sum, line) => sum + piecesOf(line), 0),
  };
}

/** Rows that a sale of these lines is made of: the lines, their stock, what was taken off them, vouchers, and what was taken out before. */
export function saleRows({ lines }: PricedCart, { voided }: Cart): number {
  const rowsOf = ({ product, kind, adjustments, voucher }: PricedLine): number =>
    1 + Number(product !== null && kind === 'goods') + adjustments.length + Number(voucher !== null);
  return voided.length + lines.reduce((sum, line) => sum + rowsOf(line), 0);
}

/** Pieces as people count them: a line in kg is one, a deposit none. */
function piecesOf({ kind, unit, quantityMilli }: CartLine): number {
  if (kind === 'deposit' || isNoGoods(kind)) return 0;
  return unit === 'each' ? Math.max(1, Math.abs(Math.round(quantityMilli / 1000))) : 1;
}

type Adjusted = Omit<PricedLine, 'taxMinor' | 'taxParts'> & Pick<CartLine, 'taxParts'>;

/** What gives back a sold line gives back the taxes that were paid; all others are counted together. */
function taxed(lines: readonly Adjusted[], rounding: TaxRounding): PricedLine[] {
  const known = (line: Adjusted): LineTax | null => line.refund?.tax ?? null;
  const counted = taxLines(
    lines.filter((line) => known(line) === null),
    rounding,
  ).values();
  return lines.map((line) => ({ ...line, ...(known(line) ?? present(counted.next().value, 'a tax for each line')) }));
}

function priceLine(line: CartLine): Adjusted {
  const grossMinor = priceOf(line.unitPriceMinor, line.quantityMilli);
  const adjustments: Adjustment[] = [];
  if (line.refund !== null) {
    const amountMinor = minor(line.refund.totalMinor - grossMinor);
    if (amountMinor !== 0) adjustments.push({ kind: 'discount', amountMinor, reason: null, approvedBy: null });
  }
  if (line.override !== null) {
    const { unitPriceMinor, reason, approvedBy } = line.override;
    adjustments.push({
      kind: 'price-override',
      amountMinor: minor(priceOf(unitPriceMinor, line.quantityMilli) - grossMinor),
      reason,
      approvedBy,
    });
  }
  const before = sumOf(grossMinor, adjustments);
  if (line.discount !== null) {
    const { reason, approvedBy } = line.discount;
    adjustments.push({ kind: 'discount', amountMinor: minor(0 - offOf(line.discount, before)), reason, approvedBy });
  }
  return { ...line, adjustments, totalMinor: sumOf(grossMinor, adjustments) };
}

/** How much a discount takes off a sum: never more than the sum, and on a negative one a negative amount. */
function offOf(discount: Discount, sumMinor: number): Minor {
  if (discount.kind === 'percent') return multiplyDivide(sumMinor, Math.min(discount.ppm, PPM), PPM, 'half-up');
  return minor(Math.sign(sumMinor) * Math.min(discount.amountMinor, Math.abs(sumMinor)) || 0);
}

function sumOf(startMinor: number, adjustments: readonly Adjustment[]): Minor {
  return minor(adjustments.reduce((sum, { amountMinor }) => sum + amountMinor, startMinor));
}

/** A discount on the cart, spread over the goods it holds so that the parts sum to it; deposits and what comes back are no goods sold. */
function takeOffWhole(lines: readonly Adjusted[], discount: Discount | null): readonly Adjusted[] {
  if (discount === null) return lines;
  const bears = ({ kind, totalMinor }: Adjusted): boolean => (kind === 'goods' || kind === 'department') && totalMinor > 0;
  const weights = lines.map((line) => (bears(line) ? line.totalMinor : 0));
  const parts = prorate(
    offOf(
      discount,
      weights.reduce<number>((sum, weight) => sum + weight, 0),
    ),
    weights,
  );
  const { reason, approvedBy } = discount;
  return lines.map((line, at) => {
    const part = parts[at] ?? 0;
    if (part === 0) return line;
    const adjustment: Adjustment = { kind: 'discount', amountMinor: minor(0 - part), reason, approvedBy };
    return { ...line, adjustments: [...line.adjustments, adjustment], totalMinor: minor(line.totalMinor - part) };
  });
}
