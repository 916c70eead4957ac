/** Reads of people: users, roles, customers. Names are personal: the row holds a hash, the value lies detached and may be erased. */
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import { builtInRights, isRight, type Right } from '../../domain/rights.ts';
import { bytesOf, bytesOrNull, LIVE, numberOrNull, textOrNull, type Database, type SqlRow, type SqlValue } from '../database.ts';

/** The value behind a personal column: empty when it is missing or was erased. */
export function personalText(db: Database, hash: Uint8Array | null): string {
  return hash === null ? '' : (textOrNull(db.get('SELECT value FROM detached WHERE hash = ?', hash)?.['value']) ?? '');
}

/** The name of the user a row names; empty when nobody is named or the name is not here. */
export function userName(db: Database, user: SqlValue | undefined): string {
  return user instanceof Uint8Array ? personalText(db, bytesOrNull(db.get('SELECT name FROM user WHERE id = ?', user)?.['name'])) : '';
}

export interface RoleRow {
  readonly id: Id;
  readonly name: string;
  readonly builtIn: string | null;
  readonly rights: readonly Right[];
}

export function listRoles(db: Database): RoleRow[] {
  return db.all('SELECT id, name, built_in, rights FROM role WHERE life_stamp IS NOT NULL AND deleted IS NOT 1 ORDER BY id').map((row) => ({
    id: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    builtIn: textOrNull(row['built_in']),
    rights: builtInRights(textOrNull(row['built_in'])) ?? (textOrNull(row['rights']) ?? '').split(' ').filter(isRight),
  }));
}

export interface UserRow {
  readonly id: Id;
  readonly name: string;
  readonly role: RoleRow | null;
  readonly active: boolean;
  readonly pinHash: string;
  readonly pinDigits: number;
}

export function listUsers(db: Database): UserRow[] {
  const roles = listRoles(db);
  return db
    .all('SELECT id, name, pin_hash, pin_digits, role, active FROM user WHERE life_stamp IS NOT NULL AND deleted IS NOT 1 ORDER BY id')
    .map((row) => toUser(db, row, roles));
}

export function readUser(db: Database, id: Id): UserRow | null {
  const row = db.get(
    'SELECT id, name, pin_hash, pin_digits, role, active FROM user WHERE id = ? AND life_stamp IS NOT NULL AND deleted IS NOT 1',
    idToBytes(id),
  );
  return row === undefined ? null : toUser(db, row, listRoles(db));
}

function toUser(db: Database, row: SqlRow, roles: readonly RoleRow[]): UserRow {
  const role = row['role'] instanceof Uint8Array ? idFromBytes(row['role']) : null;
  return {
    id: idFromBytes(bytesOf(row['id'])),
    name: personalText(db, bytesOrNull(row['name'])),
    role: roles.find((candidate) => candidate.id === role) ?? null,
    active: row['active'] === 1,
    pinHash: personalText(db, bytesOrNull(row['pin_hash'])),
    pinDigits: numberOrNull(row['pin_digits']) ?? 0,
  };
}

export interface CustomerRow {
  readonly id: Id;
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly address: string | null;
  readonly taxNumber: string | null;
  readonly cardCode: string | null;
  /** What papers for this person are written in; null: the shop's. */
  readonly language: string | null;
  readonly onAccount: boolean;
  readonly accountLimitMinor: number | null;
  readonly forgotten: boolean;
}

const CUSTOMER_COLUMNS = `c.id, c.name AS name_hash, c.language, c.on_account, c.account_limit_minor,
  (SELECT value FROM detached WHERE hash = c.name) AS name, (SELECT value FROM detached WHERE hash = c.phone) AS phone,
  (SELECT value FROM detached WHERE hash = c.email) AS email, (SELECT value FROM detached WHERE hash = c.address) AS address,
  (SELECT value FROM detached WHERE hash = c.tax_number) AS tax_number, (SELECT value FROM detached WHERE hash = c.card_code) AS card_code`;
const LIVE_CUSTOMER = LIVE('c');

