/** Which backups are kept: the newest of each of the last days, months and years that have one. Pure. */
import { localDay, utcOffsetMinutes } from '../base/clock.ts';

export interface Keep {
  readonly daily: number;
  readonly monthly: number;
  readonly yearly: number;
}

export const DEFAULT_KEEP: Keep = { daily: 30, monthly: 12, yearly: 10 };

/** Names of those to keep. `always` are kept whatever their age: the last good one, the last proven one. */
export function chooseKept(
  backups: readonly { readonly name: string; readonly madeAt: number }[],
  keep: Keep,
  always: readonly string[],
): Set<string> {
  const newestFirst = backups.toSorted((a, b) => b.madeAt - a.madeAt);
  const kept = new Set([...always, ...newestFirst.slice(0, 1).map(({ name }) => name)]);
  const dayOf = (atMs: number): number => localDay(atMs, utcOffsetMinutes(atMs));
  const keepNewestOf = (count: number, periodOf: (day: number) => number): void => {
    const seen = new Set<number>();
    for (const { name, madeAt } of newestFirst) {
      const period = periodOf(dayOf(madeAt));
      if (seen.has(period)) continue;
      if (seen.size >= count) return;
      seen.add(period);
      kept.add(name);
    }
  };
  keepNewestOf(keep.daily, (day) => day);
  keepNewestOf(keep.monthly, (day) => Math.floor(day / 100));
  keepNewestOf(keep.yearly, (day) => Math.floor(day / 10_000));
  return kept;
}
