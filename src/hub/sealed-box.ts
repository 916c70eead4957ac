/**
 * The sealed box: the shop's CA and secret, encrypted with the owner's recovery code (HKDF-SHA-256, AES-256-GCM), kept on every
 * register. With a register and the code the hub can be raised again. Format: version, salt (32), nonce (12), ciphertext, tag (16).
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { concatBytes, fromBase64Url, toBase64Url } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { readRecoveryCode } from './recovery-code.ts';

const VERSION = 1;
const SALT_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface ShopKeys {
  readonly shopId: string;
  /** The CA's certificate, DER. */
  readonly authority: Uint8Array;
  /** The CA's key, PKCS#8 DER. */
  readonly authorityKey: Uint8Array;
  /** 32 bytes; every register's password follows from it. */
  readonly secret: Uint8Array;
}

export function sealBox(keys: ShopKeys, recoveryCode: string, random: Random): Result<Uint8Array> {
  const code = readRecoveryCode(recoveryCode);
  if (!code.ok) return code;
  const salt = random.bytes(SALT_BYTES);
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', boxKey(code.value, salt), nonce);
  cipher.setAAD(Buffer.of(VERSION));
  const sealed = concatBytes(cipher.update(spellShopKeys(keys), 'utf8'), cipher.final());
  return ok(concatBytes(Buffer.of(VERSION), salt, nonce, sealed, cipher.getAuthTag()));
}

/** Refuses recovery.wrong-code, also for a box that was changed. */
export function openBox(box: Uint8Array, recoveryCode: string): Result<ShopKeys> {
  const code = readRecoveryCode(recoveryCode);
  if (!code.ok) return code;
  if (box[0] !== VERSION || box.length < 1 + SALT_BYTES + NONCE_BYTES + TAG_BYTES) return refuse('recovery.wrong-code');
  const salt = box.subarray(1, 1 + SALT_BYTES);
  const nonce = box.subarray(1 + SALT_BYTES, 1 + SALT_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', boxKey(code.value, salt), nonce);
  decipher.setAAD(box.subarray(0, 1));
  decipher.setAuthTag(box.subarray(-TAG_BYTES));
  let text: string;
  try {
    text = decipher.update(box.subarray(1 + SALT_BYTES + NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    // GCM's tag does not fit: another code's box, or changed bytes.
    return refuse('recovery.wrong-code');
  }
  return ok(parseShopKeys(text));
}

export function spellShopKeys(keys: ShopKeys): string {
  return JSON.stringify({
    shopId: keys.shopId,
    authority: toBase64Url(keys.authority),
    authorityKey: toBase64Url(keys.authorityKey),
    secret: toBase64Url(keys.secret),
  });
}

/** Of a text that spellShopKeys made. */
export function parseShopKeys(text: string): ShopKeys {
  const said = JSON.parse(text) as Record<'shopId' | 'authority' | 'authorityKey' | 'secret', string>;
  return {
    shopId: said.shopId,
    authority: fromBase64Url(said.authority),
    authorityKey: fromBase64Url(said.authorityKey),
    secret: fromBase64Url(said.secret),
  };
}

function boxKey(code: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', code, salt, 'aurapos sealed box 1', 32));
}

/** Password of the role that this pairing made: derived, so that a hub raised again knows it. */
export function registerPassword(secret: Uint8Array, pairing: string): string {
  return toBase64Url(new Uint8Array(hkdfSync('sha256', secret, Buffer.alloc(0), `aurapos register password ${pairing}`, 32)));
}
