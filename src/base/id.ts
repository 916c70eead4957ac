/**
 * Ids of records: UUIDv7 (RFC 9562), so that rows made together lie together in an index.
 * As text in JSON and TypeScript, 16 bytes in SQLite, uuid in PostgreSQL.
 */
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import { toHex } from './bytes.ts';

declare const idBrand: unique symbol;
export type Id = string & { readonly [idBrand]: true };

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isId(value: unknown): value is Id {
  return typeof value === 'string' && ID.test(value);
}

export function makeId(clock: Clock, random: Random): Id {
  const bytes = random.bytes(16);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const ms = clock.nowMs();
  view.setUint32(0, Math.floor(ms / 0x1_0000));
  view.setUint16(4, ms % 0x1_0000);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return idFromBytes(bytes);
}

export function idFromBytes(bytes: Uint8Array): Id {
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id;
}

export function idToBytes(id: string): Uint8Array {
  return Buffer.from(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24), 'hex');
}
