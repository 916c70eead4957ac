/**
 * The one list of tables. Validation, merge, SQLite and PostgreSQL schemas, projection and checksum all follow from it.
 * Money is minor units, quantities thousandths, rates parts per million, instants UTC milliseconds, trading days yyyymmdd.
 * A ledger row's id is (changeset, index in it); a record's id is a UUIDv7, with one stamp a column group.
 * Adding a column, a table or an index: raise SCHEMA_VERSION; stores then play again what they could not read before. A column comes in a
 * group of its own: an older program writes whole groups, and would write one that it knows without the column.
 */
import {
  bytes,
  flag,
  id,
  int,
  ledger,
  line,
  long,
  need,
  oneOf,
  personal,
  record,
  ref,
  text,
  type InsertValues,
  type PatchValues,
} from './columns.ts';

export const SCHEMA_VERSION = 7;

export const TABLES = {
  // ---- records: edited, last writer wins per group
  /** The shop as it was: a change is a new row, so a duplicate of an old receipt keeps the old address. */
  shop_version: record({
    all: { name: need(line), address: text, tax_number: line, phone: line, email: line, country: line, footer: text, from_at: need(int) },
  }),
  /** One row a key; its id follows from the key, so two registers edit the same row. Value is JSON. */
  setting: record({ value: { key: need(line), value: need(text) } }),
  register: record({ name: { code: need(line), name: need(line) }, state: { revoked: flag } }),
  user: record({
    name: { name: need(personal) },
    pin: { pin_hash: personal, pin_digits: int },
    role: { role: need(id) },
    active: { active: need(flag) },
    language: { language: line },
  }),
  role: record({ name: { name: need(line), built_in: line }, rights: { rights: need(text) } }),
  product: record({
    name: { name: need(line), category: id, description: text },
    price: { price_minor: need(int), price_includes_tax: need(flag) },
    tax: { tax_category: id },
    unit: { unit: oneOf('each', 'kg', 'l', 'm'), net_content_milli: int, content_unit: line },
    cost: { cost_minor: int, supplier: id },
    rules: { minimum_age: int, deposit_product: id, department: flag, track_stock: flag },
    stock: { stock_minimum_milli: int },
    /** A size or a colour of another product, and which one. */
    variant: { variant_of: id, variant: line },
    look: { image: line, favourite: flag, position: int },
    active: { active: need(flag) },
  }),
  product_barcode: record({ code: { product: need(id), code: need(line), pack_quantity_milli: int } }),
  product_price: record({
    price: { product: need(id), price_minor: need(int), from_at: need(int), until_at: int, kind: oneOf('regular', 'offer') },
  }),
  category: record({ name: { name: need(line), parent: id }, look: { icon: line, position: int } }),
  tax_category: record({ name: { name: need(line), code: line, position: int } }),
  tax_rate: record({
    rate: {
      tax_category: need(id),
      service: oneOf('any', 'take-away', 'eat-in'),
      rate_ppm: need(int),
      from_at: need(int),
      exemption_reason: line,
    },
    /** Several taxes at once: JSON, a list of {name, ratePpm} that sum to the rate (domain/tax-parts.ts). */
    parts: { parts: text },
  }),
  payment_method: record({
    name: { name: need(line), kind: oneOf('cash', 'card', 'voucher', 'account', 'other'), position: int },
    rules: { counted: flag, gives_change: flag, opens_drawer: flag, rounding_step_minor: int, rounding_scope: line },
    active: { active: need(flag) },
  }),
  supplier: record({ name: { name: need(line), email: line, phone: line } }),
  price_rule: record({ rule: { name: need(line), rule: need(text), from_at: int, until_at: int }, active: { active: need(flag) } }),
  customer: record({
    name: { name: need(personal) },
    contact: { phone: personal, email: personal, address: personal },
    business: { tax_number: personal },
    card: { card_code: personal },
    terms: { language: line, retain_until_at: int, price_rule: id },
    account: { on_account: flag, account_limit_minor: int },
  }),
  /** A picture that others name by its id: base64 of a PNG. */
  image: record({ content: { png: need(long) } }),
  held_cart: record({ cart: { name: line, content: need(long), user: id, register: id, held_at: need(int) } }),

  // ---- ledgers: only ever added
  /** Changeset 1 of every chain: who writes it, and whom it follows. */
  chain_start: ledger({
    register: need(id),
    public_key: need(bytes),
    series: need(line),
    predecessor: bytes,
    predecessor_n: int,
    predecessor_hash: bytes,
    predecessor_signature: bytes,
  }),
  sale: ledger({
    uuid: need(id),
    kind: oneOf('sale', 'refund', 'exchange'),
    mode: oneOf('real', 'training'),
    started_at: need(int),
    completed_at: need(int),
    utc_offset_minutes: need(int),
    trading_day: need(int),
    shift: need(ref),
    drawer: line,
    register: need(id),
    series: need(line),
    number: need(int),
    currency: need(line),
    shop_version: need(id),
    user: need(id),
    customer: id,
    buyer_tax_number: personal,
    total_minor: need(int),
    tax_minor: need(int),
    rounding_minor: int,
    held_cart: id,
    note: text,
    /** Sold in another store and brought in: the receipt number it has there. */
    brought_from: line,
  }),
  sale_line: ledger({
    sale: need(ref),
    kind: oneOf('goods', 'department', 'deposit', 'deposit-return', 'voucher-issued', 'tip', 'account-payment'),
    parent: ref,
    refund_of: ref,
    product: id,
    code: line,
    name: need(line),
    quantity_milli: need(int),
    unit: need(line),
    tare_milli: int,
    unit_price_minor: need(int),
    unit_cost_minor: int,
    tax_category: id,
    tax_rate_ppm: need(int),
    includes_tax: need(flag),
    service: line,
    total_minor: need(int),
    tax_minor: need(int),
    /** Of several taxes at once what each came to: JSON, a list of {name, ratePpm, taxMinor} that sum to the line's tax. */
    tax_parts: text,
    minimum_age: int,
    age_checked_by: id,
    approved_by: id,
    note: text,
  }),
  line_adjustment: ledger({
    sale_line: need(ref),
    kind: oneOf('discount', 'offer', 'price-override'),
    amount_minor: need(int),
    reason: line,
    price_rule: id,
    approved_by: id,
  }),
  tender: ledger({
    sale: need(ref),
    payment_method: need(id),
    amount_minor: need(int),
    change_minor: need(int),
    swap_of: ref,
    payment_attempt: ref,
    reference: line,
  }),
  /**
   * A sale as an invoice, or what came back of one as a credit note: a number of its register's series of that kind, and the buyer as it
   * was told. Which lines it holds follows from the sale (queries/invoices.ts).
   */
  invoice: ledger({
    kind: oneOf('invoice', 'credit-note'),
    sale: need(ref),
    credits: ref,
    series: need(line),
    number: need(int),
    at: need(int),
    utc_offset_minutes: need(int),
    shop_version: need(id),
    register: need(id),
    user: need(id),
    customer: id,
    buyer_name: need(personal),
    buyer_address: personal,
    buyer_tax_number: personal,
    language: need(line),
  }),
  /** Committed before a card terminal is asked; settled before its cart can be paid again. */
  payment_attempt: ledger({
    cart: need(id),
    payment_method: need(id),
    amount_minor: need(int),
    state: oneOf('asked', 'approved', 'declined', 'unknown'),
    /** What was asked, in the rows that say what came of it. */
    attempt: ref,
    /** The approved payment whose money goes back to its card. */
    gives_back: ref,
    reference: line,
    at: need(int),
  }),
  stock_movement: ledger({
    product: need(id),
    quantity_milli: need(int),
    location: line,
    reason: oneOf('sale', 'refund', 'received', 'adjusted', 'counted', 'start'),
    sale_line: ref,
    unit_cost_minor: int,
    note: line,
  }),
  cash_movement: ledger({
    shift: need(ref),
    drawer: line,
    kind: oneOf('float', 'paid-in', 'paid-out', 'safe-drop', 'bank', 'owner', 'expense', 'tip', 'difference'),
    amount_minor: need(int),
    reason: line,
    user: need(id),
  }),
  voucher_movement: ledger({
    voucher: need(id),
    code: line,
    kind: oneOf('issued', 'redeemed', 'refunded'),
    purpose: oneOf('single', 'multi'),
    amount_minor: need(int),
    sale: ref,
    /** The line it was sold as, or that a single-purpose one took off; none where it paid. */
    sale_line: ref,
    at: int,
    /** With the issue: the end of its life, by the shop's setting then. */
    expires_at: int,
  }),
  account_movement: ledger({ customer: need(id), amount_minor: need(int), sale: ref, reason: line }),
  /** A shift is its `opened` row; the others name it. */
  shift_event: ledger({
    kind: oneOf('opened', 'counted', 'closed'),
    shift: ref,
    register: need(id),
    drawer: line,
    user: need(id),
    at: need(int),
    trading_day: need(int),
    payment_method: id,
    expected_minor: int,
    counted_minor: int,
    silent: flag,
    detail: text,
  }),
  closing: ledger({
    register: need(id),
    number: need(int),
    kind: oneOf('z', 'day', 'month', 'year'),
    from_n: need(int),
    to_n: need(int),
    trading_day: need(int),
    totals: need(text),
    perpetual_total_minor: need(int),
  }),
  fiscal_event: ledger({
    kind: oneOf('start', 'finish', 'abort', 'outage'),
    register: id,
    cart: id,
    sale: ref,
    device: line,
    number: line,
    signature: text,
    at: need(int),
  }),
  audit_entry: ledger({
    kind: oneOf(
      'no-sale',
      'void',
      'printed',
      'reprint',
      'abandoned-cart',
      'log-in',
      'granted',
      'setting',
      'exception-settled',
      'restored',
      'payment-settled',
      'tender-swapped',
    ),
    user: id,
    at: need(int),
    subject: line,
    detail: text,
  }),
  /** X.509, signed by the shop's CA; `chain` is the id of the chain whose key it certifies. */
  certificate: ledger({ chain: need(bytes), register: need(id), der: need(bytes) }),
  /** Signed by the shop's CA over `chain` and `from_n`; stops pushes and offers, never judged by readers. */
  revocation: ledger({ chain: need(bytes), from_n: need(int), at: need(int), signature: need(bytes) }),
  sealed_box: ledger({ number: need(int), box: need(bytes), ca: need(bytes), signature: need(bytes) }),
  /**
   * Which register hosts the shop's database, and where: signed by the shop's CA. The highest number holds, of two equal ones the higher
   * id; whoever hosted it before steps down.
   */
  incarnation: ledger({
    number: need(int),
    incarnation: need(id),
    register: need(id),
    addresses: need(text),
    port: need(int),
    at: need(int),
    signature: need(bytes),
  }),
  dictionary: ledger({ number: need(int), content: need(bytes) }),
  /** Hashes of detached values to erase; only grows. */
  forgotten: ledger({ hash: need(bytes), at: need(int), reason: line }),
} as const;

export type Tables = typeof TABLES;
export type TableName = keyof Tables;
export type LedgerName = { [K in TableName]: Tables[K]['kind'] extends 'ledger' ? K : never }[TableName];
export type RecordName = { [K in TableName]: Tables[K]['kind'] extends 'record' ? K : never }[TableName];
export type Insert<K extends TableName> = InsertValues<Tables[K]>;
export type Patch<K extends RecordName> = PatchValues<Tables[K]>;

export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(TABLES, name);
}
