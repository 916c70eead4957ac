/** What the loops of this room work with; all of it passed in, so that a simulator can run them under its own clock and network. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { SealedChangeset } from '../protocol/changeset.ts';
import { admit, hashesIn, isHeld, trustedKeys, type Admitted, type Arrival, type FeedMark } from '../store/archive.ts';
import type { Prepared, PrepareInput } from '../store/prepare.ts';
import type { Store } from '../store/store.ts';

export interface SyncTools {
  readonly store: Store;
  /** Checks, decompresses and parses; in a worker where there is one. */
  prepare(input: PrepareInput): Promise<Prepared[]>;
  /** A turn of the event loop, for whoever wants to sell. */
  yieldTurn(): Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** How long taking in may keep the selling thread at a time. */
const SLICE_MS = 4;

export interface Incoming {
  readonly changeset: SealedChangeset;
  readonly mark: FeedMark | null;
}

/**
 * Changesets looked at together. What comes back from the worker is unpacked on the selling thread in one go: this many take it a few
 * milliseconds.
 */
const PORTION = 64;

/** Checks and takes in, portion by portion and slice by slice; the next portion is checked while this one is taken in. Returns how many were news. */
export async function takeIn(tools: SyncTools, incoming: readonly Incoming[]): Promise<number> {
  let news = 0;
  let ahead: Promise<Arrival[]> = check(tools, incoming.slice(0, PORTION));
  for (let from = 0; from < incoming.length; from += PORTION) {
    const arrivals = await ahead;
    ahead = check(tools, incoming.slice(from + PORTION, from + 2 * PORTION));
    // Should taking in throw, nobody awaits the next portion.
    ahead.catch(() => {});
    for (let at = 0; at < arrivals.length;) {
      const admitted: Admitted = admit(tools.store, arrivals.slice(at), SLICE_MS);
      at += admitted.taken;
      news += admitted.news;
      await tools.yieldTurn();
    }
  }
  return news;
}

async function check({ store, prepare }: SyncTools, incoming: readonly Incoming[]): Promise<Arrival[]> {
  const fresh = incoming.filter(({ changeset }) => !isHeld(store, changeset.hash));
  const prepared =
    fresh.length === 0
      ? []
      : await prepare({
          changesets: fresh.map(({ changeset }) => plain(changeset)),
          keys: trustedKeys(store),
          dictionaries: store.dictionaries,
        });
  let next = 0;
  return incoming.map((one) => ({
    mark: one.mark,
    prepared: one === fresh[next] ? (prepared[next++] ?? held(one.changeset)) : held(one.changeset),
  }));
}

/** Only what belongs to a changeset crosses to the worker. */
function plain({ chain, n, previous, hash, signature, body }: SealedChangeset): SealedChangeset {
  return { chain, n, previous, hash, signature, body };
}

function held(changeset: SealedChangeset): Prepared {
  return { changeset, opened: { state: 'malformed' }, signature: 'held' };
}

/** Bodies opened at a time: some milliseconds. */
const OPENED_AT_ONCE = 20;

/** Hashes of the personal values that changesets name. */
export async function findHashes(tools: SyncTools, changesets: readonly SealedChangeset[]): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < changesets.length; at += OPENED_AT_ONCE) {
    if (at > 0) await tools.yieldTurn();
    hashes.push(...hashesIn(tools.store, changesets.slice(at, at + OPENED_AT_ONCE)));
  }
  return hashes;
}
