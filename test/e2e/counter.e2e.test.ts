/** What happens at a counter beside plain sales: a discount that a manager allows on the spot, a held cart, a refund, an exchange. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { aurapos } from './aurapos-command.ts';
import { scan } from './browser.ts';
import { addCashier, changeUser, openFromMenu, OWNER_PIN, totalOf } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 90_000;
const CASHIER_PIN = '7391';
const BREAD = '2000000000015';

async function typePin(page: Page, pin: string): Promise<void> {
  await page.getByRole('dialog').getByLabel('PIN', { exact: true }).fill(pin);
  await page.getByRole('dialog').getByRole('button', { name: 'Allow' }).click();
}

async function takeOff(page: Page, percent: string): Promise<void> {
  await page.getByRole('button', { name: 'Discount', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Per cent off').fill(percent);
  await dialog.getByRole('button', { name: 'OK' }).click();
}

test('discounts up to the limit alone, above it with a manager’s PIN; hold and go on; refund and exchange', { timeout: LONGEST_MS }, () =>
  atSingleTill('counter', async ({ register, page, look }) => {
    await addCashier(page, CASHIER_PIN);
    await changeUser(page, CASHIER_PIN, 'Sam');

    await scan(page, BREAD);
    await scan(page, BREAD);
    const whole = await totalOf(page);
    await page.getByRole('button', { name: 'Discount', exact: true }).click();
    await look('price-dialog');
    await page.getByRole('dialog').getByLabel('Per cent off').fill('1o');
    await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
    await page.getByText('is not a discount').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await takeOff(page, '10');
    await page.locator('.line').getByText('off').waitFor();
    assert.equal(await totalOf(page), Math.round(whole * 0.9));

    await takeOff(page, '50');
    await page.getByRole('heading', { name: 'A larger discount' }).waitFor();
    await look('grant');
    await typePin(page, '999999');
    await page.getByText('That PIN is not right').waitFor();
    await typePin(page, OWNER_PIN);
    await page.getByRole('dialog', { name: 'Baguette' }).waitFor({ state: 'detached' });
    assert.equal(await totalOf(page), whole / 2);

    await page.keyboard.press('F4');
    await page.getByRole('dialog').getByLabel('Name').fill('Lena');
    await look('hold');
    await page.keyboard.press('Enter');
    await page.getByText('The cart is empty').waitFor();
    await page.keyboard.press('F4');
    await page.getByRole('button', { name: /Lena/ }).waitFor();
    await look('held');
    await page.getByRole('button', { name: /Lena/ }).click();
    await page.locator('.line').waitFor();
    assert.equal(await totalOf(page), whole / 2);
    await page.keyboard.press('F6');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();

    // The refund of one of the two, for one of another: nobody pays but the difference.
    await openFromMenu(page, 'Sales');
    await page.locator('.sale-row').first().click();
    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByRole('button', { name: /One more of/ }).click();
    await look('refund');
    await page.getByRole('button', { name: /To the cart/ }).click();
    await page.getByRole('heading', { name: 'A refund' }).waitFor();
    await typePin(page, OWNER_PIN);
    await page.getByText('Gives back a sold one').waitFor();
    await page.getByRole('button', { name: 'Give back' }).click();
    await page.getByRole('heading', { name: 'To give back' }).waitFor();
    await look('pay-back');
    await page.getByRole('button', { name: 'Give back as it was paid' }).click();
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    await page.getByRole('button', { name: 'Show receipt' }).click();
    await page.getByText('REFUND').waitFor();
    await look('refund-receipt');
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'More for this cart' }).click();
    await look('cart-menu');
    await page.getByRole('button', { name: 'Close' }).click();
    const sold = (await aurapos(register.folder, 'sale', 'list')) as { rows: { totalMinor: number; methods: string[] }[] };
    assert.deepEqual(
      sold.rows.map(({ totalMinor, methods }) => [totalMinor, methods]),
      [
        [-Math.ceil(whole / 4), ['Card']],
        [whole / 2, ['Card']],
      ],
    );
    const verified = (await aurapos(register.folder, 'verify')) as { ok: boolean };
    assert.equal(verified.ok, true);
  }),
);
