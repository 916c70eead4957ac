/** Routes of the selling screen and the history: cart, payment, receipt, sales. The register holds the cart; the browser holds nothing. */
import { z } from 'zod';
import { done, idText, instant, milli, minor, pageOf, pageQuery, route, rowRef } from './route.ts';
import { taxParts, taxSum } from './taxes.ts';

/** What was said of a price: parts per million, or an amount in minor units. */
const discountView = z.object({ kind: z.enum(['percent', 'amount']), value: z.int() }).nullable();

export const cartLine = z.object({
  /** Stays the same while the line lives. */
  line: z.int(),
  kind: z.enum(['goods', 'department', 'deposit', 'deposit-return', 'tip', 'voucher-issued', 'account-payment']),
  product: idText.nullable(),
  code: z.string().nullable(),
  name: z.string(),
  /** Negative for what comes back. */
  quantityMilli: milli,
  unit: z.enum(['each', 'kg', 'l', 'm']),
  unitPriceMinor: minor,
  /** A price said by hand in place of the product's. */
  overrideMinor: minor.nullable(),
  discount: discountView,
  /** Taken off by discounts, the line's part of the cart's included. */
  discountMinor: minor,
  totalMinor: minor,
  taxRatePpm: z.int(),
  taxParts,
  includesTax: z.boolean(),
  taxMinor: minor,
  note: z.string().nullable(),
  /** It goes with another line, or gives back a sold one: its quantity and price stay. */
  fixed: z.boolean(),
  /** The receipt that it gives money back for. */
  refundOf: z.string().nullable(),
  /** The product's price changed since it was scanned; the line keeps what was scanned. */
  priceNowMinor: minor.nullable(),
  /** Its tax changed since it was scanned; the line keeps what was scanned. */
  taxNow: z.object({ ratePpm: z.int(), parts: taxParts }).nullable(),
});

export const cardPayment = z.object({
  attempt: z.int(),
  method: idText,
  /** Negative where money goes back to a card. */
  amountMinor: minor,
  /** unknown: it was asked and did not say; a person settles it before the cart is paid or changed. */
  state: z.enum(['asked', 'approved', 'declined', 'unknown']),
  /** The terminal's receipt number, or why it declined. */
  reference: z.string().nullable(),
  /** The payment whose money goes back with this one. */
  givesBack: z.int().nullable(),
});

export const cart = z.object({
  id: idText,
  /** Grows with each change; an older screen shows the newer cart. */
  version: z.int(),
  /** Newest first. */
  lines: z.array(cartLine),
  /** Pieces: a line in kg counts as one. */
  items: z.int(),
  totalMinor: minor,
  taxMinor: minor,
  /** Whether the tax of the whole is rounded, or that of each line. */
  taxRounding: z.enum(['receipt', 'line']),
  discount: discountView,
  discountMinor: minor,
  note: z.string().nullable(),
  service: z.enum(['take-away', 'eat-in']),
  /** Practice: it counts nowhere. */
  training: z.boolean(),
  /** The held cart that it was. */
  heldName: z.string().nullable(),
  /** The age to look at before paying; null when there is none, or somebody looked. */
  ageToCheck: z.int().nullable(),
  customer: z.object({ id: idText, name: z.string() }).nullable(),
  /** How what is given back was paid, where money goes back. */
  payBack: z.array(z.object({ method: idText, amountMinor: minor, voucher: z.string().nullable() })),
  /** What a card terminal was asked for this cart, oldest first. */
  cardPayments: z.array(cardPayment),
  /** What of it counts towards the total. */
  takenMinor: minor,
  canUndo: z.boolean(),
  /** The sale before this cart, while nothing has been scanned since: its change stays on screen. */
  lastSale: z.object({ uuid: idText, label: z.string(), totalMinor: minor, changeMinor: minor }).nullable(),
});

export const tile = z.object({
  id: idText,
  name: z.string(),
  unit: z.enum(['each', 'kg', 'l', 'm']),
  /** Net content as people say it: "250 g"; empty when unknown. */
  content: z.string(),
  priceMinor: minor,
  includesTax: z.boolean(),
  taxRatePpm: z.int(),
  taxParts,
  category: idText.nullable(),
  code: z.string().nullable(),
  /** Its sizes or colours, of which one is chosen. */
  variants: z.int(),
  image: idText.nullable(),
});

export const receipt = z.object({
  uuid: idText,
  /** Series and number, as printed and as its barcode holds it: R1-000042. */
  label: z.string(),
  shop: z.object({
    name: z.string(),
    address: z.string(),
    taxNumber: z.string(),
    phone: z.string(),
    footer: z.string(),
    country: z.string(),
  }),
  register: z.object({ code: z.string(), name: z.string() }),
  user: z.string(),
  customer: z.string().nullable(),
  /** What the paper speaks: the customer's language, else the shop's. */
  language: z.string(),
  completedAt: instant,
  utcOffsetMinutes: z.int(),
  currency: z.string(),
  lines: z.array(
    z.object({
      name: z.string(),
      quantityMilli: milli,
      unit: z.string(),
      unitPriceMinor: minor,
      /** Taken off: total = price x quantity - discount. */
      discountMinor: minor,
      totalMinor: minor,
      /** Of all its taxes. */
      taxRatePpm: z.int(),
      note: z.string().nullable(),
    }),
  ),
  kind: z.enum(['sale', 'refund', 'exchange']),
  training: z.boolean(),
  note: z.string().nullable(),
  /** The number it has in the store that it was brought from. */
  broughtFrom: z.string().nullable(),
  totalMinor: minor,
  roundingMinor: minor,
  dueMinor: minor,
  taxes: z.array(taxSum),
  tenders: z.array(
    z.object({
      /** Names it, on every register. */
      tender: rowRef,
      methodId: idText.nullable(),
      method: z.string(),
      kind: z.string(),
      amountMinor: minor,
      changeMinor: minor,
      /** A voucher's code. */
      reference: z.string().nullable(),
      /** A card terminal took it. */
      byTerminal: z.boolean(),
      /** What was recorded first, where somebody corrected it. */
      insteadOf: z.string().nullable(),
    }),
  ),
  changeMinor: minor,
  /** What a fiscal device said of it; outage: it was out, and the receipt says so. */
  fiscal: z
    .object({
      state: z.enum(['finish', 'outage']),
      device: z.string().nullable(),
      number: z.string().nullable(),
      signature: z.string().nullable(),
    })
    .nullable(),
  /** Issued with this sale: to be printed, and scanned. */
  vouchers: z.array(z.object({ code: z.string(), amountMinor: minor, expiresAt: instant.nullable() })),
});

export const saleRow = z.object({
  uuid: idText,
  label: z.string(),
  completedAt: instant,
  register: z.string(),
  registerName: z.string(),
  user: z.string(),
  customer: z.string().nullable(),
  /** Names of the first goods, for the eye. */
  summary: z.string(),
  items: z.int(),
  totalMinor: minor,
  kind: z.enum(['sale', 'refund', 'exchange']),
  training: z.boolean(),
  methods: z.array(z.string()),
  /** `here`: single register, or safe in the shop's database; `waiting`: made here and not yet sent; `arrived`: made on another register. */
  state: z.enum(['here', 'sent', 'waiting', 'arrived']),
  /** When this register learned of it. */
  knownAt: instant,
});

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
export const heldCart = z.object({
  id: idText,
  name: z.string(),
  heldAt: instant,
  user: z.string(),
  /** The register that has it open now; null while it waits. */
  takenBy: z.object({ code: z.string(), reachable: z.boolean() }).nullable(),
  items: z.int(),
  totalMinor: minor,
});

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
