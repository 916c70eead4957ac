/**
 * What the shop's CA signs, as readers check it: certificates of chain keys (X.509 over an Ed25519 key, whose chain's id follows from it),
 * revocations, sealed boxes, and which register hosts the shop's database. Signing is the hub's work.
 */
import { verify, X509Certificate } from 'node:crypto';
import { concatBytes } from '../base/bytes.ts';
import { chainIdOf, rawPublicKey } from './changeset.ts';

export interface CertifiedKey {
  readonly chain: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The key this certificate vouches for, or null when this CA did not sign it or it is no chain's. Both are DER. */
export function readChainCertificate(der: Uint8Array, authority: Uint8Array): CertifiedKey | null {
  try {
    const certificate = new X509Certificate(der);
    if (certificate.publicKey.asymmetricKeyType !== 'ed25519') return null;
    if (!certificate.verify(new X509Certificate(authority).publicKey)) return null;
    const publicKey = rawPublicKey(certificate.publicKey);
    return { chain: chainIdOf(publicKey), publicKey };
  } catch {
    // Bytes that are no certificate vouch for nothing.
    return null;
  }
}

/** What the CA signs besides certificates, and (`copy`) a chain's key besides changesets; the purpose is signed too, so that no signature stands for another thing. */
export type SignedPurpose = 'revocation' | 'sealed-box' | 'rotation' | 'incarnation' | 'copy';

/** A number stands for its eight bytes, a text for its UTF-8. */
export type SignedPart = Uint8Array | number | string;

/** The bytes that are signed: the purpose, then each part after its length. */
export function framed(purpose: SignedPurpose, parts: readonly SignedPart[]): Uint8Array {
  const framedParts = parts.flatMap((part) => {
    const bytes = bytesOfPart(part);
    return [bigEndian(bytes.length), bytes];
  });
  return concatBytes(Buffer.from(`aurapos ${purpose}\n`), ...framedParts);
}

function bytesOfPart(part: SignedPart): Uint8Array {
  if (typeof part === 'number') return bigEndian(part);
  return typeof part === 'string' ? Buffer.from(part) : part;
}

function bigEndian(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Did this CA (its certificate, DER) sign these parts for this purpose? */
export function isSignedByAuthority(
  authority: Uint8Array,
  signature: Uint8Array,
  purpose: SignedPurpose,
  ...parts: readonly SignedPart[]
): boolean {
  try {
    return verify('sha256', framed(purpose, parts), new X509Certificate(authority).publicKey, signature);
  } catch {
    // Bytes that are no certificate, or no signature, vouch for nothing.
    return false;
  }
}
