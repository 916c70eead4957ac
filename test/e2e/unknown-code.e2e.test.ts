/** A code that no product has: a cashier sells it all the same, and the owner makes it a product from To check. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { scan } from './browser.ts';
import { addCashier, changeUser, openFromMenu, OWNER_PIN, totalOf } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 60_000;
const CASHIER_PIN = '7391';
const CODE = '5410000000019';

test('an unknown code is sold at a price under a department by a cashier, and mended by the owner', { timeout: LONGEST_MS }, () =>
  atSingleTill('unknown-code', async ({ page, look }) => {
    await addCashier(page, CASHIER_PIN);

    // Another PIN takes over; what only the owner may see is gone from the screen.
    await changeUser(page, CASHIER_PIN, 'Sam');
    await page.getByRole('heading', { name: 'Sell', level: 1 }).waitFor();
    assert.equal(await page.getByText('Add user').count(), 0);

    await page.keyboard.type('3*', { delay: 120 });
    await scan(page, CODE);
    await page.getByText('No product has this code').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Add product' }).count(), 0);
    await page.getByRole('button', { name: 'Sell at a price' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Dairy' }).click();
    await dialog.getByLabel('Price').fill('2.5o');
    await dialog.getByRole('button', { name: 'Add to cart' }).click();
    await dialog.getByText('is not a price').waitFor();
    await look('department');
    await dialog.getByLabel('Price').fill('2.50');
    await dialog.getByLabel('Price').press('Enter');
    await page.locator('.line', { hasText: CODE }).getByText('Dairy').waitFor();
    assert.equal(await totalOf(page), 750);
    await page.keyboard.press('F6');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();

    await changeUser(page, OWNER_PIN, 'Owner');
    await openFromMenu(page, 'To check');
    await page.getByText('Sold once, under Dairy at €2.50').waitFor();
    await look('to-check');
    await page.getByRole('button', { name: 'Add product' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Skyr');
    await page.getByLabel('Price', { exact: true }).fill('2.60');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Nothing to check').waitFor();
    await openFromMenu(page, 'Sell');
    await scan(page, CODE);
    await page.locator('.line', { hasText: 'Skyr' }).waitFor();
    assert.equal(await totalOf(page), 260);
  }),
);
