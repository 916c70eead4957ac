/**
 * An owner's backups: a place chosen on the screen, one made and tried out, a stick pulled, a fresh machine put back by its first screen, and the
 * register itself put back from Settings while it runs.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen, scan } from './browser.ts';
import { holdToAxe, logIn, openFromMenu, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';

const LONGEST_MS = 180_000;
const BREAD = '2000000000015';
/** A folder for pictures, to look at what this test saw. */
const PICTURES = process.env['AURAPOS_PICTURES'];

async function sellBread(page: Page): Promise<void> {
  await scan(page, BREAD);
  await page.locator('.line').waitFor();
  await page.keyboard.press('F5');
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
}

async function openBackups(page: Page): Promise<void> {
  await openFromMenu(page, 'Settings', '');
  await page.getByRole('link', { name: 'Backups' }).first().click();
  await page.getByRole('heading', { name: 'Backups', level: 1 }).waitFor();
}

test(
  '[fault 31] on the screen: a backup is made, encrypted, tried out; the stick pulled is an alert; a fresh machine is put back in the wizard and shows the sales',
  { timeout: LONGEST_MS },
  async () => {
    buildScreens();
    const target = mkdtempSync(join(tmpdir(), 'aurapos-stick-'));
    const [register, fresh] = [await startRegister('backups'), await startRegister('restored')];
    const browser = await launchBrowser();
    try {
      await aurapos(register.folder, 'setup', '--mode', 'single', '--catalogue', 'demo', '--pin', OWNER_PIN);
      const { page, complaints } = await openScreen(browser, register.url);
      page.setDefaultTimeout(15_000);
      const axe = holdToAxe(page);
      const look = async (name: string): Promise<void> => {
        await axe(name);
        if (PICTURES === undefined) return;
        for (const [size, width, height] of [['till', 1024, 768] as const, ['phone', 390, 844] as const])
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.setViewportSize({ width, height });
            await page.emulateMedia({ colorScheme });
            await page.screenshot({ path: join(PICTURES, `${name}-${size}-${colorScheme}.png`), fullPage: true });
          }
        await page.setViewportSize({ width: 1024, height: 768 });
        await page.emulateMedia({ colorScheme: 'light' });
      };
      await logIn(page);
      await sellBread(page);
      await openBackups(page);
      await page.getByText('No backups are made of this register.').waitFor();
      await look('backups-off');

      await page.getByLabel('Folder, stick or network path').fill(target);
      await page.getByLabel('Encrypt them with the owner’s recovery code').check();
      await page.getByRole('button', { name: 'Save' }).click();
      const code = (await page.locator('[data-recovery-code]').first().innerText()).trim();
      assert.match(code, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
      await look('backups-code');
      await page.getByLabel('I have printed it').check();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

      await page.getByRole('button', { name: 'Back up now' }).click();
      await page.getByText('Backed up, and read back').waitFor();
      await page.getByRole('button', { name: 'Try it out' }).click();
      await page.getByText('Tried out: everything in it is in order').waitFor();
      await page.getByText('You could lose at most 0 sales.').waitFor();
      await page.getByRole('listitem').filter({ hasText: '1 sale' }).first().waitFor();
      await look('backups-proven');

      await openFromMenu(page, 'Sell', '');
      await sellBread(page);
      await openBackups(page);
      await page.getByText('You could lose at most 1 sale.').waitFor();
      renameSync(target, `${target}-pulled`);
      await page.getByRole('button', { name: 'Back up now' }).click();
      await page.locator('.banner').getByText('is not there').waitFor();
      await look('backups-gone');
      await openFromMenu(page, 'To check');
      await page.getByText('Earlier backups stay as they are.').first().waitFor();
      await look('to-check-backups');
      renameSync(`${target}-pulled`, target);
      await openBackups(page);
      await page.getByRole('button', { name: 'Back up now' }).click();
      await page.getByText('Backed up, and read back').waitFor();
      await page.locator('.banner').waitFor({ state: 'detached' });
      assert.deepEqual(complaints, []);

      await page.goto(fresh.url);
      await page.getByRole('button', { name: /Restore from a backup/ }).click();
      await page.getByLabel('Where the backups are').fill(target);
      await page.getByRole('button', { name: 'Look' }).click();
      await page.getByRole('radio').first().waitFor();
      await look('wizard-restore');
      await page.getByLabel('Recovery code').fill('0000-0000-0000-0000-0000-0000-0000');
      await page.getByRole('button', { name: /^Restore/ }).click();
      await page.getByText('That recovery code does not open this shop.').waitFor();
      await look('wizard-wrong-code');
      await page.getByRole('button', { name: 'Back', exact: true }).click();
      await page.getByLabel('Recovery code').fill(code.toLowerCase());
      await page.getByRole('button', { name: /^Restore/ }).click();
      await logIn(page);
      await openFromMenu(page, 'Sales');
      await page.locator('.sale-row').nth(1).waitFor();
      await openFromMenu(page, 'Sell', '');
      await sellBread(page);
      const { rows } = (await aurapos(fresh.folder, 'sale', 'list')) as { rows: { label: string }[] };
      assert.match(rows[0]?.label ?? '', /^R1b-\w{4}-000001$/);
      assert.deepEqual(
        rows.slice(1).map(({ label }) => label),
        ['R1-000002', 'R1-000001'],
      );

      // The register itself, in Settings: what is newer here is said and comes along, with an open cart it waits for a person.
      await page.goto(register.url);
      await logIn(page);
      await sellBread(page);
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await openBackups(page);
      const here = page.getByRole('region', { name: 'Put this register back from a backup' });
      await here.getByRole('button', { name: 'Look' }).click();
      await here.getByRole('radio').first().check();
      await here.getByLabel('Recovery code').fill(code);
      await look('restore-here');
      await here.getByRole('button', { name: 'Restore this one' }).click();
      const ask = page.getByRole('dialog');
      await ask.getByText('This register holds 1 sale more than the backup. It comes along.').waitFor();
      await look('restore-ask');
      await ask.getByRole('button', { name: 'Restore', exact: true }).click();
      await ask.getByText('A sale is open on this register').waitFor();
      await ask.getByRole('button', { name: 'Cancel' }).click();
      await openFromMenu(page, 'Sell', '');
      await page.keyboard.press('F5');
      await page.getByRole('heading', { name: 'Paid' }).waitFor();
      await openBackups(page);
      await here.getByRole('button', { name: 'Look' }).click();
      await here.getByRole('radio').first().check();
      await here.getByLabel('Recovery code').fill(code);
      await here.getByRole('button', { name: 'Restore this one' }).click();
      await ask.getByText('This register holds 2 sales more than the backup. They come along.').waitFor();
      await ask.getByRole('button', { name: 'Restore', exact: true }).click();
      await logIn(page);
      await openFromMenu(page, 'Sell', '');
      await sellBread(page);
      const again = (await aurapos(register.folder, 'sale', 'list')) as { rows: { label: string }[] };
      assert.match(again.rows[0]?.label ?? '', /^R1b-\w{4}-000001$/);
      assert.deepEqual(
        again.rows.slice(1).map(({ label }) => label),
        ['R1-000004', 'R1-000003', 'R1-000002', 'R1-000001'],
      );
      assert.equal(readdirSync(register.folder).filter((name) => name.startsWith('before-restore-')).length, 1);
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      await register.stop();
      await fresh.stop();
      for (const folder of [target, `${target}-pulled`]) rmSync(folder, { recursive: true, force: true });
    }
  },
);
