/** Bytes and their spellings: hex for people and keys, base64url inside JSON. Hashing is SHA-256 everywhere. */
import { hash } from 'node:crypto';

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function fromHex(text: string): Uint8Array {
  return Buffer.from(text, 'hex');
}

export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

export function fromBase64Url(text: string): Uint8Array {
  return Buffer.from(text, 'base64url');
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

/** Below, at or above zero, byte by byte; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return hash('sha256', parts.length === 1 && first !== undefined ? first : concatBytes(...parts), 'buffer');
}

/** Of a text as UTF-8. */
export function hashText(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
