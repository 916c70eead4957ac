/** Goods that bear several taxes at once, in a Canadian shop and an Indian one: from the rate to the sale, back again, and in every sum. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Id } from '../base/id.ts';
import { localDay, utcOffsetMinutes } from '../base/clock.ts';
import { present } from '../base/assert.ts';
import { ok, unwrap } from '../base/result.ts';
import { entriesOf } from '../domain/accounting-file.ts';
import { sumTaxes } from '../domain/tax-parts.ts';
import type { ReceiptData } from '../domain/receipt.ts';
import { makeShop, type TestShop } from '../../test/support/shop.ts';
import type { Insert } from '../protocol/tables.ts';
import { commit } from '../store/journal.ts';
import { readArchiveHead, readArchivePage } from '../store/period-archive.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readUnclosed } from '../store/queries/closings.ts';
import { readInvoice } from '../store/queries/invoices.ts';
import { readSoldSale } from '../store/queries/refunds.ts';
import { reportSales } from '../store/queries/reports.ts';
import { listTaxRates, readTaxCategories } from '../store/queries/taxes.ts';
import { verifyArchive } from '../store/verify-archive.ts';
import { verifyStore } from '../store/verify.ts';
import { closeDay } from './close-day.ts';
import { completeSale } from './complete-sale.ts';
import { addProductLine, changeWholeCart, getCart, setService } from './edit-cart.ts';
import type { CartView } from './view-cart.ts';
import { addProduct } from './edit-product.ts';
import { addTax, addTaxRate } from './edit-tax.ts';
import { holdCart, heldCarts, recallCart } from './hold-cart.ts';
import { makeInvoice } from './make-invoice.ts';
import { refundSale } from './refund-sale.ts';
import { ownRegisterId } from './register.ts';
import { sealArchive } from './seal-archive.ts';
import { redeemOnCart, sellVoucher } from './sell-voucher.ts';

const GST = { name: 'GST', ratePpm: 50_000 };
const PST = { name: 'PST', ratePpm: 70_000 };

const canada = (): Promise<TestShop> => makeShop({ catalogue: 'empty', country: 'CA', currency: 'CAD' });
const taxesOf = ({ store, clock }: TestShop) => readTaxCategories(store.db, clock.nowMs());

function goods(shop: TestShop, name: string, priceMinor: number, tax = 0): Id {
  const taxCategory = present(taxesOf(shop)[tax], 'a tax').id;
  return unwrap(addProduct(shop.register, { name, priceMinor, taxCategory }, shop.owner)).id;
}

function pay(shop: TestShop, cart: CartView = getCart(shop.register)): ReceiptData {
  const card = present(
    listPaymentMethods(shop.store.db).find(({ kind }) => kind === 'card'),
    'card',
  ).id;
  const tenders = cart.totalMinor === 0 ? [] : [{ method: card, amountMinor: cart.totalMinor }];
  return unwrap(completeSale(shop.register, { cart: cart.id, totalMinor: cart.totalMinor, tenders, user: shop.owner }));
}

/** Per tax, in the order of a receipt. */
const figures = (taxes: ReceiptData['taxes']) => taxes.map(({ name, netMinor, taxMinor }) => [name, netMinor, taxMinor]);

test('Canada and India start with taxes by name; an owner’s own must sum to their rate, each under a name of its own', async () => {
  const shop = await canada();
  const [usual] = taxesOf(shop);
  assert.deepEqual([usual?.name, usual?.ratePpm, usual?.parts], ['GST 5 % + PST 7 %', 120_000, [GST, PST]]);
  const said = { name: 'Québec', ratePpm: 149_750 };
  const parts = [
    { name: 'TPS', ratePpm: 50_000 },
    { name: 'TVQ', ratePpm: 99_750 },
  ];
  for (const wrong of [[], parts.slice(1), [...parts.slice(1), GST, { name: 'TVQ', ratePpm: 0 }]]) {
    const added = addTax(shop.register, { ...said, parts: wrong }, shop.owner);
    assert.ok(!added.ok && added.refusal.code === 'input.invalid', JSON.stringify(wrong));
  }
  const id = unwrap(addTax(shop.register, { ...said, parts }, shop.owner));
  assert.deepEqual(taxesOf(shop).find((tax) => tax.id === id)?.parts, parts);
  shop.close();
  const india = await makeShop({ catalogue: 'empty', country: 'IN', currency: 'INR' });
  unwrap(addProductLine(india.register, goods(india, 'Kettle', 11_800), 1_000));
  assert.deepEqual(figures(pay(india).taxes), [
    ['CGST', 10_000, 900],
    ['SGST', 10_000, 900],
  ]);
  india.close();
});

