/**
 * Values between a changeset's JSON and SQLite columns. Total and deterministic: whatever a foreign changeset holds in a column, every
 * register stores the same; a value that is not of its column's type is stored as nothing.
 */
import { fromBase64Url, toBase64Url, toHex } from '../base/bytes.ts';
import { idFromBytes, idToBytes, isId } from '../base/id.ts';
import { unreachable } from '../base/assert.ts';
import type { ColumnType } from '../protocol/columns.ts';
import { INDEX_SPACE, type Scalar } from '../protocol/changeset.ts';
import type { SqlValue } from './database.ts';

/** From a ledger reference's hash to the local number of that changeset, made up when it has not arrived. */
export type ResolveHash = (hash: Uint8Array) => number;
export type HashOf = (local: number) => Uint8Array;

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const REFERENCE = /^([0-9a-f]{64}):(\d{1,3})$/;

export function encodeValue(type: ColumnType, value: Scalar | undefined, local: number, resolve: ResolveHash): SqlValue {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'id':
      return isId(value) ? idToBytes(value) : null;
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'int':
      return typeof value === 'number' ? value : null;
    case 'flag':
      return typeof value === 'boolean' ? Number(value) : null;
    case 'bytes':
      return typeof value === 'string' && BASE64URL.test(value) ? fromBase64Url(value) : null;
    case 'personal':
      return typeof value === 'string' && value.length === 43 && BASE64URL.test(value) ? fromBase64Url(value) : null;
    case 'ref':
      return encodeReference(value, local, resolve);
    default:
      return unreachable(type);
  }
}

function encodeReference(value: Scalar, local: number, resolve: ResolveHash): SqlValue {
  if (typeof value === 'number') return value >= 0 && value < INDEX_SPACE ? ledgerId(local, value) : null;
  const match = typeof value === 'string' ? REFERENCE.exec(value) : null;
  const [, hash, index] = match ?? [];
  if (hash === undefined || Number(index) >= INDEX_SPACE) return null;
  return ledgerId(resolve(Buffer.from(hash, 'hex')), Number(index));
}

/** The canonical spelling, the same in every store: references by hash, also to rows of the same changeset. */
export function decodeValue(type: ColumnType, value: SqlValue | undefined, hashOf: HashOf): Scalar {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return type === 'id' ? idFromBytes(value) : toBase64Url(value);
  if (type === 'flag') return value !== 0;
  if (type === 'ref') return referenceText(hashOf(Math.floor(Number(value) / INDEX_SPACE)), Number(value) % INDEX_SPACE);
  return typeof value === 'bigint' ? Number(value) : value;
}

/** A ledger row's local id: changeset and index in it, as one integer. */
export function ledgerId(local: number, index: number): number {
  return local * INDEX_SPACE + index;
}

export function referenceText(hash: Uint8Array, index: number): `${string}:${number}` {
  return `${toHex(hash)}:${index}`;
}
