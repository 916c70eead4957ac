/** Handlers of invoices. The PDF is made beside the selling, from rows read on the reading thread. */
import { ok, refuse } from '../../base/result.ts';
import { invoiceBlocks } from '../../domain/invoice-blocks.ts';
import type { INVOICES } from '../../protocol/api/invoices.ts';
import { printPaper } from '../../register/print-receipt.ts';
import { makeCreditNotes, makeInvoice } from '../../register/make-invoice.ts';
import { findSaleId, invoicesOfSale, refundsToCredit } from '../../store/queries/invoices.ts';
import { readCustomer } from '../../store/queries/people.ts';
import { readReceiptLogo } from '../../store/queries/receipt-template.ts';
import { readReceipt } from '../../store/queries/sales.ts';
import { readSoldSale } from '../../store/queries/refunds.ts';
import type { Handlers } from '../handler.ts';
import { invoicePdf } from '../invoice-pdf.ts';
import { thenHurry } from './printing.ts';
import { actingUser } from './selling.ts';

export const INVOICE_HANDLERS: Handlers<keyof typeof INVOICES> = {
  makeInvoice: (runtime, { params, body: { customer, ...buyer }, caller }) => {
    const made = makeInvoice(runtime.register, { sale: params.uuid, buyer, customer, user: actingUser(runtime, caller) });
    return made.ok ? ok({ label: made.value }) : made;
  },
  makeCreditNotes: (runtime, { params, caller }) => {
    const made = makeCreditNotes(runtime.register, params.uuid, actingUser(runtime, caller));
    return made.ok ? ok({ labels: made.value }) : made;
  },
  listInvoices: ({ register }, { params }) => {
    const { db } = register.store;
    const sale = findSaleId(db, params.uuid);
    const receipt = readReceipt(db, params.uuid);
    if (sale === null || receipt === null) return refuse('input.not-found', { what: 'sale' });
    const papers = invoicesOfSale(db, sale);
    const invoice = papers.find(({ kind }) => kind === 'invoice');
    const id = readSoldSale(db, params.uuid)?.customer ?? null;
    const customer = id === null ? null : readCustomer(db, id);
    return ok({
      rows: papers.map(({ kind, label, buyer }) => ({ kind, label, buyer: buyer.name })),
      mayMake: !receipt.training && receipt.kind !== 'refund' && invoice === undefined,
      toCredit: invoice === undefined ? 0 : refundsToCredit(db, invoice).length,
      customer:
        customer === null || customer.forgotten
          ? null
          : { id: customer.id, name: customer.name, address: customer.address ?? '', taxNumber: customer.taxNumber ?? '' },
    });
  },
  getInvoicePdf: async ({ register, reader }, { params }) => {
    const invoice = await reader.ask('readInvoice', params.label);
    if (invoice === null) return refuse('input.not-found', { what: 'invoice' });
    const pdf = await invoicePdf(invoice, readReceiptLogo(register.store.db)?.png ?? null);
    return ok({ fileName: `${invoice.label}.pdf`, pdf: pdf.toString('base64') });
  },
  printInvoice: async (runtime, { params, body, caller }) => {
    const invoice = await runtime.reader.ask('readInvoice', params.label);
    if (invoice === null) return refuse('input.not-found', { what: 'invoice' });
    const paper = {
      label: invoice.label,
      blocks: invoiceBlocks(invoice),
      final: true,
      printer: body.printer,
      user: actingUser(runtime, caller),
    };
    const queued = thenHurry(runtime, printPaper(runtime.register, paper));
    return queued.ok ? ok({ done: true }) : queued;
  },
};
