/** Bulk work beside the counter: between two of its chunks it lets others have the thread, for longer while somebody is selling. */
import type { Clock } from '../base/clock.ts';

/** A scan or a payment this recent has others behind it. */
const SELLING_FOR_MS = 500;
/** Enough for the requests of a scan to come and go. */
const PAUSE_MS = 15;

export interface GiveWay {
  /** Somebody asked the register to do something. */
  asked(): void;
  /** Between two chunks. */
  pause(): Promise<void>;
}

export function makeGiveWay(clock: Clock): GiveWay {
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    asked: () => {
      askedMs = clock.monotonicMs();
    },
    pause: async () => {
      if (clock.monotonicMs() - askedMs < SELLING_FOR_MS) await clock.sleep(PAUSE_MS);
      else await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
