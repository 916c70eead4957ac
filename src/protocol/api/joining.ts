/** Routes of a single register that joins another shop with data of its own, and of the stores that were kept aside. */
import { z } from 'zod';
import { pageOf, refusalBody, route } from './route.ts';
import { masterAddress } from './shop.ts';

const OPEN_THINGS = ['shift', 'cart', 'held', 'card'] as const;

const tally = z.object({
  sales: z.int(),
  totalMinor: z.int(),
  /** Trading days, yyyymmdd. */
  firstDay: z.int().nullable(),
  lastDay: z.int().nullable(),
});

export const choices = z.object({ products: z.boolean(), customers: z.boolean(), sales: z.boolean() });

export const joining = z.object({
  /** Its name; empty until the shop's records have come. */
  shop: z.string(),
  /** What that shop counts in. */
  currency: z.string(),
  host: z.string(),
  port: z.int(),
  /** What this register holds of its own, beside what the shop has; null until both were compared. */
  holdings: z
    .object({
      products: z.object({
        fresh: z.int(),
        matching: z.int(),
        differing: z.int(),
        examples: z.array(
          z.object({ code: z.string(), name: z.string(), priceMinor: z.int(), shopName: z.string(), shopPriceMinor: z.int() }),
        ),
      }),
      customers: z.object({ fresh: z.int(), matching: z.int() }),
      sales: tally,
      currency: z.string(),
    })
    .nullable(),
  choices: choices.nullable(),
  /** What must be ended before this register leaves its store. */
  open: z.array(z.enum(OPEN_THINGS)),
  /** Long work that goes on. */
  job: z.string().nullable(),
  problem: refusalBody.shape.error.nullable(),
});

const keptName = z.object({ name: z.string().regex(/^[\w-]+\.db$/) });

export const keptStore = tally.extend({
  /** Of its file in the folder `kept`. */
  name: z.string(),
  file: z.string(),
  bytes: z.int(),
  /** When this register left it, UTC ms. */
  keptAt: z.int(),
  shop: z.string(),
  register: z.string(),
  currency: z.string(),
  products: z.int(),
  customers: z.int(),
});

export const keptSale = z.object({
  label: z.string(),
  completedAt: z.int(),
  utcOffsetMinutes: z.int(),
  tradingDay: z.int(),
  kind: z.string(),
  training: z.boolean(),
  user: z.string(),
  customer: z.string(),
  line: z.int(),
  name: z.string(),
  quantityMilli: z.int(),
  unitPriceMinor: z.int(),
  totalMinor: z.int(),
  taxRatePpm: z.int(),
  taxMinor: z.int(),
  saleTotalMinor: z.int(),
  methods: z.string(),
});

export const keptInvoice = z.object({
  label: z.string(),
  kind: z.enum(['invoice', 'credit-note']),
  at: z.int(),
  utcOffsetMinutes: z.int(),
  receiptLabel: z.string(),
  corrects: z.string(),
  buyer: z.string(),
  taxNumber: z.string(),
  netMinor: z.int(),
  taxMinor: z.int(),
  totalMinor: z.int(),
});

export const JOINING = {
  getJoining: route({
    method: 'GET',
    path: '/api/storage/joining',
    access: 'storage',
    summary: 'Whether this single register is about to join another shop, and what it holds beside it',
    answer: z.object({ joining: joining.nullable() }),
  }),
  compareShops: route({
    method: 'POST',
    path: '/api/storage/joining',
    access: 'storage',
    summary: 'Pair with another shop’s master and compare what this single register holds; nothing of it changes. Progress as a job',
    body: masterAddress.extend({ code: z.string().min(12).max(20) }),
    answer: z.object({ job: z.string() }),
  }),
  bringOver: route({
    method: 'POST',
    path: '/api/storage/joining/bring',
    access: 'storage',
    summary:
      'Bring what was chosen into the shop and join it, once no shift is open; the store as it is is kept aside, whole. Sales come with products and customers. Progress as a job',
    body: choices,
    answer: z.object({ job: z.string() }),
  }),
  callOffJoining: route({
    method: 'DELETE',
    path: '/api/storage/joining',
    access: 'storage',
    summary: 'Stay as it is; `told`: the shop’s list of registers says so too',
    answer: z.object({ told: z.boolean() }),
  }),
  listKept: route({
    method: 'GET',
    path: '/api/storage/kept',
    access: 'storage',
    summary: 'Stores that this register left, and what they hold',
    answer: z.object({ rows: z.array(keptStore), unreadable: z.array(z.string()) }),
  }),
  keptSales: route({
    method: 'GET',
    path: '/api/storage/kept/:name/sales',
    access: 'storage',
    summary: 'The sales of a kept store, a line a row; `cursor` of the last page',
    params: keptName,
    query: z.object({ cursor: z.coerce.number().int().min(0).default(0) }),
    answer: z.object({ rows: z.array(keptSale), next: z.int().nullable(), currency: z.string(), country: z.string() }),
  }),
  keptInvoices: route({
    method: 'GET',
    path: '/api/storage/kept/:name/invoices',
    access: 'storage',
    summary: 'The invoices and credit notes of a kept store, in order; `cursor` of the last page',
    params: keptName,
    query: z.object({ cursor: z.coerce.number().int().min(0).default(0) }),
    answer: z.object({ rows: z.array(keptInvoice), next: z.int().nullable(), currency: z.string(), country: z.string() }),
  }),
  keptInvoicePdf: route({
    method: 'GET',
    path: '/api/storage/kept/:name/invoices/:label/pdf',
    access: 'storage',
    summary: 'An invoice or credit note of a kept store as a PDF, in base64',
    params: keptName.extend({ label: z.string().max(60) }),
    answer: z.object({ fileName: z.string(), pdf: z.string() }),
  }),
  keptClosings: route({
    method: 'GET',
    path: '/api/storage/kept/:name/closings',
    access: 'storage',
    summary: 'The Zs of a kept store, newest first; `cursor` of the last page',
    params: keptName,
    query: z.object({ cursor: z.string().regex(/^\d*$/).max(12).default('') }),
    answer: pageOf(z.object({ day: z.int(), register: z.string(), number: z.int(), turnoverMinor: z.int(), perpetualMinor: z.int() })),
  }),
  keptAccounts: route({
    method: 'GET',
    path: '/api/storage/kept/:name/accounts',
    access: 'storage',
    summary: 'All Zs of a kept store as one CSV for the accountant',
    params: keptName,
    answer: z.object({ text: z.string() }),
  }),
  verifyKept: route({
    method: 'POST',
    path: '/api/storage/kept/:name/verify',
    access: 'storage',
    summary: 'Check a kept store from its first changeset to its last',
    params: keptName,
    answer: z.object({ ok: z.boolean(), chains: z.int(), changesets: z.int(), sales: z.int(), problem: z.string().nullable() }),
  }),
} as const;
