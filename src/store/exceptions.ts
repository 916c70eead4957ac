/**
 * What wants a person, found as changesets are merged: edits that lost, equal barcodes, users of one name, codes sold without a product,
 * doubled receipt numbers. Each follows from the set of changesets held, not from the order they came in, and goes away by itself when the
 * set no longer says so.
 */
import { sha256, toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import { compareStamps, INDEX_SPACE, stampMs } from '../protocol/changeset.ts';
import { hashOfLocal, VOUCHED_STATES } from './look-up.ts';
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

/** What a sale may have in common with another: its number, where two machines wrote one chain; the held cart it was made of, taken twice while apart. */
export function noteSale(db: Database, saleId: number): void {
  const sale = db.get('SELECT series, number, held_cart FROM sale WHERE id = ?', saleId);
  const series = textOrNull(sale?.['series']);
  const number = numberOrNull(sale?.['number']);
  if (series !== null && number !== null) noteNumber(db, series, number);
  const held = bytesOrNull(sale?.['held_cart']);
  if (held !== null) noteHeldCart(db, held);
}

function noteNumber(db: Database, series: string, number: number): void {
  const twins = db.get('SELECT count(*) AS papers, max(completed_at) AS at FROM sale WHERE series = ? AND number = ?', series, number);
  noteDoubled(db, labelOf(series, number), twins);
}

function noteDoubled(db: Database, label: string, twins: SqlRow | undefined): void {
  const papers = numberOf(twins?.['papers']);
  if (papers > 1)
    settle(db, `doubled-number:${label}`, {
      kind: 'doubled-number',
      at: numberOrNull(twins?.['at']) ?? 0,
      subject: label,
      // Named as it was when only sales had numbers: stores written then are compared with what their chains give now.
      detail: { sales: papers },
    });
}

/** What an invoice may have in common with another: its number, where two machines wrote one chain; its sale, where two registers were apart. */
export function noteInvoice(db: Database, id: number): void {
  const invoice = db.get('SELECT kind, sale, series, number FROM invoice WHERE id = ?', id);
  const series = textOrNull(invoice?.['series']);
  const number = numberOrNull(invoice?.['number']);
  if (series !== null && number !== null) {
    const twins = db.get('SELECT count(*) AS papers, max(at) AS at FROM invoice WHERE series = ? AND number = ?', series, number);
    noteDoubled(db, labelOf(series, number), twins);
  }
  if (invoice?.['kind'] === 'invoice' && typeof invoice['sale'] === 'number') noteInvoicedTwice(db, invoice['sale']);
}

function noteInvoicedTwice(db: Database, sale: number): void {
  const rows = db.all("SELECT series, number, at FROM invoice WHERE sale = ? AND kind = 'invoice' ORDER BY at, series, number", sale);
  if (rows.length < 2) return;
  const ref = `${toHex(hashOfLocal(db, Math.floor(sale / INDEX_SPACE)))}:${sale % INDEX_SPACE}`;
  settle(db, `invoiced-twice:${ref}`, {
    kind: 'invoiced-twice',
    at: numberOrNull(rows.at(-1)?.['at']) ?? 0,
    subject: ref,
    detail: { labels: rows.map((row) => labelOf(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0)) },
  });
}

function noteHeldCart(db: Database, held: Uint8Array): void {
  const sales = db.all('SELECT series, number, completed_at FROM sale WHERE held_cart = ? ORDER BY completed_at, series, number', held);
  if (sales.length > 1)
    settle(db, `held-cart-twice:${toHex(held)}`, {
      kind: 'held-cart-twice',
      at: numberOrNull(sales.at(-1)?.['completed_at']) ?? 0,
      subject: idFromBytes(held),
      detail: { labels: sales.map((row) => labelOf(textOrNull(row['series']) ?? '', numberOrNull(row['number']) ?? 0)) },
    });
}

function labelOf(series: string, number: number): string {
  return `${series}-${String(number).padStart(6, '0')}`;
}

/** A sold line and what was given back for it, whichever came first: more than was sold is one exception, however many refunds it took. */
export function noteRefunds(db: Database, lineId: number): void {
  const back = db.get(
    `SELECT l.refund_of AS sold, sum(l.quantity_milli) AS milli, max(s.completed_at) AS at FROM sale_line l LEFT JOIN sale s ON s.id = l.sale
     WHERE l.refund_of = coalesce((SELECT refund_of FROM sale_line WHERE id = ?1), ?1)`,
    lineId,
  );
  if (back?.['milli'] === null || back?.['milli'] === undefined) return;
  const soldId = numberOf(back['sold']);
  const sold = db.get(
    'SELECT l.name, l.quantity_milli, s.series, s.number FROM sale_line l LEFT JOIN sale s ON s.id = l.sale WHERE l.id = ?',
    soldId,
  );
  if (sold === undefined) return;
  const refundedMilli = -numberOf(back['milli']);
  const soldMilli = numberOf(sold['quantity_milli']);
  const ref = `${toHex(hashOfLocal(db, Math.floor(soldId / INDEX_SPACE)))}:${soldId % INDEX_SPACE}`;
  settle(
    db,
    `over-refund:${ref}`,
    refundedMilli <= soldMilli
      ? null
      : {
          kind: 'over-refund',
          at: numberOrNull(back['at']) ?? 0,
          subject: ref,
          detail: {
            name: textOrNull(sold['name']) ?? '',
            label: labelOf(textOrNull(sold['series']) ?? '', numberOrNull(sold['number']) ?? 0),
            soldMilli,
            refundedMilli,
          },
        },
  );
}

/** A voucher that pays more than it was worth: redeemed at registers that could not see each other. All of it stands, and one exception says so. */
export function noteVoucher(db: Database, id: number): void {
  const voucher = bytesOrNull(db.get('SELECT voucher FROM voucher_movement WHERE id = ?', id)?.['voucher']);
  if (voucher === null) return;
  const sum = db.get(
    'SELECT sum(amount_minor) AS minor, max(at) AS at, max(code) AS code FROM voucher_movement WHERE voucher = ?',
    voucher,
  );
  const leftMinor = numberOrNull(sum?.['minor']) ?? 0;
  // Of one whose issue has not come yet nobody knows what it is worth.
  const code = textOrNull(sum?.['code']);
  const overdrawn = code !== null && leftMinor < 0;
  settle(
    db,
    `voucher-overdrawn:${toHex(voucher)}`,
    overdrawn ? { kind: 'voucher-overdrawn', at: numberOrNull(sum?.['at']) ?? 0, subject: code, detail: { overMinor: -leftMinor } } : null,
  );
}

/** More went out than came in, of goods that somebody counts: sold at registers that could not see each other, or never received. Gone once it is not so. */
export function noteStock(db: Database, product: Uint8Array, nowMs: number): void {
  const stock = db.get('SELECT sum(on_hand_milli) AS milli, max(counted) AS counted FROM stock WHERE product = ?', product);
  if (stock?.['counted'] !== 1) return;
  const onHandMilli = numberOf(stock['milli']);
  const id = `stock-below-zero:${toHex(product)}`;
  const since = numberOrNull(db.get('SELECT at FROM exception WHERE id = ?', id)?.['at']);
  settle(
    db,
    id,
    onHandMilli < 0 ? { kind: 'stock-below-zero', at: since ?? nowMs, subject: idFromBytes(product), detail: { onHandMilli } } : null,
  );
}

/** A card payment that a person said was not made, and the terminal says it was; whichever came first. */
export function noteCardPayment(db: Database, id: number): void {
  const attempt = numberOrNull(db.get('SELECT attempt FROM payment_attempt WHERE id = ?', id)?.['attempt']);
  if (attempt === null) return;
  const said = db.get(
    `SELECT max(at) AS at, max(CASE state WHEN 'approved' THEN reference END) AS reference, max(amount_minor) AS amount
     FROM payment_attempt WHERE attempt = ? AND state IN ('approved', 'declined') HAVING count(DISTINCT state) > 1`,
    attempt,
  );
  if (said === undefined) return;
  const ref = `${toHex(hashOfLocal(db, Math.floor(attempt / INDEX_SPACE)))}:${attempt % INDEX_SPACE}`;
  settle(db, `card-denied:${ref}`, {
    kind: 'card-denied',
    at: numberOrNull(said['at']) ?? 0,
    subject: ref,
    detail: { amountMinor: numberOrNull(said['amount']) ?? 0, reference: textOrNull(said['reference']) ?? '' },
  });
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
