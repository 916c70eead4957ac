/** A single register that has traded for a while: products, customers, stock, sales with refunds and discounts, all through its HTTP API. */
import assert from 'node:assert/strict';
import { cashMethod, sell, type Till } from './till.ts';

export interface Traded {
  /** By UUID without dashes: the receipt's label. */
  readonly sales: Map<string, string>;
  /** Products that no demo shop has. */
  readonly own: readonly string[];
  readonly customers: { readonly known: string; readonly fresh: string };
}

/** Barcodes of the products that only this register has: a series of their own. */
export const OWN_CODES = ['4006381333931', '4012345678901', '4099999999996'] as const;
export const KNOWN_CUSTOMER = { name: 'Ada Love', phone: '+32 470 12 34 56' } as const;

/** Sells `count` times, one in ten for a customer, and gives back one in twenty. The drawer stays open. */
export async function tradeOn(till: Till, count: number): Promise<Traded> {
  const own: string[] = [];
  for (const [at, code] of OWN_CODES.entries())
    own.push((await till.call('addProduct', { body: { name: `Own thing ${at + 1}`, priceMinor: 300 + at, codes: [code] } })).id);
  await till.call('moveStock', { body: { work: 'received', rows: own.map((product) => ({ product, quantityMilli: 500_000 })) } });
  const known = (await till.call('addCustomer', { body: { name: 'ADA LOVE', phone: '0470123456' } })).id;
  const fresh = (await till.call('addCustomer', { body: { name: 'Bea New', phone: '0471999999' } })).id;
  const { rows } = await till.call('listProducts', { query: { limit: 8 } });
  const products = [...own, ...rows.map(({ id }) => id).filter((id) => !own.includes(id))];
  const cash = await cashMethod(till);
  const sales = new Map<string, string>();
  for (let at = 0; at < count; at++) {
    if (at % 10 === 3) await till.call('setCartCustomer', { body: { customer: at % 20 === 3 ? known : fresh } });
    const sold = await sell(till, [products[at % products.length] ?? '', products[(at * 3 + 1) % products.length] ?? ''], cash);
    sales.set(sold.uuid.replaceAll('-', ''), sold.label);
    if (at % 20 !== 7) continue;
    const back = await giveBack(till, sold.uuid, cash);
    sales.set(back.uuid.replaceAll('-', ''), back.label);
  }
  return { sales, own, customers: { known, fresh } };
}

/** The first line of a sale comes back, for cash. */
export async function giveBack(till: Till, uuid: string, cash: string): Promise<{ readonly uuid: string; readonly label: string }> {
  const [line] = (await till.call('soldLines', { params: { uuid } })).rows;
  assert.ok(line);
  const cart = await till.call('refundSale', { params: { uuid }, body: { lines: [{ ref: line.ref, quantityMilli: line.quantityMilli }] } });
  const amountMinor = Math.round(cart.totalMinor / 5) * 5;
  const receipt = await till.call('pay', {
    body: { cart: cart.id, totalMinor: cart.totalMinor, tenders: [{ method: cash, amountMinor }] },
  });
  return { uuid: receipt.uuid, label: receipt.label };
}

/** The drawer is counted as it should be, and the shift closed. */
export async function closeDrawer(till: Till): Promise<void> {
  const { open } = await till.call('getShift');
  if (open === null) return;
  await till.call('countShift', {
    body: { counts: open.methods.map(({ method, expectedMinor }) => ({ method, countedMinor: expectedMinor ?? 0 })) },
  });
  await till.call('closeShift', { body: { staysMinor: 0 } });
}
