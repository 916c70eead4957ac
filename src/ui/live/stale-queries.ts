/**
 * Which lists on the screen are stale when a table changed, here or on another register. A table that no list shows is named with
 * nothing, so that a new one cannot be forgotten: the type asks for all of them.
 */
import type { TableName } from '../../protocol/tables.ts';

export type QueryName =
  | 'state'
  | 'tiles'
  | 'recent'
  | 'search'
  | 'products'
  | 'prices'
  | 'categories'
  | 'departments'
  | 'taxes'
  | 'payment-methods'
  | 'customers'
  | 'customer'
  | 'customer-sales'
  | 'receipt-template'
  | 'print-jobs'
  | 'printers'
  | 'unprinted'
  | 'invoices'
  | 'users'
  | 'deeds'
  | 'edits'
  | 'roles'
  | 'registers'
  | 'storage'
  | 'sales'
  | 'sale'
  | 'held-carts'
  | 'report'
  | 'stock'
  | 'to-check'
  | 'shift'
  | 'x'
  | 'closings'
  | 'closing'
  | 'terminal'
  | 'selling'
  | 'fiscal'
  | 'account'
  | 'voucher'
  | 'backups'
  /** The open cart, which says what its goods cost and how they are taxed now. */
  | 'cart';

const GOODS = ['tiles', 'search', 'products'] as const;

const SHOWN: Readonly<Record<TableName, readonly QueryName[]>> = {
  shop_version: ['state', 'storage'],
  setting: ['state', 'selling', 'deeds', 'shift', 'receipt-template', 'terminal', 'fiscal'],
  register: ['registers', 'state', 'sales'],
  user: ['users', 'state', 'to-check', 'edits'],
  role: ['users', 'roles', 'state'],
  product: [...GOODS, 'edits', 'prices', 'stock', 'categories', 'departments', 'storage', 'to-check', 'cart'],
  product_barcode: [...GOODS, 'to-check', 'edits'],
  product_price: [...GOODS, 'prices', 'cart'],
  category: ['categories', 'departments', 'products'],
  tax_category: [...GOODS, 'taxes', 'departments', 'cart'],
  tax_rate: [...GOODS, 'taxes', 'departments', 'cart'],
  payment_method: ['payment-methods'],
  supplier: [],
  price_rule: [],
  customer: ['customers', 'customer', 'storage', 'edits'],
  image: ['receipt-template'],
  held_cart: ['held-carts'],
  invoice: ['sale', 'invoices'],
  chain_start: ['registers', 'to-check'],
  sale: ['customer-sales', 'deeds', 'report', 'sales', 'recent', 'storage', 'to-check', 'shift', 'x'],
  sale_line: ['sale'],
  line_adjustment: [],
  tender: ['sale', 'sales', 'report', 'shift', 'x'],
  payment_attempt: ['to-check'],
  stock_movement: ['products', 'stock'],
  cash_movement: ['shift', 'x'],
  voucher_movement: ['voucher', 'to-check'],
  account_movement: ['account'],
  shift_event: ['shift', 'x'],
  closing: ['closings', 'closing', 'x'],
  fiscal_event: [],
  audit_entry: ['to-check', 'x', 'deeds'],
  certificate: ['registers'],
  revocation: ['registers', 'to-check'],
  sealed_box: ['storage', 'state'],
  incarnation: ['registers', 'storage', 'state'],
  dictionary: [],
  forgotten: ['customers', 'customer', 'edits', 'users', 'sales', 'sale'],
};

/** Names of the queries that show any of the tables; tables nobody here knows make nothing stale but `to-check`. */
export function staleQueries(tables: readonly string[]): ReadonlySet<QueryName> {
  const stale = new Set<QueryName>();
  for (const table of tables) {
    // A detached value (a name, a phone number) may belong to any person on any list.
    if (table === 'detached') for (const name of ['customers', 'users', 'sales', 'to-check'] as const) stale.add(name);
    else for (const name of shownBy(table)) stale.add(name);
  }
  return stale;
}

function shownBy(table: string): readonly QueryName[] {
  return Object.hasOwn(SHOWN, table) ? SHOWN[table as TableName] : ['to-check'];
}
