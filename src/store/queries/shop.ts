/** Reads of the shop itself: its present version, settings, registers, what wants a person. */
import { sha256 } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, type Id } from '../../base/id.ts';
import type { ExceptionKind } from '../exceptions.ts';
import { bytesOf, numberOf, textOf, textOrNull, type Database } from '../database.ts';

export interface ShopRow {
  readonly id: Id;
  readonly name: string;
  readonly address: string;
  readonly taxNumber: string;
  readonly country: string;
}

/** The shop as it is now: its newest version. */
export function readShop(db: Database): ShopRow | null {
  const row = db.get(
    'SELECT id, name, address, tax_number, country FROM shop_version WHERE life_stamp IS NOT NULL AND deleted IS NOT 1 ORDER BY from_at DESC, id DESC LIMIT 1',
  );
  if (row === undefined) return null;
  return {
    id: idFromBytes(bytesOf(row['id'])),
    name: textOrNull(row['name']) ?? '',
    address: textOrNull(row['address']) ?? '',
    taxNumber: textOrNull(row['tax_number']) ?? '',
    country: textOrNull(row['country']) ?? '',
  };
}

/** A setting's id follows from its key, so that two registers which set it apart edit one row. */
export function settingId(key: string): Id {
  return fixedId(`setting:${key}`);
}

/** An id that follows from a name: a UUID of version 8. */
export function fixedId(name: string): Id {
  const bytes = Buffer.from(sha256(Buffer.from(name)).subarray(0, 16));
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return idFromBytes(bytes);
}

/** The JSON value of a setting, or the default when nobody set it. */
export function readSetting<T>(db: Database, key: string, otherwise: T, isValid: (value: unknown) => value is T): T {
  const text = textOrNull(db.get('SELECT value FROM setting WHERE key = ? AND deleted IS NOT 1', key)?.['value']);
  if (text === null) return otherwise;
  const value: unknown = JSON.parse(text);
  return isValid(value) ? value : otherwise;
}

export function hasSetting(db: Database, key: string): boolean {
  return db.get('SELECT 1 AS found FROM setting WHERE id = ?', idToBytes(settingId(key))) !== undefined;
}

export const isText = (value: unknown): value is string => typeof value === 'string';

export function readCurrency(db: Database): string {
  return readSetting(db, 'currency', 'EUR', isText);
}

/** The first of the shop's languages: what its customers are written to in, unless they asked for another. */
export function readLanguage(db: Database): string {
  return readSetting(db, 'languages', 'en', isText).slice(0, 2);
}

export interface RegisterRow {
  readonly id: Id;
  readonly code: string;
  readonly name: string;
  readonly revoked: boolean;
}

export function listRegisters(db: Database): RegisterRow[] {
  return db
    .all('SELECT id, code, name, revoked FROM register WHERE life_stamp IS NOT NULL AND deleted IS NOT 1 ORDER BY length(code), code')
    .map((row) => ({
      id: idFromBytes(bytesOf(row['id'])),
      code: textOrNull(row['code']) ?? '',
      name: textOrNull(row['name']) ?? '',
      revoked: row['revoked'] === 1,
    }));
}

export function countRows(db: Database): { products: number; customers: number; sales: number } {
  const count = (sql: string): number => numberOf(db.get(sql)?.['total']);
  return {
    products: count('SELECT count(*) AS total FROM product WHERE deleted IS NOT 1'),
    customers: count('SELECT count(*) AS total FROM customer WHERE deleted IS NOT 1'),
    sales: count('SELECT count(*) AS total FROM sale'),
  };
}

export interface ToCheckRow {
  readonly id: string;
  readonly kind: ExceptionKind;
  readonly at: number;
  readonly subject: string;
  readonly detail: string;
}

export function listExceptions(db: Database): ToCheckRow[] {
  return db.all('SELECT id, kind, at, subject, detail FROM exception ORDER BY at DESC LIMIT 500').map((row) => ({
    id: textOf(row['id']),
    kind: textOf(row['kind']) as ExceptionKind,
    at: numberOf(row['at']),
    subject: textOf(row['subject']),
    detail: textOf(row['detail']),
  }));
}

/** The register whose chain this is (hexadecimal); empty while it is not known. */
export function nameOfChain(db: Database, chain: string): string {
  return textOrNull(db.get('SELECT r.name FROM chain k JOIN register r ON r.id = k.register WHERE k.id = unhex(?)', chain)?.['name']) ?? '';
}

export function countExceptions(db: Database): number {
  return numberOf(db.get('SELECT count(*) AS total FROM exception')?.['total']);
}
