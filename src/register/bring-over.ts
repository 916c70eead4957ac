/**
 * Brings what another store holds into this one, step by step: products and customers, then sales, then what was changed there meanwhile, then
 * stock. Each step is one short transaction that notes how far it is, so that a killed one goes on where it was. The other store is only read,
 * and may be sold in all the while; run again, the steps bring what has come since.
 */
import { idFromBytes, type Id } from '../base/id.ts';
import { ok } from '../base/result.ts';
import type { Scalar } from '../protocol/changeset.ts';
import { bytesOf, type Database } from '../store/database.ts';
import { lastLocal } from '../store/backup-parts.ts';
import { commitWith } from '../store/journal.ts';
import {
  holdsRecord,
  movedAfter,
  recordsAfter,
  recordsNaming,
  recordValues,
  salesAfter,
  stockOf,
  touchedAfter,
} from '../store/queries/holdings.ts';
import { openShift } from '../store/queries/shifts.ts';
import { settingId } from '../store/queries/shop.ts';
import { readMeta, writeMeta, type Store } from '../store/store.ts';
import { matchShopsCustomers, Places, Rows } from './bring-records.ts';
import { bringSale, type Passage } from './bring-sales.ts';
import { ownRegisterId } from './register.ts';

/** What a person chose to bring. Sales name products and customers, and come with both. */
export interface Choices {
  readonly products: boolean;
  readonly customers: boolean;
  readonly sales: boolean;
}

/** How far each kind has come: rows, local numbers and ledger ids of the other store. */
interface Cursor {
  readonly product: number;
  readonly customer: number;
  readonly sale: number;
  readonly moved: number;
  readonly changes: number;
}

/** Of each, in one transaction: some 100 ms where nobody sells beside it. */
const RECORDS_A_STEP = 100;
const SALES_A_STEP = 25;
const CHANGES_A_STEP = 200;
const MOVEMENTS_A_STEP = 500;

export class Bringing {
  readonly #store: Store;
  readonly #from: Database;
  readonly #register: Id;
  readonly #choices: Choices;
  readonly #customers: ReturnType<typeof matchShopsCustomers>;

  /** `store` is that of the register in the shop that is joined; `from` the store of the register as it was. */
  constructor(store: Store, from: Database, choices: Choices) {
    this.#store = store;
    this.#from = from;
    this.#choices = choices;
    this.#register = registerOf(from);
    this.#customers = matchShopsCustomers(store, from);
  }

