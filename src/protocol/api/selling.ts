/** Routes of the selling screen and the history: cart, payment, receipt, sales. The register holds the cart; the browser holds nothing. */
import { z } from 'zod';
import { done, idText, milli, minor, pageOf, pageQuery, route, rowRef } from './route.ts';
import { cart, tile, receipt, saleRow, heldCart } from './sale-views.ts';

/**
 * What was handed over, beside what a card terminal took; more than due is change where the method gives change. Negative where money goes
 * back. A card confirmed by hand where a terminal is connected asks for the right settle-payment.
 */
export const tenders = z
  .array(
    z.object({
      method: idText,
      amountMinor: minor,
      /** Code of the voucher that pays; without one, money goes back onto a new voucher. */
      voucher: z.string().trim().max(40).exactOptional(),
    }),
  )
  .max(20);

const lineParams = z.object({ line: z.coerce.number().int() });
const quantity = milli.positive().max(9_999_999);
const reason = z.string().trim().max(200).nullable().default(null);
const note = z.string().trim().max(500).nullable();
const discount = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('percent'), ppm: z.int().min(1).max(1_000_000), reason }),
  z.object({ kind: z.literal('amount'), amountMinor: minor.positive(), reason }),
]);
const override = z.object({ unitPriceMinor: minor.nonnegative(), reason });
export const SELLING = {
  getCart: route({ method: 'GET', path: '/api/cart', access: 'sell', summary: 'The open cart', answer: cart }),
  scan: route({
    method: 'POST',
    path: '/api/cart/scan',
    access: 'sell',
    summary: 'Add what has this barcode, or the customer whose card it is; refused with barcode.unknown or barcode.ambiguous',
    body: z.object({ code: z.string().min(1).max(200), quantityMilli: quantity.default(1000) }),
    answer: cart,
  }),
  addLine: route({
    method: 'POST',
    path: '/api/cart/lines',
    access: 'sell',
    summary: 'Add a product',
    body: z.object({ product: idText, quantityMilli: quantity.default(1000) }),
    answer: cart,
  }),
  listDepartments: route({
    method: 'GET',
    path: '/api/departments',
    access: 'sell',
    summary: 'What goods without a product can be sold under: categories, each with its tax; taxes where there are no categories',
    answer: z.object({
      rows: z.array(
        z.object({ category: idText.nullable(), name: z.string(), icon: z.string().nullable(), taxCategory: idText, ratePpm: z.int() }),
      ),
    }),
  }),
  addDepartmentLine: route({
    method: 'POST',
    path: '/api/cart/departments',
    access: 'sell',
    summary: 'Add goods whose code no product has, at a keyed price; the code shows under To check',
    body: z.object({
      code: z.string().trim().min(1).max(80),
      category: idText.nullable(),
      taxCategory: idText,
      priceMinor: minor.positive(),
      quantityMilli: quantity.default(1000),
    }),
    answer: cart,
  }),
  changeLine: route({
    method: 'PATCH',
    path: '/api/cart/lines/:line',
    access: 'sell',
    summary:
      'Change a line: its quantity (what is less is journalled with the sale), a note; its price by hand (right price-override); a discount (right discount above the limit)',
    params: lineParams,
    body: z.object({
      quantityMilli: quantity.exactOptional(),
      override: override.nullable().optional(),
      discount: discount.nullable().optional(),
      note: note.exactOptional(),
      /** Why there is less of it, where the shop wants to know. */
      reason,
    }),
    answer: cart,
  }),
  changeCart: route({
    method: 'PATCH',
    path: '/api/cart',
    access: 'sell',
    summary: 'Change the whole cart: a discount (right discount above the limit), a note, that the customer’s age was looked at',
    body: z.object({ discount: discount.nullable().optional(), note: note.exactOptional(), ageChecked: z.boolean().optional() }),
    answer: cart,
  }),
  removeLine: route({
    method: 'DELETE',
    path: '/api/cart/lines/:line',
    access: 'sell',
    summary: 'Take a line out; it is journalled with the sale',
    params: lineParams,
    body: z.object({ reason }),
    answer: cart,
  }),
  returnGoods: route({
    method: 'POST',
    path: '/api/cart/returns',
    access: 'refund-without-receipt',
    summary: 'Goods that come back without their receipt, at today’s price',
    body: z.object({ product: idText, quantityMilli: quantity.default(1000) }),
    answer: cart,
  }),
  returnDeposit: route({
    method: 'POST',
    path: '/api/cart/deposits',
    access: 'sell',
    summary: 'Bottles brought back: a deposit product, or one that carries a deposit',
    body: z.object({ product: idText, quantityMilli: quantity.default(1000) }),
    answer: cart,
  }),
  refundSale: route({
    method: 'POST',
    path: '/api/sales/:uuid/refund',
    access: 'refund',
    summary: 'Lines of a sale come back into the cart, at what was paid for them',
    params: z.object({ uuid: idText }),
    body: z.object({
      lines: z
        .array(z.object({ ref: rowRef, quantityMilli: quantity }))
        .min(1)
        .max(200),
    }),
    answer: cart,
  }),
  soldLines: route({
    method: 'GET',
    path: '/api/sales/:uuid/lines',
    access: 'history',
    summary: 'What is left to refund of a sale, line by line, as this register knows',
    params: z.object({ uuid: idText }),
    answer: z.object({
      rows: z.array(
        z.object({
          ref: z.string(),
          name: z.string(),
          unit: z.enum(['each', 'kg', 'l', 'm']),
          quantityMilli: milli,
          refundedMilli: milli,
          totalMinor: minor,
        }),
      ),
    }),
  }),
  setService: route({
    method: 'PUT',
    path: '/api/cart/service',
    access: 'sell',
    summary: 'Taken away or eaten in: the taxes of the lines follow, where their rates do',
    body: z.object({ service: z.enum(['take-away', 'eat-in']) }),
    answer: cart,
  }),
  setTraining: route({
    method: 'PUT',
    path: '/api/training',
    access: 'sell',
    summary: 'Practice on this register, or end it: sales get a series of their own and count nowhere',
    body: z.object({ training: z.boolean() }),
    answer: cart,
  }),
  listHeldCarts: route({
    method: 'GET',
    path: '/api/held-carts',
    access: 'sell',
    summary: 'Carts put aside, at any register',
    answer: z.object({ rows: z.array(heldCart) }),
  }),
  holdCart: route({
    method: 'POST',
    path: '/api/held-carts',
    access: 'sell',
    summary: 'Put the open cart aside under a name; the next one is empty',
    body: z.object({ name: z.string().trim().min(1).max(60) }),
    answer: cart,
  }),
  recallCart: route({
    method: 'POST',
    path: '/api/held-carts/:id/recall',
    access: 'sell',
    summary: 'Go on with a held cart at this register',
    params: z.object({ id: idText }),
    body: z.object({
      fromUnreachable: z.boolean().default(false).describe('also one that another register has open, where that one cannot be reached'),
    }),
    answer: cart,
  }),
  undo: route({ method: 'POST', path: '/api/cart/undo', access: 'sell', summary: 'Take back the last change of the cart', answer: cart }),
  clearCart: route({
    method: 'DELETE',
    path: '/api/cart',
    access: 'sell',
    summary: 'Empty the cart; it is journalled, and undo brings it back',
    body: z.object({ reason }),
    answer: cart,
  }),
  setCartCustomer: route({
    method: 'PUT',
    path: '/api/cart/customer',
    access: 'sell',
    summary: 'Name the customer of this cart, or nobody',
    body: z.object({ customer: idText.nullable() }),
    answer: cart,
  }),
  pay: route({
    method: 'POST',
    path: '/api/cart/pay',
    access: 'sell',
    summary: 'Complete the sale. Sent twice for one cart it is one sale, answered twice',
    body: z.object({
      cart: idText,
      /** What the screen showed; another total is refused with cart.changed. */
      totalMinor: minor,
      tenders,
    }),
    answer: receipt,
  }),
  quickSearch: route({
    method: 'GET',
    path: '/api/search',
    access: 'sell',
    summary: 'Products by words in any order, parts of words, accents and case ignored, codes and prices; best first',
    query: z.object({ q: z.string().max(200), limit: z.coerce.number().int().min(1).max(100).default(30) }),
    answer: z.object({ rows: z.array(tile) }),
  }),
  tiles: route({
    method: 'GET',
    path: '/api/tiles',
    access: 'sell',
    summary:
      'Products for the grid: favourites, recent, a category, `variants:` and a product, or `code:` and the first figures of barcodes',
    query: z.object({ of: z.string().max(60) }),
    answer: z.object({ rows: z.array(tile) }),
  }),
  listSales: route({
    method: 'GET',
    path: '/api/sales',
    access: 'history',
    summary: 'The history, newest first',
    query: pageQuery.extend({ register: z.string().max(40).default(''), customer: z.string().max(40).default('') }),
    answer: pageOf(saleRow),
  }),
  getSale: route({
    method: 'GET',
    path: '/api/sales/:uuid',
    access: 'history',
    summary: 'One sale as its receipt',
    params: z.object({ uuid: idText }),
    answer: receipt,
  }),
  markPrinted: route({
    method: 'POST',
    path: '/api/sales/:uuid/printed',
    access: 'sell',
    summary: 'The receipt was printed or is not wanted; a print after the first is a copy',
    params: z.object({ uuid: idText }),
    answer: done,
  }),
  unprinted: route({
    method: 'GET',
    path: '/api/unprinted',
    access: 'sell',
    summary: 'Sales of this register whose receipt was neither printed nor waived before it stopped',
    answer: z.object({ rows: z.array(z.object({ uuid: idText, label: z.string(), totalMinor: minor })) }),
  }),
} as const;
