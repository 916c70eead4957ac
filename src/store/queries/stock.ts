/** Reads of the stock: what is on hand, what runs low, what it is worth, and what moved it. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { Unit } from '../../domain/cart.ts';
import { openBody } from '../../protocol/changeset.ts';
import { bytesOf, LIVE, numberOf, numberOrNull, textOrNull, type Database, type SqlRow } from '../database.ts';
import { changesetOfLedgerId } from '../merge.ts';
import { readDictionaries } from '../store.ts';
import { toUnit } from './catalogue.ts';
import { readUser } from './people.ts';

export function onHandMilli(db: Database, product: Id): number {
  return numberOrNull(db.get('SELECT sum(on_hand_milli) AS milli FROM stock WHERE product = ?', idToBytes(product))?.['milli']) ?? 0;
}

/** What is on hand of these products, and what one costs. */
export function stockAndCost(
  db: Database,
  products: readonly Id[],
): Map<Id, { readonly onHandMilli: number; readonly costMinor: number | null }> {
  const rows = db.all(
    `SELECT p.id, p.cost_minor, (SELECT sum(on_hand_milli) FROM stock s WHERE s.product = p.id) AS milli
     FROM json_each(?) j JOIN product p ON p.id = unhex(replace(j.value, '-', ''))`,
    JSON.stringify(products),
  );
  return new Map(
    rows.map((row) => [
      idFromBytes(bytesOf(row['id'])),
      { onHandMilli: numberOrNull(row['milli']) ?? 0, costMinor: numberOrNull(row['cost_minor']) },
    ]),
  );
}

export interface StockLine {
  readonly id: Id;
  readonly name: string;
  readonly unit: Unit;
  readonly onHandMilli: number;
  readonly minimumMilli: number | null;
  readonly costMinor: number | null;
  /** On hand at cost; null without a cost, and nothing is worth less than nothing. */
  readonly valueMinor: number | null;
}

export interface StockQuery {
  /** `low`: below its minimum, or below nothing; `counted`: received or counted once; `all`: every active product. */
  readonly filter: 'counted' | 'low' | 'all';
  /** Row numbers as the search finds them; null without a search. */
  readonly found: readonly number[] | null;
  readonly offset: number;
  readonly limit: number;
  /** Of an earlier page of this list; null for the first, which counts them. */
  readonly sums: StockSums | null;
}

export interface StockSums {
  readonly total: number;
  readonly valueMinor: number;
}

const TRACKED = `${LIVE('p')} AND p.active = 1 AND p.track_stock IS NOT 0`;
const STOCK = 'SELECT product, sum(on_hand_milli) AS milli, max(counted) AS counted FROM stock';
const LINES = `FROM product p LEFT JOIN (${STOCK} GROUP BY product) s ON s.product = p.id WHERE ${TRACKED}`;
const FILTERS = {
  all: '',
  counted: 'AND s.counted = 1',
  low: 'AND (s.milli < p.stock_minimum_milli OR (s.counted = 1 AND s.milli < 0))',
} as const;
const VALUE = 'CASE WHEN s.counted = 1 AND s.milli > 0 THEN p.cost_minor * s.milli / 1000 END';

const COLUMNS = `p.id, p.name, p.unit, p.stock_minimum_milli, p.cost_minor, s.milli, ${VALUE} AS value`;
const BY_NAME = 'ORDER BY p.name COLLATE NOCASE, p.row';

/** By name; with how many there are in all, and what they are worth at cost. */
export function listStock(db: Database, { filter, found, offset, limit, sums }: StockQuery): StockSums & { readonly rows: StockLine[] } {
  const among = found === null ? '' : 'AND p.row IN (SELECT value FROM json_each(?))';
  const values = found === null ? [] : [JSON.stringify(found)];
  // Where the stock does not say which products are listed, it is summed for those of the page alone.
  const page =
    filter === 'all'
      ? `WITH p AS MATERIALIZED (SELECT * FROM product p WHERE ${TRACKED} ${among} ${BY_NAME} LIMIT ? OFFSET ?)
         SELECT ${COLUMNS} FROM p LEFT JOIN (${STOCK} WHERE product IN (SELECT id FROM p) GROUP BY product) s ON s.product = p.id ${BY_NAME}`
      : `SELECT ${COLUMNS} ${LINES} ${FILTERS[filter]} ${among} ${BY_NAME} LIMIT ? OFFSET ?`;
  const rows = db.all(page, ...values, limit, offset).map(toLine);
  if (sums !== null) return { rows, ...sums };
  const counted = db.get(`SELECT count(*) AS total, sum(${VALUE}) AS value ${LINES} ${FILTERS[filter]} ${among}`, ...values);
  return { rows, total: numberOf(counted?.['total']), valueMinor: numberOrNull(counted?.['value']) ?? 0 };
}

function toLine(row: SqlRow): StockLine {
  return {
    id: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    unit: toUnit(row['unit']),
    onHandMilli: numberOrNull(row['milli']) ?? 0,
    minimumMilli: numberOrNull(row['stock_minimum_milli']),
    costMinor: numberOrNull(row['cost_minor']),
    valueMinor: numberOrNull(row['value']),
  };
}

export interface StockMovement {
  readonly at: number;
  readonly user: string;
  readonly reason: string;
  readonly quantityMilli: number;
  readonly unitCostMinor: number | null;
  readonly note: string | null;
}

/** What moved a product's stock beside sales, newest first; and what sales and refunds moved in all. */
export function movementsOf(db: Database, product: Id, limit: number): { rows: StockMovement[]; soldMilli: number } {
  const dictionaries = readDictionaries(db);
  const rows = db.all(
    'SELECT * FROM stock_movement WHERE product = ? AND sale_line IS NULL ORDER BY id DESC LIMIT ?',
    idToBytes(product),
    limit,
  );
  const moved = numberOrNull(
    db.get('SELECT sum(quantity_milli) AS milli FROM stock_movement WHERE product = ? AND sale_line IS NULL', idToBytes(product))?.[
      'milli'
    ],
  );
  return {
    rows: rows
      .map((row) => ({
        ...writtenBy(db, changesetOfLedgerId(numberOf(row['id'])), dictionaries),
        reason: textOrNull(row['reason']) ?? '',
        quantityMilli: numberOf(row['quantity_milli']),
        unitCostMinor: numberOrNull(row['unit_cost_minor']),
        note: textOrNull(row['note']),
      }))
      .sort((a, b) => b.at - a.at),
    soldMilli: (moved ?? 0) - onHandMilli(db, product),
  };
}

/** Who wrote a changeset, and when: it says so itself. */
function writtenBy(db: Database, local: number, dictionaries: ReadonlyMap<number, Uint8Array>): { at: number; user: string } {
  const body = db.get('SELECT body FROM changeset WHERE local = ?', local)?.['body'];
  const opened = body instanceof Uint8Array ? openBody(body, dictionaries) : null;
  if (opened?.state !== 'text') return { at: 0, user: '' };
  const { at, user } = opened.text;
  return { at, user: user === null ? '' : (readUser(db, user)?.name ?? '') };
}
