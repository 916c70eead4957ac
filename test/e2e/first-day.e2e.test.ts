/** A shop's first day on one register, in a real Chromium: from first launch to the first sales in the history. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { launchBrowser, openScreen, scan } from './browser.ts';
import { answerWizard, holdToAxe, logIn, minorOf, openFromMenu, OWNER_PIN, totalOf } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';

const LONGEST_MS = 120_000;

interface ProductPage {
  readonly rows: readonly {
    readonly name: string;
    readonly codes: readonly string[];
    readonly priceMinor: number;
    readonly unit: string;
  }[];
}

test('first launch to first sales: wizard, log-in, scan, cash with change, card, receipt, history', { timeout: LONGEST_MS }, async () => {
  buildScreens();
  const register = await startRegister('first-day');
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openScreen(browser, register.url);
    page.setDefaultTimeout(10_000);
    const look = holdToAxe(page);
    await answerWizard(page, { mode: 'Single-register', registerName: 'Front till' }, look);
    await page.getByText('The cart is empty').waitFor();
    await look('sell');

    // Somebody else's PIN would do as well; a wrong one is refused beside the keys.
    await page.getByRole('button', { name: /Change user/ }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('PIN', { exact: true }).waitFor();
    await look('login');
    // Typed, wherever the focus was left.
    await page.evaluate('document.activeElement?.blur()');
    await page.keyboard.type('0000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await logIn(page, OWNER_PIN);

    const goods = (await page.evaluate(async () => (await fetch('/api/products?limit=50')).json())) as ProductPage;
    const [first, second] = goods.rows.filter((row) => row.unit === 'each' && row.codes.length > 0);
    assert.ok(first?.codes[0] !== undefined && second?.codes[0] !== undefined, 'the demo shop has products with barcodes');

    // Scanned, then three at once, wherever the focus is.
    await scan(page, first.codes[0]);
    await page.locator('.line', { hasText: first.name }).waitFor();
    await page.keyboard.type('3*', { delay: 120 });
    await scan(page, second.codes[0]);
    await page.locator('.line', { hasText: second.name }).waitFor();
    const dueMinor = first.priceMinor + 3 * second.priceMinor;
    assert.equal(await totalOf(page), dueMinor);
    await look('sell-cart');

    // An unknown code names itself and leaves the cart alone.
    await scan(page, '9999999999994');
    await page.getByText('No product has this code').waitFor();
    await look('sell-unknown');
    assert.equal(await totalOf(page), dueMinor);
    await page.keyboard.press('Escape');

    // Cash: the next note finishes the sale in one tap, and the change stays.
    await page.keyboard.press('F9');
    await page.getByRole('heading', { name: 'Payment' }).waitFor();
    await look('payment');
    const note = page.getByRole('group', { name: 'Cash given' }).getByRole('button').nth(1);
    const back = minorOf((await note.locator('small').innerText()).trim());
    await note.click();
    await page.getByRole('heading', { name: 'Change' }).waitFor();
    assert.equal(minorOf(await page.locator('.change-figure').innerText()), back);
    await look('paid');
    await page.getByRole('button', { name: 'Show receipt' }).click();
    await page.getByRole('dialog').locator('.receipt').waitFor();
    await look('receipt');
    await page.getByRole('button', { name: 'Close' }).click();

    // The next scan starts the next cart; search and Enter add; card is one key.
    await scan(page, first.codes[0]);
    await page.locator('.line', { hasText: first.name }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(second.name.slice(0, 6).toLowerCase(), { delay: 90 });
    await page.locator('.product-chosen').waitFor();
    await look('search');
    await page.keyboard.press('Escape');
    await page.keyboard.press('F6');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();

    // The history has both, newest first, each with its receipt.
    await openFromMenu(page, 'Sales');
    await page.locator('.sale-row').nth(1).waitFor();
    assert.deepEqual((await page.locator('.sale-row .total').allInnerTexts()).map(minorOf), [first.priceMinor, dueMinor]);
    await page.locator('.sale-row').nth(1).click();
    await page.locator('.receipt').getByText(second.name).waitFor();
    await look('sales');

    // The barcode on a receipt, scanned while selling, brings its sale back.
    const label = await page.locator('.receipt .code').innerText();
    await openFromMenu(page, 'Sell');
    await scan(page, label);
    await page.locator('.receipt', { hasText: label }).getByText(second.name).waitFor();

    for (const screen of ['Products', 'Customers', 'Registers', 'Users', 'To check', 'Settings'] as const) {
      await openFromMenu(page, screen, screen === 'Settings' ? 'Storage' : screen);
      await look(screen);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await register.stop();
  }
});
