/**
 * A sale becomes an invoice: ONE changeset with the next number of this register's series of invoices. What came back of the sale, before or
 * after, becomes a credit note of a series of its own. The buyer's words are personal values; the law keeps them as long as the invoice, so
 * forgetting a customer does not take them.
 */
import { utcOffsetMinutes } from '../base/clock.ts';
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { invoiceSeries, type Buyer, type InvoiceKind } from '../domain/invoice.ts';
import type { LedgerRef } from '../protocol/columns.ts';
import { commit, type Draft } from '../store/journal.ts';
import {
  findSaleId,
  invoiceOfLine,
  invoicesOfSale,
  ledgerRef,
  nextInvoiceNumber,
  refundsOfSale,
  refundsToCredit,
  type InvoiceRow,
} from '../store/queries/invoices.ts';
import { readReceipt, saleLabel } from '../store/queries/sales.ts';
import { findSoldLineId } from '../store/queries/refunds.ts';
import { readShop } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';
import { ownRegisterId, type Register } from './register.ts';

export interface InvoiceInput {
  readonly sale: Id;
  readonly buyer: Buyer;
  readonly customer: Id | null;
  readonly user: Id;
}

/** Its label. Refuses with input.not-found, invoice.exists, invoice.not-a-sale (a refund, or practice), invoice.brought-in. */
export function makeInvoice({ store }: Register, { sale: uuid, buyer, customer, user }: InvoiceInput): Result<string> {
  const sale = findSaleId(store.db, uuid);
  const receipt = readReceipt(store.db, uuid);
  if (sale === null || receipt === null) return refuse('input.not-found', { what: 'sale' });
  if (receipt.training || receipt.kind === 'refund') return refuse('invoice.not-a-sale');
  if (receipt.broughtFrom !== null) return refuse('invoice.brought-in');
  return commit(store, { kind: 'invoice', user }, (draft) => {
    const held = invoicesOfSale(store.db, sale).find(({ kind }) => kind === 'invoice');
    if (held !== undefined) return refuse('invoice.exists', { label: held.label });
    const numbers = new Numbers(store);
    const paper = { buyer, customer, language: receipt.language, user };
    const { row, label } = draftPaper(store, draft, numbers, { ...paper, kind: 'invoice', sale: ledgerRef(store.db, sale), credits: null });
    for (const refund of refundsOfSale(store.db, sale))
      draftPaper(store, draft, numbers, { ...paper, kind: 'credit-note', sale: ledgerRef(store.db, refund), credits: row });
    return ok(label);
  });
}

/** What came back of an invoiced sale where its invoice was not known. Their labels. Refuses with input.not-found, invoice.nothing-to-credit. */
export function makeCreditNotes({ store }: Register, uuid: Id, user: Id): Result<string[]> {
  const sale = findSaleId(store.db, uuid);
  if (sale === null) return refuse('input.not-found', { what: 'sale' });
  return commit(store, { kind: 'invoice', user }, (draft) => {
    const invoice = invoicesOfSale(store.db, sale).find(({ kind }) => kind === 'invoice');
    const refunds = invoice === undefined ? [] : refundsToCredit(store.db, invoice);
    if (invoice === undefined || refunds.length === 0) return refuse('invoice.nothing-to-credit');
    const numbers = new Numbers(store);
    const { buyer, customer, language } = invoice;
    const credits = ledgerRef(store.db, invoice.id);
    const papers = refunds.map((refund) =>
      draftPaper(store, draft, numbers, {
        buyer,
        customer,
        language,
        user,
        kind: 'credit-note',
        sale: ledgerRef(store.db, refund),
        credits,
      }),
    );
    return ok(papers.map(({ label }) => label));
  });
}

/** For a refund about to be written: a credit note for each invoice that something comes back of. `sale` is its row in the draft. */
export function draftCreditNotes(store: Store, draft: Draft, sale: number, lines: readonly string[], user: Id): void {
  const invoices = new Map<number, InvoiceRow>();
  for (const ref of lines) {
    const line = findSoldLineId(store.db, ref);
    const invoice = line === null ? undefined : invoiceOfLine(store.db, line);
    if (invoice !== undefined) invoices.set(invoice.id, invoice);
  }
  const numbers = new Numbers(store);
  for (const { id, buyer, customer, language } of invoices.values())
    draftPaper(store, draft, numbers, { buyer, customer, language, user, kind: 'credit-note', sale, credits: ledgerRef(store.db, id) });
}

/** The next number of each series, counted on within one draft. */
class Numbers {
  readonly #next = new Map<string, number>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  take(series: string): number {
    const number = this.#next.get(series) ?? nextInvoiceNumber(this.#store.db, series);
    this.#next.set(series, number + 1);
    return number;
  }
}

interface Paper {
  readonly kind: InvoiceKind;
  readonly sale: LedgerRef;
  readonly credits: LedgerRef | null;
  readonly buyer: Buyer;
  readonly customer: Id | null;
  readonly language: string;
  readonly user: Id;
}

/** What stands for a name that was erased. */
const NO_NAME = '-';

function draftPaper(store: Store, draft: Draft, numbers: Numbers, paper: Paper): { row: number; label: string } {
  const own = present(store.own, 'the own chain');
  const at = Math.max(store.clock.nowMs(), own.lastAt);
  const series = invoiceSeries(own.series, paper.kind);
  const number = numbers.take(series);
  const { name, address, taxNumber } = paper.buyer;
  const row = draft.insert('invoice', {
    kind: paper.kind,
    sale: paper.sale,
    ...(paper.credits === null ? {} : { credits: paper.credits }),
    series,
    number,
    at,
    utc_offset_minutes: utcOffsetMinutes(at),
    shop_version: present(readShop(store.db), 'the shop').id,
    register: ownRegisterId(store),
    user: paper.user,
    ...(paper.customer === null ? {} : { customer: paper.customer }),
    buyer_name: name === '' ? NO_NAME : name,
    ...(address === '' ? {} : { buyer_address: address }),
    ...(taxNumber === '' ? {} : { buyer_tax_number: taxNumber }),
    language: paper.language,
  });
  return { row, label: saleLabel(series, number) };
}
