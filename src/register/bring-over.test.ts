/** A store's records and sales, issued anew in the chain of another shop: all that was sold is there once, as it was, and every chain verifies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import { ok, refuse, unwrap } from '../base/result.ts';
import { accountBalance } from '../store/queries/accounts.ts';
import { listPaymentMethods, listProducts, readProduct } from '../store/queries/catalogue.ts';
import { readUnclosed } from '../store/queries/closings.ts';
import { listCustomers, listUsers } from '../store/queries/people.ts';
import { listSales, readReceipt } from '../store/queries/sales.ts';
import { openShift, shiftFigures } from '../store/queries/shifts.ts';
import { listExceptions, readShop } from '../store/queries/shop.ts';
import { onHandMilli } from '../store/queries/stock.ts';
import { readVoucher } from '../store/queries/vouchers.ts';
import { readSoldSale } from '../store/queries/refunds.ts';
import { verifyStore } from '../store/verify.ts';
import { writeMeta } from '../store/store.ts';
import { makeShop, type TestShop } from '../../test/support/shop.ts';
import { Bringing, type Choices } from './bring-over.ts';
import { closeShift } from './close-shift.ts';
import { compareShops } from './compare-shops.ts';
import { completeSale, type PayInput } from './complete-sale.ts';
import { countShift } from './count-shift.ts';
import { addProductLine, changeLine, getCart, setCartCustomer } from './edit-cart.ts';
import { addCustomer, editCustomer } from './edit-customer.ts';
import { addProduct, editProduct } from './edit-product.ts';
import { addUser } from './edit-user.ts';
import { makeInvoice } from './make-invoice.ts';
import { mayNotBegin } from './may-begin.ts';
import { moveStock } from './move-stock.ts';
import { refundSale } from './refund-sale.ts';
import { ownRegisterId } from './register.ts';
import { sellVoucher } from './sell-voucher.ts';
import { swapTender } from './swap-tender.ts';

const ALL: Choices = { products: true, customers: true, sales: true };

const wayOf = ({ store }: TestShop, kind: string): Id =>
  present(
    listPaymentMethods(store.db).find((method) => method.kind === kind),
    kind,
  ).id;

function pay(shop: TestShop, kind = 'cash'): ReturnType<typeof readReceipt> & object {
  const { id, totalMinor } = getCart(shop.register);
  const amountMinor = kind === 'cash' ? Math.round(totalMinor / 5) * 5 : totalMinor;
  const tenders: PayInput['tenders'] = [{ method: wayOf(shop, kind), amountMinor }];
  return unwrap(completeSale(shop.register, { cart: id, totalMinor, tenders, user: shop.owner }));
}

function closeDrawer({ register, store, owner }: TestShop): void {
  const { shift } = present(openShift(store.db, ownRegisterId(store)), 'the shift');
  const figures = shiftFigures(store.db, shift);
  const counts = figures.methods.map(({ method, expectedMinor }) => ({ method, countedMinor: expectedMinor, pieces: [] }));
  unwrap(countShift(register, { figures, counts, user: owner }));
  unwrap(closeShift(register, { figures: shiftFigures(store.db, shift), staysMinor: 0, user: owner }));
}

interface Two {
  readonly from: TestShop;
  readonly to: TestShop;
  readonly own: Id;
  readonly shared: Id;
}

/** Two shops of the same goods by barcode; the one that is left has a product and a customer of its own. */
async function twoShops(): Promise<Two> {
  const [from, to] = [await makeShop(), await makeShop()];
  const own = unwrap(addProduct(from.register, { name: 'Own thing', priceMinor: 250, codes: ['4006381333931'] }, from.owner)).id;
  const [shared] = listProducts(from.store.db, {
    category: null,
    hidden: false,
    sort: '-price',
    offset: 0,
    limit: 1,
    nowMs: from.clock.nowMs(),
  }).rows;
  return { from, to, own, shared: present(shared, 'a product of both').id };
}

/** Every step by somebody who has just come, as after a kill. */
function bringAll({ from, to }: Pick<Two, 'from' | 'to'>, choices = ALL): void {
  while (new Bringing(to.store, from.store.db, choices).step());
}

function close({ from, to }: Pick<Two, 'from' | 'to'>): void {
  from.close();
  to.close();
}

