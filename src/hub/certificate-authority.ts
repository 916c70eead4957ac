/**
 * The shop's certificate authority: ECDSA P-256, on the master and in the sealed box, nowhere else. It certifies the hub's server key
 * under one fixed name (the master's address may change) and the Ed25519 key of every chain; it signs revocations and boxes.
 * Certificates bear no date that matters: a register whose clock is a year off must still reach its shop. Revocation is the hub's work.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { concatBytes, equalBytes, toHex } from '../base/bytes.ts';
import { isId, type Id } from '../base/id.ts';
import type { Random } from '../base/random.ts';
import { chainIdOf, publicKeyFrom } from '../protocol/changeset.ts';
import { framed, readChainCertificate, type SignedPart, type SignedPurpose } from '../protocol/certificate.ts';
import * as der from './der.ts';

/** The name every hub's certificate bears; `.internal` is reserved for private use. */
export const HUB_SERVER_NAME = 'hub.aurapos.internal';

const VALID_FROM = '20200101000000Z';
/** RFC 5280, 4.1.2.5: no well-defined end. */
const VALID_UNTIL = '99991231235959Z';

const ECDSA_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';
const UNIT_NAME = '2.5.4.11';
const SERIAL_NUMBER = '2.5.4.5';

export interface CertificateAuthority {
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

export function makeCertificateAuthority(random: Random): CertificateAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = distinguishedName([[COMMON_NAME, `AuraPOS shop ${toHex(random.bytes(8))}`]]);
  const certificate = issue(privateKey, random, {
    issuer: name,
    subject: name,
    publicKey,
    extensions: [
      extension('2.5.29.19', true, der.sequence(der.flag(true), der.integer(Buffer.of(0)))),
      extension('2.5.29.15', true, der.bits(Buffer.of(0b0000_0110), 1)),
    ],
  });
  return { certificate, key: privateKey };
}

/** The CA's key as PKCS#8 DER, as loadCertificateAuthority takes it. */
export function exportAuthorityKey(authority: CertificateAuthority): Uint8Array {
  return authority.key.export({ format: 'der', type: 'pkcs8' });
}

export function loadCertificateAuthority(certificate: Uint8Array, key: Uint8Array): CertificateAuthority {
  return { certificate, key: createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }) };
}

/** A new key for a server's TLS and its certificate, both PEM. */
export function issueServerCertificate(
  authority: CertificateAuthority,
  random: Random,
  name = HUB_SERVER_NAME,
): { readonly key: string; readonly certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const certificate = issue(authority.key, random, {
    issuer: subjectOf(authority.certificate),
    subject: distinguishedName([[COMMON_NAME, name]]),
    publicKey,
    extensions: [
      extension('2.5.29.17', false, der.sequence(der.implicit(2, Buffer.from(name, 'ascii')))),
      extension('2.5.29.15', true, der.bits(Buffer.of(0b1000_0000), 7)),
      extension('2.5.29.37', false, der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))),
    ],
  });
  return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), certificate: toPem(certificate) };
}

export interface ChainOwner {
  readonly register: Id;
  /** Of the register's role: from it and the shop's secret its password follows, so that a hub raised again can make the role again. */
  readonly pairing: Id;
}

/** Certifies that this chain (its raw Ed25519 public key) is written by this register. X.509 DER. */
export function issueChainCertificate(
  authority: CertificateAuthority,
  random: Random,
  owner: ChainOwner,
  publicKey: Uint8Array,
): Uint8Array {
  return issue(authority.key, random, {
    issuer: subjectOf(authority.certificate),
    subject: distinguishedName([
      [UNIT_NAME, owner.pairing],
      [COMMON_NAME, owner.register],
      [SERIAL_NUMBER, toHex(chainIdOf(publicKey))],
    ]),
    publicKey: publicKeyFrom(publicKey),
    extensions: [extension('2.5.29.15', true, der.bits(Buffer.of(0b1000_0000), 7))],
  });
}

export interface CertifiedChain extends ChainOwner {
  readonly chain: Uint8Array;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** What a chain's certificate says, or null if it is none of this CA's. Both are DER. */
export function verifyChainCertificate(certificate: Uint8Array, authorityCertificate: Uint8Array): CertifiedChain | null {
  const certified = readChainCertificate(certificate, authorityCertificate);
  if (certified === null) return null;
  const { subject } = new X509Certificate(certificate);
  const register = /^CN=(.+)$/m.exec(subject)?.[1];
  const pairing = /^OU=(.+)$/m.exec(subject)?.[1];
  if (!isId(register) || !isId(pairing) || !subject.includes(`serialNumber=${toHex(certified.chain)}`)) return null;
  return { ...certified, register, pairing };
}

export function signByAuthority(authority: CertificateAuthority, purpose: SignedPurpose, ...parts: readonly SignedPart[]): Uint8Array {
  return sign('sha256', framed(purpose, parts), authority.key);
}

/** Is it the CA's own certificate, and this its key? */
export function isAuthorityWhole(authority: CertificateAuthority): boolean {
  const read = readCertificate(authority.certificate);
  if (read === null) return false;
  const spki = { format: 'der', type: 'spki' } as const;
  return equalBytes(read.publicKey.export(spki), createPublicKey(authority.key).export(spki));
}

function readCertificate(certificate: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(certificate);
  } catch {
    // Not a certificate at all: the same to every caller as one of another CA.
    return null;
  }
}

function subjectOf(certificate: Uint8Array): Uint8Array {
  const name = /^CN=(.+)$/m.exec(new X509Certificate(certificate).subject)?.[1] ?? '';
  return distinguishedName([[COMMON_NAME, name]]);
}

function distinguishedName(parts: readonly (readonly [type: string, value: string])[]): Buffer {
  return der.sequence(
    ...parts.map(([type, value]) => der.set(der.sequence(der.oid(type), type === SERIAL_NUMBER ? der.printable(value) : der.utf8(value)))),
  );
}

function extension(type: string, critical: boolean, value: Uint8Array): Buffer {
  return der.sequence(der.oid(type), ...(critical ? [der.flag(true)] : []), der.octets(value));
}

interface Unsigned {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

function issue(signer: KeyObject, random: Random, unsigned: Unsigned): Uint8Array {
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(concatBytes(Buffer.of(1), random.bytes(15))),
    ECDSA_SHA256,
    unsigned.issuer,
    der.sequence(der.time(VALID_FROM), der.time(VALID_UNTIL)),
    unsigned.subject,
    unsigned.publicKey.export({ format: 'der', type: 'spki' }),
    der.explicit(3, der.sequence(...unsigned.extensions)),
  );
  return der.sequence(body, ECDSA_SHA256, der.bits(sign('sha256', body, signer)));
}

export function toPem(certificate: Uint8Array): string {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
