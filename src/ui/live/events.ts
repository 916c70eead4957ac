/**
 * The event stream of the register: marks stale what changed, and hands on status, cart version and progress at once.
 * Reconnects by itself (EventSource); after a gap everything on the screen is asked for again, since events may have been missed.
 */
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { event } from '../../protocol/api/shop.ts';
import { EVENTS_PATH } from '../api/events-path.ts';
import { call } from '../api/call.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { forgetTiles } from '../cart/known-tiles.ts';
import type { CartStore } from '../cart/cart-store.ts';
import { shelfQuery } from '../screens/sell/shelf-query.ts';
import { mergeNewest } from './merge-newest.ts';
import { staleQueries, type QueryName } from './stale-queries.ts';

type LiveEvent = z.output<typeof event>;
type SalesPages = InfiniteData<Answer<'listSales'>, string>;

/** Changes that arrive together (a batch from another register) refresh a list once. */
const GATHER_MS = 40;

export function listen(client: QueryClient, cart: CartStore): () => void {
  const source = new EventSource(EVENTS_PATH);
  const gathered = new Set<QueryName>();
  let timer = 0;
  let opened = false;

  const flush = (): void => {
    timer = 0;
    const names = [...gathered];
    gathered.clear();
    for (const name of names) {
      if (name === 'cart') cart.noticeGoods();
      else refresh(client, name);
    }
  };

  source.addEventListener('open', () => {
    if (opened) {
      void Promise.all([client.invalidateQueries(), cart.reload()]).catch(() => {
        // The register was started anew and knows nobody: the state, asked for again as well, leads to the PIN.
      });
    }
    opened = true;
  });
  source.addEventListener('message', (message: MessageEvent<string>) => {
    const live = JSON.parse(message.data) as LiveEvent;
    switch (live.type) {
      case 'changed':
        for (const name of staleQueries(live.tables)) gathered.add(name);
        if (timer === 0) timer = window.setTimeout(flush, GATHER_MS);
        break;
      case 'status':
        client.setQueryData<Answer<'getState'>>(['state'], (state) => state && { ...state, status: live.status });
        // What was waiting is sent or printed, or the other way round: rows say so.
        gathered.add('sales').add('registers').add('print-jobs').add('printers').add('unprinted').add('backups');
        if (timer === 0) timer = window.setTimeout(flush, GATHER_MS);
        break;
      case 'cart':
        cart.noticeVersion(live.version);
        break;
      case 'job':
        // The end is asked for: the stream, which every screen hears, leaves out the recovery code.
        if (live.job.state === 'running') client.setQueryData(['job', live.job.id], live.job);
        else void client.invalidateQueries({ queryKey: ['job', live.job.id] });
        break;
    }
  });
  return () => {
    source.close();
    window.clearTimeout(timer);
  };
}

function refresh(client: QueryClient, name: Exclude<QueryName, 'cart'>): void {
  if (name === 'tiles') forgetTiles();
  if (name === 'sales') void refreshSales(client);
  else if (name === 'recent') refreshRecent(client);
  else void client.invalidateQueries({ queryKey: [name] });
}

/** What sold last: nothing moves under a finger; whoever opens that shelf again sees it anew. */
function refreshRecent(client: QueryClient): void {
  const { queryKey } = shelfQuery('recent');
  const shown = client.getQueryData(queryKey);
  void client.invalidateQueries({ queryKey, refetchType: shown?.rows.length === 0 ? 'active' : 'none' });
}

/** The history only grows at its top: one page is asked for and laid over what is loaded, however far somebody scrolled. */
async function refreshSales(client: QueryClient): Promise<void> {
  for (const query of client.getQueryCache().findAll({ queryKey: ['sales'] })) {
    const data = query.state.data as SalesPages | undefined;
    if (data === undefined || !query.isActive()) {
      query.invalidate();
      continue;
    }
    const [, filter] = query.queryKey as ['sales', { search: string; register: string }];
    try {
      const newest = await call('listSales', { query: filter });
      client.setQueryData<SalesPages>(query.queryKey, (pages) => pages && mergeNewest(pages, newest));
    } catch {
      // The stream goes on; the next event or the reconnect asks again.
      query.invalidate();
    }
  }
}