test('[P4] [P5] sales come as they were sold: refunds, corrections, discounts, vouchers and accounts; brought twice they are there once', async () => {
  const two = await twoShops();
  const { from, to, own, shared } = two;
  const ada = unwrap(addCustomer(from.register, { name: 'Ada', phone: '0470123456', onAccount: true }, from.owner)).id;
  unwrap(addProductLine(from.register, own, 3_000));
  unwrap(addProductLine(from.register, shared, 1_000));
  const first = pay(from);
  unwrap(addProductLine(from.register, own, 1_000));
  const line = present(getCart(from.register).lines[0], 'the line').line;
  unwrap(
    changeLine(
      from.register,
      line,
      { discount: { kind: 'percent', ppm: 100_000, reason: 'dented', approvedBy: from.owner } },
      { reason: null, user: from.owner },
    ),
  );
  const corrected = pay(from);
  const wrong = present(corrected.tenders[0], 'the payment').tender;
  unwrap(swapTender(from.register, { sale: corrected.uuid, tender: wrong, method: wayOf(from, 'card'), user: from.owner, by: from.owner }));
  unwrap(sellVoucher(from.register, { purpose: 'multi', valueMinor: 2_000 }));
  const voucher = pay(from);
  unwrap(setCartCustomer(from.register, ada));
  unwrap(addProductLine(from.register, shared, 1_000));
  const owed = pay(from, 'account');
  const lines = present(readSoldSale(from.store.db, first.uuid), 'the sale').lines.slice(0, 1);
  unwrap(refundSale(from.register, { sale: first.uuid, lines: lines.map(({ ref }) => ({ ref, quantityMilli: 1_000 })) }));
  const back = pay(from);

  bringAll(two);
  assert.equal(
    listSales(to.store.db, { search: '', register: '', customer: null, cursor: '', limit: 9, single: true }).total,
    0,
    'of an open shift nothing comes',
  );
  closeDrawer(from);
  bringAll(two);
  to.store.db.transact('durable', () => ok(to.store.db.run("DELETE FROM meta WHERE name = 'brought'")));
  bringAll(two);
  const told = listSales(to.store.db, { search: '', register: '', customer: null, cursor: '', limit: 9, single: true }).rows;
  assert.deepEqual(
    told.map(({ label }) => label),
    ['R1-000005', 'R1-000004', 'R1-000003', 'R1-000002', 'R1-000001'],
  );
  for (const sold of [first, corrected, voucher, owed, back]) {
    const [there, here] = [readReceipt(from.store.db, sold.uuid), readReceipt(to.store.db, sold.uuid)];
    assert.ok(there !== null && here !== null);
    const same = ({
      lines,
      taxes,
      totalMinor,
      dueMinor,
      changeMinor,
      completedAt,
      kind,
      customer,
      user,
      shop,
      vouchers,
    }: typeof there) => ({ lines, taxes, totalMinor, dueMinor, changeMinor, completedAt, kind, customer, user, shop, vouchers });
    assert.deepEqual(same(here), same(there));
    assert.equal(here.broughtFrom, there.label);
    assert.deepEqual(
      here.tenders.map(({ kind, amountMinor, insteadOf }) => [kind, amountMinor, insteadOf]),
      there.tenders.map(({ kind, amountMinor, insteadOf }) => [kind, amountMinor, insteadOf]),
    );
  }
  assert.equal(
    present(readSoldSale(to.store.db, first.uuid), 'the sale').lines[0]?.refundedMilli,
    1_000,
    'the refund points at the brought line',
  );
  const code = present(voucher.vouchers[0], 'the voucher').code;
  assert.equal(readVoucher(to.store.db, code)?.balanceMinor, 2_000);
  assert.equal(accountBalance(to.store.db, ada), owed.dueMinor);
  assert.deepEqual(verifyStore(to.store.db).problem, null);
  assert.deepEqual(readUnclosed(to.store.db, ownRegisterId(to.store), 0).days, [], 'no Z counts them here');
  assert.deepEqual(
    makeInvoice(to.register, { sale: first.uuid, buyer: { name: 'B', address: '', taxNumber: '' }, customer: null, user: to.owner }),
    refuse('invoice.brought-in'),
  );
  assert.deepEqual(
    listExceptions(to.store.db).filter(({ kind }) => kind !== 'stock-below-zero'),
    [],
  );

  const found = listSales(to.store.db, { search: 'r1-2', register: '', customer: null, cursor: '', limit: 9, single: true }).rows;
  assert.deepEqual(
    found.map(({ uuid }) => uuid),
    [corrected.uuid],
    'by its old number',
  );

  // What is sold from then on is counted, and goes on after the last number.
  unwrap(addProductLine(to.register, own, 1_000));
  assert.equal(pay(to).label, 'R1-000006');
  const [day] = readUnclosed(to.store.db, ownRegisterId(to.store), 0).days;
  assert.deepEqual(day?.totals.sales, { count: 1, minor: 250 });
  assert.deepEqual(day.totals.receipts, [{ series: 'R1', first: 6, last: 6 }]);
  close(two);
});

