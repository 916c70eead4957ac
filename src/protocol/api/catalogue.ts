/** Routes behind the counter: taxes, payment methods, customers, users, CSV import, what wants a person. */
import { z } from 'zod';
import { LANGUAGES } from '../../domain/language.ts';
import { done, idText, instant, milli, minor, name, pageOf, pageQuery, pin, route, withId } from './route.ts';
import { newTaxParts, ratePpm, taxParts } from './taxes.ts';

const params = withId;

export const taxCategory = z.object({ id: idText, name: z.string(), ratePpm: z.int(), parts: taxParts });
export const paymentMethod = z.object({
  id: idText,
  name: z.string(),
  kind: z.enum(['cash', 'card', 'voucher', 'account', 'other']),
  givesChange: z.boolean(),
  roundingStepMinor: z.int().nullable(),
  active: z.boolean(),
});
export const customerRow = z.object({
  id: idText,
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  address: z.string().nullable(),
  taxNumber: z.string().nullable(),
  cardCode: z.string().nullable(),
  /** What papers are written in; null: the shop's language. */
  language: z.string().nullable(),
  /** Whether they may pay later, and the most they may owe. */
  onAccount: z.boolean(),
  accountLimitMinor: minor.nullable(),
  forgotten: z.boolean(),
});
const optionalLine = z.string().trim().max(200).nullable().optional();
export const customerInput = z.object({
  name,
  phone: optionalLine,
  email: optionalLine,
  address: optionalLine,
  taxNumber: optionalLine,
  cardCode: optionalLine,
  language: z.enum(LANGUAGES).nullable().optional(),
  /** Both ask for the right on-account. */
  onAccount: z.boolean().optional(),
  accountLimitMinor: minor.nonnegative().nullable().optional(),
});

export const userRow = z.object({
  id: idText,
  name: z.string(),
  /** Null: the role was removed elsewhere while this user got it. */
  role: withId.extend({ name: z.string(), builtIn: z.string().nullable() }).nullable(),
  active: z.boolean(),
  isYou: z.boolean(),
});

export const importPreview = z.object({
  id: z.string(),
  fileName: z.string(),
  delimiter: z.string(),
  encoding: z.string(),
  columns: z.array(z.string()),
  /** Per file column the field it fills, or null to leave it out: name, price, barcode, taxRate, category, cost, unit. */
  mapping: z.array(z.string().nullable()),
  rows: z.int(),
  preview: z.array(z.array(z.string())),
  /** Rows ready to import, and the first errors; `row` counts from 1 as a spreadsheet does, the heading being row 1. */
  good: z.int(),
  bad: z.int(),
  /** Good rows whose code a product has already. */
  known: z.int(),
  errors: z.array(
    z.object({
      row: z.int(),
      column: z.enum(['name', 'price', 'barcode', 'taxRate', 'category', 'cost', 'unit']),
      value: z.string(),
      /** The screen has the words. */
      problem: z.enum(['name-missing', 'name-too-long', 'not-a-price', 'code-too-long', 'code-repeated', 'not-a-rate']),
    }),
  ),
});

const toCheck = z.object({ id: z.string(), at: instant });

