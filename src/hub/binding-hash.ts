/**
 * The hash of a server's certificate that channel binding uses (RFC 5929, tls-server-end-point): the one its issuer signed it with, and
 * SHA-256 in place of MD5 and SHA-1. Reads as much of the DER as that takes; whether the certificate is good is TLS's question.
 */
import { createHash } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = {
  '2a8648ce3d040303': 'sha384', // ecdsa-with-SHA384
  '2a8648ce3d040304': 'sha512', // ecdsa-with-SHA512
  '2a864886f70d01010c': 'sha384', // sha384WithRSAEncryption
  '2a864886f70d01010d': 'sha512', // sha512WithRSAEncryption
};

export function hashForBinding(certificate: Uint8Array): Buffer {
  return createHash(HASHES[signatureAlgorithm(certificate)] ?? 'sha256')
    .update(certificate)
    .digest();
}

/** Its object identifier as hexadecimal; empty where the bytes are no certificate. */
function signatureAlgorithm(certificate: Uint8Array): string {
  const der = Buffer.from(certificate);
  const whole = contentAt(der, 0);
  const signed = contentAt(der, whole.start);
  const algorithm = contentAt(der, signed.end);
  const id = contentAt(der, algorithm.start);
  return der.subarray(id.start, id.end).toString('hex');
}

function contentAt(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0;
  const size = first < 0x80 ? 0 : first & 0x7f;
  let length = size === 0 ? first : 0;
  for (let i = 0; i < size; i++) length = length * 256 + (der[at + 2 + i] ?? 0);
  return { start: at + 2 + size, end: at + 2 + size + length };
}
