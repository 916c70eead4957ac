/**
 * Sales of another store as sales of this register: numbers of its own series without a gap; instants, trading days, lines, taxes and payments as
 * they were, nothing computed again. A sale keeps its UUID, by which it is found again: brought twice it is there once, and a refund finds the
 * lines it gives back. Its old receipt number stands in `brought_from`; no Z of this register counts it (domain/closing-totals.ts).
 */
import { present } from '../base/assert.ts';
import { idToBytes, type Id } from '../base/id.ts';
import { BROUGHT_IN } from '../domain/closing-totals.ts';
import type { LedgerRef } from '../protocol/columns.ts';
import type { Scalar } from '../protocol/changeset.ts';
import type { Insert, LedgerName } from '../protocol/tables.ts';
import { numberOf, type Database } from '../store/database.ts';
import type { Draft } from '../store/journal.ts';
import { holdsRecord, placeOfLine, recordValues, rowsBeside, swapsOf, type LedgerRow } from '../store/queries/holdings.ts';
import { linesOfSale, nextReceiptNumber, saleLabel } from '../store/queries/sales.ts';
import { broughtShift } from '../store/queries/shifts.ts';
import { referenceTo, type Store } from '../store/store.ts';
import type { Places, Rows } from './bring-records.ts';
import { ownRegisterId } from './register.ts';
import { tradingDayAt } from './trading-day.ts';

type Values = Readonly<Record<string, Scalar>>;

/** Where a sale is brought from and to, in one transaction. */
export interface Passage {
  readonly store: Store;
  readonly from: Database;
  readonly places: Places;
  /** Records and ledger rows; a sale lies in a changeset by itself. */
  readonly rows: Rows;
}

/** Brings the sale with this local id there, and before it those whose lines it gives back. Nothing where it is here already. */
export function bringSale(passage: Passage, sale: number): void {
  const { store, from, rows } = passage;
  const [held] = rowsBeside(from, 'sale', sale).filter(({ id }) => id === sale);
  if (held === undefined || typeof held.values['uuid'] !== 'string' || localSale(store.db, held.values['uuid'] as Id) !== null) return;
  const lines = rowsBeside(from, 'sale_line', sale).filter(({ refs }) => refs['sale'] === sale);
  for (const { refs } of lines) {
    const sold = refs['refund_of'] === undefined ? null : placeOfLine(from, refs['refund_of']);
    if (sold !== null && sold.sale !== sale) bringSale(passage, sold.sale);
  }
  const shift = shiftOfTheBrought(passage, held);
  const named = bringNamed(passage, held.values, lines);
  rows.end();
  draftSale(passage, held, lines, { ...named, shift });
  rows.end();
}

function localSale(db: Database, uuid: Id): number | null {
  const row = db.get('SELECT id FROM sale WHERE uuid = ?', idToBytes(uuid));
  return row === undefined ? null : numberOf(row['id']);
}

/** One shift holds all that was brought: opened and closed at once, since no drawer was counted for it here. */
function shiftOfTheBrought({ store, places, rows }: Passage, { values }: LedgerRow): LedgerRef {
  const register = ownRegisterId(store);
  const found = broughtShift(store.db, register);
  if (found !== null) return referenceTo(store.db, found);
  const user = places.user(rows, values['user'] as Id);
  rows.end();
  const at = store.clock.nowMs();
  const common = { register, user, at, trading_day: tradingDayAt(store.db, at), detail: BROUGHT_IN };
  const draft = rows.ledger();
  const shift = draft.insert('shift_event', { ...common, kind: 'opened', silent: true });
  draft.insert('shift_event', { ...common, kind: 'closed', shift });
  rows.end();
  return referenceTo(store.db, present(broughtShift(store.db, register), 'the shift just made'));
}

interface Named {
  readonly user: Id;
  readonly customer: Id | null;
  readonly shopVersion: Id;
}

