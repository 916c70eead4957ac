/** Invoices and credit notes: numbers without gaps, whose lines they hold, and that a chain with them verifies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import { ok, unwrap } from '../base/result.ts';
import type { ReceiptData } from '../domain/receipt.ts';
import { commit } from '../store/journal.ts';
import { invoicesOfSale, findSaleId, ledgerRef, readInvoice } from '../store/queries/invoices.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readSoldSale } from '../store/queries/refunds.ts';
import { listExceptions, readShop } from '../store/queries/shop.ts';
import { verifyStore } from '../store/verify.ts';
import { makeShop, sellSome, type TestShop } from '../../test/support/shop.ts';
import { completeSale } from './complete-sale.ts';
import { addCustomer, forgetCustomer } from './edit-customer.ts';
import { addProductLine, getCart, setCartCustomer, setTraining } from './edit-cart.ts';
import { addProduct } from './edit-product.ts';
import { addTax } from './edit-tax.ts';
import { makeCreditNotes, makeInvoice } from './make-invoice.ts';
import { ownRegisterId } from './register.ts';
import { refundSale } from './refund-sale.ts';

const BUYER = { name: 'Żółć & Söhne', address: 'Große Straße 12\nBerlin', taxNumber: 'DE123456789' };

function invoice(shop: TestShop, sale: Id, customer: Id | null = null) {
  return makeInvoice(shop.register, { sale, buyer: BUYER, customer, user: shop.owner });
}

/** Pays what is in the cart, or pays it back, by card. */
function settleCart(shop: TestShop): ReceiptData {
  const { id: cart, totalMinor } = getCart(shop.register);
  const card = present(
    listPaymentMethods(shop.store.db).find(({ kind }) => kind === 'card'),
    'card',
  );
  const tenders = totalMinor === 0 ? [] : [{ method: card.id, amountMinor: totalMinor }];
  return unwrap(completeSale(shop.register, { cart, totalMinor, tenders, user: shop.owner }));
}

/** The first line of the sale comes back into the cart. */
function takeBack(shop: TestShop, sale: Id): void {
  const line = present(readSoldSale(shop.store.db, sale)?.lines[0], 'a line');
  unwrap(refundSale(shop.register, { sale, lines: [{ ref: line.ref, quantityMilli: line.quantityMilli }] }));
}

const papersOf = (shop: TestShop, sale: Id): string[] =>
  invoicesOfSale(shop.store.db, present(findSaleId(shop.store.db, sale), 'the sale')).map(({ label }) => label);

/** Invoice 1 of this sale, as another machine would have written it that knows nothing of what happened here. */
function writeElsewhere(shop: TestShop, sale: Id): void {
  unwrap(
    commit(shop.store, { kind: 'invoice', user: shop.owner }, (draft) => {
      draft.insert('invoice', {
        kind: 'invoice',
        sale: ledgerRef(shop.store.db, present(findSaleId(shop.store.db, sale), 'the sale')),
        series: 'R1I',
        number: 1,
        at: shop.clock.nowMs(),
        utc_offset_minutes: 0,
        shop_version: present(readShop(shop.store.db), 'the shop').id,
        register: ownRegisterId(shop.store),
        user: shop.owner,
        buyer_name: 'Ada',
        language: 'en',
      });
      return ok(null);
    }),
  );
}

test('[P4] invoices are numbered one after another, in a series beside that of receipts; each says what its sale says', async () => {
  const shop = await makeShop();
  sellSome(shop);
  const sales = [sellSome(shop, 3), sellSome(shop)];
  assert.deepEqual(
    sales.map(({ uuid }) => unwrap(invoice(shop, uuid))),
    ['R1I-000001', 'R1I-000002'],
  );
  const read = present(readInvoice(shop.store.db, 'R1I-000001'), 'the invoice');
  const [sale] = sales;
  assert.ok(sale !== undefined);
  assert.deepEqual(read.buyer, BUYER);
  assert.deepEqual([read.receiptLabel, read.lines, read.taxes, read.tenders], [sale.label, sale.lines, sale.taxes, sale.tenders]);
  assert.equal(read.totalMinor, sale.totalMinor);
  assert.equal(read.netMinor + read.taxMinor, read.totalMinor);
  assert.deepEqual([read.seller.name, read.corrects, read.kind], ['Corner Shop', null, 'invoice']);
  assert.equal(readInvoice(shop.store.db, 'R1I-000003'), null);
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a second invoice of one sale, one of a refund and one of practice are refused, and use no number', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  unwrap(invoice(shop, sale.uuid));
  const again = invoice(shop, sale.uuid);
  assert.deepEqual(again.ok ? null : [again.refusal.code, again.refusal.params['label']], ['invoice.exists', 'R1I-000001']);
  takeBack(shop, sale.uuid);
  const back = invoice(shop, settleCart(shop).uuid);
  unwrap(setTraining(shop.register, true));
  const practice = invoice(shop, sellSome(shop).uuid);
  unwrap(setTraining(shop.register, false));
  assert.deepEqual(
    [back, practice].map((result) => (result.ok ? null : result.refusal.code)),
    ['invoice.not-a-sale', 'invoice.not-a-sale'],
  );
  assert.equal(unwrap(invoice(shop, sellSome(shop).uuid)), 'R1I-000002');
  shop.close();
});

