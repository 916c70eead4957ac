import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { makeShop, type TestShop } from '../../test/support/shop.ts';
import { listDepartments, listPaymentMethods } from '../store/queries/catalogue.ts';
import { listExceptions } from '../store/queries/shop.ts';
import { addDepartmentLine, type DepartmentLine } from './add-department-line.ts';
import { completeSale } from './complete-sale.ts';
import { addProduct, editProduct } from './edit-product.ts';

const CODE = '5410000000019';

function department({ store, clock }: TestShop): { category: DepartmentLine['category']; taxCategory: DepartmentLine['taxCategory'] } {
  return present(listDepartments(store.db, clock.nowMs())[0], 'a department');
}

function sellUnknown(shop: TestShop, priceMinor: number): void {
  const line = { ...department(shop), code: CODE, priceMinor, quantityMilli: 2000 };
  const cart = unwrap(addDepartmentLine(shop.register, line));
  const [cash] = listPaymentMethods(shop.store.db);
  const tenders = [{ method: present(cash, 'cash').id, amountMinor: cart.totalMinor + 5 }];
  unwrap(completeSale(shop.register, { cart: cart.id, totalMinor: cart.totalMinor, tenders, user: shop.owner }));
}

const toCheck = (shop: TestShop): unknown[] =>
  listExceptions(shop.store.db).map(({ kind, subject, detail }) => ({ kind, subject, ...(JSON.parse(detail) as object) }));

test('goods without a product are sold at a keyed price under a department; the owner finds the code until a product has it', async () => {
  const shop = await makeShop();
  const { name, ratePpm } = present(listDepartments(shop.store.db, shop.clock.nowMs())[0], 'a department');
  sellUnknown(shop, 250);
  shop.clock.advance(60_000);
  sellUnknown(shop, 275);
  assert.deepEqual(toCheck(shop), [{ kind: 'unknown-code', subject: CODE, times: 2, department: name, priceMinor: 275 }]);
  const line = shop.store.db.get("SELECT name, code, total_minor, tax_rate_ppm, product FROM sale_line WHERE kind = 'department'");
  assert.deepEqual({ ...line }, { name, code: CODE, total_minor: 500, tax_rate_ppm: ratePpm, product: null });
  const made = unwrap(addProduct(shop.register, { name: 'Jam', priceMinor: 275, codes: [CODE] }, shop.owner));
  assert.deepEqual(toCheck(shop), []);
  unwrap(editProduct(shop.register, made.id, { active: false }, shop.owner));
  assert.equal(toCheck(shop).length, 1);
  shop.close();
});

test('a department has the tax most of its products carry; without categories each tax is one', async () => {
  const demo = await makeShop();
  const bakery = present(
    listDepartments(demo.store.db, demo.clock.nowMs()).find(({ name }) => name === 'Bakery'),
    'the bakery',
  );
  assert.equal(bakery.ratePpm, 60_000);
  demo.close();
  const empty = await makeShop({ catalogue: 'empty' });
  const taxes = listDepartments(empty.store.db, empty.clock.nowMs());
  assert.ok(taxes.length > 1);
  assert.ok(taxes.every(({ category }) => category === null));
  unwrap(addDepartmentLine(empty.register, { ...department(empty), code: CODE, priceMinor: 100, quantityMilli: 1000 }));
  empty.close();
});

test('a department that is gone, and an amount too large, are refused and leave the cart alone', async () => {
  const shop = await makeShop();
  const known = department(shop);
  const line = { ...known, code: CODE, priceMinor: 100, quantityMilli: 1000 };
  const gone = addDepartmentLine(shop.register, { ...line, taxCategory: shop.owner });
  assert.ok(!gone.ok && gone.refusal.code === 'input.not-found');
  const noCategory = addDepartmentLine(shop.register, { ...line, category: shop.owner });
  assert.ok(!noCategory.ok && noCategory.refusal.code === 'input.not-found');
  const large = addDepartmentLine(shop.register, { ...line, priceMinor: Number.MAX_SAFE_INTEGER });
  assert.ok(!large.ok && large.refusal.code === 'input.amount-too-large');
  assert.equal(unwrap(addDepartmentLine(shop.register, line)).lines.length, 1);
  shop.close();
});
