/**
 * What wants a person, found as changesets are merged: edits that lost, equal barcodes, doubled receipt numbers. Each follows from the set
 * of changesets held, not from the order they came in, and goes away by itself when the set no longer says so.
 */
import { toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import { compareStamps, stampMs } from '../protocol/changeset.ts';
import { VOUCHED_STATES } from './look-up.ts';
import { bytesOf, bytesOrNull, numberOf, numberOrNull, textOf, textOrNull, type Database } from './database.ts';

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

/** The same for what follows from the set of changesets alone: what is there is made what the set says now. */
function settle(
  db: Database,
  id: string,
  found: {
    readonly kind: ExceptionKind;
    readonly at: number;
    readonly subject: string;
    readonly detail: Readonly<Record<string, unknown>>;
  } | null,
): void {
  if (found === null) db.run('DELETE FROM exception WHERE id = ?', id);
  else
    db.run(
      `INSERT INTO exception (id, kind, at, subject, detail) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET at = excluded.at, detail = excluded.detail`,
      id,
      found.kind,
      found.at,
      found.subject,
      JSON.stringify(found.detail),
    );
}

/**
 * Patches of one group form a graph by the stamps they overwrote. A patch that nobody overwrote and that is not the newest was lost:
 * its author saw it written, and another, who had not seen it, wrote over it.
 */
export function noteLostEdits(db: Database, table: string, rowId: Uint8Array, group: string): void {
  const edits = db
    .all(
      'SELECT stamp, over, "values" FROM edit WHERE table_name = ? AND row_id = ? AND group_name = ? ORDER BY "values"',
      table,
      rowId,
      group,
    )
    .map((row) => ({ stamp: bytesOf(row['stamp']), over: bytesOrNull(row['over']), values: textOf(row['values']) }));
  const overwritten = new Set(edits.map((edit) => (edit.over === null ? '' : toHex(edit.over))));
  const newest = edits.reduce<Uint8Array>((best, edit) => (compareStamps(edit.stamp, best) > 0 ? edit.stamp : best), new Uint8Array(24));
  for (const edit of edits) {
    const stamp = toHex(edit.stamp);
    const lost = !overwritten.has(stamp) && compareStamps(edit.stamp, newest) !== 0;
    settle(
      db,
      `lost-edit:${table}:${toHex(rowId)}:${group}:${stamp}`,
      lost
        ? {
            kind: 'lost-edit',
            at: stampMs(edit.stamp),
            subject: idFromBytes(rowId),
            detail: { table, group, values: JSON.parse(edit.values) },
          }
        : null,
    );
  }
}

/** Which codes may name other products than before, now that these rows changed; those with several are raised, the others settled. */
export function noteEqualBarcodes(
  db: Database,
  barcodes: readonly Uint8Array[],
  products: readonly Uint8Array[],
  codesBefore: ReadonlySet<string>,
): void {
  const rows = db.all(
    `WITH touched (code) AS (
       SELECT value FROM json_each(?1)
       UNION SELECT b.code FROM json_each(?2) j JOIN product_barcode b ON b.id = unhex(j.value) WHERE b.code IS NOT NULL
       UNION SELECT b.code FROM json_each(?3) j JOIN product_barcode b ON b.product = unhex(j.value) WHERE b.code IS NOT NULL)
     SELECT t.code FROM touched t JOIN product_barcode b ON b.code = t.code GROUP BY t.code
     HAVING count(DISTINCT b.product) > 1 OR EXISTS (SELECT 1 FROM exception WHERE id = 'equal-barcode:' || t.code)`,
    JSON.stringify([...codesBefore]),
    JSON.stringify(barcodes.map(toHex)),
    JSON.stringify(products.map(toHex)),
  );
  for (const row of rows) noteEqualBarcode(db, textOf(row['code']));
}

/** Products that can be sold with one code: the scan asks, and a person mends it. Asked again whenever a row with the code changes. */
function noteEqualBarcode(db: Database, code: string): void {
  const rows = db.all(
    `SELECT b.product, max(b.code_stamp) AS stamp FROM product_barcode b LEFT JOIN product p ON p.id = b.product
     WHERE b.code = ? AND b.product IS NOT NULL AND b.deleted IS NOT 1 AND p.deleted IS NOT 1 AND p.active IS NOT 0
     GROUP BY b.product ORDER BY b.product`,
    code,
  );
  settle(
    db,
    `equal-barcode:${code}`,
    rows.length < 2
      ? null
      : {
          kind: 'equal-barcode',
          at: Math.max(...rows.map((row) => stampMs(bytesOf(row['stamp'])))),
          subject: code,
          detail: { products: rows.map((row) => idFromBytes(bytesOf(row['product']))) },
        },
  );
}

/** Two machines wrote one chain: each gave out the same receipt number. */
export function noteSale(db: Database, saleId: number): void {
  const sale = db.get('SELECT series, number FROM sale WHERE id = ?', saleId);
  const series = textOrNull(sale?.['series']);
  const number = numberOrNull(sale?.['number']);
  if (series === null || number === null) return;
  const label = `${series}-${String(number).padStart(6, '0')}`;
  const twins = db.get('SELECT count(*) AS sales, max(completed_at) AS at FROM sale WHERE series = ? AND number = ?', series, number);
  const sales = numberOf(twins?.['sales']);
  if (sales > 1)
    settle(db, `doubled-number:${label}`, {
      kind: 'doubled-number',
      at: numberOrNull(twins?.['at']) ?? 0,
      subject: label,
      detail: { sales },
    });
}

/** Two rightly signed changesets of one number: two machines write this chain. */
export function noteForks(db: Database, chain: number, nowMs: number): void {
  const fork = db.get(
    `SELECT c.n, k.id FROM changeset c JOIN chain k ON k.number = c.chain
     WHERE c.chain = ? AND c.state IN ${VOUCHED_STATES} GROUP BY c.n HAVING count(*) > 1 ORDER BY c.n LIMIT 1`,
    chain,
  );
  if (fork === undefined) return;
  const id = toHex(bytesOf(fork['id']));
  const at = numberOrNull(db.get('SELECT at FROM exception WHERE id = ?', `clone:${id}`)?.['at']);
  settle(db, `clone:${id}`, { kind: 'clone', at: at ?? nowMs, subject: id, detail: { fromN: numberOf(fork['n']) } });
}

/** Two chains that follow one: two copies of a machine each went on by itself. */
export function noteSuccessors(db: Database, predecessor: Uint8Array, nowMs: number): void {
  const successors = numberOf(db.get('SELECT count(*) AS total FROM chain WHERE predecessor = ?', predecessor)?.['total']);
  if (successors < 2) return;
  const id = toHex(predecessor);
  const at = numberOrNull(db.get('SELECT at FROM exception WHERE id = ?', `successors:${id}`)?.['at']);
  settle(db, `successors:${id}`, { kind: 'clone', at: at ?? nowMs, subject: id, detail: { successors } });
}
