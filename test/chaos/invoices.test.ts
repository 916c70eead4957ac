/** Invoices of three registers that do not see one another: every series without a gap, one sale that two made an invoice of told to a person. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { checkShop, openShop, settle, type ShopOfTills } from '../support/shop-of-tills.ts';
import { cashMethod, sell, type Till } from '../support/till.ts';

const BUYER = { name: 'Söhne GmbH', address: 'Berlin', taxNumber: 'DE123456789' };

const till = (shop: ShopOfTills, at: number): Till => present(shop.tills[at], `register ${at + 1}`);

async function sellOne(seller: Till): Promise<{ uuid: string; label: string }> {
  const { rows } = await seller.call('listProducts', { query: { limit: 1 } });
  return sell(
    seller,
    rows.map(({ id }) => id),
    await cashMethod(seller),
  );
}

async function invoice(at: Till, uuid: string): Promise<string> {
  return (await at.call('makeInvoice', { params: { uuid }, body: BUYER })).label;
}

/** Sells, makes invoices, and gives one of them back. */
async function work(shop: ShopOfTills, at: number, shared: string, sold: Map<string, string>): Promise<string[]> {
  const register = till(shop, at);
  const labels = [await invoice(register, shared)];
  for (let count = 0; count <= at + 1; count++) {
    const { uuid, label } = await sellOne(register);
    sold.set(uuid.replaceAll('-', ''), label);
    labels.push(await invoice(register, uuid));
    if (count > 0) continue;
    const [line] = (await register.call('soldLines', { params: { uuid } })).rows;
    await register.call('refundSale', {
      params: { uuid },
      body: { lines: [{ ref: line?.ref ?? '', quantityMilli: line?.quantityMilli ?? 0 }] },
    });
    const { id: cart, totalMinor, payBack } = await register.call('getCart');
    const refund = await register.call('pay', {
      body: { cart, totalMinor, tenders: payBack.map(({ method, amountMinor }) => ({ method, amountMinor: -amountMinor })) },
    });
    sold.set(refund.uuid.replaceAll('-', ''), refund.label);
    labels.push(...(await register.call('listInvoices', { params: { uuid: refund.uuid } })).rows.map((row) => row.label));
  }
  return labels;
}

test(
  '[P4] three registers apart give out invoices and credit notes, each series without a gap; one sale invoiced thrice is told',
  { timeout: 180_000 },
  async (t) => {
    const shop = await openShop(2);
    t.after(() => shop.stop());
    const { uuid: shared } = await sellOne(till(shop, 0));
    await settle(shop);
    const sold = new Map<string, string>();
    await till(shop, 1).stop();
    await till(shop, 2).stop();
    const labels = [...(await work(shop, 0, shared, sold))];
    await till(shop, 0).stop();
    for (const at of [1, 2]) {
      await shop.restart(at);
      labels.push(...(await work(shop, at, shared, sold)));
    }
    await shop.restart(0);
    await settle(shop);
    const series = Map.groupBy(labels, (label) => label.split('-')[0] ?? '');
    assert.deepEqual(
      new Map([...series].map(([name, of]) => [name, of.length])),
      new Map([
        ['R1I', 3],
        ['R1C', 1],
        ['R2I', 4],
        ['R2C', 1],
        ['R3I', 5],
        ['R3C', 1],
      ]),
    );
    for (const [name, of] of series)
      assert.deepEqual(
        of.toSorted(),
        of.map((_, at) => `${name}-${String(at + 1).padStart(6, '0')}`),
      );
    assert.deepEqual(await checkShop(shop, sold), []);
    for (const register of shop.tills) {
      const rows = (await register.call('listToCheck')).rows.filter(({ kind }) => kind === 'invoiced-twice');
      assert.deepEqual(
        rows.map((row) => ('labels' in row ? row.labels.toSorted() : [])),
        [['R1I-000001', 'R2I-000001', 'R3I-000001']],
      );
      // Each of them can be read on every register, with its buyer.
      const { fileName, pdf } = await register.call('getInvoicePdf', { params: { label: 'R3I-000002' } });
      assert.equal(fileName, 'R3I-000002.pdf');
      assert.ok(Buffer.from(pdf, 'base64').toString('latin1').startsWith('%PDF-'));
      const { rows: papers } = await register.call('listInvoices', { params: { uuid: shared } });
      assert.deepEqual(
        papers.map(({ buyer }) => buyer),
        ['Söhne GmbH', 'Söhne GmbH', 'Söhne GmbH'],
      );
    }
  },
);
