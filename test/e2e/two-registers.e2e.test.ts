/** Two registers side by side in a real Chromium: a master set up and a slave joined by their screens, then each other's work seen live. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { launchBrowser, openScreen, scan } from './browser.ts';
import { answerWizard, holdToAxe, joinMaster, logIn, minorOf, openFromMenu, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 240_000;
/** A master brings up a database; a slave pulls the shop. */
const SET_UP_WITHIN_MS = 90_000;
/** What "by itself" may take on a machine that runs both registers, PostgreSQL and Chromium. */
const LIVE_WITHIN_MS = 10_000;
const LATE_MS = 2_000;

test('a master, a slave joined by code: TEST_SYNC and a sale show on the other by themselves', { timeout: LONGEST_MS }, async () => {
  buildScreens();
  const hubPort = await freePort();
  const front = await startRegister('master');
  const stall = await startRegister('slave');
  const browser = await launchBrowser();
  try {
    const { page: master, complaints } = await openScreen(browser, front.url);
    master.setDefaultTimeout(15_000);
    const look = holdToAxe(master);
    // Who is here, asked before the owner is logged in and answered after: it logs nobody out.
    await master.route('**/api/state', async (route) => {
      const answer = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, LATE_MS));
      await route.fulfill({ response: answer });
    });
    await answerWizard(master, { mode: 'Multi-register — Master', registerName: 'Front till', hubPort }, look);
    await master.locator('[data-recovery-code]').waitFor({ timeout: SET_UP_WITHIN_MS });
    await look('recovery-code');
    await master.getByLabel('I have printed it or written it down').check();
    await master.getByRole('button', { name: 'Start selling' }).click();
    await master.getByText('The cart is empty').waitFor();
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    await master.unroute('**/api/state');

    await openFromMenu(master, 'Registers');
    await master.getByRole('button', { name: 'Pair a register' }).click();
    const code = await master.locator('[data-pairing-code]').getAttribute('data-pairing-code');
    assert.ok(code !== null, 'the master shows a pairing code');
    await look('pairing');

    const { page: slave, complaints: slaveComplaints } = await openScreen(browser, stall.url);
    slave.setDefaultTimeout(15_000);
    const lookAtSlave = holdToAxe(slave);
    await joinMaster(slave, { registerName: 'Market stall', address: `127.0.0.1:${hubPort}`, code }, lookAtSlave);
    await slave.getByLabel('PIN', { exact: true }).waitFor({ timeout: SET_UP_WITHIN_MS });
    await logIn(slave, OWNER_PIN);
    await slave.getByText('Online').waitFor({ timeout: LIVE_WITHIN_MS });
    await master.getByRole('row', { name: /Market stall/ }).waitFor({ timeout: LIVE_WITHIN_MS });
    // The code was good for one register, and is gone from the screen.
    await master.locator('[data-pairing-code]').waitFor({ state: 'detached' });

    // A product made on the master appears in the slave's open list.
    await openFromMenu(slave, 'Products');
    await slave.getByLabel('Search by name, code or price').fill('TEST_SYNC');
    await slave.getByText('No product fits').waitFor();
    await openFromMenu(master, 'Products');
    await master.getByRole('button', { name: 'Add product' }).click();
    await master.getByLabel('Name', { exact: true }).fill('TEST_SYNC');
    await master.getByLabel('Price', { exact: true }).fill('9.90');
    await master.getByLabel('Barcodes').fill('2900000000018');
    await master.getByRole('button', { name: 'Save' }).click();
    await slave.locator('.product-row', { hasText: 'TEST_SYNC' }).waitFor({ timeout: LIVE_WITHIN_MS });

    // A sale on the slave appears in the master's open history, and says where it comes from.
    await openFromMenu(master, 'Sales');
    await openFromMenu(slave, 'Sell', 'Sell');
    await scan(slave, '2900000000018');
    await slave.locator('.line', { hasText: 'TEST_SYNC' }).waitFor();
    await slave.keyboard.press('F6');
    await slave.getByRole('heading', { name: 'Paid' }).waitFor();
    const row = master.locator('.sale-row', { hasText: 'Just now from R2' });
    await row.waitFor({ timeout: LIVE_WITHIN_MS });
    assert.equal(minorOf(await row.locator('.total').innerText()), 990);
    await look('sales-live');
    await row.click();
    await master.locator('.receipt').getByText('TEST_SYNC').waitFor();

    // The slave's own history says that it was sent.
    await openFromMenu(slave, 'Sales');
    await slave.locator('.sale-row', { hasText: 'Sent' }).waitFor({ timeout: LIVE_WITHIN_MS });
    await lookAtSlave('sales-sent');

    // The master is gone: the slave says so calmly and sells on. The master comes back: the banner goes, and it sends.
    await front.halt();
    await slave.getByText('Front till not reachable since').waitFor({ timeout: LIVE_WITHIN_MS });
    await openFromMenu(slave, 'Sell', 'Sell');
    await scan(slave, '2900000000018');
    await slave.locator('.line', { hasText: 'TEST_SYNC' }).waitFor();
    await slave.keyboard.press('F6');
    await slave.getByRole('heading', { name: 'Paid' }).waitFor();
    await slave.getByText('1 sale safe here').waitFor({ timeout: LIVE_WITHIN_MS });
    await lookAtSlave('sell-apart');
    await front.start();
    await slave.getByText('Online').waitFor({ timeout: SET_UP_WITHIN_MS });
    assert.equal(await slave.getByText('not reachable').count(), 0);
    await lookAtSlave('sell-healed');

    // Both histories are the same.
    await master.reload();
    await logIn(master, OWNER_PIN);
    await openFromMenu(master, 'Sales');
    await openFromMenu(slave, 'Sales');
    const labels = (page: typeof slave) => page.locator('.sale-row .id .num').allInnerTexts();
    await master.locator('.sale-row').nth(1).waitFor({ timeout: LIVE_WITHIN_MS });
    assert.deepEqual(await labels(master), ['R2-000002', 'R2-000001']);
    assert.deepEqual(await labels(slave), await labels(master));
    // While its register was gone, the master's own screen lost its stream, and nothing else was wrong.
    const others = complaints.filter((complaint) => !complaint.includes('api/events'));
    assert.deepEqual([...others, ...slaveComplaints], []);
  } finally {
    await browser.close();
    await stall.stop();
    await front.stop();
  }
});