  /** One transaction further; false when all is here, but the sales of a shift that is open: those may still be corrected. */
  step(): boolean {
    const cursor = this.#readCursor();
    const { products, customers, sales } = this.#choices;
    return (
      (products && this.#bringProducts(cursor)) ||
      (customers && this.#bringCustomers(cursor)) ||
      this.#bringChanges(cursor) ||
      (sales && this.#bringSales(cursor)) ||
      (products && this.#levelStock(cursor))
    );
  }

  /** What has been brought so far, in rows read of the other store. */
  done(): { readonly sales: number; readonly products: number; readonly customers: number } {
    const { sale, product, customer } = this.#readCursor();
    const count = (sql: string, upTo: number): number => Number(this.#from.get(sql, upTo)?.['total'] ?? 0);
    return {
      products: this.#choices.products ? count('SELECT count(*) AS total FROM product WHERE row <= ? AND deleted IS NOT 1', product) : 0,
      customers: this.#choices.customers
        ? count('SELECT count(*) AS total FROM customer WHERE row <= ? AND deleted IS NOT 1', customer)
        : 0,
      sales: this.#choices.sales ? count("SELECT count(*) AS total FROM sale WHERE id <= ? AND mode IS NOT 'training'", sale) : 0,
    };
  }

  #readCursor(): Cursor {
    const text = readMeta(this.#store.db, 'brought');
    if (typeof text === 'string') return JSON.parse(text) as Cursor;
    // What changes from here on is looked at again.
    return { product: 0, customer: 0, sale: 0, moved: 0, changes: lastLocal(this.#from) };
  }

  /** `work` in one transaction, with how far it has come. */
  #bring(cursor: Cursor, kind: string, work: (passage: Passage) => void): true {
    commitWith(this.#store, (append) => {
      const rows = new Rows(this.#store, append, kind);
      const places = new Places(this.#store, this.#from, this.#customers);
      work({ store: this.#store, from: this.#from, places, rows });
      rows.end();
      writeMeta(this.#store.db, 'brought', JSON.stringify(cursor));
      return ok(null);
    });
    return true;
  }

  #bringProducts(cursor: Cursor): boolean {
    const found = recordsAfter(this.#from, 'product', cursor.product, RECORDS_A_STEP);
    const last = found.at(-1);
    if (last === undefined) return false;
    return this.#bring({ ...cursor, product: last.row }, 'products-brought-in', (passage) => {
      for (const { id } of found) bringProduct(passage, id);
    });
  }

  #bringCustomers(cursor: Cursor): boolean {
    const found = recordsAfter(this.#from, 'customer', cursor.customer, RECORDS_A_STEP);
    const last = found.at(-1);
    if (last === undefined) return false;
    return this.#bring({ ...cursor, customer: last.row }, 'customers-brought-in', (passage) => {
      for (const { id } of found) bringCustomer(passage, id);
    });
  }

  /** Records that were edited since they were brought: those that the shop had before stay the shop's. */
  #bringChanges(cursor: Cursor): boolean {
    const { upTo, records } = touchedAfter(this.#from, cursor.changes, CHANGES_A_STEP);
    if (upTo === cursor.changes) return false;
    const { products, customers } = this.#choices;
    return this.#bring({ ...cursor, changes: upTo }, 'changes-brought-in', (passage) => {
      const touched = new Set<Id>();
      for (const [table, id] of records) {
        if (table === 'product') touched.add(id);
        if (table === 'product_barcode' || table === 'product_price') {
          const product = recordValues(this.#from, table, id)?.['product'];
          if (typeof product === 'string') touched.add(product as Id);
        }
        if (table === 'customer' && customers) bringCustomer(passage, id);
      }
      if (products) for (const id of touched) bringProduct(passage, id);
    });
  }

  #bringSales(cursor: Cursor): boolean {
    const open = openShift(this.#from, this.#register)?.shift;
    const found = salesAfter(this.#from, cursor.sale, SALES_A_STEP);
    const held = found.findIndex(({ shift }) => shift !== null && shift === open);
    const closed = held < 0 ? found : found.slice(0, held);
    const last = closed.at(-1);
    if (last === undefined) return false;
    return this.#bring({ ...cursor, sale: last.sale }, 'sale-brought-in', (passage) => {
      for (const { sale } of closed) bringSale(passage, sale);
    });
  }

  /** Brings the stock of what is new to the shop to what it was there; once its sales have come, those of an open shift too. */
  #levelStock(cursor: Cursor): boolean {
    if (openShift(this.#from, this.#register) !== null) return false;
    const { upTo, products } = movedAfter(this.#from, cursor.moved, MOVEMENTS_A_STEP);
    if (upTo === cursor.moved) return false;
    return this.#bring({ ...cursor, moved: upTo }, 'stock-brought-in', (passage) => {
      for (const product of products) if (holdsRecord(this.#store.db, 'product', product)) levelStock(passage, product);
    });
  }
}

/** Settings of this one register, under its new id; and what lies in no changeset: its printers, its language, where its backups go. */
export function bringOwn(store: Store, from: Database, { sales }: Choices): void {
  const [before, now] = [registerOf(from), ownRegisterId(store)];
  commitWith(store, (append) => {
    const rows = new Rows(store, append, 'settings-brought-in');
    for (const row of from.all('SELECT key, value FROM setting WHERE deleted IS NOT 1')) {
      const key = String(row['key']);
      const mine = key.replace(before, now);
      if (mine !== key && !holdsRecord(store.db, 'setting', settingId(mine)))
        rows.create('setting', settingId(mine), { key: mine, value: String(row['value']) });
    }
    rows.end();
    for (const { id, content } of from.all('SELECT id, content FROM printer'))
      store.db.run('INSERT OR IGNORE INTO printer (id, content) VALUES (?, ?)', id ?? null, content ?? null);
    if (sales) bringPapers(store.db, from);
    for (const name of ['language', 'backup_settings']) {
      const value = readMeta(from, name);
      if (value !== null) writeMeta(store.db, name, value);
    }
    return ok(null);
  });
}

/** What waits for a printer, and receipts that were neither printed nor waived: of sales that are here now. */
function bringPapers(db: Database, from: Database): void {
  for (const { id, printer, content, state, created_at: at } of from.all('SELECT id, printer, content, state, created_at FROM print_job'))
    db.run(
      'INSERT OR IGNORE INTO print_job (id, printer, content, state, created_at) VALUES (?, ?, ?, ?, ?)',
      id ?? null,
      printer ?? null,
      content ?? null,
      state ?? null,
      at ?? null,
    );
  for (const { sale } of from.all('SELECT sale FROM unprinted'))
    if (db.get('SELECT 1 AS found FROM sale WHERE uuid = ?', sale ?? null) !== undefined)
      db.run('INSERT OR IGNORE INTO unprinted (sale) VALUES (?)', sale ?? null);
}

/** Whose store it is. */
export function registerOf(db: Database): Id {
  return idFromBytes(bytesOf(db.get('SELECT register FROM chain WHERE number = ?', readMeta(db, 'own_chain'))?.['register']));
}

// ---- records

/** A product with its codes and prices: new here, or as it is there now. One that the shop has already stands as it is. */
function bringProduct(passage: Passage, id: Id): void {
  const { store, from, places, rows } = passage;
  const values = recordValues(from, 'product', id);
  if (values === null || places.product(id) !== id) return;
  const isHere = holdsRecord(store.db, 'product', id);
  if (!isHere && values['deleted'] === true) return;
  bringImage(passage, values['image']);
  level(passage, 'product', id, {
    ...values,
    category: place(values['category'], (of) => places.category(rows, of)),
    tax_category: place(values['tax_category'], (of) => places.tax(rows, of)),
    supplier: place(values['supplier'], (of) => places.supplier(rows, of)),
    deposit_product: place(values['deposit_product'], (of) => places.product(of)),
    variant_of: place(values['variant_of'], (of) => places.product(of)),
  });
  for (const table of ['product_barcode', 'product_price'] as const) {
    const ours = recordsNaming(from, table, id);
    for (const of of ours) level(passage, table, of, recordValues(from, table, of) ?? {});
    // What was taken off it there since it was brought.
    for (const of of isHere ? recordsNaming(store.db, table, id) : [])
      if (!ours.includes(of) && holdsRecord(from, table, of)) rows.patch(table, of, { deleted: true });
  }
}

function bringImage({ store, from, rows }: Passage, image: Scalar | undefined): void {
  if (typeof image !== 'string' || holdsRecord(store.db, 'image', image as Id)) return;
  const values = recordValues(from, 'image', image as Id);
  if (values !== null) rows.create('image', image as Id, values);
}

function bringCustomer(passage: Passage, id: Id): void {
  const { store, from, places, rows } = passage;
  const values = recordValues(from, 'customer', id);
  if (values === null || places.customer(id) !== id) return;
  if (!holdsRecord(store.db, 'customer', id) && (values['deleted'] === true || values['name'] === undefined)) return;
  if (values['on_account'] === true) places.lastingMethod(rows, 'account');
  // Price rules are the shop's.
  const { price_rule: _, ...said } = values;
  level(passage, 'customer', id, said);
}

function place(id: Scalar | undefined, to: (id: Id) => Id | null): Id | null {
  return typeof id === 'string' ? to(id as Id) : null;
}

/** The record as these values say: made, or those columns changed that differ. */
function level(
  { store, rows }: Passage,
  table: 'product' | 'product_barcode' | 'product_price' | 'customer',
  id: Id,
  values: Readonly<Record<string, Scalar>>,
): void {
  const held = recordValues(store.db, table, id);
  if (held === null) {
    rows.create(table, id, Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)));
    return;
  }
  const columns = [...new Set([...Object.keys(values), ...Object.keys(held)])].filter(
    (column) => (values[column] ?? null) !== (held[column] ?? null),
  );
  if (columns.length > 0) rows.patch(table, id, Object.fromEntries(columns.map((column) => [column, values[column] ?? null])));
}

/** What lies there that the sales brought do not explain was there at the start. */
function levelStock({ store, from, rows }: Passage, product: Id): void {
  const here = new Map(stockOf(store.db, product).map((stock) => [stock.location, stock]));
  for (const { location, onHandMilli, counted } of stockOf(from, product)) {
    const held = here.get(location);
    const missing = onHandMilli - (held?.onHandMilli ?? 0);
    if (!counted || (missing === 0 && held?.counted === true)) continue;
    rows.ledger().insert('stock_movement', { product, quantity_milli: missing, reason: 'start', ...(location === '' ? {} : { location }) });
  }
}
