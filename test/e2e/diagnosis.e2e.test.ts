/**
 * Help > Diagnosis as a person sees it: all in order with a measured line, and a master that is gone named with what mends it. Then another
 * takes over without the recovery code, and the old one, back, is told of it on the screen and joins it there.
 */
import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { holdToAxe, logIn, lookTwice, openFromMenu, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 180_000;
/** The measuring itself, and what is drawn after it. */
const MEASURED_WITHIN_MS = 40_000;

test(
  '[fault 20] Help > Diagnosis says that all is in order, draws the round trips, and names a stopped master; back, that one is told of the one with other keys',
  { timeout: LONGEST_MS },
  async () => {
    buildScreens();
    const hubPort = await freePort();
    const front = await startRegister('diagnosis-master');
    const stall = await startRegister('diagnosis-slave');
    const browser = await launchBrowser();
    try {
      await aurapos(front.folder, 'setup', '--mode', 'master', '--pin', OWNER_PIN, '--hub-port', String(hubPort));
      const { code } = (await aurapos(front.folder, 'pair')) as { code: string };
      await aurapos(stall.folder, 'setup', '--mode', 'slave', '--register', 'Stall', '--master', `127.0.0.1:${hubPort}`, '--code', code);
      const { page, complaints } = await openScreen(browser, stall.url);
      page.setDefaultTimeout(15_000);
      const look = holdToAxe(page);
      await logIn(page);
      await openFromMenu(page, 'Help', 'Diagnosis');
      await page.getByText('Everything is in order.').waitFor();
      const rows = page.getByRole('list', { name: 'Checks' }).getByRole('listitem');
      await rows.filter({ hasText: `The master answers at 127.0.0.1, port ${hubPort}.` }).waitFor();
      await rows.filter({ hasText: /TLSv1\.3, proved; the certificate has no end/ }).waitFor();
      await look('diagnosis');
      await page.getByRole('button', { name: 'Measure for 30 seconds' }).click();
      await page.getByText(/Measuring: \d+ of 30 seconds/).waitFor();
      await page.locator('.diagnosis-plot polyline').first().waitFor();
      await rows.filter({ hasText: /Round trip.*Good: half the answers within/s }).waitFor({ timeout: MEASURED_WITHIN_MS });
      await look('diagnosis-measured');
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save support file' }).click();
      assert.equal((await saving).suggestedFilename(), 'aurapos-support.json');

      await front.halt();
      await page.getByRole('button', { name: 'Check again' }).click();
      const worst = rows.first();
      await worst
        .filter({ hasText: /Way to the master Bad.*answers, but port \d+ is closed.*sells on by itself.*start AuraPOS/s })
        .waitFor();
      await look('diagnosis-apart');
      await worst.getByRole('link', { name: 'Open' }).click();
      await page.getByRole('heading', { name: 'Storage', level: 1 }).waitFor();
      assert.deepEqual(complaints, []);
      await page.close();

      const port = String(await freePort());
      await aurapos(stall.folder, 'storage', 'take-over', '--without-code', '--hub-port', port);
      await front.start();
      const old = await openScreen(browser, front.url);
      old.page.setDefaultTimeout(15_000);
      await logIn(old.page);
      await old.page.getByText('Stall says that it is the shop’s main register, with other keys.').waitFor();
      await old.page.getByRole('link', { name: 'Bring them together' }).waitFor();
      await openFromMenu(old.page, 'Help', 'Diagnosis');
      const named = old.page.getByRole('list', { name: 'Checks' }).getByRole('listitem').first();
      await named.filter({ hasText: /Main register Bad.*Stall at .* with other keys.*pair the other with it by a code/s }).waitFor();
      await named.getByRole('link', { name: 'Open' }).click();
      await old.page.getByRole('heading', { name: /^Stall at .* says that it is the main register of this shop$/ }).waitFor();
      await lookTwice(old.page, 'storage-other-keys');
      await old.page.getByRole('button', { name: 'Pair with the shop again' }).click();
      const dialog = old.page.getByRole('dialog');
      assert.equal(await dialog.getByLabel('Port').inputValue(), port);
      // Here it listens at this machine alone.
      await dialog.getByLabel('Address of the master').fill('127.0.0.1');
      await dialog.getByLabel('Pairing code').fill(((await aurapos(stall.folder, 'pair')) as { code: string }).code);
      await dialog.getByRole('button', { name: 'Start' }).click();
      await old.page.getByText('Stall says that it is the shop’s main register').waitFor({ state: 'detached' });
      await old.page.getByText('Online', { exact: true }).first().waitFor();
      const { mode } = (await aurapos(front.folder, 'status')) as { mode: string };
      assert.equal(mode, 'slave');
      assert.deepEqual(old.complaints, []);
    } finally {
      await browser.close();
      const clusters = await Promise.all([stall, front].map(({ folder }) => clusterFolder(folder)));
      await front.stop();
      await stall.stop();
      for (const cluster of clusters) rmSync(cluster, { recursive: true, force: true });
    }
  },
);
