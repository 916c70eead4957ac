/** Changesets of registers that are not here: chains written by hand, so that a test can say anything that a program, old, new or bad, might. */
import { toBase64Url, toHex } from '../../src/base/bytes.ts';
import { idFromBytes, type Id } from '../../src/base/id.ts';
import {
  makeChainKey,
  makeStamp,
  sealChangeset,
  type ChainKey,
  type ChangeRow,
  type Dictionary,
  type SealedChangeset,
  type Values,
} from '../../src/protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../../src/protocol/dictionary.ts';
import { admit } from '../../src/store/archive.ts';
import { readHeads } from '../../src/store/heads.ts';
import { chainNumber } from '../../src/store/chains.ts';
import { checksumStore, type Checksum } from '../../src/store/checksum.ts';
import { prepareChangesets } from '../../src/store/prepare.ts';
import { trustedKeys } from '../../src/store/archive.ts';
import { hashOfLocal, type Store } from '../../src/store/store.ts';
import { seededRandom } from './shop.ts';

export interface ForeignChain {
  readonly key: ChainKey;
  readonly written: SealedChangeset[];
  /** After the last one, or after another to make a fork. */
  write(
    rows: readonly ChangeRow[],
    options?: { readonly after?: SealedChangeset; readonly dictionary?: Dictionary; readonly at?: number },
  ): SealedChangeset;
}

export function foreignChain(seed: number): ForeignChain {
  const key = makeChainKey(seededRandom(seed));
  const written: SealedChangeset[] = [];
  return {
    key,
    written,
    write(rows, options = {}) {
      const before = options.after ?? written.at(-1);
      const text = { at: options.at ?? 1_790_000_000_000 + written.length, user: null, kind: 'test', rows };
      const changeset = sealChangeset(key, (before?.n ?? 0) + 1, before?.hash ?? key.genesis, text, options.dictionary ?? FIRST_DICTIONARY);
      written.push(changeset);
      return changeset;
    },
  };
}

export function testId(number: number): Id {
  const bytes = Buffer.alloc(16, 7);
  bytes.writeUInt32BE(number);
  return idFromBytes(bytes);
}

export function create(table: string, id: Id, stamp: number, values: Values): ChangeRow {
  return { table, op: 'insert', id, stamp, values };
}

export function add(table: string, values: Values): ChangeRow {
  return { table, op: 'insert', values };
}

/** `over`: per group the ms and chain of the stamp that this patch saw. */
export function patch(
  table: string,
  id: Id,
  stamp: number,
  values: Values,
  over: Readonly<Record<string, readonly [number, ChainKey]>> = {},
): ChangeRow {
  const spelt = Object.fromEntries(Object.entries(over).map(([group, [ms, key]]) => [group, toHex(makeStamp(ms, key.chain))]));
  return { table, op: 'patch', id, stamp, over: spelt, values };
}

export function refTo(changeset: SealedChangeset, index: number): string {
  return `${toHex(changeset.hash)}:${index}`;
}

/** As if the shop's CA had vouched for the chain long ago. */
export function believe(store: Store, ...keys: readonly ChainKey[]): void {
  for (const key of keys)
    store.db.run(
      'UPDATE chain SET public_key = ?, genesis = ? WHERE number = ?',
      key.publicKey,
      key.genesis,
      chainNumber(store.db, key.chain),
    );
}

/** One arrival: checked and taken in together, as a pull would. */
export function deliver(store: Store, ...changesets: readonly SealedChangeset[]): void {
  const prepared = prepareChangesets({ changesets, keys: trustedKeys(store), dictionaries: store.dictionaries });
  admit(
    store,
    prepared.map((one) => ({ prepared: one, mark: null })),
    Infinity,
  );
}

export interface Snapshot {
  readonly tables: Checksum;
  readonly [name: string]: unknown;
}

/** All that must be the same in every store that holds the same changesets, spelt without local numbers or arrival times. */
export function snapshot(store: Store): Snapshot {
  const { db } = store;
  const hash = (local: unknown): string => toHex(hashOfLocal(db, Number(local))).slice(0, 12);
  const spell = (row: Readonly<Record<string, unknown>>): string =>
    JSON.stringify(row, (_, value: unknown) => (value instanceof Uint8Array ? toBase64Url(value) : value));
  return {
    tables: checksumStore(db),
    edits: db
      .all('SELECT * FROM edit')
      .map(({ changeset, ...row }) => `${hash(changeset)} ${spell({ ...row, id: null })}`)
      .toSorted(),
    exceptions: db.all("SELECT id, kind, subject, detail FROM exception WHERE kind <> 'stamp-ahead' ORDER BY id").map(spell),
    stock: db.all('SELECT * FROM stock ORDER BY product, location').map(spell),
    heads: readHeads(store).map(
      ({ chain, first, tips }) => `${toHex(chain)} ${first} ${tips.map((tip) => `${tip.n}:${toHex(tip.hash)}`).join(' ')}`,
    ),
    detached: db.all('SELECT hash, value FROM detached ORDER BY hash').map(spell),
    wanted: db.all('SELECT hash FROM wanted ORDER BY hash').map(spell),
    states: db.all('SELECT hash, n, state FROM changeset ORDER BY hash').map(spell),
    chains: db.all('SELECT id, genesis, public_key, register, series, predecessor FROM chain ORDER BY id').map(spell),
  };
}
