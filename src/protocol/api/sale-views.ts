/** What the routes of selling answer with: the cart, tiles, receipts, rows of the history, carts put aside. */
import { z } from 'zod';
import { idText, instant, milli, minor, rowRef } from './route.ts';
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