test('a sale of two taxes: the row says what each came to; receipt, invoice, report, Z and accounts say it too', async () => {
  const shop = await canada();
  const { register, store, owner, clock } = shop;
  const fromMs = clock.nowMs();
  unwrap(addProductLine(register, goods(shop, 'Mug', 1010), 1_000));
  unwrap(addProductLine(register, goods(shop, 'Book', 1010, 1), 1_000));
  const cart = getCart(register);
  assert.deepEqual([cart.totalMinor, cart.taxMinor], [2192, 172]);
  assert.deepEqual(cart.lines.at(-1)?.taxParts, [GST, PST]);
  const sold = pay(shop);
  const taxes = [
    ['GST', 2020, 101],
    ['PST', 1010, 71],
  ];
  assert.deepEqual(figures(sold.taxes), taxes);
  assert.deepEqual(
    store.db.all('SELECT tax_minor, tax_parts FROM sale_line ORDER BY id').map((row) => [row['tax_minor'], row['tax_parts']]),
    [
      [122, '[{"name":"GST","ratePpm":50000,"taxMinor":51},{"name":"PST","ratePpm":70000,"taxMinor":71}]'],
      [50, '[{"name":"GST","ratePpm":50000,"taxMinor":50}]'],
    ],
  );
  const buyer = { name: 'Office', address: '', taxNumber: '' };
  const label = unwrap(makeInvoice(register, { sale: sold.uuid, buyer, customer: null, user: owner }));
  const invoice = present(readInvoice(store.db, label), 'the invoice');
  assert.deepEqual(figures([...invoice.taxes]), taxes);
  assert.deepEqual([invoice.netMinor, invoice.taxMinor, invoice.totalMinor], [2020, 172, 2192]);
  clock.advance(1_000);
  const report = reportSales(store.db, { fromMs, untilMs: clock.nowMs(), by: 'day', products: 5 });
  assert.deepEqual(figures([...report.taxes]), taxes);
  const day = localDay(clock.nowMs(), utcOffsetMinutes(clock.nowMs()));
  const unclosed = readUnclosed(store.db, ownRegisterId(store), day);
  const totals = present(unclosed.days[0], 'the day').totals;
  assert.deepEqual(figures(sumTaxes(totals.taxes)), taxes);
  const booked = entriesOf({ ...totals, tradingDay: day, register: 'R1', number: 1, totals }, 'CA');
  assert.deepEqual(
    booked.map(({ account, text, minor }) => [account, text, minor]),
    [
      ['card', 'Paid by Card', 2192],
      ['sales', 'Sales 12 %', -1010],
      ['sales', 'Sales 5 %', -1010],
      ['tax GST', 'Tax GST 5 %', -101],
      ['tax PST', 'Tax PST 7 %', -71],
    ],
  );
  assert.equal(verifyStore(store.db).problem, null);
  shop.close();
});

test('[P5] however much is taken off and in whatever parts it comes back, in all each tax goes back exactly', async () => {
  const shop = await canada();
  const { register, store } = shop;
  const [mug, book] = [goods(shop, 'Mug', 333), goods(shop, 'Book', 777, 1)];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 1_500 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }),
      (pieces, off, parts) => {
        for (const id of [mug, book]) unwrap(addProductLine(register, id, pieces * 1_000));
        const discount = off === 0 ? null : ({ kind: 'amount', amountMinor: off, reason: null, approvedBy: null } as const);
        const sold = pay(shop, unwrap(changeWholeCart(register, { discount })));
        const refs = present(readSoldSale(store.db, sold.uuid), 'the sale').lines.map(({ ref }) => ref);
        const back: ReceiptData[] = [];
        for (let left = pieces, at = 0; left > 0; at++) {
          const count = Math.min(left, parts[at] ?? left);
          const lines = refs.map((ref) => ({ ref, quantityMilli: count * 1_000 }));
          back.push(pay(shop, unwrap(refundSale(register, { sale: sold.uuid, lines }))));
          left -= count;
        }
        assert.equal(
          back.reduce((sum, { totalMinor }) => sum + totalMinor, sold.totalMinor),
          0,
        );
        for (const tax of sold.taxes)
          for (const key of ['netMinor', 'taxMinor'] as const)
            assert.equal(
              back.reduce((sum, { taxes }) => sum + (taxes.find(({ name }) => name === tax.name)?.[key] ?? 0), tax[key]),
              0,
              `${tax.name} ${key}`,
            );
      },
    ),
    { numRuns: 25 },
  );
  assert.equal(verifyStore(store.db).problem, null);
  shop.close();
});

