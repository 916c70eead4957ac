/** A cashier who sells one after the other, and what was called paid, noted outside of the tills. */
import { ApiRefusal, cashMethod, sell, type Till } from '../support/till.ts';

/** Between two sales, of which each takes about as long: half the kills find one under way, and the machine has time for those who look on. */
const PAUSE_MS = 15;

export interface Ledger {
  /** Receipt labels by sale. */
  readonly acknowledged: Map<string, string>;
  /** Payments whose answer never came: they may or may not be there, but at most once. */
  unanswered: number;
}

export function emptyLedger(): Ledger {
  return { acknowledged: new Map(), unanswered: 0 };
}

/** Sells until told to stop or until the till is gone. */
export async function keepSelling(till: Till, ledger: Ledger, signal: AbortSignal, pauseMs = PAUSE_MS): Promise<void> {
  try {
    const products = (await till.call('listProducts', { query: { limit: 30 } })).rows.map(({ id }) => id);
    const cash = await cashMethod(till);
    while (!signal.aborted) {
      const picked = Array.from(
        { length: 1 + Math.floor(Math.random() * 4) },
        () => products[Math.floor(Math.random() * products.length)] ?? '',
      );
      const sold = await sell(till, picked, cash);
      ledger.acknowledged.set(sold.uuid.replaceAll('-', ''), sold.label);
      await wait(pauseMs);
    }
  } catch (error) {
    // A refusal is the till's answer; anything else is the till being killed under the request.
    if (error instanceof ApiRefusal) throw error;
    ledger.unanswered++;
  }
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
