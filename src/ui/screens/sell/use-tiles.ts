/** The products shown: what is searched for, or a shelf. What was shown stays until the next is there, so nothing flickers. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../../api/call.ts';
import { rememberTiles } from '../../cart/known-tiles.ts';
import { shelfQuery } from './shelf-query.ts';
import type { Tile } from '../../cart/preview.ts';

const FOUND_AT_MOST = 40;
/** An old search is of no use to anybody; the register answers again in a few milliseconds. */
const KEEP_SEARCH_MS = 10_000;

interface Shown {
  readonly tiles: readonly Tile[];
  /** What the tiles answer: an older search may still be on the screen while the next is on its way. */
  readonly settled: boolean;
  readonly error: unknown;
}

const NONE: readonly Tile[] = [];

/** `of` is the shelf chosen; null while nobody chose: favourites, or what sold last in a shop that has none. */
export function useTiles(of: string | null, search: string): Shown & { readonly shelf: string } {
  const searching = search !== '';
  const favourites = useQuery({ ...shelfQuery('favourites'), enabled: of === null });
  const chosen = of ?? (favourites.data?.rows.length === 0 ? 'recent' : 'favourites');
  const shelf = useQuery({
    ...shelfQuery(chosen),
    placeholderData: keepPreviousData,
  });
  const found = useQuery({
    queryKey: ['search', search],
    queryFn: ({ signal }) => call('quickSearch', { query: { q: search, limit: FOUND_AT_MOST }, signal }),
    enabled: searching,
    placeholderData: keepPreviousData,
    gcTime: KEEP_SEARCH_MS,
  });
  const shown = searching ? found : shelf;
  const rows = shown.data?.rows;
  useEffect(() => {
    if (rows !== undefined) rememberTiles(rows);
  }, [rows]);
  return { shelf: chosen, tiles: rows ?? NONE, settled: rows !== undefined && !shown.isPlaceholderData, error: shown.error };
}
