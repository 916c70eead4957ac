/** A Canadian shop on its screens: a tax made of two in the settings, a sale that bears two, each by its name on the receipt and in the X. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { aurapos } from './aurapos-command.ts';
import { scan } from './browser.ts';
import { openFromMenu, totalOf } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 90_000;
const MUG = '2000000099998';

test(
  'a tax is made of two in the settings; a sale bears two, in its total at once, and each by its name on the receipt and in the X',
  { timeout: LONGEST_MS },
  () =>
    atSingleTill(
      'several-taxes',
      async ({ register, page, look }) => {
        await aurapos(register.folder, 'product', 'add', '--name', 'Mug', '--price', '9.99', '--barcode', MUG);

        await openFromMenu(page, 'Settings', '');
        await page.getByRole('link', { name: 'Taxes' }).click();
        await page.getByText('GST 5% + PST 7%').waitFor();
        await page.getByRole('button', { name: 'Add a tax' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Name').fill('Québec');
        await dialog.getByRole('button', { name: 'Made of several taxes' }).click();
        const rows = dialog.getByRole('group', { name: 'Taxes on the same goods' });
        await dialog.getByRole('button', { name: 'Save' }).click();
        await rows.getByText('It needs a name.').first().waitFor();
        for (const [at, name, percent] of [
          [0, 'TPS', '5'],
          [1, 'TPS', '9.975'],
        ] as const) {
          await rows.getByLabel('Name').nth(at).fill(name);
          await rows.getByLabel('Per cent').nth(at).fill(percent);
        }
        await rows.getByText('Two taxes have this name.').first().waitFor();
        await look('taxes-wrong');
        await rows.getByLabel('Name').nth(1).fill('TVQ');
        await rows.getByText('14.975%').waitFor();
        await rows.getByRole('button', { name: 'Add a tax' }).click();
        await rows.getByRole('button', { name: 'Remove', exact: true }).click();
        await look('taxes-several');
        await dialog.getByRole('button', { name: 'Save' }).click();
        await page.getByText('TPS 5% + TVQ 9.975%').waitFor();
        await look('taxes');

        await openFromMenu(page, 'Sell', '');
        await scan(page, MUG);
        await page.locator('.line').waitFor();
        await page.getByText('Taxes 1.20 included').waitFor();
        assert.equal(await totalOf(page), 1119);
        await page.keyboard.press('F5');
        await page.getByRole('heading', { name: 'Paid' }).waitFor();
        await page.getByRole('button', { name: 'Show receipt' }).click();
        const paper = page.locator('.receipt');
        for (const [tax, amount] of [
          ['GST 5% of 9.99', '0.50'],
          ['PST 7% of 9.99', '0.70'],
        ] as const)
          assert.equal(await paper.getByRole('row').filter({ hasText: tax }).locator('.num').last().innerText(), amount);
        await look('taxes-receipt');
        await page.getByRole('button', { name: 'Close' }).click();

        await openFromMenu(page, 'Cash');
        await page.getByRole('button', { name: /^X/ }).click();
        await page
          .getByRole('dialog')
          .getByRole('row', { name: /PST 7%.*9\.99.*0\.70/ })
          .waitFor();
        await look('taxes-x');
      },
      ['--country', 'CA'],
    ),
);
