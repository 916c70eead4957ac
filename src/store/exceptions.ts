/**
 * What wants a person, found as changesets are merged: edits that lost, equal barcodes, users of one name, codes sold without a product,
 * changes set aside; those of sales are in exceptions-of-sales.ts. Each follows from the set of changesets held, not from the order they came in, and goes away by itself when the
 * set no longer says so.
 */
import { sha256, toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import { compareStamps, INDEX_SPACE, stampMs } from '../protocol/changeset.ts';
import { VOUCHED_STATES } from './look-up.ts';
import { bytesOf, bytesOrNull, numberOf, numberOrNull, textOf, textOrNull, type Database, type SqlRow } from './database.ts';

export type ExceptionKind =
  | 'equal-barcode'
  | 'equal-name'
  | 'unknown-code'
  | 'lost-edit'
  | 'doubled-number'
  | 'over-refund'
  | 'invoiced-twice'
  | 'held-cart-twice'
  | 'card-denied'
  | 'voucher-overdrawn'
  | 'stock-below-zero'
  | 'set-aside'
  | 'clone'
  | 'stamp-ahead'
  | 'damaged';

export function raise(
  db: Database,
  id: string,
  kind: ExceptionKind,
  at: number,
  subject: string,
  detail: Readonly<Record<string, unknown>>,
): void {
  if (isSettled(db, { id, kind, detail: '' })) return;
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
export function settle(
  db: Database,
  id: string,
  found: {
    readonly kind: ExceptionKind;
    readonly at: number;
    readonly subject: string;
    readonly detail: Readonly<Record<string, unknown>>;
  } | null,
): void {
  if (found === null || isSettled(db, { id, kind: found.kind, detail: JSON.stringify(found.detail) }))
    db.run('DELETE FROM exception WHERE id = ?', id);
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

export const SETTLED = 'exception-settled';

/** What each register notes by a clock of its own, or once and for all: settled whatever it says. */
const SETTLED_BY_NAME: readonly ExceptionKind[] = ['set-aside', 'stamp-ahead', 'damaged'];

/** What somebody saw who let an exception be: the same exception, grown, is another that wants a person again. */
export function seenOf(kind: ExceptionKind, detail: string): string {
  return SETTLED_BY_NAME.includes(kind) ? '' : toHex(sha256(Buffer.from(detail)));
}

/** Exceptions are few and made seldom: each looks through the journal. */
function isSettled(
  db: Database,
  { id, kind, detail }: { readonly id: string; readonly kind: ExceptionKind; readonly detail: string },
): boolean {
  const seen = seenOf(kind, detail);
  return db
    .all('SELECT detail FROM audit_entry WHERE kind = ? AND subject = ?', SETTLED, id)
    .some((row) => readSeen(textOrNull(row['detail'])) === seen);
}

function readSeen(detail: string | null): string | null {
  if (detail === null) return null;
  try {
    const { seen } = JSON.parse(detail) as { readonly seen?: unknown };
    return typeof seen === 'string' ? seen : null;
  } catch {
    // Text of another program that is no JSON settles nothing.
    return null;
  }
}

/** An entry of the journal that settles an exception, whichever came first. */
export function noteSettled(db: Database, id: number): void {
  const subject = textOrNull(db.get('SELECT subject FROM audit_entry WHERE id = ? AND kind = ?', id, SETTLED)?.['subject']);
  const row = subject === null ? undefined : db.get('SELECT kind, detail FROM exception WHERE id = ?', subject);
  if (subject === null || row === undefined) return;
  if (isSettled(db, { id: subject, kind: textOf(row['kind']) as ExceptionKind, detail: textOf(row['detail']) }))
    db.run('DELETE FROM exception WHERE id = ?', subject);
}

/**
 * Patches of one group form a graph by the stamps they overwrote. A patch that nobody overwrote and that is not the newest was lost:
 * its author saw it written, and another, who had not seen it, wrote over it.
 */
export function noteLostEdits(db: Database, table: string, rowId: Uint8Array, group: string): void {
  // A held cart that two registers went on with is told by its sales.
  if (table === 'held_cart') return;
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

/**
 * Which codes may name other products than before, now that these rows changed, or were sold without one (`codes`). Those with several
 * products and those sold without any are raised, the others settled.
 */
export function noteCodes(
  db: Database,
  barcodes: readonly Uint8Array[],
  products: readonly Uint8Array[],
  codes: ReadonlySet<string>,
): void {
  const rows = db.all(
    `WITH touched (code) AS (
       SELECT value FROM json_each(?1)
       UNION SELECT b.code FROM json_each(?2) j JOIN product_barcode b ON b.id = unhex(j.value) WHERE b.code IS NOT NULL
       UNION SELECT b.code FROM json_each(?3) j JOIN product_barcode b ON b.product = unhex(j.value) WHERE b.code IS NOT NULL)
     SELECT t.code FROM touched t
     WHERE (SELECT count(DISTINCT b.product) FROM product_barcode b WHERE b.code = t.code) > 1
        OR EXISTS (SELECT 1 FROM sale_line l WHERE l.code = t.code)
        OR EXISTS (SELECT 1 FROM exception WHERE id = 'equal-barcode:' || t.code)`,
    JSON.stringify([...codes]),
    JSON.stringify(barcodes.map(toHex)),
    JSON.stringify(products.map(toHex)),
  );
  for (const row of rows) noteCode(db, textOf(row['code']));
}

/** Products that can be sold with one code: of several the scan asks which; for none a person says what it is. */
function noteCode(db: Database, code: string): void {
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
  const sold = rows.length > 0 ? undefined : lastSoldWithout(db, code);
  settle(
    db,
    `unknown-code:${code}`,
    sold === undefined
      ? null
      : {
          kind: 'unknown-code',
          at: numberOrNull(sold['completed_at']) ?? 0,
          subject: code,
          detail: {
            times: numberOf(sold['times']),
            department: textOrNull(sold['name']),
            priceMinor: numberOrNull(sold['unit_price_minor']),
          },
        },
  );
}

/**
 * Users in use whose names read the same. Names are personal: they may come, and be erased, apart from the rows, so all users are looked at
 * whenever one of either changed, and the exception holds no name.
 */
export function noteUserNames(db: Database): void {
  const users = db.all(
    `SELECT u.id, u.name_stamp, d.value FROM user u JOIN detached d ON d.hash = u.name
     WHERE u.life_stamp IS NOT NULL AND u.deleted IS NOT 1 AND u.active IS NOT 0 ORDER BY u.id`,
  );
  const byName = Map.groupBy(users, (row) => textOf(row['value']).normalize('NFC').trim().toLowerCase());
  const equal = new Map([...byName.values()].filter((rows) => rows.length > 1).map((rows) => [equalNameId(rows), rows]));
  for (const { id } of db.all("SELECT id FROM exception WHERE kind = 'equal-name'"))
    if (!equal.has(textOf(id))) settle(db, textOf(id), null);
  for (const [id, rows] of equal) {
    const ids = rows.map((row) => idFromBytes(bytesOf(row['id'])));
    settle(db, id, {
      kind: 'equal-name',
      at: Math.max(...rows.map((row) => stampMs(bytesOf(row['name_stamp'])))),
      subject: ids[0] ?? '',
      detail: { users: ids },
    });
  }
}

function equalNameId(rows: readonly SqlRow[]): string {
  return `equal-name:${toHex(bytesOf(rows[0]?.['id']))}`;
}

/** The same where only personal values came or went: are any of them names of users? */
export function noteNames(db: Database, values: readonly Uint8Array[]): void {
  const names = new Set(db.all('SELECT name FROM user WHERE name IS NOT NULL').map((row) => toHex(bytesOf(row['name']))));
  if (values.some((hash) => names.has(toHex(hash)))) noteUserNames(db);
}

/** The newest line that was sold under a department because nothing had its code. A line's sale lies in its own changeset. */
function lastSoldWithout(db: Database, code: string): SqlRow | undefined {
  return db.get(
    `SELECT l.name, l.unit_price_minor, s.completed_at, count(*) OVER () AS times
     FROM sale_line l LEFT JOIN sale s ON s.id = l.sale AND s.id / ${INDEX_SPACE} = l.id / ${INDEX_SPACE}
     WHERE l.code = ? AND l.product IS NULL ORDER BY s.completed_at DESC, l.name, l.unit_price_minor LIMIT 1`,
    code,
  );
}

/**
 * Two machines write, or wrote, as one: two rightly signed changesets of one number, or two chains that follow one. `chain` is the id of the
 * chain that was copied.
 */
export function noteClone(db: Database, chain: Uint8Array, nowMs: number): void {
  const fork = db.get(
    `SELECT c.n FROM changeset c JOIN chain k ON k.number = c.chain
     WHERE k.id = ? AND c.state IN ${VOUCHED_STATES} GROUP BY c.n HAVING count(*) > 1 ORDER BY c.n LIMIT 1`,
    chain,
  );
  const successors = numberOf(db.get('SELECT count(*) AS total FROM chain WHERE predecessor = ?', chain)?.['total']);
  if (fork === undefined && successors < 2) return;
  const id = toHex(chain);
  const at = numberOrNull(db.get('SELECT at FROM exception WHERE id = ?', `clone:${id}`)?.['at']);
  settle(db, `clone:${id}`, { kind: 'clone', at: at ?? nowMs, subject: id, detail: { fromN: numberOrNull(fork?.['n']), successors } });
}
