/**
 * Encryption of backups: the age format (age-encryption.org/v1), so that any age program opens them. Two keys open a file: the one that follows
 * from the owner's recovery code, of which a register knows only the public half; and one of the register's own, so that it can try its backups
 * without the owner. Whoever holds the register's key holds its data anyway; a stick alone says nothing.
 */
import { hkdfSync } from 'node:crypto';
import { bech32 } from '@scure/base';
import { ok, refuse, RefusalError, type Result } from '../base/result.ts';
import { readRecoveryCode } from '../hub/recovery-code.ts';

/** Loaded when something is encrypted: it takes a sixth of a start. */
const age = (): Promise<typeof import('age-encryption')> => import('age-encryption');

/** docs/backup-format.md: HKDF-SHA-256 of the code's 16 bytes, no salt, this as info, 32 bytes. */
const INFO = 'aurapos backup identity 1';

/** AGE-SECRET-KEY-1...: what the `age` tool takes as an identity. Refuses recovery.wrong-code. */
export function identityOfCode(typed: string): Result<string> {
  const code = readRecoveryCode(typed);
  if (!code.ok) return code;
  const key = new Uint8Array(hkdfSync('sha256', code.value, Buffer.alloc(0), INFO, 32));
  return ok(bech32.encodeFromBytes('age-secret-key-', key).toUpperCase());
}

export async function recipientOf(identity: string): Promise<string> {
  return (await age()).identityToRecipient(identity);
}

export async function makeIdentity(): Promise<string> {
  return (await age()).generateX25519Identity();
}

export async function encryptStream(plain: AsyncIterable<Uint8Array>, recipients: readonly string[]): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new (await age()).Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(ReadableStream.from(plain));
}

/** Throws recovery.wrong-code as a RefusalError when none of these opens it. */
export async function decryptStream(sealed: AsyncIterable<Uint8Array>, identities: readonly string[]): Promise<AsyncIterable<Uint8Array>> {
  if (identities.length === 0) throw new RefusalError({ code: 'backup.code-needed', params: {} });
  const decrypter = new (await age()).Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(ReadableStream.from(sealed));
  } catch (error) {
    if (error instanceof Error && /no identity matched/.test(error.message))
      throw new RefusalError({ code: 'recovery.wrong-code', params: {} });
    throw error;
  }
}

/** The keys that open backups of this register: its own, where it has one, and the owner's, where the code was typed. */
export function identitiesFrom(own: string | null, code: string | null): Result<string[]> {
  const held = own === null ? [] : [own];
  if (code === null || code.trim() === '') return ok(held);
  const identity = identityOfCode(code);
  return identity.ok ? ok([identity.value, ...held]) : refuse('recovery.wrong-code');
}
