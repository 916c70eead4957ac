/**
 * Certificates of chain keys, as readers check them: X.509, signed by the shop's CA, over an Ed25519 key. Making them is the hub's work.
 * A chain's id follows from its key, so a certificate says by itself whose it is.
 */
import { X509Certificate } from 'node:crypto';
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
