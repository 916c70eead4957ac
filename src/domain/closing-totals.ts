/**
 * What a stretch of a register's chain comes to. The same sum is made when a day is closed and when an archive is checked, from the rows
 * of the changesets themselves, so that a closing can be recomputed by anybody who holds them. Pure.
 * Training sales are counted apart and enter no figure of money. What was sold in another store and brought in enters none at all: its Z lies there.
 */
import { RateSums, readTaxedParts, type RateSum } from './tax-parts.ts';

/** A row as a changeset holds it. */
export interface TextRow {
  readonly table: string;
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Tally {
  readonly count: number;
  readonly minor: number;
}

export interface ClosingTotals {
  /** Totals with tax, before cash rounding. */
  readonly sales: Tally;
  readonly refunds: Tally;
  readonly discounts: Tally;
  readonly roundingMinor: number;
  readonly taxes: readonly RateSum[];
  /** Amounts less change, by the payment method's id. */
  readonly tenders: readonly ({ readonly method: string } & Tally)[];
  /** Taken with sales and no turnover: multi-purpose vouchers sold, tips, what customers paid off. By the line's kind; untaxed. */
  readonly beside: readonly ({ readonly kind: string } & Tally)[];
  /** With the drawer's sign. */
  readonly movements: readonly ({ readonly kind: string } & Tally)[];
  readonly receipts: readonly { readonly series: string; readonly first: number; readonly last: number }[];
  readonly voids: number;
  readonly noSales: number;
  readonly reprints: number;
  readonly abandonedCarts: number;
  readonly training: Tally;
}

/** Turnover with tax: what a perpetual total grows by. */
export function turnoverMinor(totals: ClosingTotals): number {
  return totals.beside.reduce((left, { minor }) => left - minor, totals.sales.minor + totals.refunds.minor);
}

/** Sums whole changesets, each given as its rows. */
export function sumChangesets(changesets: Iterable<readonly TextRow[]>): ClosingTotals {
  const sum = new RunningTotals();
  for (const rows of changesets) sum.addRows(rows);
  return sum.finish();
}

export function sumTotals(parts: Iterable<ClosingTotals>): ClosingTotals {
  const sum = new RunningTotals();
  for (const part of parts) sum.addTotals(part);
  return sum.finish();
}

interface Changing {
  count: number;
  minor: number;
}

class RunningTotals {
  readonly #sales: Changing = { count: 0, minor: 0 };
  readonly #refunds: Changing = { count: 0, minor: 0 };
  readonly #discounts: Changing = { count: 0, minor: 0 };
  readonly #training: Changing = { count: 0, minor: 0 };
  readonly #taxes = new RateSums();
  readonly #tenders = new Map<string, Changing>();
  readonly #beside = new Map<string, Changing>();
  readonly #movements = new Map<string, Changing>();
  readonly #receipts = new Map<string, { first: number; last: number }>();
  readonly #audits = new Map<string, number>();
  #roundingMinor = 0;

  addRows(rows: readonly TextRow[]): void {
    if (!isBroughtIn(rows)) for (const row of rows) this.#addRow(row, rows);
  }

