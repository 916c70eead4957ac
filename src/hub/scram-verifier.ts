/** What PostgreSQL stores for a password (RFC 5803). Made here, so that no password ever stands in a statement or a log. */
import { createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { sha256 } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';

const deriveKey = promisify(pbkdf2);
const SALT_BYTES = 16;

export async function makeScramVerifier(password: string, iterations: number, random: Random): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const salted = await deriveKey(password, salt, iterations, 32, 'sha256');
  const key = (name: string): Uint8Array => createHmac('sha256', salted).update(name).digest();
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(sha256(key('Client Key')))}:${base64(key('Server Key'))}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
