/** Help > Diagnosis as a person sees it: all in order with a measured line, and a master that is gone named with what mends it. */
import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { holdToAxe, logIn, openFromMenu, OWNER_PIN } from './journeys.ts';
import { buildScreens, freePort, startRegister } from './register-process.ts';

const LONGEST_MS = 180_000;
/** The measuring itself, and what is drawn after it. */
const MEASURED_WITHIN_MS = 40_000;

test('Help > Diagnosis says that all is in order, draws the round trips, and names a stopped master', { timeout: LONGEST_MS }, async () => {
  buildScreens();
  const hubPort = await freePort();
  const front = await startRegister('diagnosis-master');
  const stall = await startRegister('diagnosis-slave', { deaf: true });
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
    await worst.filter({ hasText: /Way to the master Bad.*answers, but port \d+ is closed.*sells on by itself.*start AuraPOS/s }).waitFor();
    await look('diagnosis-apart');
    await worst.getByRole('link', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'Storage', level: 1 }).waitFor();
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await stall.stop();
    const cluster = await clusterFolder(front.folder);
    await front.stop();
    rmSync(cluster, { recursive: true, force: true });
  }
});
