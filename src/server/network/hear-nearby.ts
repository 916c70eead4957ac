/** While a register has no master: it says on the network how full its copy of the shop is, and hears the others say it (sync/nearby-copies.ts). */
import type { Clock } from '../../base/clock.ts';
import type { Id } from '../../base/id.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../store/store.ts';
import { announceCopy, findCopies, type NearbyCopy } from '../../sync/nearby-copies.ts';

export interface NearbyStand {
  readonly register: Id;
  readonly position: number;
  readonly lastSeenMs: number;
}

export interface Nearby {
  /** To be told whenever that may have changed. */
  follow(isWithoutMaster: boolean): void;
  /** What was heard since there is no master. */
  stands(): readonly NearbyStand[];
  stop(): Promise<void>;
}

/** A link that is back within this was not worth a word. */
const PATIENCE_MS = 3_000;
const LISTEN_MS = 1_500;
/** Between two times of listening: often at first, then as seldom as a night with the main register off asks for. */
const PAUSES_MS = [2_000, 5_000, 10_000, 20_000, 60_000] as const;

export function hearNearby({ store, clock, log, onHeard }: { store: Store; clock: Clock; log: Log; onHeard(): void }): Nearby {
  let heard = new Map<Id, NearbyStand>();
  let without: AbortController | null = null;
  let ended: Promise<void> = Promise.resolve();

  const note = (found: readonly NearbyCopy[]): void => {
    const isNews = found.some(({ register, position }) => heard.get(register)?.position !== position);
    for (const { register, position } of found) heard.set(register, { register, position, lastSeenMs: clock.nowMs() });
    if (isNews) onHeard();
  };
  const talk = async (signal: AbortSignal): Promise<void> => {
    if (!(await clock.sleep(PATIENCE_MS, signal))) return;
    const said = announceCopy(store, clock, log);
    try {
      for (let time = 0; !signal.aborted; time++) {
        const found = await findCopies(store, LISTEN_MS, clock, log, signal);
        if (!signal.aborted) note(found);
        await clock.sleep(PAUSES_MS[Math.min(time, PAUSES_MS.length - 1)] ?? 0, signal);
      }
    } finally {
      await said.stop();
    }
  };
  const end = (): void => {
    without?.abort();
    without = null;
    heard = new Map();
  };
  return {
    follow: (isWithoutMaster) => {
      if (isWithoutMaster === (without !== null)) return;
      end();
      if (!isWithoutMaster) return;
      const mine = (without = new AbortController());
      ended = ended.then(() => talk(mine.signal)).catch((error: unknown) => log.warn('discovery.failed', { error: String(error) }));
    },
    stands: () => [...heard.values()],
    stop: async () => {
      end();
      await ended;
    },
  };
}
