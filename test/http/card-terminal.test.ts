/** Card payments over HTTP, through a terminal that is a process of its own behind a real connection, and a register killed in between. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import type { Behaviour } from '../../src/devices/terminals/simulator.ts';
import { startTerminal, type TerminalProcess } from '../support/simulated-terminal.ts';
import { temporaryFolder } from '../support/shop.ts';
import { OWNER_PIN, type Till, cashMethod, logInAt, refusedWith, setUpTill, startTill } from '../support/till.ts';

type Cart = Answer<'getCart'>;

const WITHIN_MS = 10_000;
const CASHIER_PIN = '7391';
interface Stand {
  till: Till;
  terminal: TerminalProcess;
  readonly folder: { path: string; remove(): void };
  readonly card: string;
  readonly cash: string;
}

let stand: Stand | null = null;
afterEach(async () => {
  await stand?.till.stop();
  await stand?.terminal.stop();
  stand?.folder.remove();
  stand = null;
});

async function setUp(behave: Behaviour | null): Promise<Stand> {
  const folder = temporaryFolder();
  const [till, terminal] = await Promise.all([startTill(folder.path), startTerminal(behave)]);
  await setUpTill(till, 'single');
  const { rows } = await till.call('listPaymentMethods');
  const card = present(
    rows.find(({ kind }) => kind === 'card'),
    'card',
  ).id;
  await till.call('setTerminal', { body: { terminal: { kind: 'simulated', host: '127.0.0.1', port: terminal.port } } });
  stand = { till, terminal, folder, card, cash: await cashMethod(till) };
  return stand;
}

/** One piece of goods at this price. */
async function fill({ till }: Stand, priceMinor: number): Promise<Cart> {
  const { id } = await till.call('addProduct', { body: { name: `Goods at ${priceMinor}`, priceMinor } });
  return till.call('addLine', { body: { product: id } });
}

