/**
 * A register at work: its store, and what is kept in memory beside it. The use cases of this room take a Register, one file a verb; each
 * writes in one transaction or refuses without a trace. Nothing here awaits a network.
 */
import type { Id } from '../base/id.ts';
import { idFromBytes } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { speaks, type Language } from '../domain/language.ts';
import { currencyDigits } from '../domain/money.ts';
import { ProductSearch } from '../store/product-search.ts';
import { productRowsOf, searchRows, searchRowsOf } from '../store/queries/catalogue.ts';
import { readCurrency } from '../store/queries/shop.ts';
import { readMeta, type Change, type Store } from '../store/store.ts';

export type Mode = 'single' | 'master' | 'slave';

export interface Register {
  readonly store: Store;
  search: ProductSearch;
}

/** What an edit says: what is left out stays as it is. */
export type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Products read into the search at a time, so that selling can go in between. */
const SEARCH_BATCH = 500;

/** A register over an open store. The search fills itself in the background; `filled` resolves when all of the catalogue is in. */
export function openRegister(store: Store): { register: Register; filled: Promise<void> } {
  const register: Register = { store, search: new ProductSearch(currencyDigits(readCurrency(store.db))) };
  store.listeners.add((changes) => followCatalogue(register, changes));
  return { register, filled: fillSearch(register) };
}

async function fillSearch(register: Register): Promise<void> {
  let after: number | null = 0;
  while (after !== null) {
    const { rows, last }: ReturnType<typeof searchRows> = searchRows(register.store.db, after, SEARCH_BATCH);
    for (const row of rows) register.search.put(row);
    after = last;
    await new Promise((resolve) => setImmediate(resolve));
    if (!register.store.db.sqlite.isOpen) return;
  }
}

/** The currency changed with set-up: what was indexed with the old digits is indexed again. */
export function refillSearch(register: Register): Promise<void> {
  register.search = new ProductSearch(currencyDigits(readCurrency(register.store.db)));
  return fillSearch(register);
}

function followCatalogue(register: Register, changes: readonly Change[]): void {
  const { db } = register.store;
  const idsOf = (name: string): Uint8Array[] => changes.flatMap(({ table, id }) => (table === name && id !== null ? [id] : []));
  const [products, barcodes] = [idsOf('product'), idsOf('product_barcode')];
  if (products.length + barcodes.length === 0) return;
  const gone = new Set(productRowsOf(db, products, barcodes));
  for (const found of searchRowsOf(db, [...gone])) {
    register.search.put(found);
    gone.delete(found.row);
  }
  for (const row of gone) register.search.remove(row);
}

/** Null until set-up is done. */
export function readMode(store: Store): Mode | null {
  const mode = readMeta(store.db, 'mode');
  return mode === 'single' || mode === 'master' || mode === 'slave' ? mode : null;
}

/** The language of this register: what it makes by itself is named in it. */
export function readLanguage(store: Store): Language {
  return speaks(String(readMeta(store.db, 'language')));
}

export function ownRegisterId(store: Store): Id {
  return idFromBytes(present(store.own, 'the own chain').register);
}