/** Records that the sale names and the shop lacks go before it; products and customers that were removed there come as removed. */
function bringNamed(passage: Passage, sale: Values, lines: readonly LedgerRow[]): Named {
  const { places, rows } = passage;
  for (const { values } of lines) {
    if (isText(values['product'])) bringRemoved(passage, 'product', places.product(values['product'] as Id));
    for (const column of ['age_checked_by', 'approved_by']) if (isText(values[column])) places.user(rows, values[column] as Id);
    if (isText(values['tax_category'])) places.tax(rows, values['tax_category'] as Id);
  }
  for (const { values } of lines[0] === undefined ? [] : rowsBeside(passage.from, 'line_adjustment', lines[0].id))
    if (isText(values['approved_by'])) places.user(rows, values['approved_by'] as Id);
  const [line] = lines;
  if (line !== undefined && rowsBeside(passage.from, 'voucher_movement', line.id).length > 0) places.lastingMethod(rows, 'voucher');
  const customer = isText(sale['customer']) ? places.customer(sale['customer'] as Id) : null;
  if (customer !== null) bringRemoved(passage, 'customer', customer);
  return {
    user: places.user(rows, sale['user'] as Id),
    customer,
    shopVersion: places.shopVersion(rows, sale['shop_version'] as Id),
  };
}

/** What is in use came before. */
function bringRemoved({ store, from, rows }: Passage, table: 'product' | 'customer', id: Id): void {
  if (holdsRecord(store.db, table, id)) return;
  const values = recordValues(from, table, id);
  if (values === null) return;
  const kept = table === 'product' ? ['name', 'price_minor', 'price_includes_tax', 'active'] : ['name'];
  const bare = Object.fromEntries(Object.entries(values).filter(([column]) => kept.includes(column)));
  // A customer who was forgotten has no name any more.
  if (bare['name'] === undefined) return;
  rows.create(table, id, { ...bare, deleted: true });
  rows.end();
}

function draftSale(passage: Passage, held: LedgerRow, lines: readonly LedgerRow[], named: Named & { readonly shift: LedgerRef }): void {
  const { store, from, places, rows } = passage;
  const own = present(store.own, 'the own chain');
  const register = ownRegisterId(store);
  const { values } = held;
  const methods = new Map<string, Id>();
  const tenders = [
    ...rowsBeside(from, 'tender', held.id).filter(({ refs }) => refs['sale'] === held.id && refs['swap_of'] === undefined),
    ...swapsOf(from, held.id),
  ];
  for (const tender of tenders)
    methods.set(String(tender.values['payment_method']), places.method(rows, tender.values['payment_method'] as Id));
  rows.end();
  const draft = rows.ledger();
  const { held_cart: _, ...said } = values;
  const sale = insert(draft, 'sale', {
    ...said,
    register,
    series: own.series,
    number: nextReceiptNumber(store.db, own.series),
    shift: named.shift,
    user: named.user,
    customer: named.customer,
    shop_version: named.shopVersion,
    brought_from: saleLabel(String(values['series']), Number(values['number'])),
  });
  const at = draftLines(passage, draft, sale, lines);
  draftTenders(draft, sale, tenders, methods);
  draftBeside(passage, draft, { sale, held: held.id, at });
  for (const { values: event, refs } of rowsBeside(from, 'fiscal_event', held.id))
    if (refs['sale'] === held.id) insert(draft, 'fiscal_event', { ...event, register, sale });
}

