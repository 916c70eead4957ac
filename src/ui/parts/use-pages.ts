/** The pages of a list, one after the other, as one list of rows. What was shown stays while the next search is on its way. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

interface Page<R> {
  readonly rows: R[];
  readonly next: string | null;
  readonly total: number;
}

export interface Pages<R> {
  readonly rows: readonly R[];
  readonly total: number | null;
  readonly more: boolean;
  readonly onMore: () => void;
  readonly error: unknown;
  /** Answered at least once. */
  readonly loaded: boolean;
  /** All of the list from its beginning, page by page, as it is now. */
  everyPage(): AsyncGenerator<readonly R[]>;
}

export function usePages<R, F extends object>(
  name: string,
  filter: F,
  ask: (filter: F & { cursor: string }, signal: AbortSignal) => Promise<Page<R>>,
): Pages<R> {
  const query = useInfiniteQuery({
    queryKey: [name, filter],
    queryFn: ({ pageParam, signal }) => ask({ ...filter, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const onMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return {
    rows,
    total: data?.pages[0]?.total ?? null,
    more: hasNextPage,
    onMore,
    error: query.error,
    loaded: data !== undefined,
    everyPage: async function* () {
      const { signal } = new AbortController();
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Page<R> = await ask({ ...filter, cursor }, signal);
        yield page.rows;
        cursor = page.next;
      }
    },
  };
}