export interface CustomerListQuery {
  readonly search: string;
  readonly offset: number;
  readonly limit: number;
}

/** By name; a search looks into name, phone, e-mail and card. */
export function listCustomers(db: Database, query: CustomerListQuery): { rows: CustomerRow[]; total: number } {
  const pattern = `%${query.search.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const all = `SELECT * FROM (SELECT ${CUSTOMER_COLUMNS} FROM customer c WHERE ${LIVE_CUSTOMER}) WHERE name IS NOT NULL`;
  const searched = "(name || ' ' || ifnull(phone, '') || ' ' || ifnull(email, '') || ' ' || ifnull(card_code, '')) LIKE ? ESCAPE '\\'";
  const sql = `${all} AND ${searched}`;
  const rows = db.all(`${sql} ORDER BY name COLLATE NOCASE, id LIMIT ? OFFSET ?`, pattern, query.limit, query.offset);
  return { rows: rows.map(toCustomer), total: numberOrNull(db.get(`SELECT count(*) AS total FROM (${sql})`, pattern)?.['total']) ?? 0 };
}

export function readCustomer(db: Database, id: Id): CustomerRow | null {
  const row = db.get(`SELECT ${CUSTOMER_COLUMNS} FROM customer c WHERE c.id = ? AND ${LIVE_CUSTOMER}`, idToBytes(id));
  return row === undefined ? null : toCustomer(row);
}

/** Whose card this is; null when it is nobody's, or more than one person's. Reads every card: for the reading thread. */
export function findCustomerByCard(db: Database, code: string): Id | null {
  const rows = db.all(
    `SELECT c.id FROM customer c JOIN detached d ON d.hash = c.card_code WHERE d.value = ? AND ${LIVE_CUSTOMER} LIMIT 2`,
    code.trim(),
  );
  const [only] = rows;
  return only === undefined || rows.length > 1 ? null : idFromBytes(bytesOf(only['id']));
}

/** What they paid in all, less what they got back; practice does not count. */
export function customerTotals(db: Database, id: Id): { sales: number; totalMinor: number; lastVisitAt: number | null } {
  const row = db.get(
    `SELECT count(*) AS sales, sum(total_minor + ifnull(rounding_minor, 0)) AS total, max(completed_at) AS last
     FROM sale WHERE customer = ? AND mode IS NOT 'training'`,
    idToBytes(id),
  );
  return {
    sales: numberOrNull(row?.['sales']) ?? 0,
    totalMinor: numberOrNull(row?.['total']) ?? 0,
    lastVisitAt: numberOrNull(row?.['last']),
  };
}

function toCustomer(row: SqlRow): CustomerRow {
  return {
    id: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    phone: textOrNull(row['phone']),
    email: textOrNull(row['email']),
    address: textOrNull(row['address']),
    taxNumber: textOrNull(row['tax_number']),
    cardCode: textOrNull(row['card_code']),
    language: textOrNull(row['language']),
    onAccount: row['on_account'] === 1,
    accountLimitMinor: numberOrNull(row['account_limit_minor']),
    forgotten: row['name'] === null,
  };
}

/** Every hash that the row of this customer, and every edit of it, ever named: what "forget" erases. */
export function customerHashes(db: Database, id: Id): Uint8Array[] {
  const row = db.get('SELECT name, phone, email, address, tax_number, card_code FROM customer WHERE id = ?', idToBytes(id));
  const edits = db.all('SELECT "values" FROM edit WHERE table_name = \'customer\' AND row_id = ?', idToBytes(id)).flatMap((edit) => {
    const values: unknown = JSON.parse(textOrNull(edit['values']) ?? '{}');
    return Object.values(values ?? {}).filter((value): value is string => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value));
  });
  const current = Object.values(row ?? {}).flatMap((value) =>
    value instanceof Uint8Array ? [Buffer.from(value).toString('base64url')] : [],
  );
  return [...new Set([...current, ...edits])].map((text) => Buffer.from(text, 'base64url'));
}
