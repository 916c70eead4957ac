/** A single register with data of its own joins another shop. Real processes, a real PostgreSQL 18, real kill -9. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { aurapos } from '../e2e/aurapos-command.ts';
import { Database } from '../../src/store/database.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { temporaryFolder } from '../support/shop.ts';
import { closeDrawer, KNOWN_CUSTOMER, OWN_CODES, tradeOn, type Traded } from '../support/single-shop.ts';
import { checkShop, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { cashMethod, reachTill, sell, setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { wait } from './keep-selling.ts';

/** What a customer at the counter may notice; on a machine that does other work beside. */
const LONGEST_PAUSE_MS = 2_000;

interface Joining {
  readonly shop: ShopOfTills;
  readonly folder: string;
  single: Till;
  readonly traded: Traded;
}

/** A master and a slave: the shop that all of them join, one after the other. */
let shop: ShopOfTills;
before(async () => {
  shop = await openShop(1);
});
after(() => shop.stop());

/** The two sell, one product of theirs under another price; and a register on its own sold too. */
async function twoShops(t: TestContext, sales: number): Promise<Joining> {
  const alone = temporaryFolder();
  const joining: { single: Till | null } = { single: await startTill(alone.path) };
  t.after(async () => {
    const { single } = joining;
    if (single !== null && single.child.exitCode === null && single.child.signalCode === null) await single.stop();
    alone.remove();
  });
  const [master] = shop.tills;
  assert.ok(master && joining.single);
  const known = await master.call('listCustomers', { query: { search: KNOWN_CUSTOMER.name } });
  if (known.total === 0) await master.call('addCustomer', { body: { ...KNOWN_CUSTOMER } });
  const cash = await cashMethod(master);
  const [first] = (await master.call('listProducts', { query: { limit: 1 } })).rows;
  assert.ok(first);
  await master.call('moveStock', { body: { work: 'received', rows: [{ product: first.id, quantityMilli: 40_000 }] } });
  await master.call('editProduct', { params: { id: first.id }, body: { priceMinor: first.priceMinor + 11 } });
  await sell(master, [first.id], cash);
  await setUpTill(joining.single, 'single', { catalogue: 'demo' });
  const traded = await tradeOn(joining.single, sales);
  const all = { shop, folder: alone.path, traded };
  return {
    ...all,
    get single() {
      assert.ok(joining.single);
      return joining.single;
    },
    set single(till: Till) {
      joining.single = till;
    },
  };
}

async function compare({ shop, single }: Joining): Promise<void> {
  const { code } = (await shop.tills[0]?.call('startPairing')) ?? {};
  const { job } = await single.call('compareShops', { body: { host: '127.0.0.1', port: shop.hubPort, code: code ?? '' } });
  await waitForJob(single, job);
}

/** Once the register stands anew as a slave; it knows its command line by another token then. The longest it did not answer on the way, ms. */
async function joined(joining: Joining): Promise<number> {
  const { single, folder } = joining;
  let [answeredMs, silentMs] = [performance.now(), 0];
  await eventually(
    'the register is a slave',
    async () => {
      const state = await single.call('getState').catch(() => null);
      if (state === null) return false;
      silentMs = Math.max(silentMs, performance.now() - answeredMs);
      answeredMs = performance.now();
      return state.mode === 'slave';
    },
    60_000,
  );
  joining.single = { ...single, call: reachTill(folder).call };
  return silentMs;
}

interface Sums {
  readonly sales: number;
  readonly total: number;
  readonly tax: number;
  readonly lines: number;
  readonly paid: number;
  readonly back: number;
}

/** What the real sales of a store come to; with a series, what was brought under it. */
function sumSales(file: string, series: string | null): Sums {
  const db = new Database(file, { readOnly: true });
  const only = series === null ? "s.mode = 'real'" : `s.brought_from IS NOT NULL AND s.series = '${series}'`;
  const one = (sql: string): number => Number(db.get(sql)?.['sum']);
  const sums = {
    sales: one(`SELECT count(*) AS sum FROM sale s WHERE ${only}`),
    total: one(`SELECT sum(s.total_minor + ifnull(s.rounding_minor, 0)) AS sum FROM sale s WHERE ${only}`),
    tax: one(`SELECT sum(l.tax_minor) AS sum FROM sale_line l JOIN sale s ON s.id = l.sale WHERE ${only}`),
    lines: one(`SELECT count(*) AS sum FROM sale_line l JOIN sale s ON s.id = l.sale WHERE ${only}`),
    paid: one(`SELECT sum(t.amount_minor - t.change_minor) AS sum FROM tender t JOIN sale s ON s.id = t.sale WHERE ${only}`),
    back: one(`SELECT count(*) AS sum FROM sale_line l JOIN sale s ON s.id = l.sale JOIN sale_line o ON o.id = l.refund_of WHERE ${only}`),
  };
  db.close();
  return sums;
}