/** What wants a person, by kind; the screen has the words. */
export const exception = z.discriminatedUnion('kind', [
  toCheck.extend({ kind: z.literal('equal-barcode'), code: z.string(), products: z.array(withId.extend({ name: z.string() })) }),
  /** Users of one name. */
  toCheck.extend({
    kind: z.literal('equal-name'),
    name: z.string(),
    users: z.array(withId.extend({ role: z.string(), builtIn: z.string().nullable() })),
  }),
  /** Sold under a department since no product had the code; the newest such sale. */
  toCheck.extend({ kind: z.literal('unknown-code'), code: z.string(), times: z.int(), department: z.string(), priceMinor: minor }),
  toCheck.extend({
    kind: z.literal('lost-edit'),
    name: z.string(),
    overtaken: z.array(z.object({ column: z.string(), value: z.union([z.string(), z.number(), z.boolean()]).nullable() })),
    /** It can be made again. */
    takeable: z.boolean(),
  }),
  toCheck.extend({ kind: z.literal('doubled-number'), label: z.string() }),
  /** More was given back than sold: two registers refunded one line while apart. */
  toCheck.extend({ kind: z.literal('card-denied'), amountMinor: minor, reference: z.string() }),
  toCheck.extend({ kind: z.literal('stock-below-zero'), name: z.string(), onHandMilli: milli }),
  toCheck.extend({ kind: z.literal('voucher-overdrawn'), code: z.string(), overMinor: minor }),
  toCheck.extend({ kind: z.literal('over-refund'), name: z.string(), label: z.string(), soldMilli: milli, refundedMilli: milli }),
  /** Two registers took and paid one held cart, or made an invoice of one sale, while apart. */
  toCheck.extend({ kind: z.enum(['held-cart-twice', 'invoiced-twice']), labels: z.array(z.string()) }),
  toCheck.extend({ kind: z.literal('stamp-ahead'), register: z.string(), aheadMs: z.int() }),
  toCheck.extend({ kind: z.enum(['set-aside', 'clone', 'damaged']), register: z.string() }),
]);

