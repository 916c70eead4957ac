/**
 * PINs as argon2id (RFC 9106), 19 MiB and 2 passes as OWASP's password storage guidance asks for. The text form names its cost, so that a
 * dearer one can come later. Hashing takes tens of milliseconds off the main thread, so both functions await.
 */
import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { fromBase64Url, toBase64Url } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';

const run = promisify(argon2);
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const TAG_BYTES = 32;

export async function hashPin(pin: string, random: Random): Promise<string> {
  const salt = random.bytes(16);
  const tag = await run('argon2id', { message: pin, nonce: salt, tagLength: TAG_BYTES, ...COST });
  return `argon2id$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${toBase64Url(salt)}$${toBase64Url(tag)}`;
}

/** False for any text that is not such a hash. */
export async function isPin(pin: string, hash: string): Promise<boolean> {
  const match = /^argon2id\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (match === null) return false;
  const [, memory, passes, parallelism, salt = '', tag = ''] = match;
  const expected = fromBase64Url(tag);
  const found = await run('argon2id', {
    message: pin,
    nonce: fromBase64Url(salt),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(found, expected);
}
