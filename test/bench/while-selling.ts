/** A cashier beside long work: how long the work took, and how long payments took meanwhile. */
import { present } from '../../src/base/assert.ts';
import { childrenOf } from '../support/backups-of-till.ts';
import { cashMethod, sell, type Till } from '../support/till.ts';
import { percentile, rounded } from './figures.ts';

const LOOK_MS = 50;

export interface Timed {
  readonly seconds: number;
  /** Of the payments meanwhile, ms. */
  readonly p99: number;
  readonly sales: number;
}

/** A cashier who sells one cart after the other for as long as the work takes. */
export async function whileSelling(till: Till, work: () => Promise<void>): Promise<Timed> {
  const products = (await till.call('listProducts', { query: { limit: 5 } })).rows.map(({ id }) => id);
  const cash = await cashMethod(till);
  for (let at = 0; at < 20; at++) await sell(till, products, cash);
  const times: number[] = [];
  const state = { working: true };
  const startedMs = performance.now();
  const done = work().finally(() => {
    state.working = false;
  });
  while (state.working) times.push((await sell(till, products, cash)).payMs);
  await done;
  // The process that did it ends a moment after its answer.
  while (childrenOf(present(till.child.pid, 'its process')).length > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return { seconds: rounded((performance.now() - startedMs) / 1000, 1), p99: rounded(percentile(times, 0.99)), sales: times.length };
}
