/**
 * What sales, refunds, invoices, vouchers, stock and card payments say together that one register alone could not see: noted when the row
 * that shows it is merged, whichever came first.
 */
import { toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import { INDEX_SPACE } from '../protocol/changeset.ts';
import { bytesOrNull, numberOf, numberOrNull, textOrNull, type Database, type SqlRow } from './database.ts';
import { settle } from './exceptions.ts';
import { hashOfLocal } from './look-up.ts';

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
