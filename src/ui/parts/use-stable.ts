import { useCallback, useLayoutEffect, useRef } from 'react';

/** A function that stays the same while what it does follows the newest render: lists of many parts need not be drawn again for it. */
export function useStable<A extends readonly unknown[]>(action: (...args: A) => void): (...args: A) => void {
  const newest = useRef(action);
  useLayoutEffect(() => {
    newest.current = action;
  });
  return useCallback((...args: A) => newest.current(...args), []);
}
