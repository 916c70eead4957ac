/** How long each register's calls to the hub took during the last hour; in memory, for the eye. */
import type { Clock } from '../base/clock.ts';
import type { Id } from '../base/id.ts';
import type { Store } from '../store/store.ts';
import type { Network } from './network/network.ts';

/** Announced every two seconds: three missed are no accident. */
export const ONLINE_WITHIN_MS = 7_000;
/** Samples of each register's delay, one every half minute for an hour. */
const SAMPLES = 120;
const SAMPLE_EVERY_MS = 30_000;

export interface DelayLog {
  sample(): void;
  of(register: Id): (number | null)[];
}

export function makeDelayLog(store: Store, network: Network, clock: Clock): DelayLog {
  const samples = new Map<string, (number | null)[]>();
  let sampledMs = -Infinity;
  return {
    sample: () => {
      if (clock.monotonicMs() - sampledMs < SAMPLE_EVERY_MS) return;
      sampledMs = clock.monotonicMs();
      const hubNow = clock.nowMs() + store.clockOffsetMs;
      for (const presence of network.sync()?.presences() ?? []) {
        const kept = samples.get(presence.register) ?? [];
        kept.push(hubNow - presence.lastSeenMs < ONLINE_WITHIN_MS ? presence.delayMs : null);
        samples.set(presence.register, kept.slice(-SAMPLES));
      }
    },
    of: (register) => samples.get(register) ?? [],
  };
}
