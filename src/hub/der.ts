/**
 * The few DER forms (X.690) that writing an X.509 certificate takes. Writes only: certificates are read and verified by node:crypto.
 */

function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  return Buffer.concat([Buffer.of(tag, 0x80 | size.length, ...size), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, Buffer.concat(parts));
export const set = (...parts: readonly Uint8Array[]): Buffer => tagged(0x31, Buffer.concat(parts));
export const octets = (content: Uint8Array): Buffer => tagged(0x04, content);
export const bits = (content: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.concat([Buffer.of(unused), content]));
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'));
export const printable = (text: string): Buffer => tagged(0x13, Buffer.from(text, 'ascii'));
export const flag = (value: boolean): Buffer => tagged(0x01, Buffer.of(value ? 0xff : 0));
/** YYYYMMDDHHMMSSZ; for years to 2049 X.509 wants the short form. */
export const time = (text: string): Buffer =>
  Number(text.slice(0, 4)) < 2050 ? tagged(0x17, Buffer.from(text.slice(2), 'ascii')) : tagged(0x18, Buffer.from(text, 'ascii'));
export const explicit = (number: number, content: Uint8Array): Buffer => tagged(0xa0 | number, content);
export const implicit = (number: number, content: Uint8Array): Buffer => tagged(0x80 | number, content);

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const trimmed = bytes.subarray(start);
  return tagged(0x02, (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const content = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80);
    content.push(...groups);
  }
  return tagged(0x06, Buffer.from(content));
}
