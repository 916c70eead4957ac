/** The screen's memory of what the register answered. The event stream says what is stale; nothing is asked again by a timer. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import type { Answer } from '../../protocol/api/routes.ts';
import { ApiError } from '../api/call.ts';

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The log-in ended elsewhere (another tab, a restart): ask who is here, which leads to the PIN.
      if (error instanceof ApiError && error.refusal.code === 'login.needed') void queryClient.invalidateQueries({ queryKey: ['state'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      gcTime: 5 * 60_000,
      // The register is on this machine: the network of the shop says nothing about it.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      // No answer at all: the program restarts; what it refused, it would refuse again.
      retry: (failures, error) => error instanceof ApiError && error.status === 0 && failures < 3,
      retryDelay: 400,
    },
    mutations: { networkMode: 'always' },
  },
});

/** Who is here now. What was asked before and is answered later says who was here then, and would log them out again. */
export async function keepLogIn(state: Answer<'login'>): Promise<void> {
  await queryClient.cancelQueries({ queryKey: ['state'] });
  queryClient.setQueryData(['state'], state);
}
