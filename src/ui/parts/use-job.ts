/** Follows long work by its id: by the event stream where there is one, and by asking. Remembered over a reload by `place`. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import type { Job } from './job-view.tsx';

const ASK_MS = 500;

export function useJob(id: string | null): UseQueryResult<Job> {
  return useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => call('getJob', { params: { id: id ?? '' }, signal }),
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data === undefined || query.state.data.state === 'running' ? ASK_MS : false),
  });
}

/** The id of work begun on this screen; a reload finds it again, closing the tab forgets it. */
export function useJobId(place: string): [string | null, (id: string | null) => void] {
  const key = `aurapos.job.${place}`;
  const [id, setId] = useState(() => window.sessionStorage.getItem(key));
  return [
    id,
    (next) => {
      if (next === null) window.sessionStorage.removeItem(key);
      else window.sessionStorage.setItem(key, next);
      setId(next);
    },
  ];
}
