/** Delays of the last hour as a line; where the register was away, nothing is drawn. */
import type { ReactNode } from 'react';

const WIDTH = 96;
const HEIGHT = 26;
/** A calm line stays low: below this nobody feels a difference. */
const FULL_SCALE_AT_LEAST_MS = 20;

export function Sparkline({ delays }: { readonly delays: readonly (number | null)[] }): ReactNode {
  const known = delays.filter((delay) => delay !== null);
  if (known.length < 2) return null;
  const most = Math.max(FULL_SCALE_AT_LEAST_MS, ...known);
  const step = WIDTH / Math.max(1, delays.length - 1);
  const point = (delay: number, at: number): string => `${(2 + at * step).toFixed(1)},${(2 + HEIGHT - (delay / most) * HEIGHT).toFixed(1)}`;
  const runs: string[][] = [[]];
  for (const [at, delay] of delays.entries()) {
    if (delay === null) runs.push([]);
    else runs[runs.length - 1]?.push(point(delay, at));
  }
  const lastAt = delays.findLastIndex((delay) => delay !== null);
  const [x, y] = point(delays[lastAt] ?? 0, lastAt).split(',');
  return (
    <svg className="spark" viewBox="0 0 100 30" aria-hidden="true">
      {runs
        .filter((run) => run.length > 1)
        .map((run) => (
          <polyline key={run[0]} points={run.join(' ')} />
        ))}
      <circle cx={x} cy={y} r="2.5" />
    </svg>
  );
}
