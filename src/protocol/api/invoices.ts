/** Routes of invoices: a sale as an invoice, its papers, each as a PDF. */
import { z } from 'zod';
import { done, idText, name, onPrinter, route } from './route.ts';

const uuid = z.object({ uuid: idText });
const paper = z.object({
  kind: z.enum(['invoice', 'credit-note']),
  /** R1I-000007 */
  label: z.string(),
  buyer: z.string(),
});

export const INVOICES = {
  makeInvoice: route({
    method: 'POST',
    path: '/api/sales/:uuid/invoice',
    access: 'sell',
    summary: 'Make an invoice of a sale, with the next number of this register’s invoices; what came back of it becomes a credit note',
    params: uuid,
    body: z.object({
      name,
      address: z.string().trim().max(1000).default(''),
      taxNumber: z.string().trim().max(60).default(''),
      customer: idText.nullable().default(null),
    }),
    answer: z.object({ label: z.string() }),
  }),
  makeCreditNotes: route({
    method: 'POST',
    path: '/api/sales/:uuid/credit-notes',
    access: 'sell',
    summary: 'Credit notes for what came back of an invoiced sale at registers that had not heard of its invoice',
    params: uuid,
    answer: z.object({ labels: z.array(z.string()) }),
  }),
  listInvoices: route({
    method: 'GET',
    path: '/api/sales/:uuid/invoices',
    access: 'history',
    summary: 'Invoice and credit notes of a sale, and whom an invoice would go to',
    params: uuid,
    answer: z.object({
      rows: z.array(paper),
      /** False for practice, for what only gives back, and where there is an invoice. */
      mayMake: z.boolean(),
      /** Refunds of an invoiced sale that have no credit note. */
      toCredit: z.int(),
      customer: z.object({ id: idText, name: z.string(), address: z.string(), taxNumber: z.string() }).nullable(),
    }),
  }),
  getInvoicePdf: route({
    method: 'GET',
    path: '/api/invoices/:label/pdf',
    access: 'history',
    summary: 'An invoice or credit note as a PDF, in base64',
    params: z.object({ label: z.string().max(60) }),
    answer: z.object({ fileName: z.string(), pdf: z.string() }),
  }),
  printInvoice: route({
    method: 'POST',
    path: '/api/invoices/:label/print',
    access: 'history',
    summary: 'Print an invoice or credit note on this register’s receipt printer, or on the one named',
    params: z.object({ label: z.string().max(60) }),
    body: onPrinter,
    answer: done,
  }),
} as const;
