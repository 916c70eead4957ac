/** Where the screen is, kept in the address after `#`, so that the register serves one page and a reload comes back to the same place. */
import { useSyncExternalStore } from 'react';

export type Route = readonly string[];

const listeners = new Set<() => void>();

function tellAll(): void {
  for (const listener of listeners) listener();
}
window.addEventListener('hashchange', tellAll);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** `#/sales/0190...` is ['sales', '0190...']; nothing is ['sell']. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  const parts = hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  return parts.length === 0 ? ['sell'] : parts;
}

export function linkTo(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** There at once: the browser says that the address changed a moment later, and a key pressed meanwhile would be the old screen's. */
export function goTo(...parts: readonly string[]): void {
  window.location.hash = linkTo(...parts);
  tellAll();
}
