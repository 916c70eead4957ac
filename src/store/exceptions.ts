/**
 * What wants a person, found as changesets are merged: edits that lost, equal barcodes, doubled receipt numbers. Each follows from the set
 * of changesets held, not from the order they came in, and goes away by itself when the set no longer says so.
 */
import { toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import { compareStamps, stampMs } from '../protocol/changeset.ts';
import { bytesOf, bytesOrNull, numberOf, textOf, type Database } from './database.ts';

export type ExceptionKind =
  | 'equal-barcode'
  | 'equal-user'
  | 'lost-edit'
  | 'doubled-number'
  | 'set-aside'
  | 'clone'
  | 'stamp-ahead'
  | 'revoked-sale'
  | 'cart-paid-twice';

export function raise(
  db: Database,
  id: string,
  kind: ExceptionKind,
  at: number,
  subject: string,
  detail: Readonly<Record<string, unknown>>,
): void {
  db.run(
    'INSERT OR IGNORE INTO exception (id, kind, at, subject, detail) VALUES (?, ?, ?, ?, ?)',
    id,
    kind,
    at,
    subject,
    JSON.stringify(detail),
  );
}

/**
 * Patches of one group form a graph by the stamps they overwrote. A patch that nobody overwrote and that is not the newest was lost:
 * its author saw it written, and another, who had not seen it, wrote over it.
 */
export function noteLostEdits(db: Database, table: string, rowId: Uint8Array, group: string): void {
  const edits = db
    .all('SELECT stamp, over, "values" FROM edit WHERE table_name = ? AND row_id = ? AND group_name = ?', table, rowId, group)
    .map((row) => ({ stamp: bytesOf(row['stamp']), over: bytesOrNull(row['over']), values: textOf(row['values']) }));
  const overwritten = new Set(edits.map((edit) => (edit.over === null ? '' : toHex(edit.over))));
  const newest = edits.reduce<Uint8Array>((best, edit) => (compareStamps(edit.stamp, best) > 0 ? edit.stamp : best), new Uint8Array(24));
  for (const edit of edits) {
    const stamp = toHex(edit.stamp);
    const id = `lost-edit:${table}:${toHex(rowId)}:${group}:${stamp}`;
    if (overwritten.has(stamp) || compareStamps(edit.stamp, newest) === 0) db.run('DELETE FROM exception WHERE id = ?', id);
    else raise(db, id, 'lost-edit', stampMs(edit.stamp), idFromBytes(rowId), { table, group, values: JSON.parse(edit.values) });
  }
}

/** Two live products with the code of one of these barcode rows: the scan asks, and a person mends it. */
export function noteEqualBarcodes(db: Database, barcodes: readonly Uint8Array[]): void {
  const codes = JSON.stringify(barcodes.map(toHex));
  const rows = db.all(
    `SELECT b.code, count(DISTINCT CASE WHEN b.deleted IS NOT 1 AND b.life_stamp IS NOT NULL THEN b.product END) AS products
     FROM (SELECT DISTINCT code FROM json_each(?) j JOIN product_barcode n ON n.id = unhex(j.value) WHERE code IS NOT NULL) c
     JOIN product_barcode b ON b.code = c.code GROUP BY b.code HAVING products > 1 OR EXISTS (SELECT 1 FROM exception WHERE id = 'equal-barcode:' || b.code)`,
    codes,
  );
  for (const row of rows) noteEqualBarcode(db, textOf(row['code']), numberOf(row['products']) > 1);
}

function noteEqualBarcode(db: Database, code: string, isEqual: boolean): void {
  // Made anew: which products have it may have changed.
  db.run('DELETE FROM exception WHERE id = ?', `equal-barcode:${code}`);
  if (!isEqual) return;
  const held = db.all(
    'SELECT DISTINCT product FROM product_barcode WHERE code = ? AND deleted IS NOT 1 AND life_stamp IS NOT NULL ORDER BY product',
    code,
  );
  const since = db.get('SELECT max(code_stamp) AS stamp FROM product_barcode WHERE code = ?', code);
  raise(db, `equal-barcode:${code}`, 'equal-barcode', stampMs(bytesOf(since?.['stamp'])), code, {
    products: held.map((row) => idFromBytes(bytesOf(row['product']))),
  });
}

/** Two machines wrote one chain: each gave out the same receipt number. */
export function noteSale(db: Database, saleId: number): void {
  const sale = db.get('SELECT series, number, completed_at FROM sale WHERE id = ?', saleId);
  if (sale === undefined || sale['series'] === null || sale['number'] === null) return;
  const label = `${textOf(sale['series'])}-${String(numberOf(sale['number'])).padStart(6, '0')}`;
  const twins = db.all('SELECT id FROM sale WHERE series = ? AND number = ?', textOf(sale['series']), numberOf(sale['number']));
  if (twins.length > 1)
    raise(db, `doubled-number:${label}`, 'doubled-number', numberOf(sale['completed_at']), label, { sales: twins.length });
}