test('a held cart, a rate of its own for eating in and a rate of a later day carry their taxes', async () => {
  const shop = await canada();
  const { register, owner, clock } = shop;
  const tax = present(taxesOf(shop)[0], 'a tax');
  const midnight = clock.nowMs() + 3_600_000;
  const hotel = { name: 'Meals', ratePpm: 30_000 };
  unwrap(addTaxRate(register, { taxCategory: tax.id, ratePpm: 80_000, parts: [GST, hotel], service: 'eat-in', fromAt: midnight }, owner));
  unwrap(addTaxRate(register, { taxCategory: tax.id, ratePpm: 130_000, service: 'any', fromAt: midnight }, owner));
  assert.deepEqual(
    listTaxRates(shop.store.db)
      .filter(({ taxCategory }) => taxCategory === tax.id)
      .map(({ parts }) => parts?.length ?? 1)
      .sort((a, b) => a - b),
    [1, 2, 2],
  );
  const soup = goods(shop, 'Soup', 1000);
  const now = (): unknown => getCart(register).lines[0]?.taxParts?.map(({ name }) => name) ?? null;
  unwrap(addProductLine(register, soup, 1_000));
  unwrap(holdCart(register, 'Table 4', owner));
  clock.advance(3_600_000);
  unwrap(recallCart(register, present(heldCarts(register)[0], 'the held cart').id, owner));
  assert.deepEqual(now(), ['GST', 'PST'], 'as it was scanned');
  assert.deepEqual(getCart(register).lines[0]?.taxNow, { ratePpm: 130_000, parts: null }, 'and it says what it is since midnight');
  assert.equal(pay(shop).taxes.length, 2);
  unwrap(addProductLine(register, soup, 1_000));
  assert.deepEqual(now(), null, 'one tax of 13 % from midnight on');
  unwrap(setService(register, 'eat-in'));
  assert.deepEqual(now(), ['GST', 'Meals']);
  assert.equal(getCart(register).lines[0]?.taxNow, null);
  // Of the same rate, by other names.
  clock.advance(1_000);
  unwrap(
    addTaxRate(
      register,
      { taxCategory: tax.id, ratePpm: 80_000, parts: [PST, { ...GST, ratePpm: 10_000 }], service: 'eat-in', fromAt: clock.nowMs() },
      owner,
    ),
  );
  assert.deepEqual(now(), ['GST', 'Meals']);
  assert.deepEqual(
    getCart(register).lines[0]?.taxNow?.parts?.map(({ name }) => name),
    ['PST', 'GST'],
  );
  assert.deepEqual(figures(pay(shop).taxes), [
    ['GST', 1000, 50],
    ['Meals', 1000, 30],
  ]);
  shop.close();
});

test('a voucher for goods of two taxes is taxed with both when it is sold, and takes both off', async () => {
  const shop = await makeShop({ catalogue: 'empty', country: 'IN', currency: 'INR' });
  const { register, store } = shop;
  const tax = present(taxesOf(shop)[0], 'a tax');
  unwrap(sellVoucher(register, { purpose: 'single', valueMinor: 5900, taxCategory: tax.id }));
  const sold = pay(shop);
  assert.deepEqual(figures(sold.taxes), [
    ['CGST', 5000, 450],
    ['SGST', 5000, 450],
  ]);
  unwrap(addProductLine(register, goods(shop, 'Kettle', 8000), 1_000));
  unwrap(redeemOnCart(register, present(sold.vouchers[0], 'the voucher').code));
  assert.deepEqual(figures(pay(shop).taxes), [
    ['CGST', 1780, 160],
    ['SGST', 1780, 160],
  ]);
  assert.equal(verifyStore(store.db).problem, null);
  shop.close();
});