  #addRow({ table, values }: TextRow, rows: readonly TextRow[]): void {
    switch (table) {
      case 'sale':
        this.#addSale(values);
        return;
      case 'sale_line':
        if (!isTraining(values['sale'], rows)) this.#addLine(values, rows);
        return;
      case 'line_adjustment':
        if (!isTrainingLine(values['sale_line'], rows) && (values['kind'] === 'discount' || values['kind'] === 'offer'))
          add(this.#discounts, wholeOf(values['amount_minor']));
        return;
      case 'tender':
        if (!isTraining(values['sale'], rows))
          add(at(this.#tenders, textOf(values['payment_method'])), wholeOf(values['amount_minor']) - wholeOf(values['change_minor']));
        return;
      case 'cash_movement':
        add(at(this.#movements, textOf(values['kind'])), wholeOf(values['amount_minor']));
        return;
      case 'audit_entry':
        this.#addAudits(textOf(values['kind']), 1);
    }
  }

  #addSale(values: TextRow['values']): void {
    const total = wholeOf(values['total_minor']);
    if (values['mode'] === 'training') {
      add(this.#training, total);
      return;
    }
    add(values['kind'] === 'refund' ? this.#refunds : this.#sales, total);
    this.#roundingMinor += wholeOf(values['rounding_minor']);
    const number = wholeOf(values['number']);
    this.#addReceipts(textOf(values['series']), number, number);
  }

  #addLine(values: TextRow['values'], rows: readonly TextRow[]): void {
    if (isBesideTurnover(values, rows)) {
      add(at(this.#beside, textOf(values['kind'])), wholeOf(values['total_minor']));
      return;
    }
    const ratePpm = wholeOf(values['tax_rate_ppm']);
    const taxMinor = wholeOf(values['tax_minor']);
    const netMinor = wholeOf(values['total_minor']) - (values['includes_tax'] === false ? 0 : taxMinor);
    const parts = readTaxedParts(textOf(values['tax_parts']) || null, { ratePpm, taxMinor });
    this.#taxes.add({ ratePpm, netMinor, taxMinor, ...(parts === null ? {} : { parts }) });
  }

  #addReceipts(series: string, first: number, last: number): void {
    const held = this.#receipts.get(series) ?? { first, last };
    this.#receipts.set(series, { first: Math.min(held.first, first), last: Math.max(held.last, last) });
  }

  #addAudits(kind: string, count: number): void {
    this.#audits.set(kind, (this.#audits.get(kind) ?? 0) + count);
  }

  addTotals(part: ClosingTotals): void {
    for (const [sum, tally] of [
      [this.#sales, part.sales],
      [this.#refunds, part.refunds],
      [this.#discounts, part.discounts],
      [this.#training, part.training],
      ...part.tenders.map((tender) => [at(this.#tenders, tender.method), tender] as const),
      ...part.beside.map((tally) => [at(this.#beside, tally.kind), tally] as const),
      ...part.movements.map((movement) => [at(this.#movements, movement.kind), movement] as const),
    ] as const)
      add(sum, tally.minor, tally.count);
    this.#roundingMinor += part.roundingMinor;
    for (const tax of part.taxes) this.#taxes.add(tax);
    for (const { series, first, last } of part.receipts) this.#addReceipts(series, first, last);
    this.#addAudits('void', part.voids);
    this.#addAudits('no-sale', part.noSales);
    this.#addAudits('reprint', part.reprints);
    this.#addAudits('abandoned-cart', part.abandonedCarts);
  }

  /** In an order of its own, whatever order the parts came in. */
  finish(): ClosingTotals {
    return {
      sales: { ...this.#sales },
      refunds: { ...this.#refunds },
      discounts: { ...this.#discounts },
      roundingMinor: this.#roundingMinor,
      taxes: this.#taxes.finish(),
      tenders: ordered(this.#tenders).map(([method, sum]) => ({ method, ...sum })),
      beside: ordered(this.#beside).map(([kind, sum]) => ({ kind, ...sum })),
      movements: ordered(this.#movements).map(([kind, sum]) => ({ kind, ...sum })),
      receipts: ordered(this.#receipts).map(([series, range]) => ({ series, ...range })),
      voids: this.#audits.get('void') ?? 0,
      noSales: this.#audits.get('no-sale') ?? 0,
      reprints: this.#audits.get('reprint') ?? 0,
      abandonedCarts: this.#audits.get('abandoned-cart') ?? 0,
      training: { ...this.#training },
    };
  }
}

function add(sum: Changing, minor: number, count = 1): void {
  sum.count += count;
  sum.minor += minor;
}

function at(sums: Map<string, Changing>, key: string): Changing {
  const sum = sums.get(key) ?? { count: 0, minor: 0 };
  sums.set(key, sum);
  return sum;
}

function ordered<V>(sums: ReadonlyMap<string, V>): [string, V][] {
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A sale of the same changeset is named by its index; one of another is a real sale corrected later. */
function isTraining(sale: TextRow['values'][string] | undefined, rows: readonly TextRow[]): boolean {
  return typeof sale === 'number' && rows[sale]?.values['mode'] === 'training';
}

/** A single-purpose voucher is turnover when it is sold; a multi-purpose one is money kept for somebody. */
function isBesideTurnover(line: TextRow['values'], rows: readonly TextRow[]): boolean {
  if (line['kind'] === 'tip' || line['kind'] === 'account-payment') return true;
  if (line['kind'] !== 'voucher-issued') return false;
  return rows.some(
    ({ table, values }) =>
      table === 'voucher_movement' &&
      values['purpose'] === 'multi' &&
      typeof values['sale_line'] === 'number' &&
      rows[values['sale_line']]?.values === line,
  );
}

function isTrainingLine(line: TextRow['values'][string] | undefined, rows: readonly TextRow[]): boolean {
  return typeof line === 'number' && isTraining(rows[line]?.values['sale'], rows);
}

function wholeOf(value: TextRow['values'][string] | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function textOf(value: TextRow['values'][string] | undefined): string {
  return typeof value === 'string' ? value : '';
}

// ---- days

export interface DayTotals<T> {
  readonly tradingDay: number;
  readonly first: T;
  readonly last: T;
  readonly totals: ClosingTotals;
}

/**
 * Sums a stretch of a chain by trading day, in order and without a gap: each day begins with the first changeset that names it, and what
 * names none goes with what is before it. A day once begun is not gone back to, whatever a clock said. A stretch without a day is today's.
 */
export function sumDays<T extends { readonly rows: readonly TextRow[] }>(stretch: Iterable<T>, today: number): DayTotals<T>[] {
  const days: { tradingDay: number | null; first: T; last: T; sum: RunningTotals }[] = [];
  for (const one of stretch) {
    const named = dayOf(one.rows);
    let day = days.at(-1);
    if (day === undefined || (named !== null && day.tradingDay !== null && named > day.tradingDay)) {
      day = { tradingDay: named, first: one, last: one, sum: new RunningTotals() };
      days.push(day);
    }
    day.tradingDay ??= named;
    day.last = one;
    day.sum.addRows(one.rows);
  }
  return days.map(({ tradingDay, first, last, sum }) => ({ tradingDay: tradingDay ?? today, first, last, totals: sum.finish() }));
}

function dayOf(rows: readonly TextRow[]): number | null {
  if (isBroughtIn(rows)) return null;
  const days = rows.flatMap(({ table, values }) =>
    (table === 'sale' || table === 'shift_event') && typeof values['trading_day'] === 'number' ? [values['trading_day']] : [],
  );
  return days.length === 0 ? null : Math.max(...days);
}

// ---- what was brought in

/** Detail of the shift that holds the sales of another store: no drawer was counted for it here. */
export const BROUGHT_IN = 'brought-in';

/** A changeset that says what another store sold, or the shift that holds it. */
export function isBroughtIn(rows: readonly TextRow[]): boolean {
  return rows.some(
    ({ table, values }) =>
      (table === 'sale' && typeof values['brought_from'] === 'string') || (table === 'shift_event' && values['detail'] === BROUGHT_IN),
  );
}
