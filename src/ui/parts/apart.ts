/** Screens that come in files of their own: selling starts without them, and they are fetched once it stands, before they are asked for. */
import { lazy, type ComponentType } from 'react';

const loads: (() => Promise<unknown>)[] = [];

/** A screen by the file that holds it. */
export function apart<Props>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  loads.push(load);
  return lazy(async () => ({ default: await load() }));
}

/** Fetches them all, one after another. */
export async function fetchApart(): Promise<void> {
  for (const load of loads) await load();
}

/** The register was renewed under the page: its screens have other names now. */
export function reloadWhenRenewed(): void {
  window.addEventListener('vite:preloadError', () => window.location.reload());
}
