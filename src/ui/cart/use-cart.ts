import { useSyncExternalStore } from 'react';
import { cartStore } from './cart-store.ts';
import type { Cart } from './preview.ts';

/** The cart of this register as it is shown; null until the register has answered once. */
export function useCart(): Cart | null {
  return useSyncExternalStore(cartStore.subscribe, cartStore.current);
}
