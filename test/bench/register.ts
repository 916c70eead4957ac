/**
 * `npm run bench -- register --catalogue FILE [--history N] --json`: one register on its own, as a process, over HTTP.
 * The history is made by the same use case that sells, in another process's absence, with the disk's waits left out while it is made.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { globSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { assert, present } from '../../src/base/assert.ts';
import { unwrap } from '../../src/base/result.ts';
import { isId, type Id } from '../../src/base/id.ts';
import { openRegister } from '../../src/register/register.ts';
import { completeSale } from '../../src/register/complete-sale.ts';
import { addProductLine } from '../../src/register/edit-cart.ts';
import { listPaymentMethods, listProducts } from '../../src/store/queries/catalogue.ts';
import { listUsers } from '../../src/store/queries/people.ts';
import { closeStore } from '../../src/store/store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { measureBigCart, measureScans } from '../e2e/measure-scan.ts';
import { cashMethod, OWNER_PIN, sell, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { measureBackOffice } from './back-office.ts';
import { describeMachine, measureFdatasync, percentile, rounded, type Figures } from './figures.ts';

export interface RegisterBench {
  readonly catalogue: string;
  readonly history: number;
  readonly sales: number;
}

export async function benchRegister(options: RegisterBench): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'aurapos-bench-'));
  const figures: Figures = { bench: 'register', ...describeMachine() };
  let till = await startTill(folder);
  try {
    await setUpTill(till, 'single');
    Object.assign(figures, await measureImport(till, options.catalogue));
    await till.stop();
    figures['historySales'] = options.history;
    figures['storeBytesPerSale'] = makeHistory(folder, options.history);
    // The first start after the history was made warms the disk's cache; the second is measured.
    await (await startTill(folder)).stop();
    till = await startTill(folder);
    figures['startMs'] = rounded(till.startMs, 0);
    figures['rssAfterStartMb'] = rounded(till.rssMb(), 0);
    const products = await someProducts(till);
    const disk = measureFdatasync(folder);
    Object.assign(figures, { fdatasyncP50Ms: rounded(disk.p50), fdatasyncP99Ms: rounded(disk.p99) });
    Object.assign(figures, await measureSales(till, products, options.sales));
    Object.assign(figures, await measureSearch(till, options.catalogue));
    Object.assign(figures, await measureHistory(till));
    Object.assign(figures, await measureScans({ url: `http://127.0.0.1:${till.port}/`, pin: OWNER_PIN }));
    Object.assign(figures, await measureBigCart({ url: `http://127.0.0.1:${till.port}/`, pin: OWNER_PIN }));
    figures['rssAfterSellingMb'] = rounded(till.rssMb(), 0);
    Object.assign(figures, await measureBackOffice(till, products));
    figures['rssAfterRunMb'] = rounded(till.rssMb(), 0);
    figures['screenGzipKb'] = screenGzipKb();
    await till.stop();
    return figures;
  } finally {
    if (till.child.exitCode === null) await till.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readCatalogue(file: string): Buffer {
  const bytes = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** Half of the file measures the import; the rest runs while sales go on beside it. */
async function measureImport(till: Till, catalogue: string): Promise<Figures> {
  const lines = readCatalogue(catalogue).toString().split('\n').filter(Boolean);
  const [heading = '', ...rows] = lines;
  const half = Math.floor(rows.length / 2);
  const hand = async (part: readonly string[]): Promise<{ id: string; rows: number }> => {
    const preview = await till.call('openImport', { csv: Buffer.from([heading, ...part].join('\n')) });
    const { job } = await till.call('applyImport', { params: { id: preview.id }, body: { skipBad: true } });
    return { id: job, rows: preview.good };
  };
  const startedMs = performance.now();
  const first = await hand(rows.slice(0, half));
  await waitForJob(till, first.id, 20);
  const importMs = performance.now() - startedMs;
  const products = await someProducts(till);
  const cash = await cashMethod(till);
  const second = await hand(rows.slice(half));
  const times: number[] = [];
  let running = true;
  const done = waitForJob(till, second.id, 20).then(() => (running = false));
  while (running) times.push((await sell(till, pick(products, 5), cash)).payMs);
  await done;
  return {
    importRows: rows.length,
    importRowsPerSecond: rounded(first.rows / (importMs / 1000), 0),
    importSaleP99Ms: rounded(percentile(times, 0.99)),
    importSales: times.length,
  };
}

async function someProducts(till: Till): Promise<string[]> {
  const { rows } = await till.call('listProducts', { query: { limit: 500 } });
  return rows.map(({ id }) => id);
}

function pick(products: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => present(products[Math.floor(Math.random() * products.length)], 'a product'));
}

/** Sales made to a transaction. */
const AT_ONCE = 1_000;

