/** Fiscal devices over HTTP, one of each kind behind a real connection: working, out, and back; told of carts that are given up. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { startFiscalSimulator, type FiscalSimulator } from '../../src/devices/fiscal/fiscal-simulator.ts';
import type { FiscalDeviceKind } from '../../src/domain/fiscal.ts';
import { Database } from '../../src/store/database.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { startFakePrinter } from '../support/fake-printer.ts';
import { temporaryFolder } from '../support/shop.ts';
import { type Till, cashMethod, refusedWith, setUpTill, startTill } from '../support/till.ts';

const WITHIN_MS = 10_000;
/** Three seconds for the device, and what the register needs itself. */
const WAITS_AT_MOST_MS = 4_500;
interface Stand {
  till: Till;
  device: FiscalSimulator;
  readonly folder: { path: string; remove(): void };
  readonly cash: string;
  readonly product: string;
}

let stand: Stand | null = null;
afterEach(async () => {
  await stand?.till.stop();
  await stand?.device.stop();
  stand?.folder.remove();
  stand = null;
});

async function setUp(country: string, kind: FiscalDeviceKind): Promise<Stand> {
  const folder = temporaryFolder();
  const [till, device] = await Promise.all([startTill(folder.path), startFiscalSimulator(kind, 0)]);
  await setUpTill(till, 'single', { country });
  const { id: product } = await till.call('addProduct', { body: { name: 'Lamp', priceMinor: 2000 } });
  await till.call('setFiscal', { body: { fiscal: { kind: 'simulated', host: '127.0.0.1', port: device.port } } });
  stand = { till, device, folder, cash: await cashMethod(till), product };
  return stand;
}

const add = ({ till, product }: Stand) => till.call('addLine', { body: { product } });

async function pay({ till, cash }: Stand) {
  const cart = await till.call('getCart');
  return till.call('pay', {
    body: { cart: cart.id, totalMinor: cart.totalMinor, tenders: [{ method: cash, amountMinor: cart.totalMinor }] },
  });
}

