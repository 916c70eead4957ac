/** The owner makes a role of the shop's own and gives it to somebody, finds a setting by searching, and a cashier feels both. */
import { test } from 'node:test';
import { scan } from './browser.ts';
import { changeUser, openFromMenu } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 90_000;
const BREAD = '2000000000015';

test(
  'a role of the shop’s own opens screens and closes them; settings are found by what stands on them, on a phone too',
  { timeout: LONGEST_MS },
  () =>
    atSingleTill('roles', async ({ register, page, look }) => {
      await openFromMenu(page, 'Users');
      await page.getByRole('link', { name: 'Roles' }).click();
      await page.getByText('Comes with the program').first().waitFor();
      await look('roles');
      await page.getByRole('button', { name: 'Add role' }).click();
      await page.getByLabel('Name').fill('Shelf filler');
      await page.getByLabel('Stock', { exact: true }).check();
      await look('role');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: /Shelf filler.*2 rights.*0 users/ }).waitFor();

      await page.getByRole('navigation', { name: 'Parts of Users' }).getByRole('link', { name: 'Users' }).click();
      await page.getByRole('button', { name: 'Add user' }).click();
      await page.getByLabel('Name').fill('Bo');
      await page.getByLabel('Role').selectOption('Shelf filler');
      await page.getByLabel('PIN', { exact: true }).fill('112233');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('link', { name: /Bo.*Shelf filler/ }).click();
      await page.getByRole('heading', { name: 'What Bo did' }).waitFor();
      await page.getByText('Added,').first().waitFor();
      await look('user');

      await page.goto(`${register.url}/#/settings`);
      await page.getByLabel('Search settings').fill('scales');
      await page.getByRole('link', { name: /Selling/ }).click();
      await page.getByText('article 2100001').waitFor();
      await look('settings-selling');
      await page.getByLabel('Reason when a line is taken back').check();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('It holds at every register').waitFor();
      await page.getByLabel('A trading day ends at').selectOption('240');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('It holds at every register').waitFor();
      await page.reload();
      await page.getByRole('option', { name: '04:00', selected: true }).waitFor({ state: 'attached' });

      // On a phone the menu is a page of its own.
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('link', { name: 'All settings' }).click();
      await page.getByLabel('Search settings').fill('cover');
      await page.getByRole('link', { name: /Printing/ }).click();
      await page.getByRole('heading', { name: 'Printing' }).waitFor();
      await look('settings-phone');
      await page.setViewportSize({ width: 1024, height: 768 });

      await page.goto(`${register.url}/#/sell`);
      await changeUser(page, '112233', 'Bo');
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await page.keyboard.press('Delete');
      await page.getByLabel('Reason').fill('customer changed their mind');
      await look('void-reason');
      await page.keyboard.press('Enter');
      await page.locator('.line').waitFor({ state: 'detached' });
      await openFromMenu(page, 'Stock');
      await page.getByRole('heading', { name: 'Stock' }).waitFor();
    }),
);
