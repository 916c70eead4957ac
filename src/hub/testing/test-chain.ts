/** Chains for the hub's tests: well-formed, hash-linked changesets with arbitrary bodies, signed by a real key. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { concatBytes, sha256 } from '../../base/bytes.ts';
import type { Detached, SealedChangeset } from '../../protocol/changeset.ts';

export interface TestChain {
  readonly chain: Uint8Array;
  readonly publicKey: Uint8Array;
  next(count: number, sizeBytes?: number): SealedChangeset[];
  /** A changeset of this chain with any n and predecessor. */
  seal(n: number, previous: Uint8Array): SealedChangeset;
  /** Goes on after these, as a copied disk would. */
  adopt(changesets: readonly SealedChangeset[]): void;
  detach(value: string): Detached;
}

let bodies = 0;

/** The same seed gives the same key. */
export function makeTestChain(seed: number): TestChain {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const secret = sha256(Buffer.from(`chain ${seed}`));
  const privateKey = createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const genesis = sha256(publicKey);
  const chain = genesis.subarray(0, 16);
  let n = 0;
  let previous = genesis;

  function seal(atN: number, after: Uint8Array, sizeBytes = 40): SealedChangeset {
    bodies += 1;
    const body = Buffer.alloc(sizeBytes, `body ${bodies} `);
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(atN));
    const hash = sha256(concatBytes(after, number, sha256(body)));
    return { chain, n: atN, previous: after, hash, signature: sign(null, hash, privateKey), body };
  }

  return {
    chain,
    publicKey,
    seal,
    next(count, sizeBytes) {
      return Array.from({ length: count }, () => {
        const changeset = seal(n + 1, previous, sizeBytes);
        n += 1;
        previous = changeset.hash;
        return changeset;
      });
    },
    adopt(changesets) {
      const end = changesets.at(-1);
      if (end === undefined) return;
      n = end.n;
      previous = end.hash;
    },
    detach(value) {
      const salt = sha256(Buffer.from(`salt ${value}`)).subarray(0, 16);
      return { hash: sha256(salt, Buffer.from(value, 'utf8')), salt, value };
    },
  };
}
