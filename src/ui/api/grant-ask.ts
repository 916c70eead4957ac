/** What a call that was refused for a missing right waits on: the dialog in which somebody who may types their PIN. One at a time. */
import type { Right } from '../../domain/rights.ts';

export interface Asked {
  readonly right: Right;
  /** With the token of the granted right, or null when nobody came. */
  answer(token: string | null): void;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function show(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

export const grantAsk = {
  /** Null at once when no screen can ask, or one asks already. */
  ask: (right: Right): Promise<string | null> => {
    if (listeners.size === 0 || asked !== null) return Promise.resolve(null);
    return new Promise((resolve) =>
      show({
        right,
        answer: (token) => {
          show(null);
          resolve(token);
        },
      }),
    );
  },
  current: (): Asked | null => asked,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
