/** Where each chain ends in this store. Registers and hub compare their heads to find what the other lacks. */
import { bytesOf, numberOf } from './database.ts';
import type { Store } from './store.ts';

export interface ChainHead {
  readonly chain: Uint8Array;
  /** The first number held. */
  readonly first: number;
  readonly tips: readonly { readonly n: number; readonly hash: Uint8Array }[];
}

/** For every chain its tips and the first number held: what this store knows, whole. */
export function readHeads(store: Store): ChainHead[] {
  const heads = new Map<number, { chain: Uint8Array; first: number; tips: { n: number; hash: Uint8Array }[] }>();
  for (const row of store.db.all(
    'SELECT k.number, k.id, c.n, c.hash, (SELECT min(n) FROM changeset f WHERE f.chain = k.number) AS first FROM tip t JOIN chain k ON k.number = t.chain JOIN changeset c ON c.local = t.local ORDER BY k.id, c.n, c.hash',
  )) {
    const number = numberOf(row['number']);
    const head = heads.get(number) ?? { chain: bytesOf(row['id']), first: numberOf(row['first']), tips: [] };
    head.tips.push({ n: numberOf(row['n']), hash: bytesOf(row['hash']) });
    heads.set(number, head);
  }
  return [...heads.values()];
}
