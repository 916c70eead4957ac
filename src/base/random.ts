/** Randomness as something passed in. Only this file asks the machine for it; the simulator passes a seeded source. */
import { randomFillSync } from 'node:crypto';

export interface Random {
  /** Fresh unpredictable bytes. */
  bytes(length: number): Uint8Array;
}

/** Asking the system costs microseconds whatever the length: small requests are cut from a pool, each byte given out once. */
const POOL_BYTES = 4096;
let pool = new Uint8Array(0);
let used = 0;

export const systemRandom: Random = {
  bytes: (length) => {
    if (length > POOL_BYTES / 8) return randomFillSync(new Uint8Array(length));
    if (used + length > pool.length) {
      pool = randomFillSync(new Uint8Array(POOL_BYTES));
      used = 0;
    }
    used += length;
    return pool.slice(used - length, used);
  },
};

/** A fraction in [0, 1) with 32 bits, for jitter. */
export function fraction(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}
