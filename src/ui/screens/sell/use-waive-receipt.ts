/** The next cart began and nobody asked for the last receipt: the register need not ask for it after a restart. */
import { useEffect, useRef } from 'react';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import type { Cart } from '../../cart/preview.ts';

export function useWaiveReceipt(cart: Cart | null): void {
  const last = useRef<string | null>(null);
  const shown = cart?.lastSale?.uuid ?? null;
  const begun = cart !== null && cart.lines.length > 0;
  useEffect(() => {
    if (shown !== null) last.current = shown;
    if (!begun || last.current === null) return;
    const uuid = last.current;
    last.current = null;
    void call('markPrinted', { params: { uuid } })
      .then(() => queryClient.invalidateQueries({ queryKey: ['unprinted'] }))
      .catch(() => {
        // It may ask once more after a restart; nothing is lost by that.
      });
  }, [shown, begun]);
}
