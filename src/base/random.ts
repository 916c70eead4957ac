/** Randomness as something passed in. Only this file asks the machine for it; the simulator passes a seeded source. */
import { randomFillSync } from 'node:crypto';

export interface Random {
  /** Fresh unpredictable bytes. */
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  bytes: (length) => randomFillSync(new Uint8Array(length)),
};

/** A fraction in [0, 1) with 32 bits, for jitter. */
export function fraction(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}
