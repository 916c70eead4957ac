/** Routes of printing: this register's printers, what waits for them, the shop's receipt template. */
import { z } from 'zod';
import { PAPER_NAMES, PRINTER_PORT, PRINTER_PROBLEMS, RECEIPTS_WHEN } from '../../domain/printer.ts';
import { RECEIPT_PARTS } from '../../domain/receipt-template.ts';
import { done, idText, instant, name, onPrinter, route, withId } from './route.ts';

const printerInput = z.object({
  name,
  address: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('network'),
      host: z.string().trim().min(1).max(255),
      port: z.int().min(1).max(65_535).default(PRINTER_PORT),
    }),
    z.object({ kind: z.literal('device'), path: z.string().trim().min(1).max(255) }),
  ]),
  paper: z.enum(PAPER_NAMES).default('80mm'),
  drawer: z.boolean().default(false),
  receipts: z.enum(RECEIPTS_WHEN).default('always'),
});

export const printer = printerInput.extend({ id: idText });

const printJob = z.object({
  id: idText,
  printer: idText,
  printerName: z.string(),
  /** The receipt's or invoice's number, which closing it is; null for a test page. */
  label: z.string().nullable(),
  copy: z.boolean(),
  /** cut: broken off; how much came out only somebody at the printer can tell. */
  state: z.enum(['waiting', 'sending', 'cut']),
  problem: z.enum(PRINTER_PROBLEMS).nullable(),
  createdAt: instant,
});

const template = z.object({
  header: z.string().max(1000),
  footer: z.string().max(1000),
  without: z.array(z.enum(RECEIPT_PARTS)).max(RECEIPT_PARTS.length),
});

/** Base64 of a PNG. */
const logo = z.string().max(120_000).nullable();

export const PRINTING = {
  listPrinters: route({
    method: 'GET',
    path: '/api/printers',
    access: 'login',
    summary: 'Receipt printers of this register',
    answer: z.object({ rows: z.array(printer.extend({ problem: z.enum(PRINTER_PROBLEMS).nullable() })) }),
  }),
  addPrinter: route({
    method: 'POST',
    path: '/api/printers',
    access: 'registers',
    summary: 'Add a receipt printer: on the network (ESC/POS on port 9100) or at a device file',
    body: printerInput,
    answer: printer,
  }),
  editPrinter: route({
    method: 'PUT',
    path: '/api/printers/:id',
    access: 'registers',
    summary: 'Change a printer',
    params: withId,
    body: printerInput,
    answer: printer,
  }),
  removePrinter: route({
    method: 'DELETE',
    path: '/api/printers/:id',
    access: 'registers',
    summary: 'Take a printer away; what waits for it counts as not printed',
    params: withId,
    answer: done,
  }),
  testPrinter: route({
    method: 'POST',
    path: '/api/printers/:id/test',
    access: 'sell',
    summary: 'Print a test page',
    params: withId,
    answer: done,
  }),
  printReceipt: route({
    method: 'POST',
    path: '/api/sales/:uuid/print',
    access: 'history',
    summary: 'Print a receipt on this register’s printer, or on the one named; printed before, it is marked a copy and journalled',
    params: z.object({ uuid: idText }),
    body: onPrinter,
    answer: z.object({ copy: z.boolean() }),
  }),
  listPrintJobs: route({
    method: 'GET',
    path: '/api/print-jobs',
    access: 'login',
    summary: 'What waits for a printer, and what was cut, oldest first',
    answer: z.object({ rows: z.array(printJob) }),
  }),
  retryPrintJob: route({
    method: 'POST',
    path: '/api/print-jobs/:id/retry',
    access: 'sell',
    summary: 'Print again at once, here or on another printer; after a cut it is marked a copy',
    params: withId,
    body: onPrinter,
    answer: done,
  }),
  dropPrintJob: route({
    method: 'DELETE',
    path: '/api/print-jobs/:id',
    access: 'sell',
    summary: 'Give up on it',
    params: withId,
    answer: done,
  }),
  getReceiptTemplate: route({
    method: 'GET',
    path: '/api/receipt-template',
    access: 'login',
    summary: 'What the shop’s receipts say beside the sale',
    answer: template.extend({ logo }),
  }),
  editReceiptTemplate: route({
    method: 'PUT',
    path: '/api/receipt-template',
    access: 'settings',
    summary: 'Change it, for all registers; a logo left out stays, null takes it away',
    body: template.extend({ logo: logo.optional() }),
    answer: done,
  }),
} as const;
