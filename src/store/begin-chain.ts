/**
 * Chains end, registers go on: a register never continues a chain that another machine may be writing too. It begins a new one, with a key
 * and a receipt series of its own, and says in changeset 1 whom it follows.
 */
import { sign } from 'node:crypto';
import { toBase64Url } from '../base/bytes.ts';
import { present } from '../base/assert.ts';
import { idFromBytes, idToBytes, type Id } from '../base/id.ts';
import { ok } from '../base/result.ts';
import { exportChainKey, makeChainKey, type ChainKey } from '../protocol/changeset.ts';
import { chainNumber } from './chains.ts';
import { textOf, type Database } from './database.ts';
import { append, commitWith, startDraft } from './journal.ts';
import { writeMeta, type Store } from './store.ts';

/**
 * Begins this register's chain, or a new one after the last: changeset 1 names the register, the key, the receipt series and, when there
 * was one, the predecessor, signed with its key. Runs in the caller's transaction.
 */
export function beginChain(store: Store, register: Id, series: string, key: ChainKey = makeChainKey(store.random)): void {
  const before = store.own;
  const number = chainNumber(store.db, key.chain);
  store.db.run(
    'UPDATE chain SET genesis = ?, public_key = ?, private_key = ?, register = ?, series = ? WHERE number = ?',
    key.genesis,
    key.publicKey,
    exportChainKey(key),
    idToBytes(register),
    series,
    number,
  );
  writeMeta(store.db, 'own_chain', number);
  writeMeta(store.db, 'own_tip', 0);
  store.own = { number, key, register: idToBytes(register), series, n: 0, hash: key.genesis, local: 0, lastAt: before?.lastAt ?? 0 };
  const draft = startDraft(store);
  draft.insert('chain_start', {
    register,
    public_key: toBase64Url(key.publicKey),
    series,
    ...(before === null
      ? {}
      : {
          predecessor: toBase64Url(before.key.chain),
          predecessor_n: before.n,
          predecessor_hash: toBase64Url(before.hash),
          predecessor_signature: toBase64Url(sign(null, key.publicKey, before.key.privateKey)),
        }),
  });
  append(store, draft, { kind: 'chain-started', user: null });
}

/** Ends the own chain and begins the next: what a store does once it cannot be sure that it alone writes the old one. */
export function renewChain(store: Store): void {
  const own = present(store.own, 'the own chain');
  const key = makeChainKey(store.random);
  const begun = commitWith(store, () => ok(beginChain(store, idFromBytes(own.register), nextSeries(store.db, own.series, key.chain), key)));
  if (begun.ok) for (const listener of store.listeners) listener([{ table: 'chain_start', id: null }], true);
}

/**
 * Receipt series after this one: R2b-4k7q, R2c-x03d ... The letter counts what is known here; copies of one machine know the same and
 * begin at the same moment, so what follows it comes from the new key: never a number twice, whoever was copied and whoever is offline.
 */
export function nextSeries(db: Database, series: string, chain: Uint8Array): string {
  const base = codeOfSeries(series);
  const taken = new Set(db.all('SELECT series FROM chain WHERE series IS NOT NULL').map((row) => textOf(row['series']).split('-')[0]));
  for (let count = 2; ; count++) if (!taken.has(base + letters(count))) return `${base}${letters(count)}-${mark(chain)}`;
}

/**
 * Of a register that this one, as the master, lets in: its code, R4, where nobody else can have given out that code. A shop that had another
 * master, or one of whose store there was a copy or a backup, may have two that each let in an R4 without the other knowing: R4-x03d, R4-4k7q.
 */
export function seriesOfNew({ db, own }: Store, code: string, chain: Uint8Array): string {
  const elsewhere = db.get(
    'SELECT 1 AS found FROM incarnation WHERE register <> ?1 UNION ALL SELECT 1 FROM chain WHERE number = ?2 AND predecessor IS NOT NULL',
    present(own, 'the own chain').register,
    present(own, 'the own chain').number,
  );
  return elsewhere === undefined ? code : `${code}-${mark(chain)}`;
}

/** The register's code that a receipt series begins with: R2 of R2b-4k7q, R4 of R4-x03d. */
export function codeOfSeries(series: string): string {
  return /^R\d+/.exec(series)?.[0] ?? series;
}

/** Without letters that look like digits. */
const MARK_LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

function mark(chain: Uint8Array): string {
  return Array.from(chain.subarray(0, 4), (byte) => MARK_LETTERS[byte % MARK_LETTERS.length]).join('');
}

function letters(count: number): string {
  let text = '';
  for (let rest = count; rest > 0; rest = Math.floor((rest - 1) / 26)) text = String.fromCodePoint(97 + ((rest - 1) % 26)) + text;
  return text;
}
