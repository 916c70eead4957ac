import { strict as assert } from 'node:assert';
import { afterEach, test } from 'node:test';
import { CartStore } from './cart-store.ts';
import { NOTHING_SAID, type CartLine } from './preview.ts';
import { EMPTY, MILK, newId } from './testing/carts.ts';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

function line(number: number, quantityMilli: number): CartLine {
  const totalMinor = (129 * quantityMilli) / 1000;
  const { id: product, code, name, unit, priceMinor: unitPriceMinor } = MILK;
  return {
    ...NOTHING_SAID,
    line: number,
    product,
    code,
    name,
    quantityMilli,
    unit,
    unitPriceMinor,
    totalMinor,
    taxRatePpm: 0,
    taxParts: null,
    includesTax: true,
    taxMinor: 0,
  };
}

interface Asked {
  readonly what: string;
  readonly answer: (status: number, body: unknown) => void;
}

/** The network: requests wait until the test answers them. */
function slowNetwork(): Asked[] {
  const asked: Asked[] = [];
  globalThis.fetch = (path, init) =>
    new Promise((resolve) => {
      asked.push({
        what: `${init?.method ?? 'GET'} ${path instanceof Request ? path.url : path.toString()}`,
        answer: (status, body) => resolve(new Response(JSON.stringify(body), { status })),
      });
    });
  return asked;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function answerNext(asked: Asked[], what: string, status: number, body: unknown): Promise<void> {
  // What shows is drawn before it is asked for.
  await turn();
  const next = asked.shift();
  assert.equal(next?.what, what);
  next?.answer(status, body);
  for (let turns = 0; turns < 5; turns++) await turn();
}

async function loaded(): Promise<{ store: CartStore; asked: Asked[] }> {
  const asked = slowNetwork();
  const store = new CartStore();
  void store.reload();
  await answerNext(asked, 'GET /api/cart', 200, EMPTY);
  return { store, asked };
}

test('a tap shows before the register has answered, and changes go up one after the other', async () => {
  const { store, asked } = await loaded();
  void store.addTile(MILK, 1000);
  const shown = store.current()?.lines[0];
  assert.equal(shown?.name, 'Whole milk');
  void store.setQuantity(shown?.line ?? 0, 4000);
  assert.equal(store.current()?.totalMinor, 516);
  await turn();
  assert.equal(asked.length, 1);

  await answerNext(asked, 'POST /api/cart/lines', 200, { ...EMPTY, version: 2, lines: [line(7, 1000)], totalMinor: 129 });
  assert.equal(store.current()?.totalMinor, 516);
  await answerNext(asked, 'PATCH /api/cart/lines/7', 200, { ...EMPTY, version: 3, lines: [line(7, 4000)], totalMinor: 516 });
  assert.deepEqual(
    store.current()?.lines.map((one) => one.line),
    [7],
  );
});

test('what is asked of a line long after it got its number goes to that line', async () => {
  const { store, asked } = await loaded();
  void store.addTile(MILK, 1000);
  // A dialog that opens now knows the line by what it was called before the register answered.
  const early = store.current()?.lines[0]?.line ?? 0;
  await answerNext(asked, 'POST /api/cart/lines', 200, { ...EMPTY, version: 2, lines: [line(7, 1000)], totalMinor: 129 });
  void store.remove(early, 'not wanted');
  await answerNext(asked, 'DELETE /api/cart/lines/7', 200, { ...EMPTY, version: 3 });
  assert.equal(store.current()?.lines.length, 0);
});

test('a refusal takes back what was shown and tells whoever asked', async () => {
  const { store, asked } = await loaded();
  const refused = assert.rejects(store.addTile(MILK, 1000), /input\.not-found/);
  await answerNext(asked, 'POST /api/cart/lines', 404, {
    error: { code: 'input.not-found', params: { what: 'product' }, message: 'There is no such product.', action: 'Choose again.' },
  });
  await refused;
  assert.equal(store.current()?.lines.length, 0);
});

test('[fault 32] a newer cart of another tab is asked for, one that this screen has is not', async () => {
  const { store, asked } = await loaded();
  store.noticeVersion(1);
  assert.equal(asked.length, 0);
  store.noticeVersion(5);
  await answerNext(asked, 'GET /api/cart', 200, { ...EMPTY, version: 5, lines: [line(1, 2000)], totalMinor: 258 });
  assert.equal(store.current()?.totalMinor, 258);
});

test('a register that another screen sells at all the time is asked one question at a time', async () => {
  const { store, asked } = await loaded();
  for (let version = 2; version <= 40; version++) store.noticeVersion(version);
  assert.equal(asked.length, 1);
  await answerNext(asked, 'GET /api/cart', 200, { ...EMPTY, version: 20 });
  assert.equal(asked.length, 1, 'what came after the question is asked for by one more');
  await answerNext(asked, 'GET /api/cart', 200, { ...EMPTY, version: 40 });
  assert.equal(asked.length, 0);
  assert.equal(store.current()?.version, 40);
});

test('the cart asked for at log-in and answered after the first scan does not empty the cart', async () => {
  const asked = slowNetwork();
  const store = new CartStore();
  void store.reload();
  void store.scan('1', 1000, null);
  const [early] = asked.splice(0, 1);
  await answerNext(asked, 'POST /api/cart/scan', 200, { ...EMPTY, id: newId(), version: 1, lines: [line(1, 1000)], totalMinor: 129 });
  early?.answer(200, { ...EMPTY, id: newId(), version: 0 });
  await turn();
  assert.equal(store.current()?.totalMinor, 129);
});

test('a paid cart is left as soon as anything shows the next one, however many answers cross', async () => {
  const { store, asked } = await loaded();
  const paid = newId();
  void store.addTile(MILK, 1000);
  await answerNext(asked, 'POST /api/cart/lines', 200, { ...EMPTY, id: paid, version: 1, lines: [line(1, 1000)], totalMinor: 129 });
  let left = false;
  const leaving = store.leave(paid).then(() => (left = true));
  const [own] = asked.splice(0, 1);
  // The stream tells of the next cart first, and the next scan is quicker than the answer that was asked for.
  void store.reload();
  await answerNext(asked, 'GET /api/cart', 200, { ...EMPTY, version: 0 });
  void store.addTile(MILK, 2000);
  await answerNext(asked, 'POST /api/cart/lines', 200, { ...EMPTY, id: newId(), version: 1, lines: [line(1, 2000)], totalMinor: 258 });
  own?.answer(200, { ...EMPTY, version: 0 });
  await leaving;
  assert.deepEqual([left, asked.length, store.current()?.totalMinor], [true, 0, 258]);
});

test('[fault 24] goods changed in the shop: a cart that holds some is asked for again, an empty one is not', async () => {
  const { store, asked } = await loaded();
  store.noticeGoods();
  await turn();
  assert.equal(asked.length, 0);
  void store.addTile(MILK, 1000);
  await answerNext(asked, 'POST /api/cart/lines', 200, { ...EMPTY, version: 2, lines: [line(7, 1000)], totalMinor: 129 });
  store.noticeGoods();
  const taxNow = { ratePpm: 70_000, parts: null };
  await answerNext(asked, 'GET /api/cart', 200, { ...EMPTY, version: 2, lines: [{ ...line(7, 1000), taxNow }], totalMinor: 129 });
  assert.deepEqual(store.current()?.lines[0]?.taxNow, taxNow);
});
