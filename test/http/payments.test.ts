/** Vouchers, tips, accounts and corrections over HTTP, as a screen or a script goes through them, up to the Z. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { openLampTill } from '../support/lamp-till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { type Till, logInAt, refusedWith } from '../support/till.ts';

const CASHIER_PIN = '7391';
let till: Till;
let product: string;
let cash: string;
let card: string;
const folder = temporaryFolder();

before(async () => {
  ({ till, product, cash, card } = await openLampTill(folder.path));
});
after(async () => {
  await till.stop();
  folder.remove();
});

async function wayOf(kind: string): Promise<string> {
  const { rows } = await till.call('listPaymentMethods');
  return present(
    rows.find((row) => row.kind === kind),
    kind,
  ).id;
}

type Tenders = { method: string; amountMinor: number; voucher?: string }[];

async function pay(tenders: Tenders, call = till.call) {
  const cart = await till.call('getCart');
  return call('pay', { body: { cart: cart.id, totalMinor: cart.totalMinor, tenders } });
}

test('a voucher is sold, looked up, used in part, and money goes back onto it; a tip; an account; a correction; all of it in the Z', async () => {
  assert.deepEqual(await till.call('getVoucherTerms'), { months: null });
  await till.call('setVoucherTerms', { body: { months: 12 } });
  await till.call('sellVoucher', { body: { purpose: 'multi', valueMinor: 3000 } });
  const sold = await pay([{ method: cash, amountMinor: 3000 }]);
  const { code, expiresAt } = present(sold.vouchers[0], 'the voucher');
  assert.ok(expiresAt !== null && expiresAt > sold.completedAt);
  const voucher = await wayOf('voucher');
  await till.call('addLine', { body: { product } });
  await pay([{ method: voucher, amountMinor: 2000, voucher: code }]);
  const looked = await till.call('lookUpVoucher', { params: { code } });
  assert.deepEqual([looked.balanceMinor, looked.expired, looked.movements.map(({ kind }) => kind)], [1000, false, ['issued', 'redeemed']]);
  await assert.rejects(till.call('lookUpVoucher', { params: { code: '2900000000001' } }), refusedWith('voucher.unknown'));

  // A single-purpose one comes off the cart.
  const { rows: taxes } = await till.call('listTaxCategories');
  await till.call('sellVoucher', { body: { purpose: 'single', valueMinor: 1210, taxCategory: taxes[0]?.id ?? '' } });
  const single = present((await pay([{ method: card, amountMinor: 1210 }])).vouchers[0], 'the voucher');
  await till.call('addLine', { body: { product } });
  const cart = await till.call('redeemVoucher', { body: { code: single.code } });
  assert.equal(cart.totalMinor, 790);
  // 2.10 above what is due is a tip.
  await till.call('setTip', { body: { amountMinor: 210 } });
  const tipped = await pay([{ method: card, amountMinor: 1000 }]);

  // Recorded as card, paid in cash; a cashier asks for somebody who may.
  const { rows: roles } = await till.call('listRoles');
  const role = present(
    roles.find(({ builtIn }) => builtIn === 'cashier'),
    'cashier',
  ).id;
  await till.call('addUser', { body: { name: 'Sam', role, pin: CASHIER_PIN } });
  const asCashier = await logInAt(till, CASHIER_PIN);
  const swap = { params: { uuid: tipped.uuid }, body: { tender: tipped.tenders[0]?.tender ?? '', method: cash } };
  await assert.rejects(asCashier('swapTender', swap), refusedWith('right.missing'));
  const corrected = await till.call('swapTender', swap);
  assert.deepEqual(
    corrected.tenders.map(({ kind, insteadOf }) => [kind, insteadOf]),
    [['cash', 'Card']],
  );

  // Paid later, by whom the owner trusts; then paid off.
  const input = { name: 'Lena', onAccount: true, accountLimitMinor: 5000 };
  await assert.rejects(asCashier('addCustomer', { body: input }), refusedWith('right.missing'));
  const { id: customer } = await till.call('addCustomer', { body: input });
  const account = await wayOf('account');
  await till.call('addLine', { body: { product } });
  await assert.rejects(pay([{ method: account, amountMinor: 2000 }]), refusedWith('account.no-customer'));
  await till.call('setCartCustomer', { body: { customer } });
  await assert.rejects(pay([{ method: account, amountMinor: 2000 }], asCashier), refusedWith('right.missing'));
  await pay([{ method: account, amountMinor: 2000 }]);
  await till.call('setCartCustomer', { body: { customer } });
  await till.call('payOffAccount', { body: { amountMinor: 500 } });
  await pay([{ method: cash, amountMinor: 500 }]);
  const owed = await till.call('getAccount', { params: { id: customer } });
  assert.deepEqual([owed.balanceMinor, owed.limitMinor, owed.rows.map(({ amountMinor }) => amountMinor)], [1500, 5000, [-500, 2000]]);

  const x = await till.call('xReport');
  assert.deepEqual(
    x.totals.beside.map(({ kind, minor }) => [kind, minor]),
    [
      ['account-payment', 500],
      ['tip', 210],
      ['voucher-issued', 3000],
    ],
  );
  // Three lamps; what the single-purpose voucher was sold for is theirs.
  assert.equal(x.turnoverMinor, 6000);
  const report = await till.call('reportSales', { query: { fromMs: 0, untilMs: sold.completedAt + 86_400_000 } });
  assert.deepEqual(
    report.tips.map(({ name, totalMinor }) => [name, totalMinor]),
    [['Mina', 210]],
  );
  // The report's turnover is the Z's, by hour and by register too; what stands beside it is among no products.
  for (const rows of [[report], report.buckets, report.registers, report.users])
    assert.equal(
      rows.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
      x.turnoverMinor,
    );
  assert.ok(report.products.every(({ name }) => !/tip|account/i.test(name)));
  await till.call('closeDay');
});