export const CATALOGUE = {
  listTaxCategories: route({
    method: 'GET',
    path: '/api/tax-categories',
    access: 'login',
    summary: 'Taxes with the rate in force',
    answer: z.object({ rows: z.array(taxCategory) }),
  }),
  listTaxRates: route({
    method: 'GET',
    path: '/api/tax-rates',
    access: 'login',
    summary: 'Every rate that was, is and will be, newest first',
    answer: z.object({
      rows: z.array(
        z.object({
          id: idText,
          taxCategory: idText,
          service: z.enum(['any', 'take-away', 'eat-in']),
          ratePpm: z.int(),
          parts: taxParts,
          fromAt: instant,
          exemptionReason: z.string().nullable(),
        }),
      ),
    }),
  }),
  addTaxRate: route({
    method: 'POST',
    path: '/api/tax-rates',
    access: 'settings',
    summary:
      'A new rate from a date on, for goods taken away, eaten in, or both; made of several taxes (parts) where a line bears them at once; what was sold keeps the old one',
    body: z.object({
      taxCategory: idText,
      service: z.enum(['any', 'take-away', 'eat-in']).default('any'),
      ratePpm,
      parts: newTaxParts,
      fromAt: instant,
      /** On invoices: why it is exempt, or that the buyer owes the tax. */
      exemptionReason: optionalLine,
    }),
    answer: withId,
  }),
  addTax: route({
    method: 'POST',
    path: '/api/tax-categories',
    access: 'settings',
    summary: 'A new tax with its rate, or with the several taxes that the rate is made of',
    body: z.object({ name, ratePpm, parts: newTaxParts, exemptionReason: optionalLine }),
    answer: withId,
  }),
  listPaymentMethods: route({
    method: 'GET',
    path: '/api/payment-methods',
    access: 'login',
    summary: 'Ways to pay',
    answer: z.object({ rows: z.array(paymentMethod) }),
  }),
  listCustomers: route({
    method: 'GET',
    path: '/api/customers',
    access: 'customers',
    summary: 'Customers, by name',
    query: pageQuery,
    answer: pageOf(customerRow),
  }),
  getCustomer: route({
    method: 'GET',
    path: '/api/customers/:id',
    access: 'customers',
    summary: 'One customer, and what they bought in all; their sales are listed with customer= at /api/sales',
    params,
    answer: z.object({
      customer: customerRow,
      sales: z.int(),
      /** What they paid, less what they got back. */
      totalMinor: minor,
      lastVisitAt: instant.nullable(),
    }),
  }),
  addCustomer: route({
    method: 'POST',
    path: '/api/customers',
    access: 'customers',
    summary: 'Add a customer',
    body: customerInput,
    answer: customerRow,
  }),
  editCustomer: route({
    method: 'PATCH',
    path: '/api/customers/:id',
    access: 'customers',
    summary: 'Edit a customer',
    params,
    body: customerInput.partial(),
    answer: customerRow,
  }),
  forgetCustomer: route({
    method: 'POST',
    path: '/api/customers/:id/forget',
    access: 'customers.forget',
    summary: 'Erase what is known of a person, on every register',
    params,
    answer: done,
  }),
  listUsers: route({ method: 'GET', path: '/api/users', access: 'users', summary: 'Users', answer: z.object({ rows: z.array(userRow) }) }),
  addUser: route({
    method: 'POST',
    path: '/api/users',
    access: 'users',
    summary: 'Add a user',
    body: z.object({ name, pin, role: idText }),
    answer: userRow,
  }),
  editUser: route({
    method: 'PATCH',
    path: '/api/users/:id',
    access: 'users',
    summary: 'Edit a user: name, PIN, role, active',
    params,
    body: z.object({ name, pin, role: idText, active: z.boolean() }).partial(),
    answer: userRow,
  }),
  /** The body is the file itself, content type text/csv. */
  openImport: route({
    method: 'PUT',
    path: '/api/imports',
    access: 'import',
    summary: 'Hand in a CSV file of products (text/csv); answers what was found in it, every row checked, nothing written',
    query: z.object({ fileName: z.string().max(200).default('products.csv') }),
    answer: importPreview,
  }),
  mapImport: route({
    method: 'PATCH',
    path: '/api/imports/:id',
    access: 'import',
    summary: 'Say which column holds what; every row is checked again',
    params: z.object({ id: z.string() }),
    body: z.object({ mapping: z.array(z.string().nullable()).max(200) }),
    answer: importPreview,
  }),
  applyImport: route({
    method: 'POST',
    path: '/api/imports/:id/apply',
    access: 'import',
    summary: 'Write the rows, in chunks that selling does not feel; progress as a job',
    params: z.object({ id: z.string() }),
    body: z.object({
      skipBad: z.boolean().default(false),
      /** Products whose code is there already stay as they are, or take what the file says. */
      known: z.enum(['leave', 'update']).default('leave'),
    }),
    answer: z.object({ job: z.string() }),
  }),
  listImports: route({
    method: 'GET',
    path: '/api/imports',
    access: 'import',
    summary: 'Imports made on this register that can be undone, newest first',
    answer: z.object({ rows: z.array(z.object({ id: z.string(), fileName: z.string(), at: instant, rows: z.int() })) }),
  }),
  undoImport: route({
    method: 'POST',
    path: '/api/imports/:id/undo',
    access: 'import',
    summary: 'Products it made are removed, those it changed take back what they were, unless somebody changed them since',
    params: z.object({ id: z.string() }),
    answer: z.object({ job: z.string() }),
  }),
  listToCheck: route({
    method: 'GET',
    path: '/api/to-check',
    access: 'to-check',
    summary:
      'What wants a person: equal barcodes, codes sold without a product, edits that lost, doubled receipt numbers, changes set aside',
    answer: z.object({ rows: z.array(exception) }),
  }),
  settleException: route({
    method: 'POST',
    path: '/api/to-check/settle',
    access: 'to-check',
    summary:
      'Settle what wants a person: let it be with a note, keep an equal barcode on one product, rename one of equal users, make a lost edit again',
    body: z.intersection(
      z.object({ id: z.string().max(400) }),
      z.discriminatedUnion('do', [
        z.object({ do: z.literal('let-be'), note: z.string().trim().min(1).max(500) }),
        z.object({ do: z.literal('keep-code'), product: idText }),
        z.object({ do: z.literal('take-overtaken') }),
        z.object({ do: z.literal('rename'), user: idText, name }),
      ]),
    ),
    answer: done,
  }),
} as const;
