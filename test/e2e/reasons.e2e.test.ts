/** A shop that wants to know why something is taken out of a cart: asked at the keyboard and the buttons, for less of a line and for all of it. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { scan } from './browser.ts';
import { openFromMenu } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 60_000;
const BREAD = '2000000000015';

test('less of a line and an emptied cart ask why, as a removed line does', { timeout: LONGEST_MS }, () =>
  atSingleTill('reasons', async ({ page, look }) => {
    await openFromMenu(page, 'Settings', '');
    await page.getByRole('link', { name: 'Selling' }).click();
    await page.getByLabel('Reason when a line is taken back').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It holds at every register').waitFor();
    await openFromMenu(page, 'Sell', '');
    for (let count = 0; count < 3; count++) await scan(page, BREAD);
    const quantity = page.getByRole('button', { name: /^Quantity: / });
    await quantity.filter({ hasText: '3' }).waitFor();

    await page.getByRole('button', { name: 'One less' }).click();
    await page.getByRole('heading', { name: /^Lower the quantity of/ }).waitFor();
    await look('void-lower');
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await quantity.innerText(), '3', 'nothing was taken out');
    await page.getByRole('button', { name: 'One less' }).click();
    await page.getByLabel('Reason').fill('only two');
    await page.keyboard.press('Enter');
    await quantity.filter({ hasText: '2' }).waitFor();
    await page.getByRole('button', { name: 'One more' }).click();
    await quantity.filter({ hasText: '3' }).waitFor();

    await page.getByRole('button', { name: 'More for this cart' }).click();
    await page.getByRole('button', { name: 'Empty the cart' }).click();
    await page.getByRole('heading', { name: 'Empty the cart' }).waitFor();
    await look('void-empty');
    await page.getByLabel('Reason').fill('left without paying');
    await page.keyboard.press('Enter');
    await page.getByText('The cart is empty').waitFor();
  }),
);
