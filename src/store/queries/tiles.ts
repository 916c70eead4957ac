/** Products as the selling screen shows them: of a shelf, of a search, sold last, foreseen from the first figures of a code; and their pictures. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { Unit } from '../../domain/cart.ts';
import { bytesOf, LIVE, numberOf, numberOrNull, textOrNull, type Database, type SqlRow } from '../database.ts';
import { imageOf, toUnit, VARIANTS, WITHIN } from './catalogue.ts';
import { PRICE_NOW } from './prices.ts';
import { readTaxCategories, taxOfProduct, type TaxCategoryRow } from './taxes.ts';

export interface Tile {
  readonly id: Id;
  readonly name: string;
  readonly unit: Unit;
  readonly content: string;
  readonly priceMinor: number;
  readonly includesTax: boolean;
  readonly taxRatePpm: number;
  readonly taxParts: TaxCategoryRow['parts'];
  readonly category: Id | null;
  readonly code: string | null;
  /** Its sizes or colours, of which one is chosen. */
  readonly variants: number;
  readonly image: Id | null;
}

const TILE_COLUMNS = `p.id, p.name, p.unit, p.net_content_milli, p.content_unit, ${PRICE_NOW} AS price_now, p.price_includes_tax, p.tax_category, p.category, p.image, ${VARIANTS} AS variants,
  (SELECT code FROM product_barcode b WHERE b.product = p.id AND ${LIVE('b')} ORDER BY b.pack_quantity_milli IS NOT NULL, b.id LIMIT 1) AS code`;

function toTiles(db: Database, rows: readonly SqlRow[], nowMs: number): Tile[] {
  const taxes = readTaxCategories(db, nowMs);
  return rows.map((row) => toTile(row, taxes));
}

function toTile(row: SqlRow, taxes: readonly TaxCategoryRow[]): Tile {
  const content = numberOrNull(row['net_content_milli']);
  const tax = taxOfProduct(row['tax_category'], taxes);
  return {
    id: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    unit: toUnit(row['unit']),
    content: content === null ? '' : `${content / 1000} ${textOrNull(row['content_unit']) ?? ''}`.trim(),
    priceMinor: numberOrNull(row['price_now']) ?? 0,
    includesTax: row['price_includes_tax'] !== 0,
    taxRatePpm: tax?.ratePpm ?? 0,
    taxParts: tax?.parts ?? null,
    category: row['category'] instanceof Uint8Array ? idFromBytes(row['category']) : null,
    code: textOrNull(row['code']),
    variants: numberOf(row['variants']),
    image: imageOf(row),
  };
}

/** Tiles by local row numbers, as the search finds them, in that order. */
export function tilesOf(db: Database, rows: readonly number[], nowMs: number): Tile[] {
  const found = rows.flatMap((number) => {
    const row = db.get(`SELECT ${TILE_COLUMNS} FROM product p WHERE p.row = ? AND ${LIVE('p')} AND p.active = 1`, nowMs, number);
    return row === undefined ? [] : [row];
  });
  return toTiles(db, found, nowMs);
}

/** Tiles a grid shows at most; a category with more is searched. */
const TILE_LIMIT = 200;

export function categoryTiles(db: Database, { category, nowMs }: { readonly category: Id; readonly nowMs: number }): Tile[] {
  const rows = db.all(
    `SELECT ${TILE_COLUMNS} FROM product p WHERE p.category IN (${WITHIN}) AND p.variant_of IS NULL AND ${LIVE('p')} AND p.active = 1 ORDER BY p.favourite DESC, p.position, p.name LIMIT ?`,
    nowMs,
    idToBytes(category),
    TILE_LIMIT,
  );
  return toTiles(db, rows, nowMs);
}

export function favouriteTiles(db: Database, nowMs: number): Tile[] {
  const rows = db.all(
    `SELECT ${TILE_COLUMNS} FROM product p WHERE p.favourite = 1 AND ${LIVE('p')} AND p.active = 1 ORDER BY p.position, p.name LIMIT ?`,
    nowMs,
    TILE_LIMIT,
  );
  return toTiles(db, rows, nowMs);
}

/** The sizes or colours of a product, in the order they were made. */
export function variantTiles(db: Database, product: Id, nowMs: number): Tile[] {
  const rows = db.all(
    `SELECT ${TILE_COLUMNS} FROM product p WHERE p.variant_of = ? AND ${LIVE('p')} AND p.active = 1 ORDER BY p.row LIMIT ?`,
    nowMs,
    idToBytes(product),
    TILE_LIMIT,
  );
  return toTiles(db, rows, nowMs);
}

/** A picture as it was kept: base64 of a PNG. */
export function readImage(db: Database, id: Id): string | null {
  return textOrNull(db.get('SELECT png FROM image WHERE id = ?', idToBytes(id))?.['png']);
}

/** Codes that begin alike, at most: a scanner's first figures narrow a hundred thousand to a few. */
const FORESEEN_LIMIT = 60;

/** Products under codes that begin so, each with that code; codes of two products and of packs are left out. */
export function codeTiles(db: Database, prefix: string, nowMs: number): Tile[] {
  const rows = db.all(
    `SELECT b.code AS begins, ${TILE_COLUMNS} FROM product_barcode b JOIN product p ON p.id = b.product
     WHERE b.code >= ? AND b.code < ? AND b.pack_quantity_milli IS NULL AND ${LIVE('b')} AND ${LIVE('p')} AND p.active = 1 ORDER BY b.code LIMIT ?`,
    nowMs,
    prefix,
    // The character after the figures.
    `${prefix}:`,
    FORESEEN_LIMIT,
  );
  const tiles = toTiles(db, rows, nowMs).map((tile, at) => ({ ...tile, code: textOrNull(rows[at]?.['begins']) }));
  return tiles.filter((tile, at) => tiles[at - 1]?.code !== tile.code && tiles[at + 1]?.code !== tile.code);
}

/** What was sold last, newest first, each once. */
export function recentTiles(db: Database, nowMs: number): Tile[] {
  const rows = db.all(
    `SELECT p.row AS number FROM (SELECT id, product FROM sale_line ORDER BY id DESC LIMIT 400) l JOIN product p ON p.id = l.product
     GROUP BY p.row ORDER BY max(l.id) DESC LIMIT 40`,
  );
  return tilesOf(
    db,
    rows.map((row) => numberOf(row['number'])),
    nowMs,
  );
}
