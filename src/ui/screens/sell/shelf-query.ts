import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/call.ts';

/** The products of a shelf: `favourites`, `recent`, or a category's id. */
export function shelfQuery(of: string) {
  return queryOptions({ queryKey: ['tiles', of], queryFn: ({ signal }) => call('tiles', { query: { of }, signal }) });
}
