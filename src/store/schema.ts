/**
 * The SQLite schema: the merged tables follow from protocol/tables.ts, the local ones stand here. Merged tables have no UNIQUE but the id,
 * no foreign keys, no NOT NULL: what two registers wrote apart must always fit.
 */
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import type { ColumnType, Table } from '../protocol/columns.ts';

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  id: 'BLOB',
  ref: 'INTEGER',
  text: 'TEXT',
  int: 'INTEGER',
  flag: 'INTEGER',
  bytes: 'BLOB',
  personal: 'BLOB',
};

const UNPRINTED = 'CREATE TABLE unprinted (sale BLOB PRIMARY KEY);';

/** Printers of this register, and what waits for them; contents are JSON. state: waiting, sending, cut (begun, and nobody knows how far it came). */
const PRINTING = `
CREATE TABLE printer (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE print_job (id TEXT PRIMARY KEY, printer TEXT NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX printer_twice ON printer (content);
CREATE INDEX print_job_twice ON print_job (printer, content, state, created_at);
`;

/** What was sold in past weeks (store/week-sums.ts), until something of such a week comes late. */
const WEEK_SUMS = `
CREATE TABLE week_sum (week INTEGER PRIMARY KEY, mark INTEGER NOT NULL, body BLOB);
CREATE TRIGGER week_sum_sale AFTER INSERT ON sale BEGIN DELETE FROM week_sum WHERE week = new.completed_at / 604800000; END;
CREATE TRIGGER week_sum_swap AFTER INSERT ON tender WHEN new.swap_of IS NOT NULL BEGIN
  DELETE FROM week_sum WHERE week = (SELECT completed_at / 604800000 FROM sale WHERE id = new.sale);
END;
`;

/** Local tables: what this register knows about the shop's history, and what is derived from it. Never synchronised. */
const LOCAL_TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- Every chain heard of. public_key is set once the shop's CA or a predecessor vouches for it; own chains hold their private key.
CREATE TABLE chain (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  genesis BLOB,
  public_key BLOB,
  private_key BLOB,
  register BLOB,
  series TEXT,
  predecessor BLOB,
  -- own chains: the highest n that the hub has said it holds
  sent_n INTEGER NOT NULL DEFAULT 0
);

