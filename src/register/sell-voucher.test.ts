/** Vouchers, tips and accounts: what they are worth is the sum of what moved, tax is taken once, and none of it is turnover twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { present } from '../base/assert.ts';
import { refuse, unwrap } from '../base/result.ts';
import { turnoverMinor } from '../domain/closing-totals.ts';
import { entriesOf } from '../domain/accounting-file.ts';
import { monthsLater, isVoucherCode, voucherCode } from '../domain/voucher.ts';
import { accountBalance, accountMovements } from '../store/queries/accounts.ts';
import { listPaymentMethods, listProducts } from '../store/queries/catalogue.ts';
import { readUnclosed } from '../store/queries/closings.ts';
import { listExceptions } from '../store/queries/shop.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import { readVoucher, voucherMovements } from '../store/queries/vouchers.ts';
import type { ReceiptData } from '../domain/receipt.ts';
import { verifyStore } from '../store/verify.ts';
import { makeShop, seededRandom, type TestShop } from '../../test/support/shop.ts';
import { eventually, makeShopOfMany, makeTestHub, syncMember, type Member } from '../../test/support/shop-of-many.ts';
import { completeSale, type PayInput } from './complete-sale.ts';
import { addProductLine, changeLine, getCart, setCartCustomer, setTraining } from './edit-cart.ts';
import { addCustomer } from './edit-customer.ts';
import { clearCart } from './hold-cart.ts';
import { ownRegisterId } from './register.ts';
import { refundSale } from './refund-sale.ts';
import { redeemOnCart, sellVoucher, setVoucherMonths } from './sell-voucher.ts';
import { setAccountPayment, setTip } from './set-tip.ts';

const DAY_MS = 86_400_000;

type Shop = Pick<TestShop, 'register' | 'store' | 'owner'>;

const wayOf = ({ store }: Shop, kind: string) =>
  present(
    listPaymentMethods(store.db).find((method) => method.kind === kind),
    kind,
  ).id;

function fill(shop: Shop): void {
  const [product] = listProducts(shop.store.db, { category: null, hidden: false, sort: '-price', offset: 0, limit: 1, nowMs: 0 }).rows;
  unwrap(addProductLine(shop.register, present(product, 'a product').id, 1000));
}

function pay(shop: Shop, tenders: PayInput['tenders']) {
  const { id, totalMinor } = getCart(shop.register);
  return completeSale(shop.register, { cart: id, totalMinor, tenders, user: shop.owner });
}

const byCard = (shop: Shop, amountMinor = getCart(shop.register).totalMinor): PayInput['tenders'] => [
  { method: wayOf(shop, 'card'), amountMinor },
];

function issue(shop: Shop, valueMinor: number, purpose: 'single' | 'multi' = 'multi'): ReceiptData['vouchers'][number] {
  const [tax] = readTaxCategories(shop.store.db, 0);
  unwrap(
    sellVoucher(
      shop.register,
      purpose === 'multi' ? { purpose, valueMinor } : { purpose, valueMinor, taxCategory: present(tax, 'a tax').id },
    ),
  );
  return present(unwrap(pay(shop, byCard(shop))).vouchers[0], 'the voucher');
}

const leftOf = ({ store }: Shop, code: string): number | undefined => readVoucher(store.db, code)?.balanceMinor;

const totalsOf = (shop: Shop) => present(readUnclosed(shop.store.db, ownRegisterId(shop.store), 0).days[0], 'the day').totals;

test('codes of vouchers are codes that every scanner reads; months end with their last day', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
      const code = voucherCode(bytes);
      assert.ok(isVoucherCode(code));
      const last = Number(code.at(-1));
      assert.ok(!isVoucherCode(code.slice(0, -1) + ((last + 1) % 10)));
    }),
  );
  assert.equal(new Date(monthsLater(Date.UTC(2026, 0, 31), 1)).toISOString().slice(0, 10), '2026-02-28');
  assert.equal(new Date(monthsLater(Date.UTC(2026, 10, 15), 24)).toISOString().slice(0, 10), '2028-11-15');
});

test('a multi-purpose voucher: no turnover and no tax when sold, pays in parts, never more than is left, and takes money back', async () => {
  const shop = await makeShop();
  const { code } = issue(shop, 3000);
  const sold = totalsOf(shop);
  assert.deepEqual([turnoverMinor(sold), sold.taxes, sold.beside], [0, [], [{ kind: 'voucher-issued', count: 1, minor: 3000 }]]);
  fill(shop);
  const total = getCart(shop.register).totalMinor;
  const voucher = wayOf(shop, 'voucher');
  assert.deepEqual(
    pay(shop, [{ method: voucher, amountMinor: total, voucher: '2900000000001' }]),
    refuse('voucher.unknown', { code: '2900000000001' }),
  );
  assert.deepEqual(pay(shop, [{ method: voucher, amountMinor: total }]), refuse('voucher.unknown', { code: '' }));
  assert.deepEqual(redeemOnCart(shop.register, code), refuse('voucher.pays', { code }));
  const receipt = unwrap(pay(shop, [{ method: voucher, amountMinor: total, voucher: code }]));
  assert.deepEqual(
    receipt.tenders.map(({ kind, reference }) => [kind, reference]),
    [['voucher', code]],
  );
  assert.equal(leftOf(shop, code), 3000 - total);
  fill(shop);
  assert.deepEqual(
    pay(shop, [{ method: voucher, amountMinor: total, voucher: code }]),
    refuse('voucher.too-little', { code, left: 3000 - total }),
  );
  unwrap(pay(shop, [{ method: voucher, amountMinor: 3000 - total, voucher: code }, ...byCard(shop, 2 * total - 3000)]));
  assert.equal(leftOf(shop, code), 0);

  // Back onto the same voucher, or a new one.
  const refund = (): void => {
    const ref = present(
      shop.store.db.get(
        "SELECT lower(hex(c.hash)) || ':' || (l.id % 512) AS ref FROM sale_line l JOIN changeset c ON c.local = l.id / 512 JOIN sale s ON s.id = l.sale WHERE s.uuid = unhex(?) AND l.kind = 'goods'",
        receipt.uuid.replaceAll('-', ''),
      ),
      'the line',
    )['ref'];
    unwrap(refundSale(shop.register, { sale: receipt.uuid, lines: [{ ref: String(ref), quantityMilli: 500 }] }));
  };
  refund();
  const half = getCart(shop.register);
  assert.deepEqual(half.payBack, [{ method: voucher, amountMinor: -half.totalMinor, voucher: code }]);
  unwrap(pay(shop, [{ method: voucher, amountMinor: half.totalMinor, voucher: code }]));
  assert.equal(leftOf(shop, code), -half.totalMinor);
  refund();
  const rest = getCart(shop.register).totalMinor;
  const [fresh] = unwrap(pay(shop, [{ method: voucher, amountMinor: rest }])).vouchers;
  assert.equal(leftOf(shop, fresh?.code ?? ''), -rest);
  assert.deepEqual(
    voucherMovements(shop.store.db, present(readVoucher(shop.store.db, code), 'it').id).map(({ kind }) => kind),
    ['issued', 'redeemed', 'redeemed', 'refunded'],
  );
  assert.equal(turnoverMinor(totalsOf(shop)), total);
  assert.equal(
    entriesOf({ ...totalsOf(shop), tradingDay: 0, register: 'R1', number: 1, totals: totalsOf(shop) }, 'BE').reduce(
      (sum, { minor }) => sum + minor,
      0,
    ),
    0,
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a single-purpose voucher is taxed when it is sold, and takes its amount and tax off when it is redeemed', async () => {
  const shop = await makeShop();
  const { code } = issue(shop, 2000, 'single');
  const sold = totalsOf(shop);
  assert.deepEqual([turnoverMinor(sold), sold.beside, sold.taxes[0]?.taxMinor], [2000, [], 347]);
  fill(shop);
  const goods = getCart(shop.register);
  assert.deepEqual(
    pay(shop, [{ method: wayOf(shop, 'voucher'), amountMinor: 100, voucher: code }, ...byCard(shop, goods.totalMinor - 100)]),
    refuse('voucher.single', { code }),
  );
  const cart = unwrap(redeemOnCart(shop.register, code));
  assert.equal(cart.totalMinor, goods.totalMinor - 2000);
  assert.deepEqual(redeemOnCart(shop.register, code), refuse('voucher.too-little', { code, left: 0 }));
  assert.deepEqual(
    changeLine(shop.register, cart.lines[0]?.line ?? 0, { quantityMilli: 2000 }, { reason: null, user: shop.owner }),
    refuse('cart.fixed-line'),
  );
  const receipt = unwrap(pay(shop, byCard(shop)));
  assert.equal(receipt.kind, 'sale');
  assert.equal(leftOf(shop, code), 0);
  assert.equal(turnoverMinor(totalsOf(shop)), goods.totalMinor);
  const lines = present(
    shop.store.db.get(
      "SELECT lower(hex(c.hash)) || ':' || (l.id % 512) AS ref, l.name FROM sale_line l JOIN changeset c ON c.local = l.id / 512 WHERE l.kind = 'voucher-issued' AND l.quantity_milli > 0",
    ),
    'the line',
  );
  const sale = present(shop.store.db.get('SELECT lower(hex(s.uuid)) AS uuid FROM sale s ORDER BY s.id LIMIT 1'), 'the sale');
  const uuid = String(sale['uuid']).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as typeof receipt.uuid;
  assert.deepEqual(
    refundSale(shop.register, { sale: uuid, lines: [{ ref: String(lines['ref']), quantityMilli: 1000 }] }),
    refuse('refund.no-goods', { name: String(lines['name']) }),
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a voucher ends by the setting of the day it was sold; practice sells none', async () => {
  const shop = await makeShop();
  unwrap(setVoucherMonths(shop.register, 1, shop.owner));
  const { code, expiresAt } = issue(shop, 500);
  assert.ok(expiresAt !== null);
  unwrap(setVoucherMonths(shop.register, null, shop.owner));
  assert.equal(issue(shop, 500).expiresAt, null);
  shop.clock.advance(32 * DAY_MS);
  fill(shop);
  assert.deepEqual(
    pay(shop, [
      { method: wayOf(shop, 'voucher'), amountMinor: 500, voucher: code },
      ...byCard(shop, getCart(shop.register).totalMinor - 500),
    ]),
    refuse('voucher.expired', { code }),
  );
  unwrap(clearCart(shop.register, { reason: null, user: shop.owner }));
  unwrap(setTraining(shop.register, true));
  assert.deepEqual(sellVoucher(shop.register, { purpose: 'multi', valueMinor: 100 }), refuse('voucher.training'));
  shop.close();
});

test('whatever is sold and redeemed, a voucher is worth the sum of its movements and never less than nothing at one register', async () => {
  const shop = await makeShop({ random: seededRandom(7) });
  const worth = new Map<string, number>();
  const steps = fc.array(fc.tuple(fc.constantFrom('issue', 'redeem', 'part'), fc.integer({ min: 1, max: 4000 })), { maxLength: 12 });
  fc.assert(
    fc.property(steps, (todo) => {
      unwrap(clearCart(shop.register, { reason: null, user: shop.owner }));
      for (const [step, amount] of todo) {
        const codes = [...worth.keys()];
        const code = codes[amount % Math.max(1, codes.length)];
        if (step === 'issue' || code === undefined) {
          const voucher = issue(shop, amount);
          worth.set(voucher.code, amount);
          continue;
        }
        fill(shop);
        const { totalMinor } = getCart(shop.register);
        const used = Math.min(step === 'part' ? amount : totalMinor, totalMinor);
        const rest = totalMinor - used;
        const paid = pay(shop, [
          { method: wayOf(shop, 'voucher'), amountMinor: used, voucher: code },
          ...(rest === 0 ? [] : byCard(shop, rest)),
        ]);
        assert.equal(paid.ok, used <= (worth.get(code) ?? 0));
        if (paid.ok) worth.set(code, (worth.get(code) ?? 0) - used);
        else unwrap(pay(shop, byCard(shop)));
      }
      for (const [code, minor] of worth) assert.equal(leftOf(shop, code), minor);
    }),
    { numRuns: 25 },
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  assert.deepEqual(listExceptions(shop.store.db), []);
  shop.close();
});

test('a tip is no turnover, untaxed, and stands in the Z', async () => {
  const shop = await makeShop();
  fill(shop);
  const goods = getCart(shop.register).totalMinor;
  unwrap(setTip(shop.register, 300));
  assert.equal(unwrap(setTip(shop.register, 150)).totalMinor, goods + 150);
  const receipt = unwrap(pay(shop, byCard(shop)));
  assert.equal(receipt.totalMinor, goods + 150);
  const totals = totalsOf(shop);
  assert.deepEqual(totals.beside, [{ kind: 'tip', count: 1, minor: 150 }]);
  assert.equal(turnoverMinor(totals), goods);
  assert.equal(
    totals.taxes.reduce((sum, { netMinor, taxMinor }) => sum + netMinor + taxMinor, 0),
    goods,
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('paid later on account, up to its limit, and paid off in parts', async () => {
  const shop = await makeShop();
  const { register, owner, store } = shop;
  const lena = unwrap(addCustomer(register, { name: 'Lena', onAccount: true, accountLimitMinor: 4000 }, owner)).id;
  const max = unwrap(addCustomer(register, { name: 'Max' }, owner)).id;
  const account = wayOf(shop, 'account');
  const onAccount = (amountMinor = getCart(register).totalMinor): PayInput['tenders'] => [{ method: account, amountMinor }];
  fill(shop);
  const { totalMinor } = getCart(register);
  assert.deepEqual(pay(shop, onAccount()), refuse('account.no-customer'));
  assert.deepEqual(setAccountPayment(register, 100), refuse('account.no-customer'));
  unwrap(setCartCustomer(register, max));
  assert.deepEqual(pay(shop, onAccount()), refuse('account.not-allowed'));
  unwrap(setCartCustomer(register, lena));
  unwrap(pay(shop, onAccount()));
  assert.equal(accountBalance(store.db, lena), totalMinor);
  fill(shop);
  unwrap(setCartCustomer(register, lena));
  assert.deepEqual(pay(shop, onAccount()), refuse('account.over-limit'));
  unwrap(pay(shop, [...onAccount(500), ...byCard(shop, totalMinor - 500)]));
  unwrap(setCartCustomer(register, lena));
  unwrap(setAccountPayment(register, 1000));
  assert.deepEqual(pay(shop, onAccount()), refuse('account.not-allowed'));
  unwrap(pay(shop, [{ method: wayOf(shop, 'cash'), amountMinor: 2000 }]));
  assert.equal(accountBalance(store.db, lena), totalMinor + 500 - 1000);
  assert.deepEqual(
    accountMovements(store.db, lena).map(({ amountMinor }) => amountMinor),
    [-1000, 500, totalMinor],
  );
  assert.equal(turnoverMinor(totalsOf(shop)), 2 * totalMinor);
  assert.equal(verifyStore(store.db).problem, null);
  store.db.run('UPDATE account_movement SET amount_minor = amount_minor - 1 WHERE amount_minor < 0');
  assert.notEqual(verifyStore(store.db).problem, null);
  shop.close();
});

test(
  '[P3] a voucher used up twice while registers are apart: both sales stand, and it is one exception on both',
  { timeout: 60_000 },
  async () => {
    const many = await makeShopOfMany();
    const [one, two] = [present(many.members[0], 'R1'), many.join()];
    const hub = await makeTestHub();
    const together = async (): Promise<void> => {
      const syncs = [one, two].map((member) => syncMember(member, hub));
      const ends = ({ store }: Member): string =>
        JSON.stringify(store.db.all('SELECT hex(hash) AS hash FROM changeset WHERE state = 0 ORDER BY hash'));
      await eventually('both hold the same', () => ends(one) === ends(two) && syncs.every((sync) => sync.status().level));
      for (const sync of syncs) await sync.stop();
    };
    const { code } = issue(one, 1000);
    await together();
    for (const till of [one, two]) {
      fill(till);
      const { totalMinor } = getCart(till.register);
      unwrap(pay(till, [{ method: wayOf(till, 'voucher'), amountMinor: 1000, voucher: code }, ...byCard(till, totalMinor - 1000)]));
      assert.deepEqual(listExceptions(till.store.db), []);
    }
    await together();
    for (const till of [one, two]) {
      assert.equal(leftOf(till, code), -1000);
      assert.deepEqual(
        listExceptions(till.store.db).map(({ kind, subject, detail }) => [kind, subject, JSON.parse(detail)]),
        [['voucher-overdrawn', code, { overMinor: 1000 }]],
      );
      assert.equal(verifyStore(till.store.db).problem, null);
    }
    await hub.close();
  },
);