/** A sale as another program might write it, one line of it with these figures of tax. */
function sellBadly(
  { store, register, owner }: TestShop,
  line: Pick<Insert<'sale_line'>, 'tax_minor' | 'tax_rate_ppm' | 'tax_parts'>,
): void {
  const before = present(store.db.get('SELECT * FROM sale ORDER BY id DESC LIMIT 1'), 'a sale');
  const [card] = listPaymentMethods(store.db).filter(({ kind }) => kind === 'card');
  const at = store.clock.nowMs();
  const taxMinor = line.tax_minor;
  unwrap(
    commit(store, { kind: 'sale', user: owner }, (draft) => {
      const shift = draft.insert('shift_event', {
        kind: 'opened',
        register: ownRegisterId(store),
        user: owner,
        at,
        trading_day: Number(before['trading_day']),
      });
      const sale = draft.insert('sale', {
        uuid: getCart(register).id,
        kind: 'sale',
        mode: 'real',
        started_at: at,
        completed_at: at,
        utc_offset_minutes: 0,
        trading_day: Number(before['trading_day']),
        shift,
        register: ownRegisterId(store),
        series: String(before['series']),
        number: Number(before['number']) + 1,
        currency: 'CAD',
        shop_version: owner,
        user: owner,
        total_minor: 1000 + taxMinor,
        tax_minor: taxMinor,
      });
      const price = { quantity_milli: 1000, unit: 'each', unit_price_minor: 1000, total_minor: 1000, includes_tax: false } as const;
      draft.insert('sale_line', { sale, kind: 'department', name: 'Odd', ...price, ...line });
      const method = present(card, 'card').id;
      draft.insert('tender', { sale, payment_method: method, amount_minor: 1000 + taxMinor, change_minor: 0 });
      return ok(null);
    }),
  );
}

async function archiveProblem({ store, register, owner, clock }: TestShop): Promise<string> {
  const day = localDay(clock.nowMs(), utcOffsetMinutes(clock.nowMs()));
  unwrap(closeDay(register, readUnclosed(store.db, ownRegisterId(store), day), owner));
  const head = present(readArchiveHead(store.db, { kind: 'day', day }, clock.nowMs()), 'the day');
  const lines = head.chains.flatMap(({ chain, fromN, toN }) => readArchivePage(store.db, chain, fromN, toN));
  const text = sealArchive(register, head) + lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const verified = await verifyArchive(
    (async function* () {
      for (const line of text.trimEnd().split('\n')) yield await Promise.resolve(line);
    })(),
  );
  return verified.problem?.what ?? 'in order';
}

test('verification of the store and of an archive names the line whose taxes are not its tax, or not its rate', async () => {
  const parts = (gstMinor: number): string =>
    JSON.stringify([
      { ...GST, taxMinor: gstMinor },
      { ...PST, taxMinor: 70 },
    ]);
  for (const [line, fault] of [
    [{ tax_minor: 120, tax_rate_ppm: 120_000, tax_parts: parts(50) }, null],
    [{ tax_minor: 121, tax_rate_ppm: 120_000, tax_parts: parts(50) }, 'its tax is 121, its taxes make 120'],
    [{ tax_minor: 120, tax_rate_ppm: 130_000, tax_parts: parts(50) }, 'its rate is 130000, its taxes make 120000'],
    [{ tax_minor: 120, tax_rate_ppm: 120_000, tax_parts: '{"GST":50}' }, 'what it says of its taxes cannot be read'],
    [{ tax_minor: 120, tax_rate_ppm: 120_000, tax_parts: 'GST' }, 'what it says of its taxes cannot be read'],
  ] as const) {
    const shop = await canada();
    unwrap(addProductLine(shop.register, goods(shop, 'Mug', 1000), 1_000));
    pay(shop);
    sellBadly(shop, line);
    const { problem } = verifyStore(shop.store.db);
    assert.equal(problem?.what ?? null, fault);
    if (fault !== null) assert.match(problem?.where ?? '', /^sale_line \d+ \(Odd\)$/);
    // It counts as one tax of its rate, and nothing is lost of it.
    const report = reportSales(shop.store.db, { fromMs: 0, untilMs: shop.clock.nowMs() + 1, by: 'day', products: 5 });
    assert.equal(
      report.taxes.reduce((sum, { taxMinor }) => sum + taxMinor, 0),
      120 + line.tax_minor,
    );
    const said = await archiveProblem(shop);
    assert.equal(said, fault === null ? 'in order' : `a line of sale R1-2: ${fault}`);
    shop.close();
  }
});
