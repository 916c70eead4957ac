/** The one-time code shown on the master: 60 bits as 12 Crockford characters in three groups. Typed forgivingly, like the recovery code. */
import type { Random } from '../base/random.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { inGroups, normaliseCrockford, toCrockford } from './recovery-code.ts';

const CHARACTERS = 12;

export function makePairingCode(random: Random): string {
  const value = BigInt(`0x${Buffer.from(random.bytes(8)).toString('hex')}`) & ((1n << 60n) - 1n);
  return inGroups(toCrockford(value, CHARACTERS), 4);
}

/** The code as it is a password. Refuses pairing.wrong-code. */
export function readPairingCode(typed: string): Result<string> {
  const text = normaliseCrockford(typed);
  return text?.length === CHARACTERS ? ok(text) : refuse('pairing.wrong-code');
}
