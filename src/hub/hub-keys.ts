/**
 * The shop's keys on the master: CA, secret, sealed box, and the recovery code until the owner has said that it is printed.
 * Files of one folder that only this program's user reads. Made once, or put there from a sealed box that the owner opened.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import {
  exportAuthorityKey,
  isAuthorityWhole,
  loadCertificateAuthority,
  makeCertificateAuthority,
  type CertificateAuthority,
} from './certificate-authority.ts';
import { writePrivately } from './cluster.ts';
import { makeRecoveryCode } from './recovery-code.ts';
import { sealBox, type ShopKeys } from './sealed-box.ts';

export interface HubKeys {
  readonly shopId: string;
  readonly authority: CertificateAuthority;
  readonly secret: Uint8Array;
  readonly sealedBox: Uint8Array;
  /** Null once the owner has it. */
  readonly recoveryCode: string | null;
}

/** Loads them, or makes them first. */
export async function ensureHubKeys(folder: string, shopId: string, random: Random): Promise<HubKeys> {
  const file = (name: string): string => path.join(folder, name);
  if (!hasHubKeys(folder)) await putHubKeys(folder, makeShop(shopId, random));
  const authority = loadCertificateAuthority(await readFile(file('authority.crt')), await readFile(file('authority.key')));
  assert(isAuthorityWhole(authority), 'the CA’s certificate and key belong together');
  return {
    shopId: await readFile(file('shop-id'), 'utf8'),
    authority,
    secret: await readFile(file('secret')),
    sealedBox: await readFile(file('sealed-box')),
    recoveryCode: existsSync(file('recovery-code')) ? await readFile(file('recovery-code'), 'utf8') : null,
  };
}

/** With it there, all of them are. */
const WRITTEN_LAST = 'shop-id';

/** Puts keys there: new ones, or those of a sealed box that the owner opened. Cut short, there are none. */
export async function putHubKeys(folder: string, { keys, box, recoveryCode }: KeysToPut): Promise<void> {
  const file = (name: string): string => path.join(folder, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivately(file('authority.crt'), keys.authority);
  await writePrivately(file('authority.key'), keys.authorityKey);
  await writePrivately(file('secret'), keys.secret);
  await writePrivately(file('sealed-box'), box);
  if (recoveryCode !== null) await writePrivately(file('recovery-code'), recoveryCode);
  await writePrivately(file(WRITTEN_LAST), keys.shopId);
}

export function hasHubKeys(folder: string): boolean {
  return existsSync(path.join(folder, WRITTEN_LAST));
}

/** The shop's secret as it lies on a master; null where no keys are. */
export async function readShopSecret(folder: string): Promise<Uint8Array | null> {
  const file = path.join(folder, 'secret');
  return existsSync(file) ? await readFile(file) : null;
}

/** The owner has printed it: it is nowhere on this machine any more. */
export async function forgetRecoveryCode(folder: string): Promise<void> {
  await rm(path.join(folder, 'recovery-code'), { force: true });
}

export interface KeysToPut {
  readonly keys: ShopKeys;
  readonly box: Uint8Array;
  /** Kept until the owner has it; null where the owner had it before. */
  readonly recoveryCode: string | null;
}

/** A new CA, a new secret, and the code that opens the box they lie in. */
export function makeShop(shopId: string, random: Random): KeysToPut {
  const authority = makeCertificateAuthority(random);
  const keys = { shopId, authority: authority.certificate, authorityKey: exportAuthorityKey(authority), secret: random.bytes(32) };
  const recoveryCode = makeRecoveryCode(random);
  return { keys, recoveryCode, box: unwrap(sealBox(keys, recoveryCode, random)) };
}