-- Every changeset held or named. state: 0 merged, 1 named only, 2 wrong signature, 3 not the grammar, 4 key not certified, 5 dictionary missing,
-- 6 merged, but it names tables or columns that this program does not know.
CREATE TABLE changeset (
  local INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  chain INTEGER,
  n INTEGER,
  -- local number of the predecessor; null for n = 1
  previous INTEGER,
  signature BLOB,
  -- CRC-32 of the signature as it came: a rightly signed follower vouches for a changeset whatever its own signature says
  signature_sum INTEGER,
  body BLOB,
  state INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX changeset_by_hash ON changeset (substr(hash, 1, 8));
CREATE INDEX changeset_by_chain ON changeset (chain, n);
CREATE INDEX changeset_not_merged ON changeset (state) WHERE state <> 0;
-- Those nobody here has seen a follower of: the heads.
CREATE TABLE tip (chain INTEGER NOT NULL, local INTEGER NOT NULL, PRIMARY KEY (chain, local)) WITHOUT ROWID;

-- Every patch of a group, kept or overtaken: the edit history, and the ground of "lost edit".
CREATE TABLE edit (
  id INTEGER PRIMARY KEY,
  table_name TEXT NOT NULL,
  row_id BLOB NOT NULL,
  group_name TEXT NOT NULL,
  stamp BLOB NOT NULL,
  over BLOB,
  "values" TEXT NOT NULL,
  changeset INTEGER NOT NULL
);
CREATE INDEX edit_by_row ON edit (row_id, group_name);

-- Values of personal columns; the hash is that of salt and value.
CREATE TABLE detached (hash BLOB PRIMARY KEY, salt BLOB NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
-- Hashes that merged rows name and whose value is not here: asked for at the next occasion.
CREATE TABLE wanted (hash BLOB PRIMARY KEY) WITHOUT ROWID;

-- The sum of movements. counted: somebody received or counted it, so the figure means something.
CREATE TABLE stock (product BLOB NOT NULL, location TEXT NOT NULL, on_hand_milli INTEGER NOT NULL, counted INTEGER NOT NULL, PRIMARY KEY (product, location)) WITHOUT ROWID;

-- What wants a person's eye and cannot be found by a query at the time of asking.
CREATE TABLE exception (id TEXT PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;

-- The one open cart; content is JSON.
CREATE TABLE open_cart (id BLOB PRIMARY KEY, content TEXT NOT NULL, version INTEGER NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID;
-- Which sale a cart became; the last thousand, for whoever asks twice.
CREATE TABLE completed_cart (row INTEGER PRIMARY KEY, cart BLOB NOT NULL UNIQUE, sale BLOB NOT NULL);
-- Sales of this register whose receipt was neither printed nor waived.
${UNPRINTED}
-- PIN throttle, by subject; kept across restarts.
CREATE TABLE throttle (subject TEXT PRIMARY KEY, failures INTEGER NOT NULL, blocked_until INTEGER NOT NULL) WITHOUT ROWID;
-- Long work that a restart resumes; content is JSON.
CREATE TABLE job (id TEXT PRIMARY KEY, kind TEXT NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
`;

/**
 * What no chain vouches for is held twice, in its table and in an index of all its columns: SQLite's integrity check compares the two, so
 * that verification finds a single damaged byte of it. (The key of \`unprinted\` is such an index by itself.)
 */
const HELD_TWICE = `
CREATE INDEX meta_twice ON meta (value);
CREATE INDEX chain_twice ON chain (genesis, public_key, private_key, register, series, predecessor, sent_n);
CREATE INDEX exception_twice ON exception (kind, at, subject, detail);
CREATE INDEX open_cart_twice ON open_cart (content, version, changed_at);
CREATE INDEX completed_cart_twice ON completed_cart (sale);
CREATE INDEX throttle_twice ON throttle (failures, blocked_until);
CREATE INDEX job_twice ON job (kind, content, state);
`;

const MERGED_INDEXES = `
CREATE INDEX sale_by_uuid ON sale (uuid);
CREATE INDEX sale_by_time ON sale (completed_at);
CREATE INDEX sale_by_label ON sale (series, number);
CREATE INDEX sale_by_held_cart ON sale (held_cart) WHERE held_cart IS NOT NULL;
CREATE INDEX sale_line_beside ON sale_line (sale) WHERE kind IN ('tip', 'account-payment', 'voucher-issued');
CREATE INDEX sale_line_by_refund ON sale_line (refund_of) WHERE refund_of IS NOT NULL;
CREATE INDEX sale_line_by_code ON sale_line (code) WHERE code IS NOT NULL;
CREATE INDEX stock_movement_beside_sales ON stock_movement (product) WHERE sale_line IS NULL;
CREATE INDEX product_barcode_by_code ON product_barcode (code);
CREATE INDEX product_barcode_by_product ON product_barcode (product);
CREATE INDEX product_by_category ON product (category);
CREATE INDEX product_variant ON product (variant_of) WHERE variant_of IS NOT NULL;
CREATE INDEX product_by_name ON product (name COLLATE NOCASE);
CREATE INDEX product_favourite ON product (position, name) WHERE favourite = 1;
CREATE INDEX product_price_by_product ON product_price (product);
CREATE INDEX forgotten_by_hash ON forgotten (hash);
CREATE INDEX shift_event_by_register ON shift_event (register, at);
CREATE INDEX shift_event_by_shift ON shift_event (shift) WHERE shift IS NOT NULL;
CREATE INDEX sale_by_shift ON sale (shift);
CREATE INDEX sale_by_day ON sale (trading_day, register);
CREATE INDEX tender_swap ON tender (sale) WHERE swap_of IS NOT NULL;
CREATE INDEX tender_by_attempt ON tender (payment_attempt) WHERE payment_attempt IS NOT NULL;
CREATE INDEX payment_attempt_by_cart ON payment_attempt (cart);
CREATE INDEX payment_attempt_by_attempt ON payment_attempt (attempt) WHERE attempt IS NOT NULL;
CREATE INDEX voucher_movement_by_voucher ON voucher_movement (voucher);
CREATE INDEX voucher_movement_by_code ON voucher_movement (code) WHERE code IS NOT NULL;
CREATE INDEX audit_entry_printed ON audit_entry (subject) WHERE kind = 'printed';
CREATE INDEX account_movement_by_customer ON account_movement (customer);
CREATE INDEX fiscal_event_by_cart ON fiscal_event (cart) WHERE cart IS NOT NULL;
CREATE INDEX fiscal_event_by_sale ON fiscal_event (sale) WHERE sale IS NOT NULL;
CREATE INDEX cash_movement_by_shift ON cash_movement (shift);
CREATE INDEX closing_by_register ON closing (register, kind, number);
CREATE INDEX closing_by_day ON closing (kind, trading_day);
CREATE INDEX sale_by_customer ON sale (customer, completed_at) WHERE customer IS NOT NULL;
CREATE INDEX invoice_by_sale ON invoice (sale);
CREATE INDEX invoice_by_label ON invoice (series, number);
`;

export function stampColumn(group: string): string {
  return `${group}_stamp`;
}

export function createTableSql(name: TableName): string {
  const key = TABLES[name].kind === 'ledger' ? 'id INTEGER PRIMARY KEY' : 'row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE';
  return `CREATE TABLE ${name} (${[key, ...tableColumnsSql(name).map(({ sql }) => sql)].join(', ')});`;
}

/** A merged table's columns beside its key: those of the list, then one stamp a group. */
export function tableColumnsSql(name: TableName): { readonly name: string; readonly sql: string }[] {
  const table: Table = TABLES[name];
  const columns = Object.entries(table.columns).map(([column, spec]) => ({ name: column, sql: `${column} ${SQL_TYPES[spec.type]}` }));
  const stamps = table.kind === 'ledger' ? [] : Object.keys(table.groups).map(stampColumn);
  return [...columns, ...stamps.map((stamp) => ({ name: stamp, sql: `${stamp} BLOB` }))];
}

/** The indexes of the merged tables, those that are missing. */
export function mergedIndexesSql(): string {
  return MERGED_INDEXES.replaceAll('CREATE INDEX', 'CREATE INDEX IF NOT EXISTS');
}

/** From layout 1, which held nothing twice and no sum of signatures, to 2. `signature_sum` is a function of the connection. */
export const LAYOUT_2_SQL = `
ALTER TABLE changeset ADD COLUMN signature_sum INTEGER;
UPDATE changeset SET signature_sum = signature_sum(signature) WHERE signature IS NOT NULL;
DROP INDEX detached_by_changeset;
ALTER TABLE detached DROP COLUMN changeset;
ALTER TABLE unprinted RENAME TO unprinted_before;
${UNPRINTED}
INSERT INTO unprinted SELECT sale FROM unprinted_before;
DROP TABLE unprinted_before;
${HELD_TWICE}`;

/** From layout 2, which knew no printers, to 3. */
export const LAYOUT_3_SQL = PRINTING;

/** From layout 3, which kept no sums, to 4. */
export const LAYOUT_4_SQL = WEEK_SUMS;

/** The whole schema of a new store. */
export function createSchemaSql(): string {
  return [LOCAL_TABLES, HELD_TWICE, PRINTING, ...TABLE_NAMES.map(createTableSql), MERGED_INDEXES, WEEK_SUMS].join('\n');
}