test('what comes back of an invoiced sale is a credit note with the lines that came back and the same buyer', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  unwrap(invoice(shop, sale.uuid));
  takeBack(shop, sale.uuid);
  const refund = settleCart(shop);
  assert.deepEqual(papersOf(shop, refund.uuid), ['R1C-000001']);
  const note = present(readInvoice(shop.store.db, 'R1C-000001'), 'the credit note');
  assert.deepEqual([note.kind, note.corrects, note.buyer], ['credit-note', 'R1I-000001', BUYER]);
  assert.deepEqual(note.lines, refund.lines);
  assert.equal(note.totalMinor, refund.totalMinor);
  assert.ok(note.totalMinor < 0);
  // A refund of a sale without an invoice makes none.
  const plain = sellSome(shop);
  takeBack(shop, plain.uuid);
  assert.deepEqual(papersOf(shop, settleCart(shop).uuid), []);
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('an exchange of an invoiced sale: the credit note holds what came back, an invoice of the exchange what was bought', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  unwrap(invoice(shop, sale.uuid));
  takeBack(shop, sale.uuid);
  const other = unwrap(addProduct(shop.register, { name: 'Dear', priceMinor: 99_00 }, shop.owner));
  unwrap(addProductLine(shop.register, other.id, 1000));
  const exchange = settleCart(shop);
  assert.equal(exchange.kind, 'exchange');
  unwrap(invoice(shop, exchange.uuid));
  const [note, bought] = ['R1C-000001', 'R1I-000002'].map((label) => present(readInvoice(shop.store.db, label), label));
  assert.deepEqual([note?.lines.map(({ name }) => name), bought?.lines.map(({ name }) => name)], [[sale.lines[0]?.name], ['Dear']]);
  assert.equal((note?.totalMinor ?? 0) + (bought?.totalMinor ?? 0), exchange.totalMinor);
  assert.deepEqual(bought?.tenders, []);
  shop.close();
});

test('what came back before the invoice was asked for is a credit note at once', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  takeBack(shop, sale.uuid);
  const refund = settleCart(shop);
  assert.equal(unwrap(invoice(shop, sale.uuid)), 'R1I-000001');
  assert.deepEqual(papersOf(shop, refund.uuid), ['R1C-000001']);
  assert.equal(readInvoice(shop.store.db, 'R1C-000001')?.corrects, 'R1I-000001');
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a refund made where the invoice was not known gets its credit note afterwards, once', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  takeBack(shop, sale.uuid);
  const refund = settleCart(shop);
  writeElsewhere(shop, sale.uuid);
  assert.deepEqual(unwrap(makeCreditNotes(shop.register, sale.uuid, shop.owner)), ['R1C-000001']);
  const note = present(readInvoice(shop.store.db, 'R1C-000001'), 'the credit note');
  assert.deepEqual([note.corrects, note.buyer.name, note.totalMinor], ['R1I-000001', 'Ada', refund.totalMinor]);
  const again = makeCreditNotes(shop.register, sale.uuid, shop.owner);
  assert.equal(again.ok ? null : again.refusal.code, 'invoice.nothing-to-credit');
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a number that two machines gave out, and a sale with two invoices, are told to a person', async () => {
  const shop = await makeShop();
  const sale = sellSome(shop);
  unwrap(invoice(shop, sale.uuid));
  assert.deepEqual(listExceptions(shop.store.db), []);
  writeElsewhere(shop, sale.uuid);
  assert.deepEqual(
    listExceptions(shop.store.db)
      .map(({ kind, subject }) => (kind === 'doubled-number' ? `${kind} ${subject}` : kind))
      .sort(),
    ['doubled-number R1I-000001', 'invoiced-twice'],
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a tax that asks for words puts them on the invoice', async () => {
  const shop = await makeShop();
  const reason = 'Intra-Community supply, exempt';
  const taxCategory = unwrap(addTax(shop.register, { name: 'EU', ratePpm: 0, exemptionReason: reason }, shop.owner));
  const goods = unwrap(addProduct(shop.register, { name: 'Crate', priceMinor: 500, taxCategory }, shop.owner));
  unwrap(addProductLine(shop.register, goods.id, 1000));
  const sale = settleCart(shop);
  unwrap(invoice(shop, sale.uuid));
  assert.deepEqual(readInvoice(shop.store.db, 'R1I-000001')?.reasons, [{ ratePpm: 0, reason }]);
  shop.close();
});

test('forgetting a customer leaves the buyer of an invoice, which the law keeps', async () => {
  const shop = await makeShop();
  const customer = unwrap(addCustomer(shop.register, { name: 'Ada', language: 'fr' }, shop.owner));
  unwrap(setCartCustomer(shop.register, customer.id));
  const sale = sellSome(shop);
  assert.equal(sale.language, 'fr');
  unwrap(invoice(shop, sale.uuid, customer.id));
  unwrap(forgetCustomer(shop.register, customer.id, shop.owner));
  const read = present(readInvoice(shop.store.db, 'R1I-000001'), 'the invoice');
  assert.deepEqual([read.buyer, read.language], [BUYER, 'fr']);
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});
