/**
 * The shop's keys on the master: CA, secret, sealed box, and the recovery code until the owner has said that it is printed.
 * Files of one folder that only this program's user reads. Made once, or put there from a sealed box that the owner opened.
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
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

/** Loads them, or makes them first; `restored` are those of a shop whose hub is raised again, with the box they came from. */
export async function ensureHubKeys(
  folder: string,
  shopId: string,
  random: Random,
  restored: { readonly keys: ShopKeys; readonly box: Uint8Array } | null,
): Promise<HubKeys> {
  const file = (name: string): string => path.join(folder, name);
  // Written last: with it there, all of them are.
  if (!existsSync(file('shop-id'))) {
    const made: MadeShop = restored === null ? makeShop(shopId, random) : { ...restored, recoveryCode: null };
    await writePrivately(file('authority.crt'), made.keys.authority);
    await writePrivately(file('authority.key'), made.keys.authorityKey);
    await writePrivately(file('secret'), made.keys.secret);
    await writePrivately(file('sealed-box'), made.box);
    if (made.recoveryCode !== null) await writePrivately(file('recovery-code'), made.recoveryCode);
    await writePrivately(file('shop-id'), made.keys.shopId);
  }
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

/** The owner has printed it: it is nowhere on this machine any more. */
export async function forgetRecoveryCode(folder: string): Promise<void> {
  await rm(path.join(folder, 'recovery-code'), { force: true });
}

interface MadeShop {
  readonly keys: ShopKeys;
  readonly box: Uint8Array;
  readonly recoveryCode: string | null;
}

function makeShop(shopId: string, random: Random): MadeShop {
  const authority = makeCertificateAuthority(random);
  const keys = { shopId, authority: authority.certificate, authorityKey: exportAuthorityKey(authority), secret: random.bytes(32) };
  const recoveryCode = makeRecoveryCode(random);
  return { keys, recoveryCode, box: unwrap(sealBox(keys, recoveryCode, random)) };
}
