/**
 * Sells at a register over HTTP, from a process of its own, five lines every 50 ms, until its standard input ends; then prints how long each
 * payment took, as JSON: a busy client would measure itself. `node test/bench/seller.ts FOLDER`.
 */
import { once } from 'node:events';
import { present } from '../../src/base/assert.ts';
import { cashMethod, reachTill, sell } from '../support/till.ts';
import { wait } from './wait.ts';

const PAUSE_MS = 50;

const till = reachTill(present(process.argv[2], 'the folder of a register'));
const { rows } = await till.call('listProducts', { query: { limit: 100 } });
const cash = await cashMethod(till);
const times: number[] = [];
let running = true;
process.stdin.resume();
void once(process.stdin, 'end').then(() => (running = false));
process.stdout.write('ready\n');
while (running) {
  const products = Array.from({ length: 5 }, (_, at) => present(rows[(times.length * 5 + at) % rows.length], 'a product').id);
  times.push((await sell(till, products, cash)).payMs);
  await wait(PAUSE_MS);
}
process.stdout.write(JSON.stringify(times), () => process.exit(0));
