/** Sells at the register of this host, one sale after the other. Arguments: its data folder and how many. Prints label and milliseconds to "paid". */
import { present } from '../../src/base/assert.ts';
import { cashMethod, reachTill, sell } from '../support/till.ts';
import { wait } from '../chaos/keep-selling.ts';

/** As fast as nobody sells. */
const PAUSE_MS = 100;

const [folder = '', count = ''] = process.argv.slice(2);
const till = reachTill(folder);
const cash = await cashMethod(till);
const [product] = (await till.call('listProducts', { query: { limit: 1 } })).rows;
const sold: { readonly label: string; readonly payMs: number }[] = [];
for (let at = 0; at < Number(count); at++) {
  const { label, payMs } = await sell(till, [present(product, 'a product').id], cash);
  sold.push({ label, payMs });
  await wait(PAUSE_MS);
}
process.stdout.write(JSON.stringify(sold));
process.exit(0);
