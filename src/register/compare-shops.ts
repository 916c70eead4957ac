/**
 * What a register holds of its own, beside what the shop has that it joins: shown before anybody chooses what to bring. Reads both stores, record
 * by record, in a process of its own; `pause` lets it tell how far it is.
 */
import type { Database } from '../store/database.ts';
import { customerSketches, productSketch, recordsAfter, tallySales, type SalesTally } from '../store/queries/holdings.ts';
import { readCurrency } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';
import { matchShopsCustomers, Places } from './bring-records.ts';

export interface Differing {
  readonly code: string;
  /** As it is called and costs here, and there: the shop's stands. */
  readonly name: string;
  readonly priceMinor: number;
  readonly shopName: string;
  readonly shopPriceMinor: number;
}

export interface Holdings {
  readonly products: {
    readonly fresh: number;
    readonly matching: number;
    /** Of those that match: under another name or price there. */
    readonly differing: number;
    readonly examples: Differing[];
  };
  readonly customers: { readonly fresh: number; readonly matching: number };
  readonly sales: SalesTally;
  readonly currency: string;
}

/** Shown of those that differ; the count tells of the rest. */
const EXAMPLES = 50;
const RECORDS_A_TURN = 500;

export function compareShops(store: Store, from: Database, onRows: (done: number, total: number) => void): Holdings {
  const customers = matchShopsCustomers(store, from);
  const nowMs = store.clock.nowMs();
  const total = Number(from.get('SELECT count(*) AS total FROM product WHERE deleted IS NOT 1')?.['total'] ?? 0);
  let [fresh, matching, differing, done] = [0, 0, 0, 0];
  const examples: Differing[] = [];
  for (let after = 0; ;) {
    const page = recordsAfter(from, 'product', after, RECORDS_A_TURN);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.row;
    const places = new Places(store, from, customers);
    for (const { id } of page) {
      const theirs = places.matchProduct(id);
      const ours = theirs === null ? null : productSketch(from, id, nowMs);
      if (theirs === null || ours === null) {
        fresh++;
        continue;
      }
      matching++;
      if (ours.name === theirs.name && ours.priceMinor === theirs.priceMinor) continue;
      differing++;
      if (examples.length < EXAMPLES)
        examples.push({
          code: ours.codes[0] ?? '',
          name: ours.name,
          priceMinor: ours.priceMinor,
          shopName: theirs.name,
          shopPriceMinor: theirs.priceMinor,
        });
    }
    done += page.length;
    onRows(done, total);
  }
  const places = new Places(store, from, customers);
  let [freshCustomers, matchingCustomers] = [0, 0];
  for (const { id } of customerSketches(from)) {
    if (places.matchCustomer(id) === null) freshCustomers++;
    else matchingCustomers++;
  }
  return {
    products: { fresh, matching, differing, examples },
    customers: { fresh: freshCustomers, matching: matchingCustomers },
    sales: tallySales(from),
    currency: readCurrency(from),
  };
}
