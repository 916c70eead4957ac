/** Invoices over HTTP: made of a sale, found at its receipt, and a PDF that holds its words and its font. */
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { temporaryFolder } from '../support/shop.ts';
import { type Till, cashMethod, refusedWith, sell, setUpTill, startTill } from '../support/till.ts';

let till: Till;
let products: string[];
let cash: string;
const folder = temporaryFolder();
const BUYER = { name: 'Żółć & Söhne', address: 'Große Straße 12\nBerlin', taxNumber: 'DE123456789' };

before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single');
  products = [];
  for (const name of ['Lamp', 'Bulb']) products.push((await till.call('addProduct', { body: { name, priceMinor: 2000 } })).id);
  cash = await cashMethod(till);
});
after(async () => {
  await till.stop();
  folder.remove();
});

/** Content streams unpacked: how many pages, and how many show text by glyphs of an embedded font. */
function lookInto(pdf: Buffer): { pages: number; hasFont: boolean; drawn: number } {
  const text = pdf.toString('latin1');
  let drawn = 0;
  for (const match of text.matchAll(/stream\r?\n/g)) {
    const end = text.indexOf('endstream', match.index);
    try {
      const content = inflateSync(pdf.subarray(match.index + match[0].length, end)).toString('latin1');
      drawn += [...content.matchAll(/TJ/g)].length;
    } catch {
      // A stream that is not packed: none with text.
    }
  }
  return { pages: [...text.matchAll(/\/Type \/Page\b/g)].length, hasFont: text.includes('/FontFile2'), drawn };
}

test('a sale becomes an invoice with its customer’s words proposed, once; the PDF holds its own font', async () => {
  const { id: customer } = await till.call('addCustomer', {
    body: { name: BUYER.name, address: BUYER.address, taxNumber: BUYER.taxNumber },
  });
  await till.call('addLine', { body: { product: products[0] ?? '' } });
  await till.call('setCartCustomer', { body: { customer } });
  const { uuid } = await sell(till, [products[1] ?? ''], cash);
  const before = await till.call('listInvoices', { params: { uuid } });
  assert.deepEqual(before, { rows: [], mayMake: true, toCredit: 0, customer: { id: customer, ...BUYER } });
  assert.deepEqual(await till.call('makeInvoice', { params: { uuid }, body: { ...BUYER, customer } }), { label: 'R1I-000001' });
  await assert.rejects(till.call('makeInvoice', { params: { uuid }, body: BUYER }), refusedWith('invoice.exists'));
  const { rows, mayMake } = await till.call('listInvoices', { params: { uuid } });
  assert.deepEqual([rows, mayMake], [[{ kind: 'invoice', label: 'R1I-000001', buyer: BUYER.name }], false]);

  const { fileName, pdf } = await till.call('getInvoicePdf', { params: { label: 'R1I-000001' } });
  const bytes = Buffer.from(pdf, 'base64');
  assert.equal(fileName, 'R1I-000001.pdf');
  const looked = lookInto(bytes);
  assert.ok(looked.hasFont && looked.pages === 1 && looked.drawn > 30, JSON.stringify(looked));
  assert.ok(bytes.length < 100_000, `${bytes.length} bytes`);
});

test('a refund of it is a credit note; a sale of many lines goes over several pages; unknown ones are not found', async () => {
  const [sale] = (await till.call('listSales')).rows;
  const uuid = sale?.uuid ?? '';
  const [line] = (await till.call('soldLines', { params: { uuid } })).rows;
  await till.call('refundSale', { params: { uuid }, body: { lines: [{ ref: line?.ref ?? '', quantityMilli: 1000 }] } });
  const cart = await till.call('getCart');
  const tenders = [{ method: cash, amountMinor: -2000 }];
  const refund = await till.call('pay', { body: { cart: cart.id, totalMinor: -2000, tenders } });
  const papers = await till.call('listInvoices', { params: { uuid: refund.uuid } });
  assert.deepEqual([papers.rows, papers.mayMake], [[{ kind: 'credit-note', label: 'R1C-000001', buyer: BUYER.name }], false]);
  await assert.rejects(till.call('makeInvoice', { params: { uuid: refund.uuid }, body: BUYER }), refusedWith('invoice.not-a-sale'));
  await till.call('getInvoicePdf', { params: { label: 'R1C-000001' } });

  // Lines of one product are one; a note apart keeps them apart.
  for (let count = 0; count < 60; count++) {
    const { lines } = await till.call('addLine', { body: { product: products[0] ?? '' } });
    await till.call('changeLine', { params: { line: lines[0]?.line ?? 0 }, body: { note: `Room ${count + 1}` } });
  }
  const long = await sell(till, [], cash);
  const { label } = await till.call('makeInvoice', { params: { uuid: long.uuid }, body: BUYER });
  const { pdf } = await till.call('getInvoicePdf', { params: { label } });
  const { pages } = lookInto(Buffer.from(pdf, 'base64'));
  assert.ok(pages >= 3, `${pages} pages`);
  await assert.rejects(till.call('getInvoicePdf', { params: { label: 'R1I-000009' } }), refusedWith('input.not-found'));
});
