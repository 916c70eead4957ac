/** A card at the counter, through a terminal that is a process of its own: approved, refused, cut off and settled, after a kill too. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { startTerminal } from '../support/simulated-terminal.ts';
import { aurapos } from './aurapos-command.ts';
import { scan } from './browser.ts';
import { logIn, openFromMenu } from './journeys.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 90_000;
const BREAD = '2000000000015';
/** Longer than this test: what is late here never comes. */
const LATE_MS = 60_000;

test(
  '[fault 1] a card is asked on the terminal, refused, cut off and settled; killed meanwhile, the cart opens where it was',
  { timeout: LONGEST_MS },
  async (t) => {
    const terminal = await startTerminal(null, LATE_MS);
    t.after(() => terminal.stop());
    await atSingleTill('card', async ({ register, page, look }) => {
      await openFromMenu(page, 'Settings', '');
      await page.getByRole('link', { name: 'Card terminal' }).click();
      await page.getByLabel('Terminal', { exact: true }).selectOption('simulated');
      await page.getByLabel('Port').fill(String(terminal.port));
      await look('settings-terminal');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();

      // One key: asked, approved, paid.
      await openFromMenu(page, 'Sell');
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await page.keyboard.press('F6');
      await page.getByRole('heading', { name: 'Paid' }).waitFor();
      assert.deepEqual(
        terminal.journal.map(({ amountMinor }) => amountMinor),
        [145],
      );

      // 1.01 is refused, 1.05 taken and cut off: somebody looks, the rest is cash.
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await page.keyboard.press('F9');
      await page.getByRole('heading', { name: 'Payment' }).waitFor();
      await page.keyboard.press('F6');
      await page.keyboard.type('101');
      await page.keyboard.press('Enter');
      await page.getByText('The card was refused.').waitFor();
      await look('card-declined');
      await page.keyboard.type('105');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'The card terminal did not answer' }).waitFor();
      await look('card-unknown');
      await page.getByRole('button', { name: 'It says paid' }).click();
      await page.getByRole('button', { name: 'Give 1.05 back to the card' }).waitFor();
      await look('card-taken');
      await page.keyboard.press('F5');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Paid' }).waitFor();

      // Killed while the terminal is at it: whoever comes back finds the cart at its payment.
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await page.keyboard.press('F9');
      await page.getByRole('heading', { name: 'Payment' }).waitFor();
      await page.keyboard.press('F6');
      await page.keyboard.type('103');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'The card terminal is asked' }).waitFor();
      await look('card-asked');
      await register.kill();
      await register.start();
      await page.goto(register.url);
      await logIn(page).catch(() => {});
      await page.getByRole('heading', { name: 'The card terminal did not answer' }).waitFor();
      await page.getByRole('button', { name: 'Not paid' }).click();
      await page.getByText('The card was not charged.').waitFor();
      await page.keyboard.press('F5');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Paid' }).waitFor();

      const sold = (await aurapos(register.folder, 'sale', 'list')) as { rows: { methods: string[] }[] };
      assert.deepEqual(
        sold.rows.map(({ methods }) => methods),
        [['Cash'], ['Card', 'Cash'], ['Card']],
      );
      assert.equal(((await aurapos(register.folder, 'verify')) as { ok: boolean }).ok, true);
    });
  },
);
