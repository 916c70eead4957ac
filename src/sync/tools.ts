/** What the loops of this room work with; all of it passed in, so that a simulator can run them under its own clock and network. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { SealedChangeset } from '../protocol/changeset.ts';
import { admit, isHeld, trustedKeys, type Admitted, type FeedMark } from '../store/archive.ts';
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

/** Checks and takes in, slice by slice. Returns how many were news. */
export async function takeIn(tools: SyncTools, incoming: readonly Incoming[]): Promise<number> {
  const { store } = tools;
  const fresh = incoming.filter(({ changeset }) => !isHeld(store, changeset.hash));
  const prepared =
    fresh.length === 0
      ? []
      : await tools.prepare({
          changesets: fresh.map(({ changeset }) => plain(changeset)),
          keys: trustedKeys(store),
          dictionaries: store.dictionaries,
        });
  let next = 0;
  const arrivals = incoming.map((one) => ({
    mark: one.mark,
    prepared: one === fresh[next] ? (prepared[next++] ?? held(one.changeset)) : held(one.changeset),
  }));
  let news = 0;
  for (let at = 0; at < arrivals.length;) {
    const admitted: Admitted = admit(store, arrivals.slice(at), SLICE_MS);
    at += admitted.taken;
    news += admitted.news;
    if (at < arrivals.length) await tools.yieldTurn();
  }
  return news;
}

/** Only what belongs to a changeset crosses to the worker. */
function plain({ chain, n, previous, hash, signature, body }: SealedChangeset): SealedChangeset {
  return { chain, n, previous, hash, signature, body };
}

function held(changeset: SealedChangeset): Prepared {
  return { changeset, opened: { state: 'malformed' }, signature: 'held' };
}