/** Of the register's own receipts. */
function seriesOf(folder: string): string {
  const db = new Database(join(folder, 'store.db'), { readOnly: true });
  const row = db.get('SELECT series FROM chain WHERE private_key IS NOT NULL');
  db.close();
  return String(row?.['series']);
}

function keptFile(folder: string): string {
  const kept = readdirSync(join(folder, 'kept'));
  assert.equal(kept.length, 1, `one store is kept: ${kept.join(', ')}`);
  return join(folder, 'kept', kept[0] ?? '');
}

const whole = ({ shop, folder, single }: Joining) => ({
  hubPort: shop.hubPort,
  folders: [...shop.folders, folder],
  tills: [...shop.tills, single],
});

test(
  '[P1] [P3] [P4] a single register joins another shop with all that it holds, sells until it does, and keeps its old store as a file',
  { timeout: 300_000 },
  async (t) => {
    const joining = await twoShops(t, 200);
    const { single, folder, traded } = joining;
    await compare(joining);
    const { joining: stand } = await single.call('getJoining');
    assert.ok(stand?.holdings);
    assert.deepEqual(stand.open, ['shift']);
    assert.equal(stand.shop, 'Corner Shop');
    assert.equal(stand.holdings.products.fresh, OWN_CODES.length, 'what the shop lacks');
    assert.equal(stand.holdings.products.differing, 1, 'the price that differs');
    assert.ok(stand.holdings.products.matching > 5, 'the goods of the demo are the same by barcode');
    assert.deepEqual(stand.holdings.customers, { fresh: 1, matching: 1 });
    assert.equal(stand.holdings.sales.sales, traded.sales.size);
    await assert.rejects(single.call('bringOver', { body: { products: false, customers: true, sales: true } }), /joining\.sales-alone/);

    const { job } = await single.call('bringOver', { body: { products: true, customers: true, sales: true } });
    // It sells on until somebody closes the drawer; then the register leaves by itself.
    const cash = await cashMethod(single);
    await eventually(
      'it waits for the shift',
      async () => (await single.call('getJob', { params: { id: job } })).steps.at(-1)?.step === 'wait-open',
      60_000,
    );
    const late = await sell(single, [traded.own[0] ?? ''], cash);
    traded.sales.set(late.uuid.replaceAll('-', ''), late.label);
    const added = await single.call('addProduct', { body: { name: 'Late thing', priceMinor: 77, codes: ['4088888888888'] } });
    await single.call('editProduct', { params: { id: traded.own[1] ?? '' }, body: { name: 'Own thing two' } });
    await closeDrawer(single);
    const silentMs = await joined(joining);
    t.diagnostic(`the register did not answer for ${Math.round(silentMs)} ms`);
    assert.ok(silentMs < LONGEST_PAUSE_MS, `it answered again after ${Math.round(silentMs)} ms`);
    await settle(whole(joining));
    assert.deepEqual(await checkShop(whole(joining), new Map()), []);

    const kept = keptFile(folder);
    assert.deepEqual(
      readdirSync(join(folder, 'kept')).filter((name) => !name.endsWith('.db')),
      [],
      'a file by itself',
    );
    const before = sumSales(kept, null);
    assert.equal(before.sales, traded.sales.size);
    assert.ok(before.back >= 10, 'refunds among them');
    for (const where of whole(joining).folders) assert.deepEqual(sumSales(join(where, 'store.db'), seriesOf(folder)), before);
    checkBrought(folder, traded);
    const old = new Database(kept, { readOnly: true });
    const verified = verifyStore(old);
    assert.deepEqual(verified.problem, null);
    assert.equal(
      Number(
        old.get(
          "SELECT sum(json_extract(totals, '$.sales.count') + json_extract(totals, '$.refunds.count')) AS sales FROM closing WHERE kind = 'z'",
        )?.['sales'],
      ),
      traded.sales.size,
      'every sale lies in a Z of the old store',
    );
    old.close();

    const master = joining.shop.tills[0];
    assert.ok(master);
    const stock = await master.call('listStock', { query: { filter: 'all', limit: 200 } });
    const onHand = (id: string | undefined): number | undefined => stock.rows.find((row) => row.id === id)?.onHandMilli;
    for (const product of traded.own) assert.equal(onHand(product), stockIn(kept, product), 'stock of what was brought');
    const here = await master.call('listProducts', { query: { limit: 200 } });
    assert.ok(
      here.rows.some(({ id, name }) => id === added.id && name === 'Late thing'),
      'what was added last came along',
    );
    assert.ok(
      here.rows.some(({ id, name }) => id === traded.own[1] && name === 'Own thing two'),
      'and what was edited',
    );
    const again = await joining.single.call('xReport');
    assert.deepEqual([again.tradingDays, again.totals.sales.count], [[], 0], 'no Z of the new chain counts what was brought');
  },
);

