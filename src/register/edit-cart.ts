/**
 * The open cart of a register: the one place it lives is the store, so a restart, a second tab or a closed browser changes nothing. Each
 * change answers the cart as the screen shows it. Written without waiting for the disk: a killed program loses nothing, and before a sale
 * there is nothing that a power cut could owe anybody.
 */
import { idToBytes, idFromBytes, makeId, type Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { addToCart, changeQuantity, emptyCart, priceCart, removeLine, type Cart } from '../domain/cart.ts';
import { findByCode, readProduct, readTaxCategories } from '../store/queries/catalogue.ts';
import { bytesOf, numberOf, textOf } from '../store/database.ts';
import { readCustomer } from '../store/queries/people.ts';
import type { Store } from '../store/store.ts';
import type { Register } from './register.ts';

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

export interface CartView {
  readonly id: Id;
  readonly version: number;
  readonly lines: {
    readonly line: number;
    readonly product: Id | null;
    readonly code: string | null;
    readonly name: string;
    readonly quantityMilli: number;
    readonly unit: 'each' | 'kg' | 'l' | 'm';
    readonly unitPriceMinor: number;
    readonly totalMinor: number;
    readonly taxRatePpm: number;
    readonly includesTax: boolean;
    readonly priceNowMinor: number | null;
  }[];
  readonly items: number;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly customer: { readonly id: Id; readonly name: string } | null;
  readonly canUndo: boolean;
  readonly lastSale: LastSale | null;
}

/** The open cart, made when there is none. Inside or outside a transaction. */
export function readOpenCart(store: Store): OpenCart {
  const row = store.db.get('SELECT content, version FROM open_cart LIMIT 1');
  if (row === undefined) return { cart: newCart(store), before: null, lastSale: null, version: 0 };
  return { ...(JSON.parse(textOf(row['content'])) as Omit<OpenCart, 'version'>), version: numberOf(row['version']) };
}

export function newCart(store: Store): Cart {
  return emptyCart(makeId(store.clock, store.random), store.clock.nowMs());
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
  const [product, second] = findByCode(register.store.db, code);
  if (product === undefined) return refuse('barcode.unknown', { code });
  if (second !== undefined) return refuse('barcode.ambiguous', { code });
  return addProductLine(register, product, quantityMilli, code);
}

export function addProductLine(register: Register, product: Id, quantityMilli: number, code: string | null = null): Result<CartView> {
  const { store } = register;
  const row = readProduct(store.db, product, store.clock.nowMs());
  if (row === null || !row.active) return refuse('input.not-found', { what: 'product' });
  const tax = row.taxCategory ?? readTaxCategories(store.db, store.clock.nowMs())[0];
  return changeCart(store, (cart) =>
    addToCart(cart, {
      product,
      code,
      name: row.name,
      quantityMilli,
      unit: row.unit,
      unitPriceMinor: row.priceMinor,
      unitCostMinor: row.costMinor,
      taxCategory: tax?.id ?? null,
      taxRatePpm: tax?.ratePpm ?? 0,
      includesTax: row.includesTax,
    }),
  );
}

export function changeLine(register: Register, line: number, quantityMilli: number): Result<CartView> {
  return changeCart(register.store, (cart) => changeQuantity(cart, line, quantityMilli));
}

export function dropLine(register: Register, line: number): Result<CartView> {
  return changeCart(register.store, (cart) => removeLine(cart, line));
}

export function clearCart(register: Register): Result<CartView> {
  return changeCart(register.store, (cart) => ok({ ...cart, lines: [], customer: null }));
}

export function setCartCustomer(register: Register, customer: Id | null): Result<CartView> {
  if (customer !== null && readCustomer(register.store.db, customer) === null) return refuse('input.not-found', { what: 'customer' });
  return changeCart(register.store, (cart) => ok({ ...cart, customer }));
}

/** Takes back the last change; taken back once more, it is done again. */
export function undoCart(register: Register): Result<CartView> {
  const { store } = register;
  return store.db.transact('relaxed', () => {
    const open = readOpenCart(store);
    if (open.before === null) return ok(viewCart(store, open));
    const next = { ...open, cart: { ...open.before, nextLine: open.cart.nextLine }, before: open.cart, version: open.version + 1 };
    writeOpenCart(store, next);
    return ok(viewCart(store, next));
  });
}

/** One change of the open cart, with the cart before it kept for undo. In a transaction of its own; a refusal leaves no trace. */
export function changeCart(store: Store, edit: (cart: Cart) => Result<Cart>): Result<CartView> {
  return store.db.transact('relaxed', () => {
    const open = readOpenCart(store);
    const edited = edit(open.cart);
    if (!edited.ok) return edited;
    const started = open.cart.lines.length === 0 ? { ...edited.value, startedAt: store.clock.nowMs() } : edited.value;
    const next: OpenCart = { cart: started, before: open.cart, lastSale: null, version: open.version + 1 };
    writeOpenCart(store, next);
    return ok(viewCart(store, next));
  });
}

export function viewCart(store: Store, open: OpenCart): CartView {
  const priced = priceCart(open.cart);
  const customer = open.cart.customer === null ? null : readCustomer(store.db, open.cart.customer);
  return {
    id: open.cart.id,
    version: open.version,
    lines: priced.lines
      .map((line) => ({
        line: line.line,
        product: line.product,
        code: line.code,
        name: line.name,
        quantityMilli: line.quantityMilli,
        unit: line.unit,
        unitPriceMinor: line.unitPriceMinor,
        totalMinor: line.totalMinor,
        taxRatePpm: line.taxRatePpm,
        includesTax: line.includesTax,
        priceNowMinor: changedPrice(store, line.product, line.unitPriceMinor),
      }))
      .reverse(),
    items: priced.items,
    totalMinor: priced.totalMinor,
    taxMinor: priced.taxMinor,
    customer: customer === null ? null : { id: customer.id, name: customer.name },
    canUndo: open.before !== null,
    lastSale: open.lastSale,
  };
}

function changedPrice(store: Store, product: Id | null, scannedMinor: number): number | null {
  if (product === null) return null;
  const now = store.db.get('SELECT price_minor FROM product WHERE id = ?', idToBytes(product))?.['price_minor'];
  return typeof now === 'number' && now !== scannedMinor ? now : null;
}

/** Which sale this cart became, for whoever asks twice. */
export function completedSaleOf(store: Store, cart: Id): Id | null {
  const sale = store.db.get('SELECT sale FROM completed_cart WHERE cart = ?', idToBytes(cart))?.['sale'];
  return sale instanceof Uint8Array ? idFromBytes(bytesOf(sale)) : null;
}