/** Sells `count` five-line sales through the use case, over the last three years. Returns the bytes a sale takes, everything counted. */
export function makeHistory(folder: string, count: number): number {
  let now = systemClock.nowMs() - 3 * 365 * 86_400_000;
  const step = Math.max(1, Math.floor((systemClock.nowMs() - now) / (count + 1)));
  const clock = { ...systemClock, nowMs: () => now };
  const file = join(folder, 'store.db');
  const store = unwrap(openStore(file, { clock, random: systemRandom }));
  const { register } = openRegister(store);
  // The shop was set up a moment ago, and nothing is said to be older than what was said before.
  present(store.own, 'the own chain').lastAt = 0;
  store.db.sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const before = statSync(file).size;
  const user = present(listUsers(store.db)[0], 'the owner').id;
  const cash = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'cash'),
    'cash',
  ).id;
  const products = listProducts(store.db, { category: null, hidden: false, sort: 'name', offset: 0, limit: 2000, nowMs: now }).rows.map(
    ({ id }) => id,
  );
  // Only while the history is made: its sales were never said to be paid. Many to a transaction, or the disk is written a hundred times over.
  const { sqlite } = store.db;
  store.db.transact = (_, work) => {
    if (!sqlite.isTransaction) sqlite.exec('BEGIN IMMEDIATE');
    return work();
  };
  for (let at = 0; at < count; at++) {
    now += step;
    let cart = null;
    for (const product of pick(products, 5)) cart = unwrap(addProductLine(register, isId(product) ? product : (product as Id), 1000));
    const open = present(cart, 'a cart');
    unwrap(
      completeSale(register, {
        cart: open.id,
        totalMinor: open.totalMinor,
        tenders: [{ method: cash, amountMinor: Math.ceil(open.totalMinor / 5) * 5 }],
        user,
      }),
    );
    if (at % AT_ONCE === 0) sqlite.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  }
  if (sqlite.isTransaction) sqlite.exec('COMMIT');
  sqlite.exec('DELETE FROM unprinted; PRAGMA wal_checkpoint(TRUNCATE)');
  closeStore(store);
  return rounded((statSync(file).size - before) / count, 0);
}

async function measureSales(till: Till, products: readonly string[], count: number): Promise<Figures> {
  const cash = await cashMethod(till);
  for (let at = 0; at < 50; at++) await sell(till, pick(products, 5), cash);
  const pays: number[] = [];
  const startedMs = performance.now();
  for (let at = 0; at < count; at++) pays.push((await sell(till, pick(products, 5), cash)).payMs);
  const wholeMs = performance.now() - startedMs;
  // Back to back: the payments alone, one after the other; scanning five lines is what a person does in between.
  const paidMs = pays.reduce((a, b) => a + b, 0);
  return {
    sales: count,
    saleCommitP50Ms: rounded(percentile(pays, 0.5)),
    saleCommitP99Ms: rounded(percentile(pays, 0.99)),
    salesPerSecond: rounded(count / (paidMs / 1000), 0),
    wholeSalesPerSecond: rounded(count / (wholeMs / 1000), 0),
  };
}

/** Queries as people type them, made from the catalogue's own names and codes. */
async function measureSearch(till: Till, catalogue: string): Promise<Figures> {
  const rows = readCatalogue(catalogue).toString().split('\n').slice(1, 5_000);
  const queries = Array.from({ length: 1_000 }, (_, at) => {
    const [code = '', name = ''] = (rows[(at * 7) % rows.length] ?? '').split(',');
    const words = name
      .replaceAll('"', '')
      .split(' ')
      .filter((word) => word.length > 2);
    const word = words[at % Math.max(1, words.length)] ?? 'milk';
    const kinds = [
      word.slice(0, 4),
      word.slice(1),
      `${words[0] ?? ''} ${words[1] ?? ''}`.trim(),
      word.toUpperCase(),
      code,
      word.slice(0, 2),
    ];
    return kinds[at % kinds.length] ?? word;
  });
  const times: number[] = [];
  for (const q of queries) {
    const startedMs = performance.now();
    await till.call('quickSearch', { query: { q } });
    times.push(performance.now() - startedMs);
  }
  return { searches: queries.length, searchP50Ms: rounded(percentile(times, 0.5)), searchP99Ms: rounded(percentile(times, 0.99)) };
}

async function measureHistory(till: Till): Promise<Figures> {
  const times: number[] = [];
  let cursor = '';
  for (let at = 0; at < 200; at++) {
    const startedMs = performance.now();
    const page = await till.call('listSales', { query: { limit: 100, cursor } });
    times.push(performance.now() - startedMs);
    cursor = page.next ?? '';
  }
  return { historyPageP50Ms: rounded(percentile(times, 0.5)), historyPageP99Ms: rounded(percentile(times, 0.99)) };
}

/** What stands on the screen before the first sale: all that the page itself names, and the biggest language. The other screens come after. */
function screenGzipKb(): number {
  const folder = join(import.meta.dirname, '../../dist/ui');
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const size = (file: string): number => gzipSync(readFileSync(join(folder, file))).length;
  const named = [...page.matchAll(/"\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => size(present(file, 'a file')));
  assert(named.length > 1, 'the page names its program and its looks');
  const languages = globSync('*.json', { cwd: join(import.meta.dirname, '../../src/ui/locales') }).flatMap((name) =>
    globSync(`assets/${name.replace('.json', '')}-*.js`, { cwd: folder }).map(size),
  );
  return rounded([...named, Math.max(...languages)].reduce((a, b) => a + b, 0) / 1024, 0);
}