/** Every sale that was called paid is there once, under a number of the new series without a gap, with its old one beside. */
function checkBrought(folder: string, traded: Traded): void {
  const series = seriesOf(folder);
  const db = new Database(join(folder, 'store.db'), { readOnly: true });
  const rows = db.all(
    'SELECT lower(hex(uuid)) AS uuid, brought_from, number FROM sale WHERE brought_from IS NOT NULL AND series = ? ORDER BY number',
    series,
  );
  db.close();
  assert.deepEqual(new Map(rows.map((row) => [String(row['uuid']), String(row['brought_from'])])), traded.sales);
  assert.deepEqual(
    rows.map(({ number }) => number),
    rows.map((_, at) => at + 1),
  );
}

function stockIn(file: string, product: string): number {
  const db = new Database(file, { readOnly: true });
  const row = db.get('SELECT sum(on_hand_milli) AS milli FROM stock WHERE product = ?', Buffer.from(product.replaceAll('-', ''), 'hex'));
  db.close();
  return Number(row?.['milli']);
}

test(
  'by command: the comparison first, then nothing comes along, and the kept store is listed, exported and verified',
  { timeout: 180_000 },
  async (t) => {
    const joining = await twoShops(t, 20);
    const { shop, single, folder, traded } = joining;
    await closeDrawer(single);
    const { code } = (await shop.tills[0]?.call('startPairing')) ?? {};
    const at = ['storage', 'slave', '--master', `127.0.0.1:${shop.hubPort}`, '--code', code ?? ''];
    const compared = (await aurapos(folder, ...at)) as { joining: { holdings: { sales: { sales: number } } } };
    assert.equal(compared.joining.holdings.sales.sales, traded.sales.size);
    assert.equal((await single.call('getState')).mode, 'single', 'nothing has changed yet');
    await aurapos(folder, 'storage', 'slave', '--join', 'nothing', '--yes');
    await joined(joining);
    await settle(whole(joining));
    assert.deepEqual(await checkShop(whole(joining), new Map()), []);
    const { rows } = (await aurapos(folder, 'storage', 'kept')) as { rows: { name: string; sales: number; totalMinor: number }[] };
    const [kept] = rows;
    assert.ok(kept && rows.length === 1);
    assert.equal(kept.sales, traded.sales.size);
    const file = join(folder, 'old-sales.csv');
    assert.deepEqual(await aurapos(folder, 'storage', 'kept', kept.name, '--export', file), {
      file,
      sales: traded.sales.size,
      lines: sumSales(keptFile(folder), null).lines,
    });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n').slice(1);
    const total = lines
      .map((line) => line.split(';').at(-3) ?? '')
      .reduce((sum, amount) => sum + Math.round(Number(amount.replace(',', '.')) * 100), 0);
    assert.equal(total, kept.totalMinor);
    assert.equal(((await aurapos(folder, 'storage', 'kept', kept.name, '--verify')) as { problem: null }).problem, null);
  },
);

test('a register that is not running joins by command alone', { timeout: 120_000 }, async (t) => {
  const joining = await twoShops(t, 5);
  const { shop, single, folder, traded } = joining;
  await closeDrawer(single);
  await single.stop();
  const { code } = (await shop.tills[0]?.call('startPairing')) ?? {};
  const what = ['--join', 'products,customers,sales', '--yes'];
  await aurapos(folder, 'storage', 'slave', '--master', `127.0.0.1:${shop.hubPort}`, '--code', code ?? '', ...what);
  joining.single = await startTill(folder);
  assert.equal((await joining.single.call('getState')).mode, 'slave');
  await settle(whole(joining));
  assert.deepEqual(await checkShop(whole(joining), new Map()), []);
  checkBrought(folder, traded);
});