async function until({ till }: Stand, isSo: (cart: Cart) => boolean): Promise<Cart> {
  const untilMs = performance.now() + WITHIN_MS;
  for (;;) {
    const cart = await till.call('getCart');
    if (isSo(cart)) return cart;
    assert.ok(performance.now() < untilMs, JSON.stringify(cart.cardPayments));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ask = ({ till, card }: Stand, cart: Cart, amountMinor = cart.totalMinor, tenders: { method: string; amountMinor: number }[] = []) =>
  till.call('askCard', { body: { cart: cart.id, totalMinor: cart.totalMinor, method: card, amountMinor, tenders } });

const isIn = (state: string) => (cart: Cart) => cart.cardPayments.at(-1)?.state === state;
const took = ({ terminal }: Stand): number => terminal.journal.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

async function tendersOf({ till }: Stand): Promise<[string, number][]> {
  const { rows } = await till.call('listSales');
  const receipts = await Promise.all(rows.map(({ uuid }) => till.call('getSale', { params: { uuid } })));
  return receipts.flatMap(({ tenders }) => tenders.map(({ kind, amountMinor }): [string, number] => [kind, amountMinor]));
}

test('an approval that covers the cart makes the sale by itself; a second answer pays nothing; declined, the cart is free', async () => {
  const here = await setUp(null);
  const first = await fill(here, 1000);
  const asked = await ask(here, first);
  assert.equal(asked.id, first.id);
  await until(here, ({ lastSale }) => lastSale?.totalMinor === 1000);
  // 04: it answers twice.
  await ask(here, await fill(here, 1004));
  await until(here, ({ lastSale }) => lastSale?.totalMinor === 1004);
  await new Promise((resolve) => setTimeout(resolve, 200));
  // 01: it declines. What is taken in cash first is given with the card that follows.
  await ask(here, await fill(here, 1001));
  await until(here, isIn('declined'));
  const more = await fill(here, 500);
  await ask(here, more, 501, [{ method: here.cash, amountMinor: 1000 }]);
  await until(here, isIn('declined'));
  await ask(here, more, 500, [{ method: here.cash, amountMinor: 1000 }]);
  await until(here, ({ lastSale }) => lastSale !== null);
  assert.deepEqual(await tendersOf(here), [
    ['card', 500],
    ['cash', 1000],
    ['card', 1004],
    ['card', 1000],
  ]);
  assert.equal(took(here), 2504);
  await assert.rejects(here.till.call('cancelCard', { params: { attempt: 'x' } }), refusedWith('input.invalid'));
});

test('[fault 1] a register killed while the terminal takes the money: its cart is held until somebody who may says "paid", then it is one sale', async () => {
  const here = await setUp('late');
  const cart = await fill(here, 2500);
  await ask(here, cart);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await here.till.kill();
  await new Promise((resolve) => setTimeout(resolve, 800));
  assert.equal(took(here), 2500, 'the terminal went on');
  here.till = await startTill(here.folder.path);
  const held = await here.till.call('getCart');
  assert.equal(held.id, cart.id);
  const payment = present(held.cardPayments[0], 'the payment');
  assert.equal(payment.state, 'unknown');
  const params = { attempt: String(payment.attempt) };
  await assert.rejects(ask(here, held), refusedWith('payment.unsettled'));
  const product = present(held.lines[0]?.product, 'a product');
  await assert.rejects(here.till.call('addLine', { body: { product } }), refusedWith('payment.unsettled'));
  await assert.rejects(
    here.till.call('pay', { body: { cart: held.id, totalMinor: 2500, tenders: [{ method: here.cash, amountMinor: 2500 }] } }),
    refusedWith('payment.unsettled'),
  );
  // A cashier may not say it.
  const { rows: roles } = await here.till.call('listRoles');
  const role = present(
    roles.find(({ builtIn }) => builtIn === 'cashier'),
    'cashier',
  ).id;
  await here.till.call('addUser', { body: { name: 'Sam', role, pin: CASHIER_PIN } });
  const asCashier = await logInAt(here.till, CASHIER_PIN);
  await assert.rejects(asCashier('settleCard', { params, body: { paid: true } }), refusedWith('right.missing'));
  const asOwner = await logInAt(here.till, OWNER_PIN);
  const settled = await asOwner('settleCard', { params, body: { paid: true } });
  assert.equal(settled.takenMinor, 2500);
  await assert.rejects(asOwner('settleCard', { params, body: { paid: false } }), refusedWith('payment.settled'));
  await asCashier('pay', { body: { cart: held.id, totalMinor: 2500, tenders: [] } });
  assert.deepEqual(await tendersOf(here), [['card', 2500]]);
});

test('a line cut after the money was taken is unknown; a late answer settles it by itself, a late approval of "not paid" pays nothing', async () => {
  const here = await setUp(null);
  // 05: it takes the money and hangs up.
  const cart = await fill(here, 1205);
  await ask(here, cart);
  const cut = await until(here, isIn('unknown'));
  await here.till.call('settleCard', { params: { attempt: String(cut.cardPayments[0]?.attempt) }, body: { paid: true } });
  await here.till.call('pay', { body: { cart: cart.id, totalMinor: 1205, tenders: [] } });

  // 03: it answers late, after it was told to stop and somebody lost patience.
  const late = await fill(here, 1303);
  await ask(here, late);
  await until(here, ({ lastSale }) => lastSale?.totalMinor === 1303);
  assert.deepEqual(await tendersOf(here), [
    ['card', 1303],
    ['card', 1205],
  ]);
  assert.equal(took(here), 2508);
});

test('stopped before the card is read: declined, and the cart goes on; a terminal that is away takes nothing', async () => {
  const here = await setUp('late');
  const cart = await fill(here, 700);
  const asked = await ask(here, cart);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await here.till.call('cancelCard', { params: { attempt: String(asked.cardPayments[0]?.attempt) } });
  const stopped = await until(here, isIn('declined'));
  assert.equal(stopped.cardPayments[0]?.reference, 'cancelled');
  assert.equal(took(here), 0);
  await here.terminal.stop();
  await ask(here, stopped);
  const away = await until(here, (now) => now.cardPayments.length === 2 && isIn('declined')(now));
  assert.equal(away.cardPayments[1]?.reference, 'not-reached');
  // By hand, where a terminal is connected, is the word of somebody who may.
  await here.till.call('pay', { body: { cart: cart.id, totalMinor: 700, tenders: [{ method: here.card, amountMinor: 700 }] } });
  assert.deepEqual(await tendersOf(here), [['card', 700]]);
  await here.till.call('setTerminal', { body: { terminal: { kind: 'by-hand' } } });
  await assert.rejects(ask(here, await fill(here, 100)), refusedWith('terminal.none'));
});

test('a refund goes back to the card through the terminal', async () => {
  const here = await setUp('approve');
  const cart = await fill(here, 900);
  await ask(here, cart);
  const { lastSale } = await until(here, (now) => now.lastSale !== null);
  const uuid = present(lastSale, 'the sale').uuid;
  const { rows } = await here.till.call('soldLines', { params: { uuid } });
  const back = await here.till.call('refundSale', {
    params: { uuid },
    body: { lines: rows.map(({ ref, quantityMilli }) => ({ ref, quantityMilli })) },
  });
  await assert.rejects(ask(here, back, 900), refusedWith('payment.too-much'));
  await ask(here, back);
  await until(here, (now) => now.lastSale?.totalMinor === -900);
  assert.deepEqual(await tendersOf(here), [
    ['card', -900],
    ['card', 900],
  ]);
  assert.equal(took(here), 0);
  // Part of a cart, given back again: then it is paid in cash.
  const part = await fill(here, 1000);
  await ask(here, part, 400);
  const taken = await until(here, ({ takenMinor }) => takenMinor === 400);
  await assert.rejects(here.till.call('clearCart'), refusedWith('payment.taken'));
  await here.till.call('giveBackCard', { params: { attempt: String(taken.cardPayments[0]?.attempt) } });
  await until(here, ({ takenMinor, cardPayments }) => takenMinor === 0 && cardPayments.length === 2);
  await here.till.call('clearCart');
  assert.equal(took(here), 0);
});
