/**
 * The open cart of a register: the one place it lives is the store, so a restart, a second tab or a closed browser changes nothing. Each
 * change answers the cart as the screen shows it. Written without waiting for the disk: a killed program loses nothing, and before a sale
 * there is nothing that a power cut could owe anybody.
 */
import { idToBytes, idFromBytes, makeId, type Id } from '../base/id.ts';
import { ok, refuse, type Refused, type Result } from '../base/result.ts';
import {
  addToCart,
  changeQuantity,
  editLine,
  emptyCart,
  isLowered,
  PLAIN_LINE,
  priceCart,
  removeLine,
  saleRows,
  type Cart,
  type CartLine,
  type NewLine,
  type Service,
} from '../domain/cart.ts';
import { takenPayments, unsettledPayment } from '../domain/card-payment.ts';
import { readScaleLabel } from '../domain/scale-label.ts';
import { MAX_ROWS, MAX_TEXT_BYTES } from '../protocol/changeset.ts';
import { findByCode, packOfCode, readProduct, type ProductRow } from '../store/queries/catalogue.ts';
import { attemptsOf } from '../store/queries/payments.ts';
import { taxesInForce } from '../store/queries/taxes-in-force.ts';
import { bytesOf, numberOf, textOf } from '../store/database.ts';
import { readCustomer } from '../store/queries/people.ts';
import { readMeta, writeMeta, type Store } from '../store/store.ts';
import { mayNotBegin } from './may-begin.ts';
import type { Register } from './register.ts';
import { sellingSetting } from './set-selling.ts';
import { viewCart, type CartView, type OpenCart } from './view-cart.ts';

/** The open cart, made when there is none. Inside or outside a transaction. */
export function readOpenCart(store: Store): OpenCart {
  const row = store.db.get('SELECT content, version FROM open_cart LIMIT 1');
  if (row === undefined) return { cart: newCart(store), before: null, lastSale: null, version: 0 };
  const { cart, before, lastSale } = JSON.parse(textOf(row['content'])) as Omit<OpenCart, 'version'>;
  return { cart: wholeCart(cart), before: before === null ? null : wholeCart(before), lastSale, version: numberOf(row['version']) };
}

const ONE_TAX = { taxParts: null };
const TAX_UNTOLD = { tax: null };

/** A cart written by an older program, with what came since as it is when nothing was said. */
export function wholeCart(cart: Cart): Cart {
  const lines = cart.lines
    .map((line) => ({ ...PLAIN_LINE, ...ONE_TAX, ...line }))
    .map((line) => (line.refund === null ? line : { ...line, refund: { ...TAX_UNTOLD, ...line.refund } }));
  return { ...emptyCart(cart.id, cart.startedAt), ...cart, lines };
}

export function newCart(store: Store): Cart {
  const taxRounding = sellingSetting(store.db, 'taxByLine') ? 'line' : 'receipt';
  return { ...emptyCart(makeId(store.clock, store.random), store.clock.nowMs()), training: isTraining(store), taxRounding };
}

/** This register is used for practice: what is sold on it counts nowhere. */
export function isTraining(store: Store): boolean {
  return readMeta(store.db, 'training') === 1;
}

/** Refuses with held.cart-open: a cart that was begun in earnest is not made practice, nor the other way round. */
export function setTraining({ store }: Register, training: boolean): Result<CartView> {
  return store.db.transact('durable', () => {
    const open = readOpenCart(store);
    if (open.cart.lines.length > 0) return refuse('held.cart-open');
    writeMeta(store.db, 'training', Number(training));
    const next = { cart: newCart(store), before: null, lastSale: null, version: open.version + 1 };
    writeOpenCart(store, next);
    return ok(viewCart(store, next));
  });
}

/** Puts the cart on disk, in the caller's transaction. */
export function writeOpenCart(store: Store, open: OpenCart): void {
  const { version, ...content } = open;
  store.db.run('DELETE FROM open_cart');
  store.db.run(
    'INSERT INTO open_cart (id, content, version, changed_at) VALUES (?, ?, ?, ?)',
    idToBytes(open.cart.id),
    JSON.stringify(content),
    version,
    store.clock.nowMs(),
  );
}

export function getCart(register: Register): CartView {
  const { store } = register;
  const open = readOpenCart(store);
  if (open.version === 0) store.db.transact('relaxed', () => ok(writeOpenCart(store, { ...open, version: 1 })));
  return viewCart(store, readOpenCart(store));
}