test('the shop’s row wins where a barcode is known, stock is not doubled, and what is new has the stock it had', async () => {
  const two = await twoShops();
  const { from, to, own, shared } = two;
  const theirs = listProducts(to.store.db, { category: null, hidden: false, sort: '-price', offset: 0, limit: 1, nowMs: to.clock.nowMs() })
    .rows[0];
  assert.ok(theirs);
  unwrap(editProduct(from.register, shared, { name: 'Called otherwise', priceMinor: theirs.priceMinor + 5 }, from.owner));
  unwrap(
    moveStock(
      from.register,
      {
        work: 'received',
        rows: [
          { product: own, quantityMilli: 10_000 },
          { product: shared, quantityMilli: 7_000 },
        ],
        note: null,
      },
      from.owner,
    ),
  );
  unwrap(moveStock(to.register, { work: 'received', rows: [{ product: theirs.id, quantityMilli: 40_000 }], note: null }, to.owner));
  const held = compareShops(to.store, from.store.db, () => {});
  assert.equal(held.products.fresh, 1);
  assert.deepEqual(
    held.products.examples.map(({ name, shopName, priceMinor, shopPriceMinor }) => [name, shopName, priceMinor - shopPriceMinor]),
    [['Called otherwise', theirs.name, 5]],
  );
  for (const product of [own, shared]) {
    unwrap(addProductLine(from.register, product, 2_000));
    pay(from);
  }
  closeDrawer(from);
  bringAll(two);
  assert.equal(onHandMilli(to.store.db, own), 8_000, 'ten came, two went');
  assert.equal(onHandMilli(to.store.db, theirs.id), 40_000, 'what the shop counted is what it has');
  assert.equal(readProduct(to.store.db, theirs.id, to.clock.nowMs())?.name, theirs.name);
  assert.equal(readProduct(to.store.db, shared, to.clock.nowMs()), null);

  // Meanwhile there: sold, received, renamed, a code more, one taken out.
  unwrap(moveStock(from.register, { work: 'adjusted', rows: [{ product: own, quantityMilli: -1_000 }], note: 'broken' }, from.owner));
  unwrap(
    editProduct(from.register, own, { name: 'Own thing, large', priceMinor: 275, codes: ['4006381333931', '4012345678901'] }, from.owner),
  );
  const late = unwrap(addProduct(from.register, { name: 'Late', priceMinor: 100, codes: ['4099999999996'] }, from.owner)).id;
  unwrap(addProductLine(from.register, own, 1_000));
  pay(from);
  closeDrawer(from);
  bringAll(two);
  const now = present(readProduct(to.store.db, own, to.clock.nowMs()), 'the product');
  assert.deepEqual([now.name, now.priceMinor, now.codes.toSorted()], ['Own thing, large', 275, ['4006381333931', '4012345678901']]);
  assert.equal(onHandMilli(to.store.db, own), 6_000);
  assert.ok(readProduct(to.store.db, late, to.clock.nowMs()));
  assert.deepEqual(verifyStore(to.store.db).problem, null);
  close(two);
});

test('customers join by name and phone; sellers whom the shop does not know are kept out of use; the shop of now stays the shop', async () => {
  const two = await twoShops();
  const { from, to, own } = two;
  const known = unwrap(addCustomer(to.register, { name: 'Ada Love', phone: '+32 470 12 34 56' }, to.owner)).id;
  const ada = unwrap(addCustomer(from.register, { name: 'ADA LOVE', phone: '0470123456' }, from.owner)).id;
  const bea = unwrap(addCustomer(from.register, { name: 'Bea', phone: null, email: 'bea@example.org' }, from.owner)).id;
  const role = present(listUsers(from.store.db)[0]?.role, 'a role').id;
  const noor = unwrap(await addUser(from.register, { name: 'Noor', pin: '593827', role }, from.owner)).id;
  unwrap(setCartCustomer(from.register, ada));
  unwrap(addProductLine(from.register, own, 1_000));
  const { id, totalMinor } = getCart(from.register);
  const sold = unwrap(
    completeSale(from.register, { cart: id, totalMinor, tenders: [{ method: wayOf(from, 'card'), amountMinor: totalMinor }], user: noor }),
  );
  closeDrawer(from);
  const shop = readShop(to.store.db);
  bringAll(two);
  unwrap(editCustomer(from.register, bea, { phone: '0471000000' }, from.owner));
  bringAll(two);
  const { rows } = listCustomers(to.store.db, { search: '', offset: 0, limit: 9 });
  assert.deepEqual(
    rows.map((row) => [row.id, row.name, row.phone]),
    [
      [known, 'Ada Love', '+32 470 12 34 56'],
      [bea, 'Bea', '0471000000'],
    ],
  );
  assert.equal(readReceipt(to.store.db, sold.uuid)?.customer, 'Ada Love');
  assert.deepEqual(
    listUsers(to.store.db)
      .map(({ name, active, pinHash }) => [name, active, pinHash === ''] as const)
      .toSorted(([a], [b]) => a.localeCompare(b)),
    [
      ['Mina', true, false],
      ['Noor', false, true],
    ],
  );
  assert.deepEqual(readShop(to.store.db), shop);
  assert.deepEqual(verifyStore(to.store.db).problem, null);
  close(two);
});

test('a register that is leaving its store begins no sale', async () => {
  const shop = await makeShop();
  shop.store.db.transact('durable', () => ok(writeMeta(shop.store.db, 'leaving', 1)));
  assert.deepEqual(mayNotBegin(shop.store), refuse('joining.leaving'));
  shop.close();
});
