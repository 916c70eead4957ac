/** A voucher over the counter: sold from the cart's menu, printed, scanned, used in part at payment; a tip; and a payment corrected. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { aurapos } from './aurapos-command.ts';
import { scan } from './browser.ts';
import { openFromMenu } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 90_000;
const BREAD = '2000000000015';

test('a voucher is sold, scanned, used in part with a card and a tip; cash that was a card is corrected', { timeout: LONGEST_MS }, () =>
  atSingleTill('voucher', async ({ register, page, look }) => {
    await page.getByRole('button', { name: 'More for this cart' }).click();
    await page.getByRole('button', { name: 'Sell a voucher' }).click();
    await page.getByLabel('What it is worth').fill('1.00');
    await look('sell-voucher');
    await page.keyboard.press('Enter');
    await page.locator('.line').waitFor();
    await page.keyboard.press('F5');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    await page.getByRole('button', { name: 'Show receipt' }).click();
    await page.getByText('VOUCHER €').waitFor();
    await look('voucher-receipt');
    const code = (await page.locator('.voucher .code').innerText()).trim();
    await page.getByRole('button', { name: 'Close' }).click();

    // Scanned like any code: what is left of it.
    await scan(page, code);
    await page.getByText('1.00 left').waitFor();
    await look('voucher');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

    // 1.45: the voucher pays 1.00, the card the rest and 0.20 for whoever served.
    await scan(page, BREAD);
    await page.locator('.line').waitFor();
    await page.keyboard.press('F9');
    await page.getByRole('heading', { name: 'Payment' }).waitFor();
    await page.getByRole('button', { name: /Voucher/ }).click();
    await page.getByLabel('Code of the voucher').fill(code);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Use .*1\.00/ }).click();
    await page.getByText('Left to pay').waitFor();
    await page.keyboard.press('F6');
    await page.keyboard.type('65');
    await page.getByRole('heading', { name: 'Tip' }).waitFor();
    await look('tip');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();

    await openFromMenu(page, 'Sales');
    await page.locator('.sale-row').first().click();
    await page.getByRole('button', { name: 'Paid another way' }).click();
    await look('swap');
    await page.getByRole('button', { name: 'Paid by Cash instead' }).click();
    await page.getByText('(not Card)').waitFor();

    await openFromMenu(page, 'Settings', '');
    for (const settings of ['Vouchers', 'Fiscal device']) {
      await page.getByRole('link', { name: settings }).click();
      await page.getByRole('heading', { name: settings, level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Save' }).waitFor();
      await look(settings);
    }
    await openFromMenu(page, 'Customers');
    await page.getByRole('button', { name: 'Add customer' }).first().click();
    await page.getByLabel('May pay later, on account').check();
    await page.getByLabel('The most they may owe').waitFor();
    await look('customer-on-account');

    const sold = (await aurapos(register.folder, 'sale', 'list')) as { rows: { totalMinor: number; methods: string[] }[] };
    assert.deepEqual(
      sold.rows.map(({ totalMinor, methods }) => [totalMinor, methods]),
      [
        [165, ['Voucher', 'Cash']],
        [100, ['Cash']],
      ],
    );
    assert.equal(((await aurapos(register.folder, 'verify')) as { ok: boolean }).ok, true);
  }),
);