/** Refuses with barcode.unknown, barcode.ambiguous, input.amount-too-large. */
export function scanCode(register: Register, code: string, quantityMilli: number): Result<CartView> {
  const { store } = register;
  const [product, second] = findByCode(store.db, code);
  if (second !== undefined) return refuse('barcode.ambiguous', { code });
  if (product !== undefined) return addProductLine(register, product, inPieces(quantityMilli, packOfCode(store.db, code)), code);
  const label = readScaleLabel(code, sellingSetting(store.db, 'scalePattern'));
  const [weighed, other] = label === null ? [] : findByCode(store.db, label.article);
  if (label === null || weighed === undefined) return refuse('barcode.unknown', { code });
  if (other !== undefined) return refuse('barcode.ambiguous', { code });
  if (label.weightMilli !== null) return addProductLine(register, weighed, label.weightMilli, code);
  const row = readProduct(store.db, weighed, store.clock.nowMs());
  if (row === null) return refuse('barcode.unknown', { code });
  // The label's price is what the customer saw: it is the price of the one piece in hand.
  const piece = { code, quantityMilli, unit: 'each', unitPriceMinor: label.priceMinor ?? row.priceMinor } as const;
  return changeCart(store, (cart) => addToCart(cart, lineOf(store, cart, row, piece)));
}

/** How many pieces so many packs are. */
function inPieces(quantityMilli: number, packMilli: number | null): number {
  return packMilli === null ? quantityMilli : (quantityMilli * packMilli) / 1_000;
}

/** A negative quantity is goods that come back without their receipt. Refuses with input.not-found, input.amount-too-large. */
export function addProductLine(register: Register, product: Id, quantityMilli: number, code: string | null = null): Result<CartView> {
  const { store } = register;
  const nowMs = store.clock.nowMs();
  const row = readProduct(store.db, product, nowMs);
  if (row === null || !row.active) return refuse('input.not-found', { what: 'product' });
  const deposit = row.depositProduct === null ? null : readProduct(store.db, row.depositProduct, nowMs);
  return changeCart(store, (cart) =>
    addToCart(
      cart,
      lineOf(store, cart, row, { code, quantityMilli }),
      deposit === null ? null : lineOf(store, cart, deposit, { kind: 'deposit', code: null, quantityMilli }),
    ),
  );
}

/** A bottle brought back: its deposit, the other way. */
export function returnDeposit(register: Register, product: Id, quantityMilli: number): Result<CartView> {
  const { store } = register;
  const nowMs = store.clock.nowMs();
  const bottle = readProduct(store.db, product, nowMs);
  const deposit = bottle?.depositProduct === null || bottle === null ? bottle : readProduct(store.db, bottle.depositProduct, nowMs);
  if (deposit === null) return refuse('input.not-found', { what: 'product' });
  return changeCart(store, (cart) =>
    addToCart(cart, lineOf(store, cart, deposit, { kind: 'deposit-return', code: null, quantityMilli: -quantityMilli })),
  );
}

function lineOf(
  store: Store,
  { service }: Cart,
  row: ProductRow,
  more: Pick<NewLine, 'code' | 'quantityMilli'> & Partial<NewLine>,
): NewLine {
  const taxes = taxesInForce(store, service);
  const tax = taxes.find(({ id }) => id === row.taxCategory?.id) ?? taxes[0];
  return {
    product: row.id,
    name: row.name,
    unit: row.unit,
    unitPriceMinor: row.priceMinor,
    unitCostMinor: row.costMinor,
    taxCategory: tax?.id ?? null,
    taxRatePpm: tax?.ratePpm ?? 0,
    taxParts: tax?.parts ?? null,
    includesTax: row.includesTax,
    minimumAge: row.minimumAge,
    ...more,
  };
}

export type LineEdit = Partial<Pick<CartLine, 'quantityMilli' | 'override' | 'discount' | 'note'>>;

/** Who takes something out of the cart, and why. */
export interface TakenOut {
  readonly reason: string | null;
  readonly user: Id;
}

/** Why nothing is taken out without a word: the shop wants one. */
export function needsReason(store: Store, reason: string | null): Refused | null {
  return reason === null && sellingSetting(store.db, 'voidReason') ? refuse('void.reason-needed') : null;
}

/** Refuses as the changes of a cart do, and with void.reason-needed where there is less of it than before. */
export function changeLine({ store }: Register, line: number, { quantityMilli, ...said }: LineEdit, by: TakenOut): Result<CartView> {
  return changeCart(store, (cart) => {
    if (quantityMilli === undefined) return editLine(cart, line, said);
    const held = cart.lines.find((candidate) => candidate.line === line);
    const unsaid = held !== undefined && isLowered(held, quantityMilli) ? needsReason(store, by.reason) : null;
    if (unsaid !== null) return unsaid;
    const counted = changeQuantity(cart, line, quantityMilli, { ...by, at: store.clock.nowMs() });
    return counted.ok ? editLine(counted.value, line, said) : counted;
  });
}

/** Refuses with input.not-found, void.reason-needed. */
export function dropLine({ store }: Register, line: number, by: TakenOut): Result<CartView> {
  const unsaid = needsReason(store, by.reason);
  if (unsaid !== null) return unsaid;
  return changeCart(store, (cart) => removeLine(cart, line, { ...by, at: store.clock.nowMs() }));
}

