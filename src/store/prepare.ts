/**
 * What can be done to incoming changesets without the store: check body against hash, check signatures, decompress, parse. Pure, and the
 * costly part of taking in, so it runs in a worker.
 */
import { equalBytes, toHex } from '../base/bytes.ts';
import { isSigned, isWhole, openBody, publicKeyFrom, type Opened, type SealedChangeset } from '../protocol/changeset.ts';

export interface Prepared {
  readonly changeset: SealedChangeset;
  readonly opened: Opened;
  /**
   * no-key: nobody vouched for this chain when it was looked at. not-whole: the body is not this changeset's; not taken at all.
   * held: the store has it, nothing was looked at.
   */
  readonly signature: 'good' | 'bad' | 'no-key' | 'not-whole' | 'held';
}

/** Changesets as they cross to another thread: one piece of memory, which is handed over; six views a changeset would be copied one by one. */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly places: readonly { readonly n: number; readonly lengths: readonly number[] }[];
}

export function pack(changesets: readonly SealedChangeset[]): Packed {
  const parts = changesets.map(({ chain, previous, hash, signature, body }) => [chain, previous, hash, signature, body]);
  const all = parts.flat();
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, places: changesets.map(({ n }, index) => ({ n, lengths: (parts[index] ?? []).map(({ length }) => length) })) };
}

export function unpack({ bytes, places }: Packed): SealedChangeset[] {
  let at = 0;
  const next = (length = 0): Uint8Array => bytes.subarray(at, (at += length));
  return places.map(({ n, lengths: [chain, previous, hash, signature, body] }) => ({
    chain: next(chain),
    n,
    previous: next(previous),
    hash: next(hash),
    signature: next(signature),
    body: next(body),
  }));
}

export interface PrepareInput {
  readonly changesets: readonly SealedChangeset[];
  /** Trusted public keys by hex chain id. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly dictionaries: ReadonlyMap<number, Uint8Array>;
}

export function prepareChangesets(input: PrepareInput): Prepared[] {
  const whole = input.changesets.map(isWhole);
  const signed = checkSignatures(input, whole);
  return input.changesets.map((changeset, at) => ({
    changeset,
    opened: whole[at] === true ? openBody(changeset.body, input.dictionaries) : { state: 'malformed' },
    signature: whole[at] === true ? (signed[at] ?? 'no-key') : 'not-whole',
  }));
}

/**
 * A hash covers all before it in its chain, so one signature, the last, vouches for a run. Where that one fails, each is looked at by
 * itself: a single bad one must not drag others down.
 */
function checkSignatures({ changesets, keys }: PrepareInput, whole: readonly boolean[]): ('good' | 'bad' | 'no-key')[] {
  const verdicts: ('good' | 'bad' | 'no-key')[] = changesets.map(() => 'no-key');
  const runs = new Map<string, number[]>();
  const check = (run: readonly number[]): void => {
    const last = changesets[run.at(-1) ?? -1];
    const raw = last === undefined ? undefined : keys.get(toHex(last.chain));
    if (last === undefined || raw === undefined) return;
    const key = publicKeyFrom(raw);
    const all = isSigned(last, key);
    for (const at of run) {
      const one = changesets[at];
      verdicts[at] = all || (one !== undefined && isSigned(one, key)) ? 'good' : 'bad';
    }
  };
  changesets.forEach((changeset, at) => {
    if (whole[at] !== true) return;
    const chain = toHex(changeset.chain);
    const run = runs.get(chain) ?? [];
    const previous = changesets[run.at(-1) ?? -1];
    if (previous !== undefined && !equalBytes(previous.hash, changeset.previous)) check(run.splice(0));
    run.push(at);
    runs.set(chain, run);
  });
  for (const run of runs.values()) check(run);
  return verdicts;
}