/** The row each line got, by its local id there. */
function draftLines(passage: Passage, draft: Draft, sale: number, lines: readonly LedgerRow[]): Map<number, number> {
  const { store, from, places, rows } = passage;
  const at = new Map<number, number>();
  for (const { id, values, refs } of lines) {
    const parent = refs['parent'] === undefined ? undefined : at.get(refs['parent']);
    const refundOf = refs['refund_of'] === undefined ? null : soldLine(passage, refs['refund_of']);
    const row = insert(draft, 'sale_line', {
      ...values,
      sale,
      parent: parent ?? null,
      refund_of: refundOf,
      product: isText(values['product']) ? places.product(values['product'] as Id) : null,
      tax_category: isText(values['tax_category']) ? places.tax(rows, values['tax_category'] as Id) : null,
      ...usersOf(passage, values, ['age_checked_by', 'approved_by']),
    });
    at.set(id, row);
  }
  const first = lines[0]?.id;
  for (const { values, refs } of first === undefined ? [] : rowsBeside(from, 'line_adjustment', first)) {
    const line = at.get(refs['sale_line'] ?? -1);
    const { price_rule: _, ...said } = values;
    if (line !== undefined) insert(draft, 'line_adjustment', { ...said, sale_line: line, ...usersOf(passage, values, ['approved_by']) });
  }
  for (const { values, refs } of first === undefined ? [] : rowsBeside(from, 'stock_movement', first)) {
    const line = at.get(refs['sale_line'] ?? -1);
    // Of what the shop has already it counts its own stock: these goods lay elsewhere.
    if (line !== undefined && isText(values['product']) && places.product(values['product'] as Id) === values['product'])
      if (holdsRecord(store.db, 'product', values['product'] as Id)) insert(draft, 'stock_movement', { ...values, sale_line: line });
  }
  return at;
}

function usersOf({ places, rows }: Passage, values: Values, columns: readonly string[]): Values {
  return Object.fromEntries(
    columns.flatMap((column) => (isText(values[column]) ? [[column, places.user(rows, values[column] as Id)] as const] : [])),
  );
}

/** The line as it was brought; null for one of a sale that was practice, or is not held there. */
function soldLine({ store, from }: Passage, line: number): LedgerRef | null {
  const place = placeOfLine(from, line);
  const sale = place === null ? null : localSale(store.db, place.uuid);
  const id = sale === null || place === null ? undefined : linesOfSale(store.db, sale)[place.at]?.['id'];
  return typeof id === 'number' ? referenceTo(store.db, id) : null;
}

/** What a terminal was asked stays with the old store: the payment says what it took. Corrections come with the sale they correct. */
function draftTenders(draft: Draft, sale: number, tenders: readonly LedgerRow[], methods: ReadonlyMap<string, Id>): void {
  const at = new Map<number, number>();
  for (const { id, values, refs } of tenders) {
    const corrected = refs['swap_of'] === undefined ? null : at.get(refs['swap_of']);
    if (corrected === undefined) continue;
    const method = methods.get(String(values['payment_method'])) ?? values['payment_method'] ?? null;
    at.set(id, insert(draft, 'tender', { ...values, sale, payment_method: method, swap_of: corrected }));
  }
}

interface Beside {
  readonly sale: number;
  readonly held: number;
  readonly at: ReadonlyMap<number, number>;
}

/** What vouchers and accounts moved with it: a voucher is worth here what it was worth there, and who owed owes on. */
function draftBeside({ from, places }: Passage, draft: Draft, { sale, held, at }: Beside): void {
  for (const { values, refs } of rowsBeside(from, 'voucher_movement', held))
    if (refs['sale'] === held)
      insert(draft, 'voucher_movement', {
        ...values,
        sale,
        sale_line: refs['sale_line'] === undefined ? null : (at.get(refs['sale_line']) ?? null),
      });
  for (const { values, refs } of rowsBeside(from, 'account_movement', held))
    if (refs['sale'] === held) insert(draft, 'account_movement', { ...values, sale, customer: places.customer(values['customer'] as Id) });
}

/** The values are a row's of the same table, read back (holdings.ts), or as the columns say. */
function insert<K extends LedgerName>(draft: Draft, table: K, values: Values): number {
  return draft.insert(table, Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as unknown as Insert<K>);
}

function isText(value: Scalar | undefined): value is string {
  return typeof value === 'string';
}
