/** Sums of past weeks, made in idle moments: reports of months and years then read those. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import { keepWeek, markWeek, weeksToSum } from '../store/week-sums.ts';

/** Once the register has started and its first customers are served. */
const FIRST_MS = 20_000;
const EVERY_MS = 10 * 60_000;
/** The reading thread has others to serve. */
const BETWEEN_MS = 100;

export interface WeekSumsInput {
  readonly store: Store;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly log: Log;
}

/** Until the signal. */
export async function keepWeekSums(input: WeekSumsInput, signal: AbortSignal): Promise<void> {
  const { clock, log } = input;
  await clock.sleep(FIRST_MS, signal);
  while (!signal.aborted) {
    await sumPastWeeks(input, signal).catch((error: unknown) => log.error('week-sums.failed', { error: String(error) }));
    await clock.sleep(EVERY_MS, signal);
  }
}

export async function sumPastWeeks({ store, reader, clock }: WeekSumsInput, signal: AbortSignal): Promise<void> {
  for (const [at, week] of weeksToSum(store.db, clock.nowMs()).entries()) {
    const mark = clock.nowMs() + at;
    markWeek(store.db, week, mark);
    const body = await reader.ask('sumWeek', week);
    if (signal.aborted) return;
    keepWeek(store.db, week, mark, body);
    await clock.sleep(BETWEEN_MS, signal);
  }
}
