/** Work beside the counter: between two of its parts it lets others have the thread, for longer while somebody is selling. */
import type { Clock } from '../base/clock.ts';

/** A scan or a payment this recent has others behind it. */
const SELLING_FOR_MS = 500;
/** Enough for the requests of a scan to come and go. */
const PAUSE_MS = 15;
/** A request that takes longer waits for something else than this thread. */
const REQUEST_MS = 25;

export interface GiveWay {
  /** Somebody asks the register to do something; to be called when that is answered. */
  asked(): () => void;
  /** Between two parts of work that is in a hurry: until what was asked is answered, each of whose steps would wait for a part else. */
  turn(): Promise<void>;
  /** Between two parts of bulk work. */
  pause(): Promise<void>;
}

export function makeGiveWay(clock: Clock): GiveWay {
  let idle = Promise.withResolvers<void>();
  let askedMs = Number.NEGATIVE_INFINITY;
  let running = 0;
  const next = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    asked: () => {
      askedMs = clock.monotonicMs();
      if (running === 0) idle = Promise.withResolvers();
      running += 1;
      return () => {
        running -= 1;
        if (running === 0) idle.resolve();
      };
    },
    turn: async () => {
      await next();
      const leftMs = askedMs + REQUEST_MS - clock.monotonicMs();
      if (running > 0 && leftMs > 0) await Promise.race([idle.promise, clock.sleep(leftMs)]);
    },
    pause: async () => {
      if (clock.monotonicMs() - askedMs < SELLING_FOR_MS) await clock.sleep(PAUSE_MS);
      else await next();
    },
  };
}