async function until(isSo: () => boolean, what: () => unknown): Promise<void> {
  const untilMs = performance.now() + WITHIN_MS;
  while (!isSo()) {
    assert.ok(performance.now() < untilMs, JSON.stringify(what()));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const told = ({ device }: Stand): string[] => device.journal.map(({ what }) => what);

/** What the register wrote down, oldest first. */
function events({ folder }: Stand): string[] {
  const db = new Database(`${folder.path}/store.db`, { readOnly: true });
  const kinds = db
    .all('SELECT kind, sale FROM fiscal_event ORDER BY id')
    .map(({ kind, sale }) => `${String(kind)}${sale === null ? '' : ' of a sale'}`);
  db.close();
  return kinds;
}

async function verifies({ till, folder }: Stand): Promise<void> {
  await till.stop();
  const db = new Database(`${folder.path}/store.db`, { readOnly: true });
  assert.equal(verifyStore(db).problem, null);
  db.close();
}

test('Germany: told from the first line on, signed; out, the receipt says so and sales go on; back, they are signed again', async () => {
  const here = await setUp('DE', 'tse');
  assert.equal((await here.till.call('getFiscal')).rule?.onOutage, 'marks-receipt');
  await add(here);
  await until(
    () => told(here).length === 1,
    () => told(here),
  );
  await add(here);
  const first = await pay(here);
  assert.deepEqual([first.fiscal?.state, first.fiscal?.number], ['finish', '1']);
  assert.deepEqual(told(here), ['start', 'finish']);
  // Given up: the device is told so.
  await add(here);
  await until(
    () => told(here).length === 3,
    () => told(here),
  );
  await here.till.call('clearCart');
  await until(
    () => told(here).length === 4,
    () => told(here),
  );
  assert.equal(told(here)[3], 'abort');

  // It hangs: nobody waits for it longer than that, and adding goods does not wait at all.
  here.device.behave('hang');
  const added = performance.now();
  await add(here);
  assert.ok(performance.now() - added < 500, 'adding waits for no device');
  const startedMs = performance.now();
  const out = await pay(here);
  assert.ok(performance.now() - startedMs < WAITS_AT_MOST_MS);
  assert.deepEqual(out.fiscal, { state: 'outage', device: null, number: null, signature: null });
  here.device.behave('answer');
  await add(here);
  assert.equal((await pay(here)).fiscal?.state, 'finish');
  await until(
    () => events(here).filter((kind) => kind.endsWith('of a sale')).length === 3,
    () => events(here),
  );
  assert.deepEqual(
    events(here).filter((kind) => kind.endsWith('of a sale')),
    ['finish of a sale', 'outage of a sale', 'finish of a sale'],
  );
  assert.ok(events(here).includes('abort'));
  await verifies(here);
});

test('[fault 32] Pay pressed twice while the device signs: it is asked once, both hear of the one sale, and the drawer opens once', async () => {
  const here = await setUp('DE', 'tse');
  const printer = await startFakePrinter();
  try {
    const address = { kind: 'network', host: '127.0.0.1', port: printer.port } as const;
    await here.till.call('addPrinter', { body: { name: 'Counter', address, drawer: true } });
    await add(here);
    await until(
      () => told(here).length === 1,
      () => told(here),
    );
    // It takes its time: the second press comes while the first waits.
    here.device.behave('hang');
    const paid = await Promise.all([pay(here), pay(here)]);
    assert.deepEqual(new Set(paid.map(({ label }) => label)), new Set(['R1-000001']));
    assert.equal(here.device.asked.filter((what) => what === 'finish').length, 1);
    here.device.behave('answer');
    await add(here);
    const signed = await Promise.all([pay(here), pay(here), pay(here)]);
    assert.deepEqual(new Set(signed.map(({ label, fiscal }) => `${label} ${fiscal?.state}`)), new Set(['R1-000002 finish']));
    assert.equal(here.device.asked.filter((what) => what === 'finish').length, 2);
    await until(
      () => printer.output.sheets.length === 2,
      () => printer.output,
    );
    assert.equal(printer.output.kicks, 2);
    await verifies(here);
  } finally {
    await printer.stop();
  }
});

test('Belgium: without the module no sale is made and the cart is kept; back, it is', async () => {
  const here = await setUp('BE', 'fdm');
  await add(here);
  assert.equal((await pay(here)).fiscal?.number, '1');
  const { port } = here.device;
  await here.device.stop();
  await add(here);
  await assert.rejects(pay(here), refusedWith('fiscal.outage'));
  assert.equal((await here.till.call('getCart')).lines.length, 1);
  here.device = await startFiscalSimulator('fdm', port);
  assert.equal((await pay(here)).fiscal?.state, 'finish');
  assert.ok(events(here).includes('outage'));
  await verifies(here);
});

test('Italy: the device gives the number; a register killed after it signed asks again and gets the same one', async () => {
  const here = await setUp('IT', 'rt');
  assert.equal((await here.till.call('getFiscal')).rule?.givesNumber, true);
  await add(here);
  assert.equal((await pay(here)).fiscal?.number, '0001-0001');
  await add(here);
  await until(
    () => told(here).filter((what) => what === 'start').length === 2,
    () => told(here),
  );
  // Pressed twice: one document, one sale.
  const [one, two] = await Promise.all([pay(here), pay(here)]);
  assert.deepEqual([one.fiscal?.number, two.uuid], ['0001-0002', one.uuid]);
  await add(here);
  await until(
    () => told(here).filter((what) => what === 'start').length === 3,
    () => told(here),
  );
  here.device.behave('mute');
  const paying = assert.rejects(pay(here));
  await until(
    () => told(here).filter((what) => what === 'finish').length === 3,
    () => told(here),
  );
  await here.till.kill();
  await paying;
  here.device.behave('answer');
  here.till = await startTill(here.folder.path);
  assert.equal((await pay(here)).fiscal?.number, '0001-0003');
  assert.deepEqual(
    told(here).filter((what) => what === 'finish'),
    ['finish', 'finish', 'finish'],
    'signed once, asked twice',
  );
  // Practice is told to nobody; nor is anything once there is no device.
  await here.till.call('setTraining', { body: { training: true } });
  await add(here);
  assert.equal((await pay(here)).fiscal, null);
  await here.till.call('setTraining', { body: { training: false } });
  await here.till.call('setFiscal', { body: { fiscal: { kind: 'none' } } });
  await add(here);
  assert.equal((await pay(here)).fiscal, null);
  await verifies(here);
});
