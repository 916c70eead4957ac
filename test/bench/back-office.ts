/**
 * What a shop does beside selling, over HTTP, with the whole history in the store: refunds, Zs, reports of a day and a year, the stock's
 * pages, a stocktake of every product; and how a sale feels meanwhile.
 */
import { present } from '../../src/base/assert.ts';
import { systemClock } from '../../src/base/clock.ts';
import { cashMethod, sell, waitForJob, type Till } from '../support/till.ts';
import { percentile, rounded, type Figures } from './figures.ts';

const DAY_MS = 86_400_000;

export async function measureBackOffice(till: Till, products: readonly string[]): Promise<Figures> {
  return {
    ...(await measureRefunds(till, products)),
    ...(await measureZ(till, products)),
    ...(await measureReports(till, products)),
    ...(await measureStockPages(till)),
    ...(await measureStocktake(till, products)),
  };
}

function some(products: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => present(products[Math.floor(Math.random() * products.length)], 'a product'));
}

/** Sells one after the other until `work` is done; gives the times of the payments. */
async function sellDuring(till: Till, products: readonly string[], work: Promise<unknown>): Promise<number[]> {
  const cash = await cashMethod(till);
  const times: number[] = [];
  let running = true;
  const ended = work.finally(() => (running = false));
  while (running) times.push((await sell(till, some(products, 5), cash)).payMs);
  await ended;
  return times;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** Two lines of a five-line sale back, paid out in cash: the payment alone. */
async function measureRefunds(till: Till, products: readonly string[]): Promise<Figures> {
  const cash = await cashMethod(till);
  const times: number[] = [];
  for (let at = 0; at < 200; at++) {
    const { uuid } = await sell(till, some(products, 5), cash);
    const { rows } = await till.call('soldLines', { params: { uuid } });
    const lines = rows.slice(0, 2).map(({ ref }) => ({ ref, quantityMilli: 1_000 }));
    const cart = await till.call('refundSale', { params: { uuid }, body: { lines } });
    // All of it was paid in cash: what goes back is rounded to the coin, as a cashier's screen does.
    const tenders = [{ method: cash, amountMinor: Math.round(cart.totalMinor / 5) * 5 }];
    times.push(await timed(() => till.call('pay', { body: { cart: cart.id, totalMinor: cart.totalMinor, tenders } })));
  }
  return { refunds: times.length, refundCommitP50Ms: rounded(percentile(times, 0.5)), refundCommitP99Ms: rounded(percentile(times, 0.99)) };
}

/** The first Z closes all of the history, a closing a trading day; those after it close what was sold since. */
async function measureZ(till: Till, products: readonly string[]): Promise<Figures> {
  const cash = await cashMethod(till);
  const close = async (): Promise<number> => {
    const { rows } = await till.call('listPaymentMethods');
    await till.call('countShift', { body: { counts: rows.map(({ id }) => ({ method: id, countedMinor: 0, pieces: [] })) } });
    await till.call('closeShift', { body: { staysMinor: 0 } });
    return timed(() => till.call('closeDay'));
  };
  const historyMs = await close();
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (let at = 0; at < 300; at++) await sell(till, some(products, 5), cash);
    times.push(await close());
  }
  return { zOfHistoryMs: rounded(historyMs, 0), zSales: 300, zReportMs: rounded(Math.max(...times), 0) };
}

async function measureReports(till: Till, products: readonly string[]): Promise<Figures> {
  const now = systemClock.nowMs();
  const days: number[] = [];
  for (let at = 1; at <= 20; at++) {
    const query = { fromMs: now - (at * 40 + 1) * DAY_MS, untilMs: now - at * 40 * DAY_MS, by: 'hour' as const };
    days.push(await timed(() => till.call('reportSales', { query })));
  }
  const years: number[] = [];
  const year = { fromMs: now - 366 * DAY_MS, untilMs: now - DAY_MS, by: 'month' as const };
  const meanwhile = await sellDuring(
    till,
    products,
    (async () => {
      for (let at = 0; at < 3; at++) years.push(await timed(() => till.call('reportSales', { query: year })));
    })(),
  );
  return {
    dayReportMs: rounded(Math.max(...days), 0),
    yearReportMs: rounded(Math.max(...years), 0),
    reportSaleP99Ms: rounded(percentile(meanwhile, 0.99)),
    reportSales: meanwhile.length,
  };
}

async function measureStockPages(till: Till): Promise<Figures> {
  const times: number[] = [];
  let cursor = '';
  for (let at = 0; at < 100; at++) {
    const query = { filter: 'all' as const, limit: 100, cursor };
    times.push(await timed(async () => (cursor = (await till.call('listStock', { query })).next ?? '')));
  }
  return { stockPageP50Ms: rounded(percentile(times, 0.5)), stockPageP99Ms: rounded(percentile(times, 0.99)) };
}

/** Every product with a code counted, from the file handed in to the last movement written. */
async function measureStocktake(till: Till, products: readonly string[]): Promise<Figures> {
  const rows: string[] = ['barcode,counted'];
  for (let cursor = ''; ;) {
    const page = await till.call('listProducts', { query: { limit: 500, cursor } });
    for (const { codes } of page.rows) if (codes[0] !== undefined) rows.push(`${codes[0]},${rows.length % 90}`);
    if (page.next === null) break;
    cursor = page.next;
  }
  const csv = Buffer.from(rows.join('\n'));
  const take = async (): Promise<number> =>
    timed(async () => {
      const { id } = await till.call('openStocktake', { csv });
      const { job } = await till.call('applyStocktake', { params: { id } });
      await waitForJob(till, job, 20);
    });
  const alone = await take();
  const meanwhile = await sellDuring(till, products, take());
  return {
    countedProducts: rows.length - 1,
    countOf100kMs: rounded(alone, 0),
    countSaleP99Ms: rounded(percentile(meanwhile, 0.99)),
    countSales: meanwhile.length,
  };
}
