/** Adding and editing products. Barcodes are rows of their own: a list in a column would lose codes when two registers add one each. */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { readPackCode, spellPackCode } from '../domain/barcode.ts';
import { isAmount } from '../domain/money.ts';
import type { Unit } from '../domain/cart.ts';
import { commit, type Draft } from '../store/journal.ts';
import { barcodesOf, findByCode, readProduct, type ProductRow } from '../store/queries/catalogue.ts';
import { regularPriceNow } from '../store/queries/prices.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Patch } from '../protocol/tables.ts';
import type { Store } from '../store/store.ts';
import { draftPriceChange } from './edit-price.ts';
import type { Changes, Register } from './register.ts';
import { sellingSetting } from './set-selling.ts';

export interface ProductInput {
  readonly name: string;
  readonly priceMinor: number;
  readonly includesTax?: boolean | undefined;
  readonly codes?: readonly string[] | undefined;
  readonly category?: Id | null | undefined;
  readonly taxCategory?: Id | null | undefined;
  readonly costMinor?: number | null | undefined;
  readonly unit?: Unit | undefined;
  readonly netContentMilli?: number | null | undefined;
  readonly contentUnit?: string | null | undefined;
  readonly minimumAge?: number | null | undefined;
  readonly stockMinimumMilli?: number | null | undefined;
  readonly depositProduct?: Id | null | undefined;
  readonly favourite?: boolean | undefined;
  readonly image?: Id | null | undefined;
  /** A new product's place among those of another. */
  readonly variant?: { readonly of: Id; readonly word: string } | undefined;
}

/** Refuses with input.amount-too-large, input.invalid (a code that another product has here). */
export function addProduct(register: Register, input: ProductInput, user: Id | null): Result<ProductRow> {
  const { store } = register;
  const checked = checkProduct(store, input, null);
  if (!checked.ok) return checked;
  const added = commit(store, { kind: 'product-added', user }, (draft) => ok(draftProduct(store, draft, input)));
  return added.ok ? ok(present(readProduct(store.db, added.value, store.clock.nowMs()), 'the new product')) : added;
}

function checkProduct(store: Store, input: Changes<ProductInput>, self: Id | null): Result<null> {
  if (!isAmount(input.priceMinor ?? 0) || !isAmount(input.costMinor ?? 0)) return refuse('input.amount-too-large');
  for (const code of input.codes ?? [])
    if (findByCode(store.db, readPackCode(code).code).some((other) => other !== self))
      return refuse('input.invalid', { field: 'barcode', reason: `another product has ${code}` });
  return ok(null);
}

export function pricesIncludeTax(store: Store): boolean {
  return sellingSetting(store.db, 'pricesIncludeTax');
}

/** Drafts a product with its codes; returns its id. The caller has checked the input. */
export function draftProduct(store: Store, draft: Draft, input: ProductInput): Id {
  const product = draft.create('product', {
    name: input.name,
    category: input.category ?? null,
    price_minor: input.priceMinor,
    price_includes_tax: input.includesTax ?? pricesIncludeTax(store),
    tax_category: input.taxCategory ?? readTaxCategories(store.db, store.clock.nowMs())[0]?.id ?? null,
    unit: input.unit ?? 'each',
    net_content_milli: input.netContentMilli ?? null,
    content_unit: input.contentUnit ?? null,
    cost_minor: input.costMinor ?? null,
    minimum_age: input.minimumAge ?? null,
    deposit_product: input.depositProduct ?? null,
    stock_minimum_milli: input.stockMinimumMilli ?? null,
    favourite: input.favourite ?? false,
    image: input.image ?? null,
    variant_of: input.variant?.of ?? null,
    variant: input.variant?.word ?? null,
    track_stock: true,
    active: true,
  });
  draftNewCodes(draft, product, input.codes ?? []);
  return product;
}

/** What is left out stays. Refuses with input.not-found and as addProduct. */
export function editProduct(
  register: Register,
  id: Id,
  input: Changes<ProductInput> & { readonly active?: boolean | undefined },
  user: Id | null,
): Result<ProductRow> {
  const { store } = register;
  if (readProduct(store.db, id, store.clock.nowMs()) === null) return refuse('input.not-found', { what: 'product' });
  const checked = checkProduct(store, input, id);
  if (!checked.ok) return checked;
  const edited = commit(store, { kind: 'product-edited', user }, (draft) => {
    if (input.priceMinor !== undefined && input.priceMinor !== regularPriceNow(store.db, id, store.clock.nowMs()))
      draftPriceChange(store, draft, id, input.priceMinor);
    const values = toPatch(input);
    if (Object.keys(values).length > 0) draft.patch('product', id, values);
    if (input.codes !== undefined) draftCodes(store, draft, id, input.codes);
    return ok(null);
  });
  return edited.ok ? ok(present(readProduct(store.db, id, store.clock.nowMs()), 'the edited product')) : edited;
}

function toPatch(input: Changes<ProductInput> & { readonly active?: boolean | undefined }): Patch<'product'> {
  const values = {
    name: input.name,
    category: input.category,
    price_minor: input.priceMinor,
    price_includes_tax: input.includesTax,
    tax_category: input.taxCategory,
    unit: input.unit,
    net_content_milli: input.netContentMilli,
    content_unit: input.contentUnit,
    cost_minor: input.costMinor,
    minimum_age: input.minimumAge,
    deposit_product: input.depositProduct,
    stock_minimum_milli: input.stockMinimumMilli,
    favourite: input.favourite,
    image: input.image,
    active: input.active,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function draftCodes(store: Store, draft: Draft, product: Id, written: readonly string[]): void {
  const codes = written.map((code) => spellPackCode(readPackCode(code)));
  const held = barcodesOf(store.db, product);
  for (const row of held) if (!codes.includes(row.code)) draft.remove('product_barcode', row.id);
  draftNewCodes(
    draft,
    product,
    codes.filter((code) => !held.some((row) => row.code === code)),
  );
}

/** Each code once, whichever pack it is written with. */
function draftNewCodes(draft: Draft, product: Id, written: readonly string[]): void {
  for (const { code, packMilli } of new Map(written.map(readPackCode).map((pack) => [pack.code, pack])).values())
    draft.create('product_barcode', { product, code, pack_quantity_milli: packMilli });
}

/** A picture, base64 of a PNG that was looked at. */
export function addImage(register: Register, png: string, user: Id): Result<Id> {
  return commit(register.store, { kind: 'image-added', user }, (draft) => ok(draft.create('image', { png })));
}
