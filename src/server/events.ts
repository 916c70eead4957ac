/** What screens are told as it happens: which tables changed, where the register stands, how long work goes. */
import type { z } from 'zod';
import type { event } from '../protocol/api/shop.ts';

export type ServerEvent = z.output<typeof event>;

export interface EventBus {
  publish(event: ServerEvent): void;
  subscribe(listener: (event: ServerEvent) => void): () => void;
}

export function makeEventBus(): EventBus {
  const listeners = new Set<(event: ServerEvent) => void>();
  return {
    publish: (one) => {
      for (const listener of listeners) listener(one);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
