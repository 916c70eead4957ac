/** Columns of a time beside those of the time before; a table for who listens instead of looks. */
import type { ReactNode } from 'react';

export interface Bar {
  readonly key: number;
  readonly label: string;
  readonly value: number;
  readonly before: number;
  /** Both amounts as people read them. */
  readonly say: string;
}

interface Props {
  readonly caption: string;
  readonly bars: readonly Bar[];
}

export function Bars({ caption, bars }: Props): ReactNode {
  const highest = Math.max(1, ...bars.flatMap(({ value, before }) => [value, before]));
  const share = (value: number): string => `${(Math.max(0, value) / highest) * 100}%`;
  return (
    <div className="bars" role="list" aria-label={caption}>
      {bars.map((bar) => (
        <div key={bar.key} className="bar" role="listitem" aria-label={`${bar.label}: ${bar.say}`} title={`${bar.label}: ${bar.say}`}>
          <div className="bar-room" aria-hidden>
            <span className="bar-before" style={{ blockSize: share(bar.before) }} />
            <span className="bar-now" style={{ blockSize: share(bar.value) }} />
          </div>
          <span className="bar-label small soft num" aria-hidden>
            {bar.label}
          </span>
        </div>
      ))}
    </div>
  );
}
