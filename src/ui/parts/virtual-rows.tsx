/** A list of any length: only the rows in sight are in the page, the next page of them is asked for before its end is seen. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';

interface Props<R> {
  readonly label: string;
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  readonly rowHeight: number;
  readonly more: boolean;
  readonly onMore: () => void;
  readonly children: (row: R) => ReactNode;
}

/** Rows before the end at which the next page is asked for. */
const AHEAD = 40;

export function VirtualRows<R>({ label, rows, keyOf, rowHeight, more, onMore, children }: Props<R>): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (at) => {
      const row = rows[at];
      return row === undefined ? at : keyOf(row);
    },
  });
  const items = virtual.getVirtualItems();
  const lastShown = items[items.length - 1]?.index ?? 0;
  const near = more && lastShown >= rows.length - AHEAD;
  useEffect(() => {
    if (near) onMore();
  }, [near, onMore, rows.length]);
  return (
    <div className="rows" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <ul aria-label={label} className="rows-space" style={{ blockSize: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <li key={item.key} style={{ blockSize: item.size, transform: `translateY(${item.start}px)` }}>
              {children(row)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
