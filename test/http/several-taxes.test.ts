/** A Canadian shop over HTTP and on the command line: two taxes from the settings to the receipt, the Z, the invoice, the accounts, the checks. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { systemClock } from '../../src/base/clock.ts';
import { sumTaxes } from '../../src/domain/tax-parts.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { aurapos } from '../e2e/aurapos-command.ts';
import { temporaryFolder } from '../support/shop.ts';
import { ApiRefusal, cashMethod, sell, setUpTill, startTill, type Till } from '../support/till.ts';

let till: Till;
const folder = temporaryFolder();

before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single', { country: 'CA' });
});
after(async () => {
  await till.stop();
  folder.remove();
});

test('two taxes at once: from the settings to the receipt, the refund, the X and Z, the invoice, the accounts, the archive and the checks', async () => {
  const parts = [
    { name: 'TPS', ratePpm: 50_000 },
    { name: 'TVQ', ratePpm: 99_750 },
  ];
  const refused = till.call('addTax', { body: { name: 'Québec', ratePpm: 150_000, parts } });
  await assert.rejects(refused, (error) => error instanceof ApiRefusal && error.code === 'input.invalid');
  const tax = await till.call('addTax', { body: { name: 'Québec', ratePpm: 149_750, parts } });
  const { rows: taxes } = await till.call('listTaxCategories');
  assert.deepEqual(
    present(
      taxes.find(({ id }) => id === tax.id),
      'the tax',
    ).parts,
    parts,
  );
  const { rows: rates } = await till.call('listTaxRates');
  assert.deepEqual(
    present(
      rates.find(({ taxCategory }) => taxCategory === tax.id),
      'its rate',
    ).parts,
    parts,
  );

  const poutine = await till.call('addProduct', { body: { name: 'Poutine', priceMinor: 999, taxCategory: tax.id } });
  const { rows: found } = await till.call('quickSearch', { query: { q: 'poutine' } });
  assert.deepEqual([found[0]?.includesTax, found[0]?.taxRatePpm, found[0]?.taxParts], [false, 149_750, parts]);
  await till.call('addLine', { body: { product: poutine.id, quantityMilli: 2000 } });
  const cart = await till.call('getCart');
  assert.deepEqual([cart.totalMinor, cart.taxMinor, cart.lines[0]?.taxParts], [1998 + 100 + 199, 299, parts]);

  const cash = await cashMethod(till);
  const sold = await sell(till, [], cash);
  const named = (rows: readonly { name: string | null; netMinor: number; taxMinor: number }[]) =>
    rows.map(({ name, netMinor, taxMinor }) => [name, netMinor, taxMinor]);
  const receipt = await till.call('getSale', { params: { uuid: sold.uuid } });
  const both = [
    ['TPS', 1998, 100],
    ['TVQ', 1998, 199],
  ];
  assert.deepEqual(named(receipt.taxes), both);

  await till.call('makeInvoice', { params: { uuid: sold.uuid }, body: { name: 'Office' } });
  const { pdf } = await till.call('getInvoicePdf', { params: { label: 'R1I-000001' } });
  assert.ok(Buffer.from(pdf, 'base64').includes('/FontFile2'));

  const [line] = (await till.call('soldLines', { params: { uuid: sold.uuid } })).rows;
  const back = { ref: present(line, 'the line').ref, quantityMilli: 1000 };
  const refund = await till.call('refundSale', { params: { uuid: sold.uuid }, body: { lines: [back] } });
  assert.deepEqual([refund.totalMinor, refund.taxMinor], [-(999 + 50 + 100), -150]);
  // In cash it comes to the nearest five cents.
  const tenders = [{ method: cash, amountMinor: -1150 }];
  const returned = await till.call('pay', { body: { cart: refund.id, totalMinor: refund.totalMinor, tenders } });
  assert.deepEqual(named(returned.taxes), [
    ['TPS', -999, -50],
    ['TVQ', -999, -100],
  ]);

  const left = [
    ['TPS', 999, 50],
    ['TVQ', 999, 99],
  ];
  assert.deepEqual(named(sumTaxes((await till.call('xReport')).totals.taxes)), left);
  const report = await till.call('reportSales', { query: { fromMs: 0, untilMs: systemClock.nowMs() + 60_000 } });
  assert.deepEqual(named(report.taxes), left);
  const { register, number } = await till.call('closeDay');
  const z = await till.call('getClosing', { query: { kind: 'z', register, number } });
  assert.deepEqual(named(sumTaxes(z.totals.taxes)), left);
  const { text } = await till.call('getAccounts', { query: { kind: 'z', register, number } });
  assert.match(text, /,tax TVQ,Tax TVQ 9\.975 %,,0\.99,/);
  assert.match(text, /,tax TPS,Tax TPS 5 %,,0\.50,/);
  const archive = await till.call('getArchive', { query: { kind: 'z', register, number } });
  const pages = await Promise.all(archive.chains.map(async (chain) => (await till.call('getArchivePage', { query: chain })).text));
  const file = join(folder.path, archive.fileName.replaceAll(' ', '-'));
  writeFileSync(file, archive.text + pages.join(''));
  assert.deepEqual(((await aurapos(folder.path, 'verify', '--archive', file)) as { problem: unknown }).problem, null);
  assert.deepEqual(((await aurapos(folder.path, 'verify')) as { problem: unknown }).problem, null);
});

test('aurapos tax: added by its rate or by the taxes it is made of, and listed', async () => {
  await aurapos(folder.path, 'tax', 'add', '--name', 'Ontario', '--percent', '13');
  await aurapos(folder.path, 'tax', 'add', '--name', 'BC', '--part', 'GST=5', '--part', 'PST=7');
  const { rows } = (await aurapos(folder.path, 'tax', 'list')) as Answer<'listTaxCategories'>;
  assert.deepEqual(
    rows
      .filter(({ name }) => name === 'Ontario' || name === 'BC')
      .map(({ name, ratePpm, parts }) => [name, ratePpm, parts?.length ?? null]),
    [
      ['Ontario', 130_000, null],
      ['BC', 120_000, 2],
    ],
  );
  for (const wrong of [['--percent', 'x'], [], ['--percent', '5', '--part', 'GST=5'], ['--part', 'GST']])
    await assert.rejects(aurapos(folder.path, 'tax', 'add', '--name', 'Odd', ...wrong), /input\.invalid/);
});
