/** Prices by the day: what is in force when, on every register alike, and the lowest of thirty days. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { makeShop, type TestShop } from '../../test/support/shop.ts';
import { listPaymentMethods, readProduct } from '../store/queries/catalogue.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import { completeSale } from './complete-sale.ts';
import { listPrices, lowestBefore, goodsNow, regularPriceNow, type PriceRow } from '../store/queries/prices.ts';
import type { Id } from '../base/id.ts';
import { addProductLine, getCart } from './edit-cart.ts';
import { planPrice, withdrawPrice } from './edit-price.ts';
import { addProduct, editProduct } from './edit-product.ts';

const DAY_MS = 86_400_000;

async function shopWithSoap(): Promise<{ shop: TestShop; soap: Id; price(): number | null }> {
  const shop = await makeShop();
  const soap = unwrap(addProduct(shop.register, { name: 'Soap', priceMinor: 250, codes: ['5400000000010'] }, shop.owner)).id;
  return { shop, soap, price: () => goodsNow(shop.store.db, soap, shop.clock.nowMs()).priceMinor };
}

test('a planned price takes effect at its minute, without anybody doing anything', async () => {
  const { shop, soap, price } = await shopWithSoap();
  const midnight = shop.clock.nowMs() + DAY_MS;
  unwrap(planPrice(shop.register, soap, { kind: 'regular', priceMinor: 270, fromAt: midnight, untilAt: null }, shop.owner));
  assert.equal(price(), 250);
  shop.clock.advance(DAY_MS - 1);
  assert.equal(price(), 250);
  shop.clock.advance(1);
  assert.equal(price(), 270);
  unwrap(addProductLine(shop.register, soap, 1000));
  assert.equal(getCart(shop.register).totalMinor, 270);
  // A change by hand afterwards is the newest.
  shop.clock.advance(1000);
  unwrap(editProduct(shop.register, soap, { priceMinor: 280 }, shop.owner));
  assert.equal(price(), 280);
});

test('an offer lasts its days, the lowest of two wins, and the regular price stays what it is', async () => {
  const { shop, soap, price } = await shopWithSoap();
  const now = shop.clock.nowMs();
  unwrap(planPrice(shop.register, soap, { kind: 'offer', priceMinor: 200, fromAt: now, untilAt: now + 2 * DAY_MS }, shop.owner));
  const second = unwrap(
    planPrice(shop.register, soap, { kind: 'offer', priceMinor: 190, fromAt: now, untilAt: now + 3 * DAY_MS }, shop.owner),
  );
  assert.equal(price(), 190);
  const row = present(readProduct(shop.store.db, soap, now), 'soap');
  assert.equal(row.regularPriceMinor, 250);
  // Saving the form of a product on offer leaves its price alone.
  unwrap(editProduct(shop.register, soap, { name: 'Soap, green', priceMinor: row.regularPriceMinor }, shop.owner));
  assert.equal(listPrices(shop.store.db, soap).filter(({ kind }) => kind === 'regular').length, 0);
  unwrap(withdrawPrice(shop.register, second, shop.owner));
  assert.equal(price(), 200);
  shop.clock.advance(2 * DAY_MS);
  assert.equal(price(), 250);
});

test('what was asked stays: a price that has been in force is not taken back, one still to come is', async () => {
  const { shop, soap } = await shopWithSoap();
  unwrap(editProduct(shop.register, soap, { priceMinor: 260 }, shop.owner));
  const rows = listPrices(shop.store.db, soap);
  assert.deepEqual(
    rows.map(({ priceMinor }) => priceMinor),
    [260, 250],
  );
  const refused = withdrawPrice(shop.register, present(rows[0], 'the newest').id, shop.owner);
  assert.equal(refused.ok ? '' : refused.refusal.code, 'input.invalid');
  const planned = unwrap(
    planPrice(shop.register, soap, { kind: 'regular', priceMinor: 1, fromAt: shop.clock.nowMs() + DAY_MS, untilAt: null }, shop.owner),
  );
  unwrap(withdrawPrice(shop.register, planned, shop.owner));
  shop.clock.advance(2 * DAY_MS);
  assert.equal(regularPriceNow(shop.store.db, soap, shop.clock.nowMs()), 260);
  const past = planPrice(
    shop.register,
    soap,
    { kind: 'regular', priceMinor: 1, fromAt: shop.clock.nowMs() - 1, untilAt: null },
    shop.owner,
  );
  assert.equal(past.ok ? '' : past.refusal.code, 'input.invalid');
  const backwards = planPrice(shop.register, soap, { kind: 'offer', priceMinor: 1, fromAt: DAY_MS, untilAt: DAY_MS }, shop.owner);
  assert.equal(backwards.ok ? '' : backwards.refusal.code, 'input.invalid');
});

test('the lowest price of thirty days: what stood when they began, what came, and earlier offers', () => {
  const row = (kind: PriceRow['kind'], day: number, priceMinor: number, until: number | null = null): PriceRow => ({
    id: `${kind}-${day}` as unknown as Id,
    kind,
    priceMinor,
    fromAt: day * DAY_MS,
    untilAt: until === null ? null : until * DAY_MS,
  });
  const prices = [row('offer', 100, 150, 110), row('regular', 85, 300), row('regular', 60, 200), row('regular', 10, 100)];
  assert.equal(lowestBefore(prices, 999, 100 * DAY_MS), 200, 'the one of day 60 still stood on day 70');
  assert.equal(lowestBefore(prices, 999, 116 * DAY_MS), 150, 'the offer of day 100 to 110 lies within');
  assert.equal(lowestBefore(prices, 999, 145 * DAY_MS), 300);
  assert.equal(lowestBefore([], 250, 145 * DAY_MS), 250);
});

test('[fault 24] price and tax changed with the cart open: the line keeps what was scanned and says what it costs now, and so it is sold', async () => {
  const { shop, soap } = await shopWithSoap();
  const { register, store, owner } = shop;
  const scanned = present(unwrap(addProductLine(register, soap, 2_000)).lines[0], 'the line');
  const other = present(
    readTaxCategories(store.db, shop.clock.nowMs()).find(
      ({ id }) => id !== readProduct(store.db, soap, shop.clock.nowMs())?.taxCategory?.id,
    ),
    'another tax',
  );
  shop.clock.advance(1_000);
  unwrap(editProduct(register, soap, { priceMinor: 300, taxCategory: other.id }, owner));
  const cart = getCart(register);
  const line = present(cart.lines[0], 'the line');
  assert.deepEqual([line.unitPriceMinor, line.priceNowMinor, cart.totalMinor], [250, 300, 500]);
  assert.deepEqual(line.taxNow, { ratePpm: other.ratePpm, parts: null });
  const cash = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'cash'),
    'cash',
  );
  const tenders = [{ method: cash.id, amountMinor: 500 }];
  const receipt = unwrap(completeSale(register, { cart: cart.id, totalMinor: 500, tenders, user: owner }));
  const sold = present(receipt.lines[0], 'the sold line');
  assert.deepEqual([sold.unitPriceMinor, sold.taxRatePpm], [250, scanned.taxRatePpm]);
  assert.notEqual(scanned.taxRatePpm, other.ratePpm);
  // Scanned from now on, it is what it is now.
  const again = present(unwrap(addProductLine(register, soap, 1_000)).lines[0], 'a line');
  assert.deepEqual([again.unitPriceMinor, again.taxRatePpm, again.taxNow], [300, other.ratePpm, null]);
});
