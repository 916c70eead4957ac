/** The largest carts: what can be put into one can be paid. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import { unwrap, type Result } from '../base/result.ts';
import { makeShop, type TestShop } from '../../test/support/shop.ts';
import { MAX_TAX_NAME, MAX_TAX_PARTS } from '../domain/tax-parts.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import { completeSale } from './complete-sale.ts';
import { addProductLine, changeLine, changeWholeCart, dropLine, getCart } from './edit-cart.ts';
import { addProduct } from './edit-product.ts';
import { addTaxRate } from './edit-tax.ts';

const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
const TENTH = { kind: 'percent', ppm: 100_000, reason: null, approvedBy: null } as const;

async function shopWithGoods(count: number): Promise<{ shop: TestShop; goods: Id[] }> {
  const shop = await makeShop({ catalogue: 'empty' });
  const goods = Array.from(
    { length: count },
    (_, at) => unwrap(addProduct(shop.register, { name: `Goods ${at}`, priceMinor: 105 + at }, shop.owner)).id,
  );
  return { shop, goods };
}

function pay({ register, store, owner }: TestShop): Result<unknown> {
  const { id: cart, totalMinor } = getCart(register);
  const card = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'card'),
    'card',
  ).id;
  return completeSale(register, { cart, totalMinor, tenders: [{ method: card, amountMinor: totalMinor }], user: owner });
}

test('two hundred lines are paid; one more, or a discount that takes a row a line, is refused in time', async () => {
  const { shop, goods } = await shopWithGoods(201);
  for (const id of goods.slice(0, 200)) unwrap(addProductLine(shop.register, id, 1_000));
  assert.equal(code(addProductLine(shop.register, present(goods[200], 'one more'), 1_000)), 'cart.full');
  assert.equal(code(changeWholeCart(shop.register, { discount: TENTH })), 'cart.full');
  assert.equal(getCart(shop.register).discount, null);
  unwrap(pay(shop));
});

test('lines of as many taxes as there may be, under the longest names and with the longest notes, are paid, or refused in time', async () => {
  for (const note of [null, 'ü'.repeat(500), '"'.repeat(500)]) {
    const { shop, goods } = await shopWithGoods(200);
    const { register, store, owner } = shop;
    const parts = Array.from({ length: MAX_TAX_PARTS }, (_, at) => ({ name: `${at} ${'"'.repeat(MAX_TAX_NAME - 2)}`, ratePpm: 99_999 }));
    const taxCategory = present(readTaxCategories(store.db, store.clock.nowMs())[0], 'a tax').id;
    unwrap(addTaxRate(register, { taxCategory, ratePpm: parts.length * 99_999, parts, service: 'any', fromAt: 1 }, owner));
    unwrap(addProductLine(register, present(goods[0], 'the first'), 1_000));
    unwrap(changeWholeCart(register, { discount: TENTH }));
    let refused = 0;
    for (const id of goods.slice(1)) {
      const added = addProductLine(register, id, 1_000);
      refused += Number(!added.ok);
      if (!added.ok || note === null) continue;
      const { line } = present(added.value.lines[0], 'the newest');
      refused += Number(!changeLine(register, line, { note, discount: TENTH }, { reason: null, user: owner }).ok);
    }
    assert.ok(refused > 0 && getCart(register).lines.length > 50, `${getCart(register).lines.length} lines`);
    unwrap(pay(shop));
  }
});

test('whatever is put in, taken off and taken out until the cart is full, it can be paid', async () => {
  const { shop, goods } = await shopWithGoods(200);
  unwrap(addProductLine(shop.register, present(goods[0], 'the first'), 1_000));
  unwrap(changeWholeCart(shop.register, { discount: TENTH }));
  let refused = 0;
  for (const [at, id] of goods.slice(1).entries()) {
    const added = addProductLine(shop.register, id, 1_000);
    refused += Number(!added.ok);
    if (!added.ok) continue;
    const line = present(added.value.lines[0], 'the newest').line;
    if (at % 3 === 0) refused += Number(!changeLine(shop.register, line, { discount: TENTH }, { reason: null, user: shop.owner }).ok);
    if (at % 5 === 0) unwrap(dropLine(shop.register, line, { reason: 'changed their mind', user: shop.owner }));
  }
  assert.ok(refused > 0, 'it was full');
  unwrap(pay(shop));
});
