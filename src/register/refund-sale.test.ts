/** Giving back, holding, taking out: on one register, and on two that could not see each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idFromBytes, makeId, type Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { unwrap, type Result } from '../base/result.ts';
import { bringTogether, eventually, makeShopOfMany, makeTestHub, syncMember } from '../../test/support/shop-of-many.ts';
import { makeShop, sellSome, type TestShop } from '../../test/support/shop.ts';
import { listPaymentMethods, listProducts } from '../store/queries/catalogue.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import { readSoldSale } from '../store/queries/refunds.ts';
import type { ReceiptData } from '../domain/receipt.ts';
import { readReceipt } from '../store/queries/sales.ts';
import { listExceptions } from '../store/queries/shop.ts';
import { bytesOf, numberOf } from '../store/database.ts';
import { completeSale } from './complete-sale.ts';
import { addProduct, editProduct } from './edit-product.ts';
import {
  addProductLine,
  changeLine,
  changeWholeCart,
  dropLine,
  getCart,
  returnDeposit,
  scanCode,
  setService,
  setTraining,
} from './edit-cart.ts';
import type { CartView } from './view-cart.ts';
import { addTaxRate } from './edit-tax.ts';
import { clearCart, heldCarts, holdCart, recallCart } from './hold-cart.ts';
import { refundSale } from './refund-sale.ts';

type Till = Pick<TestShop, 'register' | 'store' | 'owner'>;

function methodOf({ store }: Till, kind: string): Id {
  return present(
    listPaymentMethods(store.db).find((method) => method.kind === kind),
    kind,
  ).id;
}

function pay(till: Till, cart: CartView, kind = 'card', amountMinor = cart.totalMinor): Result<ReceiptData> {
  const tenders = cart.totalMinor === 0 ? [] : [{ method: methodOf(till, kind), amountMinor }];
  return completeSale(till.register, { cart: cart.id, totalMinor: cart.totalMinor, tenders, user: till.owner });
}

function product(till: Till, priceMinor: number, more: Partial<Parameters<typeof addProduct>[1]> = {}): Id {
  return unwrap(addProduct(till.register, { name: `Thing ${priceMinor}`, priceMinor, ...more }, till.owner)).id;
}

function refundAll(till: Till, sale: Id): Result<CartView> {
  const { lines } = present(readSoldSale(till.store.db, sale), 'the sale');
  return refundSale(till.register, { sale, lines: lines.map(({ ref, quantityMilli }) => ({ ref, quantityMilli })) });
}

test('a refund gives back what was paid, discounts counted, to the way it was paid; stock comes back; nothing goes back twice', async () => {
  const shop = await makeShop();
  const tea = product(shop, 333);
  unwrap(addProductLine(shop.register, tea, 3000));
  const cart = unwrap(changeWholeCart(shop.register, { discount: { kind: 'amount', amountMinor: 100, reason: null, approvedBy: null } }));
  const sold = unwrap(pay(shop, cart));
  assert.equal(sold.totalMinor, 899);
  const [line] = present(readSoldSale(shop.store.db, sold.uuid), 'the sale').lines;
  const ref = present(line, 'a line').ref;
  const back: number[] = [];
  for (let piece = 0; piece < 3; piece++) {
    const open = unwrap(refundSale(shop.register, { sale: sold.uuid, lines: [{ ref, quantityMilli: 1000 }] }));
    assert.deepEqual(open.payBack, [{ method: methodOf(shop, 'card'), amountMinor: -open.totalMinor, voucher: null }]);
    back.push(unwrap(pay(shop, open)).totalMinor);
  }
  assert.deepEqual(back, [-300, -299, -300]);
  assert.equal(
    back.reduce((sum, minor) => sum + minor, 0),
    -899,
  );
  assert.deepEqual(refundSale(shop.register, { sale: sold.uuid, lines: [{ ref, quantityMilli: 1 }] }), {
    ok: false,
    refusal: { code: 'refund.too-much', params: { name: 'Thing 333' } },
  });
  const kinds = shop.store.db.all('SELECT kind, series, number FROM sale ORDER BY id').map((row) => row['kind']);
  assert.deepEqual(kinds, ['sale', 'refund', 'refund', 'refund']);
  const stock = shop.store.db.get('SELECT sum(quantity_milli) AS on_hand FROM stock_movement');
  assert.equal(stock?.['on_hand'], 0);
  shop.close();
});

test('[P5] however a line is discounted and in whatever parts it comes back, in all it is what was paid', async () => {
  const shop = await makeShop({ catalogue: 'empty' });
  const thing = product(shop, 777);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 3_000 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 }),
      (pieces, off, parts) => {
        unwrap(addProductLine(shop.register, thing, pieces * 1000));
        const discount = off === 0 ? null : ({ kind: 'amount', amountMinor: off, reason: null, approvedBy: null } as const);
        const sold = unwrap(pay(shop, unwrap(changeWholeCart(shop.register, { discount }))));
        const ref = present(readSoldSale(shop.store.db, sold.uuid)?.lines[0], 'a line').ref;
        let [left, back] = [pieces, 0];
        for (const part of [...parts, pieces]) {
          const quantityMilli = Math.min(part, left) * 1000;
          if (quantityMilli === 0) break;
          back += unwrap(pay(shop, unwrap(refundSale(shop.register, { sale: sold.uuid, lines: [{ ref, quantityMilli }] })))).totalMinor;
          left -= quantityMilli / 1000;
        }
        assert.equal(left, 0);
        assert.equal(back, -sold.totalMinor || 0);
      },
    ),
    { numRuns: 40 },
  );
  shop.close();
});

test('an exchange in one cart; an even one needs no payment', async () => {
  const shop = await makeShop();
  const [cheap, dear] = [product(shop, 500), product(shop, 800)];
  unwrap(addProductLine(shop.register, cheap, 1000));
  const sold = unwrap(pay(shop, getCart(shop.register)));
  unwrap(refundAll(shop, sold.uuid));
  const exchange = unwrap(addProductLine(shop.register, dear, 1000));
  assert.equal(exchange.totalMinor, 300);
  const second = unwrap(pay(shop, exchange));
  const [, dearLine] = present(readSoldSale(shop.store.db, second.uuid), 'the exchange').lines;
  unwrap(refundSale(shop.register, { sale: second.uuid, lines: [{ ref: present(dearLine, 'a line').ref, quantityMilli: 1000 }] }));
  const even = unwrap(addProductLine(shop.register, dear, 1000));
  assert.equal(even.totalMinor, 0);
  assert.deepEqual(unwrap(pay(shop, even)).tenders, []);
  assert.deepEqual(
    shop.store.db.all('SELECT kind FROM sale ORDER BY id').map((row) => row['kind']),
    ['sale', 'exchange', 'exchange'],
  );
  shop.close();
});

test('a drink with its deposit, and the bottle brought back; goods for grown-ups wait until somebody looked', async () => {
  const shop = await makeShop();
  const bottle = product(shop, 25, { name: 'Deposit' });
  const beer = product(shop, 190, { name: 'Beer', depositProduct: bottle, minimumAge: 16 });
  unwrap(addProductLine(shop.register, beer, 2000));
  const cart = unwrap(returnDeposit(shop.register, beer, 1000));
  assert.deepEqual(
    cart.lines.map(({ name, kind, totalMinor }) => [name, kind, totalMinor]),
    [
      ['Deposit', 'deposit-return', -25],
      ['Beer', 'goods', 380],
      ['Deposit', 'deposit', 50],
    ],
  );
  assert.equal(cart.ageToCheck, 16);
  assert.deepEqual(pay(shop, cart), { ok: false, refusal: { code: 'sale.age-not-checked', params: { age: 16 } } });
  const looked = unwrap(changeWholeCart(shop.register, { ageCheckedBy: shop.owner }));
  const sold = unwrap(pay(shop, looked));
  assert.equal(sold.totalMinor, 405);
  const rows = shop.store.db.all(
    'SELECT kind, parent IS NOT NULL AS goes_along, minimum_age, age_checked_by IS NOT NULL AS looked FROM sale_line ORDER BY id',
  );
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [
      { kind: 'goods', goes_along: 0, minimum_age: 16, looked: 1 },
      { kind: 'deposit-return', goes_along: 0, minimum_age: null, looked: 0 },
      { kind: 'deposit', goes_along: 1, minimum_age: null, looked: 0 },
    ],
  );
  shop.close();
});

test('adjustments are rows of their own with reason and who approved; lines taken out and carts left are journalled', async () => {
  const shop = await makeShop();
  const [cup, plate] = [product(shop, 1000), product(shop, 400)];
  unwrap(addProductLine(shop.register, cup, 1000));
  const two = unwrap(addProductLine(shop.register, plate, 1000));
  const lineOf = (name: string): number =>
    present(
      two.lines.find((line) => line.name === name),
      name,
    ).line;
  const by = { reason: 'cracked', approvedBy: shop.owner };
  unwrap(
    changeLine(
      shop.register,
      lineOf('Thing 1000'),
      {
        override: { unitPriceMinor: 900, ...by },
        discount: { kind: 'percent', ppm: 500_000, ...by },
      },
      { reason: null, user: shop.owner },
    ),
  );
  unwrap(dropLine(shop.register, lineOf('Thing 400'), { reason: 'changed her mind', user: shop.owner }));
  unwrap(pay(shop, getCart(shop.register)));
  assert.deepEqual(
    shop.store.db.all('SELECT kind, amount_minor, reason FROM line_adjustment ORDER BY id').map((row) => ({ ...row })),
    [
      { kind: 'price-override', amount_minor: -100, reason: 'cracked' },
      { kind: 'discount', amount_minor: -450, reason: 'cracked' },
    ],
  );
  unwrap(addProductLine(shop.register, cup, 2000));
  unwrap(clearCart(shop.register, { reason: null, user: shop.owner }));
  const entries = shop.store.db.all("SELECT kind, subject, detail FROM audit_entry WHERE kind IN ('void', 'abandoned-cart') ORDER BY id");
  assert.deepEqual(
    entries.map((row) => [row['kind'], JSON.parse(String(row['detail']))]),
    [
      ['void', { quantityMilli: 1000, totalMinor: 400, reason: 'changed her mind' }],
      ['abandoned-cart', { totalMinor: 2000, lines: 1, names: ['Thing 1000'], reason: null }],
    ],
  );
  shop.close();
});

test('a held cart waits under its name and goes on; its sale ends it', async () => {
  const shop = await makeShop();
  const soap = product(shop, 250);
  assert.deepEqual(holdCart(shop.register, 'Lena', shop.owner), { ok: false, refusal: { code: 'sale.empty', params: {} } });
  unwrap(addProductLine(shop.register, soap, 2000));
  assert.equal(unwrap(holdCart(shop.register, 'Lena', shop.owner)).lines.length, 0);
  sellSome(shop);
  const [held] = heldCarts(shop.register);
  assert.deepEqual([held?.name, held?.content.totalMinor, held?.takenBy], ['Lena', 500, null]);
  const id = present(held, 'the held cart').id;
  unwrap(addProductLine(shop.register, soap, 1000));
  assert.deepEqual(recallCart(shop.register, id, shop.owner), { ok: false, refusal: { code: 'held.cart-open', params: {} } });
  unwrap(clearCart(shop.register, { reason: null, user: shop.owner }));
  const cart = unwrap(recallCart(shop.register, id, shop.owner));
  assert.deepEqual([cart.heldName, cart.totalMinor], ['Lena', 500]);
  unwrap(addProductLine(shop.register, soap, 1000));
  unwrap(holdCart(shop.register, 'Lena', shop.owner));
  assert.equal(heldCarts(shop.register).length, 1, 'held again it is the same held cart');
  unwrap(pay(shop, unwrap(recallCart(shop.register, id, shop.owner))));
  assert.deepEqual(heldCarts(shop.register), []);
  const missing = makeId(shop.clock, { bytes: (length) => new Uint8Array(length) });
  assert.equal(recallCart(shop.register, missing, shop.owner).ok, false);
  assert.equal(editProduct(shop.register, soap, { active: false }, shop.owner).ok, true);
  shop.close();
});

test('a held cart is open at one register at a time, and goes on at the other once it is held again', { timeout: 60_000 }, async () => {
  const shop = await makeShopOfMany();
  const [one, two] = [present(shop.members[0], 'R1'), shop.join()];
  const hub = await makeTestHub();
  const syncs = [one, two].map((member) => syncMember(member, hub));
  sellSome(one, 1);
  const [first] = one.store.db.all('SELECT id FROM product LIMIT 1');
  const id = idFromBytes(bytesOf(first?.['id']));
  unwrap(addProductLine(one.register, id, 1000));
  unwrap(holdCart(one.register, 'Table 4', one.owner));
  await eventually('R2 sees it', () => heldCarts(two.register).length === 1);
  const held = present(heldCarts(two.register)[0], 'the held cart').id;
  unwrap(recallCart(two.register, held, two.owner));
  await eventually('R1 sees who has it', () => heldCarts(one.register)[0]?.takenBy !== null);
  assert.deepEqual(recallCart(one.register, held, one.owner), { ok: false, refusal: { code: 'held.taken', params: { register: 'R2' } } });
  unwrap(holdCart(two.register, 'Table 4', two.owner));
  await eventually('it waits again', () => heldCarts(one.register)[0]?.takenBy === null);
  assert.equal(unwrap(recallCart(one.register, held, one.owner)).lines.length, 1);
  for (const sync of syncs) await sync.stop();
  await hub.close();
});

test(
  '[P3] [P5] [fault 26] [fault 44] refunded twice and a held cart paid twice while apart: all of it is kept, and each is one exception on both registers',
  { timeout: 60_000 },
  async () => {
    const shop = await makeShopOfMany();
    const [one, two] = [present(shop.members[0], 'R1'), shop.join()];
    const hub = await makeTestHub();
    const together = (): Promise<void> => bringTogether([one, two], hub);
    await together();
    const sold = sellSome(one, 1);
    const [first] = listProducts(one.store.db, {
      category: null,
      hidden: false,
      sort: 'newest',
      offset: 0,
      limit: 1,
      nowMs: one.store.clock.nowMs(),
    }).rows;
    unwrap(addProductLine(one.register, present(first, 'a product').id, 1000));
    unwrap(holdCart(one.register, 'Table 4', one.owner));
    await together();
    const [held] = heldCarts(two.register);
    for (const till of [one, two]) {
      const kind = 'cash';
      const cart = unwrap(refundAll(till, sold.uuid));
      unwrap(pay(till, cart, kind, Math.round(cart.totalMinor / 5) * 5));
      const table = unwrap(recallCart(till.register, present(held, 'the held cart').id, till.owner));
      unwrap(pay(till, table, kind, table.totalMinor + 100));
    }
    await together();
    for (const till of [one, two]) {
      assert.deepEqual(
        listExceptions(till.store.db)
          .map(({ kind }) => kind)
          .sort(),
        ['held-cart-twice', 'over-refund'],
      );
      assert.deepEqual(heldCarts(till.register), []);
      assert.equal(numberOf(till.store.db.get('SELECT count(*) AS sales FROM sale')?.['sales']), 5);
      assert.equal(refundAll(till, sold.uuid).ok, false, 'a third time it is seen');
      assert.ok(readReceipt(till.store.db, sold.uuid));
    }
    await hub.close();
  },
);

test('[ux 4] a label of the scale is the product of its article number, at the weight it holds', async () => {
  const shop = await makeShop();
  product(shop, 2490, { name: 'Comté', unit: 'kg', codes: ['2112345'] });
  const [line] = unwrap(scanCode(shop.register, '2112345003122', 1000)).lines;
  assert.deepEqual([line?.name, line?.quantityMilli, line?.totalMinor], ['Comté', 312, 777]);
  assert.deepEqual(scanCode(shop.register, '2154321003129', 1000).ok, false);
  shop.close();
});

test('[ux 13] practice: a series of its own, no stock, nothing journalled as taken out; it does not mix with real sales', async () => {
  const shop = await makeShop();
  const cup = product(shop, 900);
  const real = sellSome(shop, 1);
  unwrap(addProductLine(shop.register, cup, 1000));
  assert.deepEqual(setTraining(shop.register, true), { ok: false, refusal: { code: 'held.cart-open', params: {} } });
  unwrap(clearCart(shop.register, { reason: null, user: shop.owner }));
  assert.equal(unwrap(setTraining(shop.register, true)).training, true);
  const before = shop.store.db.get('SELECT count(*) AS rows FROM stock_movement')?.['rows'];
  unwrap(addProductLine(shop.register, cup, 3000));
  const practised = unwrap(pay(shop, getCart(shop.register)));
  assert.deepEqual([practised.label, practised.training], ['R1T-000001', true]);
  assert.equal(shop.store.db.get('SELECT count(*) AS rows FROM stock_movement')?.['rows'], before);
  assert.deepEqual(refundAll(shop, real.uuid), { ok: false, refusal: { code: 'refund.other-mode', params: {} } });
  unwrap(setTraining(shop.register, false));
  assert.equal(refundAll(shop, practised.uuid).ok, false);
  assert.equal(sellSome(shop, 1).label, 'R1-000002', 'the real series has no gap');
  shop.close();
});

test('a new rate takes over at its hour; eaten in has its own where there is one; a refund keeps the rate of its sale', async () => {
  const shop = await makeShop();
  const { register, store, owner, clock } = shop;
  const [usual] = readTaxCategories(store.db, clock.nowMs());
  const tax = present(usual, 'a tax');
  const soup = product(shop, 1000, { taxCategory: tax.id });
  const rateNow = (): number | undefined => getCart(register).lines[0]?.taxRatePpm;
  const midnight = clock.nowMs() + 3_600_000;
  unwrap(addTaxRate(register, { taxCategory: tax.id, ratePpm: 190_000, service: 'any', fromAt: midnight }, owner));
  unwrap(addTaxRate(register, { taxCategory: tax.id, ratePpm: 70_000, service: 'eat-in', fromAt: midnight }, owner));
  unwrap(addProductLine(register, soup, 1000));
  assert.equal(rateNow(), tax.ratePpm);
  const sold = unwrap(pay(shop, getCart(register)));
  clock.advance(3_600_000);
  unwrap(addProductLine(register, soup, 1000));
  assert.equal(rateNow(), 190_000);
  assert.equal(unwrap(setService(register, 'eat-in')).taxMinor, 65, '7 % in 10.00');
  unwrap(addProductLine(register, soup, 1000));
  assert.equal(rateNow(), 70_000);
  unwrap(pay(shop, getCart(register)));
  assert.equal(store.db.get("SELECT count(*) AS rows FROM sale_line WHERE service = 'eat-in'")?.['rows'], 1);
  unwrap(refundAll(shop, sold.uuid));
  assert.equal(rateNow(), tax.ratePpm);
  shop.close();
});