export function setCartCustomer(register: Register, customer: Id | null): Result<CartView> {
  if (customer !== null && readCustomer(register.store.db, customer) === null) return refuse('input.not-found', { what: 'customer' });
  return changeCart(register.store, (cart) => ok({ ...cart, customer }));
}

/** Taken away or eaten in: every line that is sold takes the rate of its tax for that. */
export function setService({ store }: Register, service: Service): Result<CartView> {
  const taxes = new Map(taxesInForce(store, service).map((tax) => [tax.id, tax]));
  return changeCart(store, (cart) =>
    ok({
      ...cart,
      service,
      lines: cart.lines.map((line) => {
        const tax = line.taxCategory === null ? undefined : taxes.get(line.taxCategory);
        if (tax === undefined || line.refund !== null || line.voucher !== null) return line;
        return { ...line, taxRatePpm: tax.ratePpm, taxParts: tax.parts };
      }),
    }),
  );
}

/** A discount on the whole, a note, who looked at the customer's age. */
export function changeWholeCart(register: Register, said: Partial<Pick<Cart, 'discount' | 'note' | 'ageCheckedBy'>>): Result<CartView> {
  return changeCart(register.store, (cart) => ok({ ...cart, ...said }));
}

/** Takes back the last change; taken back once more, it is done again. */
export function undoCart(register: Register): Result<CartView> {
  const { store } = register;
  return store.db.transact('relaxed', () => {
    const open = readOpenCart(store);
    const paying = whilePaying(store, open.cart);
    if (paying !== null) return paying;
    if (open.before === null) return ok(viewCart(store, open));
    const next = { ...open, cart: { ...open.before, nextLine: open.cart.nextLine }, before: open.cart, version: open.version + 1 };
    writeOpenCart(store, next);
    return ok(viewCart(store, next));
  });
}

/** Why the cart cannot be paid: nobody knows what a card terminal took for it. */
export function unsettled(store: Store, cart: Cart): Refused | null {
  const open = unsettledPayment(attemptsOf(store.db, cart.id));
  return open === null ? null : refuse('payment.unsettled');
}

/** Why the cart cannot be changed: a card terminal was asked for it, or has taken money for it. */
export function whilePaying(store: Store, cart: Cart): Refused | null {
  const payments = attemptsOf(store.db, cart.id);
  if (unsettledPayment(payments) !== null) return refuse('payment.unsettled');
  return takenPayments(payments).length === 0 ? null : refuse('payment.taken');
}

/** A sale is one changeset: beside its own rows there is room for the drawer's opening, payments, their vouchers and credit notes. */
const MAX_SALE_ROWS = MAX_ROWS - 60;
/** Its text is less than twice the cart's, whatever is said of the lines. */
const MAX_CART_BYTES = MAX_TEXT_BYTES / 2;

/** Lines that fit, whatever is said of them: each has its longest. */
const LINES_OF_ANY_LENGTH = 20;

function isFull(cart: Cart): boolean {
  if (cart.lines.length + cart.voided.length <= LINES_OF_ANY_LENGTH) return false;
  return saleRows(priceCart(cart), cart) > MAX_SALE_ROWS || Buffer.byteLength(JSON.stringify(cart)) > MAX_CART_BYTES;
}

/**
 * One change of the open cart, with the cart before it kept for undo. In a transaction of its own; a refusal leaves no trace. Refuses with
 * payment.unsettled, payment.taken: what a card is paying for stays as it is; for the first line with what may-begin.ts says; with cart.full
 * for more than one sale can hold.
 */
export function changeCart(store: Store, edit: (cart: Cart) => Result<Cart>): Result<CartView> {
  return store.db.transact('relaxed', () => {
    const open = readOpenCart(store);
    const paying = whilePaying(store, open.cart);
    if (paying !== null) return paying;
    const edited = edit(open.cart);
    if (!edited.ok) return edited;
    if (open.cart.lines.length === 0 && edited.value.lines.length > 0) {
      const closed = mayNotBegin(store);
      if (closed !== null) return closed;
    }
    if (isFull(edited.value)) return refuse('cart.full');
    const started = open.cart.lines.length === 0 ? { ...edited.value, startedAt: store.clock.nowMs() } : edited.value;
    const next: OpenCart = { cart: started, before: open.cart, lastSale: null, version: open.version + 1 };
    writeOpenCart(store, next);
    return ok(viewCart(store, next));
  });
}

/** Which sale this cart became, for whoever asks twice. */
export function completedSaleOf(store: Store, cart: Id): Id | null {
  const sale = store.db.get('SELECT sale FROM completed_cart WHERE cart = ?', idToBytes(cart))?.['sale'];
  return sale instanceof Uint8Array ? idFromBytes(bytesOf(sale)) : null;
}
