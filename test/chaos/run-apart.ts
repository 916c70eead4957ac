/** Two registers apart with thousands of sales each, then together while somebody sells at both. `npm run chaos` has the whole, a test a part. */
import { percentile } from '../bench/figures.ts';
import { makeHistory } from '../bench/register.ts';
import { present } from '../../src/base/assert.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { cashMethod, sell, type SaleTimes, type Till } from '../support/till.ts';
import { wait } from './keep-selling.ts';

export function till(shop: ShopOfTills, at: number): Till {
  return present(shop.tills[at], `register ${at + 1}`);
}

export function folder(shop: ShopOfTills, at: number): string {
  return present(shop.folders[at], `the folder of register ${at + 1}`);
}

export async function sellSome(seller: Pick<Till, 'call'>, lines: number): Promise<SaleTimes> {
  const { rows } = await seller.call('listProducts', { query: { limit: lines } });
  return sell(
    seller,
    rows.map(({ id }) => id),
    await cashMethod(seller),
  );
}

export function noted(sales: readonly SaleTimes[]): Map<string, string> {
  return new Map(sales.map(({ uuid, label }) => [uuid.replaceAll('-', ''), label]));
}

/** Registers, PostgreSQL and the test share a machine: slower than this, a person at the till would call it stuck. */
const USABLE_P95_MS = 1_000;

interface Reunion {
  readonly pays: SaleTimes[];
  /** Sales that wait at the slave, as it says. */
  readonly waiting: number[];
  /** Of what it catches up with, as it says. */
  readonly read: number[];
}

/** Somebody sells at both, and looks where the slave stands, until told to stop. */
async function sellMeanwhile(shop: ShopOfTills, { pays, waiting, read }: Reunion, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const at of [0, 1]) pays.push(await sellSome(till(shop, at), 2));
    const { waitingSales, catchingUp } = await till(shop, 1).call('getStatus');
    waiting.push(waitingSales);
    if (catchingUp !== null) read.push(catchingUp.done / catchingUp.total);
    await wait(20);
  }
}

function isAscending(list: readonly number[]): boolean {
  return list.every((value, at) => at === 0 || value >= (list[at - 1] ?? 0));
}

/** `sales` on each. Says how it went, and what is wrong: empty when nothing is. */
export async function runApart(sales: number): Promise<{ readonly said: string; readonly wrong: readonly string[] }> {
  const shop = await openShop(1);
  try {
    await settle(shop);
    for (const at of [1, 0]) await till(shop, at).stop();
    for (const at of [0, 1]) makeHistory(folder(shop, at), sales);
    await shop.restart(0);
    await eventually('the master’s own are in its hub', async () => (await till(shop, 0).call('getStatus')).waitingSales === 0, 120_000);

    await shop.restart(1);
    const startedMs = performance.now();
    const reunion: Reunion = { pays: [], waiting: [], read: [] };
    const selling = new AbortController();
    const seller = sellMeanwhile(shop, reunion, selling.signal);
    const sent = (): boolean => (reunion.waiting.at(-1) ?? sales) < 100;
    await eventually('the slave’s are sent', sent, 180_000).finally(() => selling.abort());
    await seller;
    const { pays, waiting, read } = reunion;
    const p95 = percentile(
      pays.map(({ payMs }) => payMs),
      0.95,
    );
    const said =
      `${Math.round((performance.now() - startedMs) / 1000)} s; ${pays.length} sales meanwhile, p95 ${Math.round(p95)} ms; ` +
      `${read.length} looks while it read, ${waiting.length} in all`;
    const wrong: string[] = [];
    if (p95 >= USABLE_P95_MS) wrong.push(`paid within ${p95} ms (p95)`);
    if (!read.some((part) => part > 0 && part < 1) || !isAscending(read)) wrong.push(`what was read: ${read.join(', ')}`);
    if ((waiting[0] ?? 0) <= sales - 10 || !waiting.some((left) => left > 100 && left < sales * 0.9))
      wrong.push(`what waited: ${waiting.join(', ')}`);
    await settle(shop, 120_000);
    wrong.push(...(await checkShop(shop, noted(pays))));
    const { total } = await till(shop, 0).call('listSales', { query: { limit: 1 } });
    if (total !== 2 * sales + pays.length) wrong.push(`${total} sales, not ${2 * sales + pays.length}`);
    return { said, wrong };
  } finally {
    await shop.stop();
  }
}