test('called off, the register is as it was, and the shop says that it is out', { timeout: 120_000 }, async (t) => {
  const joining = await twoShops(t, 5);
  const { shop, single, folder, traded } = joining;
  const cash = await cashMethod(single);
  await compare(joining);
  assert.deepEqual(await single.call('callOffJoining'), { told: true });
  assert.equal(existsSync(join(folder, 'joining')), false);
  assert.equal((await single.call('getState')).mode, 'single');
  await sell(single, [traded.own[0] ?? ''], cash);
  await eventually('the shop shows it as out', async () => {
    const rows = (await shop.tills[0]?.call('listRegisters'))?.rows ?? [];
    return rows.some(({ state }) => state === 'revoked');
  });
  await assert.rejects(single.call('bringOver', { body: { products: false, customers: false, sales: false } }), /joining\.none/);

  await compare(joining);
  await assert.rejects(single.call('toMaster', { body: { hubPort: shop.hubPort } }), /joining\.begun/);

  // Once things were brought, what was written beside is thrown away unsent.
  const { job } = await single.call('bringOver', { body: { products: true, customers: true, sales: true } });
  await eventually(
    'it waits',
    async () => (await single.call('getJob', { params: { id: job } })).steps.at(-1)?.step === 'wait-open',
    60_000,
  );
  assert.deepEqual(await single.call('callOffJoining'), { told: false });
  await assert.rejects(waitForJob(single, job), /joining\.cut/);
  await sell(single, [traded.own[0] ?? ''], cash);
  assert.equal((await single.call('listSales')).total, traded.sales.size + 2);
});

/** Moments of the way, and by what a stranger sees that it is there. */
const MOMENTS: Readonly<Record<string, (joining: Joining) => boolean>> = {
  'the pull': ({ folder }) =>
    existsSync(join(folder, 'joining', 'store.db')) && (standOf(folder)?.holdings ?? null) === null && standOf(folder) !== null,
  'bringing along': ({ folder }) => broughtSales(folder) > 0,
  'the word to exchange': ({ folder }) => existsSync(join(folder, 'joining', 'ready.json')),
  'the exchange': ({ folder }) => existsSync(join(folder, 'kept')) && readdirSync(join(folder, 'kept')).length > 0,
};

function standOf(folder: string): { readonly holdings: object | null } | null {
  const file = join(folder, 'joining', 'stand.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { holdings: object | null }) : null;
}

function broughtSales(folder: string): number {
  const file = join(folder, 'joining', 'store.db');
  if (!existsSync(file)) return 0;
  const db = new Database(file, { readOnly: true });
  try {
    const isMade = db.get("SELECT 1 AS found FROM sqlite_schema WHERE name = 'sale'") !== undefined;
    return isMade ? Number(db.get('SELECT count(*) AS sales FROM sale')?.['sales'] ?? 0) : 0;
  } finally {
    db.close();
  }
}

for (const [moment, isThere] of Object.entries(MOMENTS))
  test(`[P1] kill -9 at ${moment}: started again it ends once, by itself`, { timeout: 180_000 }, async (t) => {
    const joining = await twoShops(t, 60);
    const { shop, folder, traded } = joining;
    const { code } = (await shop.tills[0]?.call('startPairing')) ?? {};
    await joining.single.call('compareShops', { body: { host: '127.0.0.1', port: shop.hubPort, code: code ?? '' } });
    await closeDrawer(joining.single);
    const killed = new AbortController();
    const go = async (): Promise<void> => {
      await eventually(
        'both are compared',
        async () => {
          const { joining: stand } = await joining.single.call('getJoining');
          return stand !== null && stand.holdings !== null && stand.job === null;
        },
        60_000,
      );
      await joining.single.call('bringOver', { body: { products: true, customers: true, sales: true } });
    };
    const going = go().catch((error: unknown) => {
      if (!killed.signal.aborted) throw error;
    });
    const until = performance.now() + 60_000;
    while (!isThere(joining)) {
      assert.ok(performance.now() < until, `${moment} came`);
      await wait(2);
    }
    killed.abort();
    await joining.single.kill();
    await going;
    joining.single = await startTill(folder);
    const { joining: stand, mode } = { ...(await joining.single.call('getJoining')), mode: (await joining.single.call('getState')).mode };
    if (mode === 'single' && stand?.choices === null) await go();
    await joined(joining);
    await settle(whole(joining));
    assert.deepEqual(await checkShop(whole(joining), new Map()), []);
    assert.deepEqual(sumSales(join(folder, 'store.db'), seriesOf(folder)), sumSales(keptFile(folder), null));
    checkBrought(folder, traded);
  });

test('its own shop is not another one: it is told to pair again', { timeout: 120_000 }, async () => {
  const [master, slave] = shop.tills;
  assert.ok(master && slave);
  await settle(shop);
  await slave.call('toSingle');
  const { code } = await master.call('startPairing');
  const { job } = await slave.call('compareShops', { body: { host: '127.0.0.1', port: shop.hubPort, code } });
  await assert.rejects(waitForJob(slave, job), /joining\.own-shop/);
  assert.deepEqual((await slave.call('getJoining')).joining, null);
});
