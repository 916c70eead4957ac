/**
 * A changeset of an own chain that its disk has damaged before the hub had it: nobody can take it, nor what follows it in that chain. It is set
 * aside with a word, a new chain is begun, and everything else flows. A backup, or the hub where it had it, brings it back.
 */
import { toHex } from '../base/bytes.ts';
import { ok } from '../base/result.ts';
import type { Database } from './database.ts';
import { raise } from './exceptions.ts';
import { readMeta, writeMeta } from './look-up.ts';
import type { Store } from './store.ts';

type Stranded = Readonly<Record<string, number>>;

function readStranded(db: Database): Stranded {
  const text = readMeta(db, 'stranded');
  return typeof text === 'string' ? (JSON.parse(text) as Stranded) : {};
}

/** The first number of this chain that cannot be sent; Infinity in a sound store. */
export function strandedFrom(db: Database, chain: Uint8Array): number {
  return readStranded(db)[toHex(chain)] ?? Infinity;
}

/** From n on nothing of this chain is sent any more. */
export function strandChain(store: Store, chain: Uint8Array, n: number): void {
  const { db, clock } = store;
  const id = toHex(chain);
  db.transact('durable', () => {
    const from = Math.min(n, strandedFrom(db, chain));
    writeMeta(db, 'stranded', JSON.stringify({ ...readStranded(db), [id]: from }));
    raise(db, `damaged:${id}`, 'damaged', clock.nowMs(), id, { n: from });
    return ok(null);
  });
}

/** After a restore: what was damaged may be whole again, and is tried. */
export function forgetStranded(db: Database): void {
  db.run("DELETE FROM meta WHERE name = 'stranded'");
  db.run("DELETE FROM exception WHERE kind = 'damaged'");
}
