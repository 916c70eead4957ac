/** Reads of the catalogue: products, categories, ways to pay. SQL only; every function reads one consistent state. */
import { fromHex, toHex } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, isId, type Id } from '../../base/id.ts';
import { normalBarcode, spellPackCode } from '../../domain/barcode.ts';
import type { Unit } from '../../domain/cart.ts';
import type { MethodKind } from '../../domain/tender.ts';
import type { SearchRow } from '../product-search.ts';
import { bytesOf, LIVE, numberOf, numberOrNull, textOf, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';
import { PRICE_NOW, REGULAR_PRICE_NOW } from './prices.ts';
import { readTaxCategories, type TaxCategoryRow } from './taxes.ts';

export interface ProductRow {
  readonly id: Id;
  readonly name: string;
  readonly codes: string[];
  readonly category: { readonly id: Id; readonly name: string } | null;
  readonly taxCategory: { readonly id: Id; readonly name: string; readonly ratePpm: number } | null;
  /** What it costs now, by an offer perhaps. */
  readonly priceMinor: number;
  readonly regularPriceMinor: number;
  readonly includesTax: boolean;
  readonly costMinor: number | null;
  readonly unit: Unit;
  readonly netContentMilli: number | null;
  readonly contentUnit: string | null;
  readonly minimumAge: number | null;
  /** Fewer than these is low. */
  readonly stockMinimumMilli: number | null;
  readonly depositProduct: Id | null;
  /** The product it is a size or colour of, and which. */
  readonly variantOf: Id | null;
  readonly variant: string | null;
  /** How many sizes or colours it has. */
  readonly variants: number;
  readonly image: Id | null;
  readonly favourite: boolean;
  readonly active: boolean;
  readonly stockMilli: number | null;
}

/** SQL over a product `p`: how many sizes or colours it has. */
export const VARIANTS = `(SELECT count(*) FROM product v WHERE v.variant_of = p.id AND ${LIVE('v')} AND v.active = 1)`;

const PRODUCT_COLUMNS = `p.id, p.name, ${PRICE_NOW} AS price_now, ${REGULAR_PRICE_NOW} AS regular_price, p.price_includes_tax, p.cost_minor, p.unit, p.net_content_milli, p.content_unit, p.minimum_age, p.stock_minimum_milli,
  p.deposit_product, p.favourite, p.active, p.category, p.tax_category, p.image, p.variant_of, p.variant, ${VARIANTS} AS variants,
  (SELECT sum(on_hand_milli) FROM stock s WHERE s.product = p.id HAVING max(counted) = 1) AS stock_milli`;

export function readProduct(db: Database, id: Id, nowMs: number): ProductRow | null {
  const row = db.get(`SELECT ${PRODUCT_COLUMNS} FROM product p WHERE p.id = ? AND ${LIVE('p')}`, nowMs, idToBytes(id));
  return row === undefined ? null : toProduct(db, row, readTaxCategories(db, nowMs));
}

/** Products by their local row numbers, as the search finds them, in that order. */
export function readProducts(db: Database, rows: readonly number[], nowMs: number): ProductRow[] {
  const taxes = readTaxCategories(db, nowMs);
  return rows.flatMap((number) => {
    const row = db.get(`SELECT ${PRODUCT_COLUMNS} FROM product p WHERE p.row = ? AND ${LIVE('p')}`, nowMs, number);
    return row === undefined ? [] : [toProduct(db, row, taxes)];
  });
}

function toProduct(db: Database, row: SqlRow, taxes: readonly TaxCategoryRow[]): ProductRow {
  const id = bytesOf(row['id']);
  const tax = taxes.find((candidate) => row['tax_category'] instanceof Uint8Array && candidate.id === idFromBytes(row['tax_category']));
  const category =
    row['category'] instanceof Uint8Array ? db.get('SELECT id, name FROM category WHERE id = ?', row['category']) : undefined;
  return {
    id: idFromBytes(id),
    name: textOrNull(row['name']) ?? '',
    codes: db
      .all(
        `SELECT code, pack_quantity_milli FROM product_barcode b WHERE product = ? AND ${LIVE('b')} ORDER BY pack_quantity_milli IS NOT NULL, id`,
        id,
      )
      .map(toCode),
    category: category === undefined ? null : { id: idFromBytes(bytesOf(category['id'])), name: textOrNull(category['name']) ?? '' },
    taxCategory: tax === undefined ? null : { id: tax.id, name: tax.name, ratePpm: tax.ratePpm },
    priceMinor: numberOrNull(row['price_now']) ?? 0,
    regularPriceMinor: numberOrNull(row['regular_price']) ?? 0,
    includesTax: row['price_includes_tax'] !== 0,
    costMinor: numberOrNull(row['cost_minor']),
    unit: toUnit(row['unit']),
    netContentMilli: numberOrNull(row['net_content_milli']),
    contentUnit: textOrNull(row['content_unit']),
    minimumAge: numberOrNull(row['minimum_age']),
    stockMinimumMilli: numberOrNull(row['stock_minimum_milli']),
    depositProduct: row['deposit_product'] instanceof Uint8Array ? idFromBytes(row['deposit_product']) : null,
    variantOf: row['variant_of'] instanceof Uint8Array ? idFromBytes(row['variant_of']) : null,
    variant: textOrNull(row['variant']),
    variants: numberOf(row['variants']),
    image: imageOf(row),
    favourite: row['favourite'] === 1,
    active: row['active'] === 1,
    stockMilli: numberOrNull(row['stock_milli']),
  };
}

function toCode(row: SqlRow): string {
  return spellPackCode({ code: textOrNull(row['code']) ?? '', packMilli: numberOrNull(row['pack_quantity_milli']) });
}

export function imageOf(row: SqlRow): Id | null {
  const image = textOrNull(row['image']);
  return image !== null && isId(image) ? image : null;
}

export function toUnit(value: SqlValue | undefined): Unit {
  return value === 'kg' || value === 'l' || value === 'm' ? value : 'each';
}

/** SQL: a category, given as a parameter, and all that lie in it; each once, so that a ring made by two registers apart ends. */
export const WITHIN = `WITH RECURSIVE shelf(id) AS (SELECT ? UNION SELECT c.id FROM category c JOIN shelf s ON c.parent = s.id WHERE ${LIVE('c')})
  SELECT id FROM shelf`;

/** A category and all that lie in it. */
export function categoriesWithin(db: Database, category: Id): Set<Id> {
  return new Set(db.all(WITHIN, idToBytes(category)).map((row) => idFromBytes(bytesOf(row['id']))));
}

export interface ProductListQuery {
  readonly category: Id | null;
  readonly hidden: boolean;
  readonly sort: string;
  readonly offset: number;
  readonly limit: number;
  readonly nowMs: number;
}

const PRODUCT_SORTS: Readonly<Record<string, string>> = {
  name: 'p.name COLLATE NOCASE, p.row',
  '-name': 'p.name COLLATE NOCASE DESC, p.row DESC',
  price: 'p.price_minor, p.row',
  '-price': 'p.price_minor DESC, p.row DESC',
  newest: 'p.id DESC',
};

export function listProducts(db: Database, query: ProductListQuery): { rows: ProductRow[]; total: number } {
  const where = [LIVE('p'), query.hidden ? 'p.active IS NOT 1' : 'p.active = 1'];
  const values: SqlValue[] = [];
  if (query.category !== null) {
    where.push(`p.category IN (${WITHIN})`);
    values.push(idToBytes(query.category));
  }
  const condition = where.join(' AND ');
  const order = PRODUCT_SORTS[query.sort] ?? PRODUCT_SORTS['name'];
  const taxes = readTaxCategories(db, query.nowMs);
  const rows = db.all(
    `SELECT ${PRODUCT_COLUMNS} FROM product p WHERE ${condition} ORDER BY ${order} LIMIT ? OFFSET ?`,
    query.nowMs,
    ...values,
    query.limit,
    query.offset,
  );
  const total = numberOf(db.get(`SELECT count(*) AS total FROM product p WHERE ${condition}`, ...values)?.['total']);
  return { rows: rows.map((row) => toProduct(db, row, taxes)), total };
}

/** Products that a scanner's code names: live, active ones. */
export function findByCode(db: Database, code: string): Id[] {
  return db
    .all(
      `SELECT DISTINCT p.id FROM product_barcode b JOIN product p ON p.id = b.product WHERE b.code = ? AND ${LIVE('b')} AND ${LIVE('p')} AND p.active = 1`,
      normalBarcode(code),
    )
    .map((row) => idFromBytes(bytesOf(row['id'])));
}

/** How many pieces a code names, in thousandths; null for the code of one. */
export function packOfCode(db: Database, code: string): number | null {
  return numberOrNull(
    db.get(`SELECT max(pack_quantity_milli) AS pack FROM product_barcode b WHERE code = ? AND ${LIVE('b')}`, normalBarcode(code))?.['pack'],
  );
}

export interface BarcodeRow {
  readonly id: Id;
  /** With its pack, as people write it. */
  readonly code: string;
}

export function barcodesOf(db: Database, product: Id): BarcodeRow[] {
  return db
    .all(
      `SELECT id, code, pack_quantity_milli FROM product_barcode b WHERE product = ? AND ${LIVE('b')} ORDER BY pack_quantity_milli IS NOT NULL, id`,
      idToBytes(product),
    )
    .map((row) => ({ id: idFromBytes(bytesOf(row['id'])), code: toCode(row) }));
}

// ---- categories, ways to pay

export interface CategoryRow {
  readonly id: Id;
  readonly name: string;
  /** The category it lies in; null for one of the first shelf. */
  readonly parent: Id | null;
  readonly icon: string | null;
  readonly position: number;
  readonly products: number;
}

export function listCategories(db: Database): CategoryRow[] {
  return db
    .all(
      `SELECT c.id, c.name, c.parent, c.icon, c.position, (SELECT count(*) FROM product p WHERE p.category = c.id AND ${LIVE('p')} AND p.active = 1) AS products
       FROM category c WHERE ${LIVE('c')} ORDER BY c.position, c.name`,
    )
    .map((row) => ({
      id: idFromBytes(bytesOf(row['id'])),
      name: textOrNull(row['name']) ?? '',
      parent: row['parent'] instanceof Uint8Array ? idFromBytes(row['parent']) : null,
      icon: textOrNull(row['icon']),
      position: numberOrNull(row['position']) ?? 0,
      products: numberOf(row['products']),
    }));
}

/** Live categories, as an import finds them again. */
export function categoryNames(db: Database): { readonly id: Id; readonly name: string }[] {
  return db
    .all(`SELECT id, name FROM category c WHERE ${LIVE('c')}`)
    .map((row) => ({ id: idFromBytes(bytesOf(row['id'])), name: textOrNull(row['name']) ?? '' }));
}

export function readCategoryName(db: Database, id: Id): string | null {
  return textOrNull(db.get(`SELECT name FROM category c WHERE c.id = ? AND ${LIVE('c')}`, idToBytes(id))?.['name']);
}

export interface DepartmentRow {
  readonly category: Id | null;
  readonly name: string;
  readonly icon: string | null;
  readonly taxCategory: Id;
  readonly ratePpm: number;
}

/** What can be sold at a keyed price: each category under the tax most of its products carry; each tax in a shop without categories. */
export function listDepartments(db: Database, nowMs: number): DepartmentRow[] {
  const taxes = readTaxCategories(db, nowMs);
  const [usual] = taxes;
  if (usual === undefined) return [];
  const categories = db.all(
    `SELECT c.id, c.name, c.icon, (SELECT p.tax_category FROM product p WHERE p.category = c.id AND ${LIVE('p')} AND p.active = 1
         GROUP BY p.tax_category ORDER BY count(*) DESC, p.tax_category LIMIT 1) AS tax
       FROM category c WHERE ${LIVE('c')} ORDER BY c.position, c.name`,
  );
  if (categories.length === 0)
    return taxes.map(({ id, name, ratePpm }) => ({ category: null, name, icon: null, taxCategory: id, ratePpm }));
  return categories.map((row) => {
    const most = row['tax'] instanceof Uint8Array ? idFromBytes(row['tax']) : null;
    const { id, ratePpm } = taxes.find((tax) => tax.id === most) ?? usual;
    return {
      category: idFromBytes(bytesOf(row['id'])),
      name: textOrNull(row['name']) ?? '',
      icon: textOrNull(row['icon']),
      taxCategory: id,
      ratePpm,
    };
  });
}

export interface PaymentMethodRow {
  readonly id: Id;
  readonly name: string;
  readonly kind: MethodKind;
  readonly givesChange: boolean;
  readonly roundingStepMinor: number | null;
  readonly active: boolean;
}

export function listPaymentMethods(db: Database): PaymentMethodRow[] {
  return db
    .all(`SELECT id, name, kind, gives_change, rounding_step_minor, active FROM payment_method m WHERE ${LIVE('m')} ORDER BY position, id`)
    .map((row) => ({
      id: idFromBytes(bytesOf(row['id'])),
      name: textOrNull(row['name']) ?? '',
      kind: toMethodKind(row['kind']),
      givesChange: row['gives_change'] === 1,
      roundingStepMinor: numberOrNull(row['rounding_step_minor']),
      active: row['active'] === 1,
    }));
}

/** Cash goes into the drawer or comes out of it. */
export function opensDrawer(db: Database, tenders: readonly { readonly method: Id }[]): boolean {
  return tenders.some(
    ({ method }) => db.get('SELECT opens_drawer FROM payment_method WHERE id = ?', idToBytes(method))?.['opens_drawer'] === 1,
  );
}

export function toMethodKind(value: SqlValue | undefined): MethodKind {
  return value === 'cash' || value === 'card' || value === 'voucher' || value === 'account' ? value : 'other';
}

// ---- for the search index

/** These products as the search sees them; those not to be found (hidden, removed) are left out. */
export function searchRowsOf(db: Database, rows: readonly number[]): SearchRow[] {
  return db
    .all(
      `SELECT p.row, p.name, p.price_minor, ${CODES} FROM json_each(?) j JOIN product p ON p.row = j.value WHERE ${LIVE('p')} AND p.active = 1`,
      JSON.stringify(rows),
    )
    .map(toSearchRow);
}

/** Row numbers of these products and of those that these barcode rows belong to, each once. */
export function productRowsOf(db: Database, products: readonly Uint8Array[], barcodes: readonly Uint8Array[]): number[] {
  return db
    .all(
      `SELECT p.row FROM json_each(?) j JOIN product p ON p.id = unhex(j.value)
       UNION SELECT p.row FROM json_each(?) j JOIN product_barcode b ON b.id = unhex(j.value) JOIN product p ON p.id = b.product`,
      JSON.stringify(products.map(toHex)),
      JSON.stringify(barcodes.map(toHex)),
    )
    .map((row) => numberOf(row['row']));
}

/** Live products by those of these codes that they have; of a code on several, the oldest. */
export function productsByCode(db: Database, codes: readonly string[]): Map<string, Id> {
  const rows = db.all(
    `SELECT b.code, min(hex(p.id)) AS product FROM json_each(?) j JOIN product_barcode b ON b.code = j.value JOIN product p ON p.id = b.product
     WHERE ${LIVE('b')} AND ${LIVE('p')} GROUP BY b.code`,
    JSON.stringify(codes),
  );
  return new Map(rows.map((row) => [textOf(row['code']), idFromBytes(fromHex(textOf(row['product'])))]));
}

const CODES = `(SELECT group_concat(code, ' ') FROM product_barcode b WHERE b.product = p.id AND ${LIVE('b')}) AS codes`;

/** All products of the search, `limit` rows after row number `after`. */
export function searchRows(db: Database, after: number, limit: number): { rows: SearchRow[]; last: number | null } {
  const rows = db.all(
    `SELECT p.row, p.name, p.price_minor, ${CODES} FROM product p WHERE p.row > ? AND ${LIVE('p')} AND p.active = 1 ORDER BY p.row LIMIT ?`,
    after,
    limit,
  );
  return { rows: rows.map(toSearchRow), last: rows.length < limit ? null : numberOf(rows.at(-1)?.['row']) };
}

function toSearchRow(row: SqlRow): SearchRow {
  return {
    row: numberOf(row['row']),
    name: textOrNull(row['name']) ?? '',
    priceMinor: numberOrNull(row['price_minor']) ?? 0,
    codes: textOrNull(row['codes']) ?? '',
  };
}
