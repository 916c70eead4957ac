/** Customers over HTTP: found by name, phone and card, put on a sale by their card, and what they bought. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { temporaryFolder } from '../support/shop.ts';
import { type Till, cashMethod, refusedWith, sell, setUpTill, startTill } from '../support/till.ts';

const CARD = '2990000012345';

let till: Till;
let product: string;
let cash: string;
const folder = temporaryFolder();

before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single');
  ({ id: product } = await till.call('addProduct', { body: { name: 'Lamp', priceMinor: 2000, codes: ['4006381333931'] } }));
  cash = await cashMethod(till);
});
after(async () => {
  await till.stop();
  folder.remove();
});

test('a card scanned at the counter puts its customer on the sale; their history says what they bought and when', async () => {
  const { id } = await till.call('addCustomer', { body: { name: 'Zoë Lambert', phone: '+32 470 11 22 33', cardCode: CARD } });
  await till.call('addCustomer', { body: { name: 'Somebody else' } });
  for (const search of ['lambert', '470 11', CARD])
    assert.deepEqual(
      (await till.call('listCustomers', { query: { search } })).rows.map((row) => row.id),
      [id],
      search,
    );

  const empty = await till.call('getCustomer', { params: { id } });
  assert.deepEqual([empty.sales, empty.totalMinor, empty.lastVisitAt], [0, 0, null]);
  await till.call('scan', { body: { code: '4006381333931' } });
  const carded = await till.call('scan', { body: { code: CARD } });
  assert.deepEqual([carded.customer?.name, carded.lines.length], ['Zoë Lambert', 1]);
  const first = await sell(till, [product], cash);
  await sell(till, [product], cash);

  const seen = await till.call('getCustomer', { params: { id } });
  assert.deepEqual([seen.customer.name, seen.sales, seen.totalMinor], ['Zoë Lambert', 1, 4000]);
  assert.ok(seen.lastVisitAt !== null);
  const { rows } = await till.call('listSales', { query: { customer: id } });
  assert.deepEqual(
    rows.map(({ uuid, customer }) => [uuid, customer]),
    [[first.uuid, 'Zoë Lambert']],
  );
});

test('a refund lowers what they bought; practice does not count; a card of two people is nobody’s', async () => {
  const [customer] = (await till.call('listCustomers', { query: { search: CARD } })).rows;
  const id = customer?.id ?? '';
  const [sale] = (await till.call('listSales', { query: { customer: id } })).rows;
  const uuid = sale?.uuid ?? '';
  const [line] = (await till.call('soldLines', { params: { uuid } })).rows;
  await till.call('refundSale', { params: { uuid }, body: { lines: [{ ref: line?.ref ?? '', quantityMilli: 1000 }] } });
  const cart = await till.call('getCart');
  await till.call('pay', { body: { cart: cart.id, totalMinor: -2000, tenders: [{ method: cash, amountMinor: -2000 }] } });
  await till.call('setTraining', { body: { training: true } });
  await till.call('scan', { body: { code: CARD } });
  await sell(till, [product], cash);
  await till.call('setTraining', { body: { training: false } });
  const seen = await till.call('getCustomer', { params: { id } });
  assert.deepEqual([seen.sales, seen.totalMinor], [2, 2000]);

  await till.call('addCustomer', { body: { name: 'Twin', cardCode: CARD } });
  await assert.rejects(till.call('scan', { body: { code: CARD } }), refusedWith('barcode.unknown'));
  await assert.rejects(till.call('scan', { body: { code: '0000000000000' } }), refusedWith('barcode.unknown'));
  await assert.rejects(till.call('getCustomer', { params: { id: uuid } }), refusedWith('input.not-found'));
});
