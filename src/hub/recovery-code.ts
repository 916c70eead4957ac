/**
 * The owner's recovery code: 128 random bits and 12 of check, as seven groups of four Crockford characters, printed once.
 * Reading forgives case, spaces, dashes, and the letters Crockford's alphabet lets stand for digits.
 */
import type { Random } from '../base/random.ts';
import { sha256 } from '../base/bytes.ts';
import { ok, refuse, type Result } from '../base/result.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_BYTES = 16;
const CHECK_BITS = 12;

/** Each 5 bits a character, most significant first; the last is padded with zeros. */
export function toCrockford(value: bigint, characters: number): string {
  let text = '';
  for (let at = characters - 1; at >= 0; at -= 1) text += ALPHABET[Number((value >> BigInt(5 * at)) & 31n)] ?? '';
  return text;
}

/** What somebody typed, as the alphabet's characters; null if another one is in it. */
export function normaliseCrockford(typed: string): string | null {
  const text = typed
    .toUpperCase()
    .replaceAll(/[\s\-–—_.]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return Array.from(text).every((character) => ALPHABET.includes(character)) ? text : null;
}

export function inGroups(text: string, size: number): string {
  return (text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join('-');
}

function checkOf(bytes: Uint8Array): bigint {
  const [high = 0, low = 0] = sha256(Buffer.from('aurapos recovery code'), bytes);
  return BigInt(((high << 8) | low) >> 4);
}

export function makeRecoveryCode(random: Random): string {
  const bytes = random.bytes(CODE_BYTES);
  const value = (BigInt(`0x${Buffer.from(bytes).toString('hex')}`) << BigInt(CHECK_BITS)) | checkOf(bytes);
  return inGroups(toCrockford(value, 28), 4);
}

/** The 16 bytes of a typed code. Refuses recovery.wrong-code when a character is missing or mistyped. */
export function readRecoveryCode(typed: string): Result<Uint8Array> {
  const text = normaliseCrockford(typed);
  if (text?.length !== 28) return refuse('recovery.wrong-code');
  let value = 0n;
  for (const character of text) value = (value << 5n) | BigInt(ALPHABET.indexOf(character));
  const bytes = Buffer.from((value >> BigInt(CHECK_BITS)).toString(16).padStart(CODE_BYTES * 2, '0'), 'hex');
  const check = value & ((1n << BigInt(CHECK_BITS)) - 1n);
  return check === checkOf(bytes) ? ok(bytes) : refuse('recovery.wrong-code');
}
