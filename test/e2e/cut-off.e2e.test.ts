/**
 * The link between two registers cut and mended under both screens: a single register becomes a master while it has sales, a slave joins
 * over a cable that the test can cut, both sell and add while apart, and once it is mended both hold the same shop.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Answer } from '../../src/protocol/api/routes.ts';
import type { Verified } from '../../src/store/verify.ts';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen, scan } from './browser.ts';
import { makeCuttableLink } from '../support/cuttable-link.ts';
import { addCustomer, addProduct, holdToAxe, logIn, openFromMenu, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister, type RegisterProcess } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 120_000;
/** A cluster is made, the data is moved and compared. */
const MASTER_WITHIN_MS = 60_000;
const NOTICED_WITHIN_MS = 3_000;
/** "Within about a second", on a machine that runs both registers, PostgreSQL and Chromium. */
const RECONNECTED_WITHIN_MS = 2_500;
const LIVE_WITHIN_MS = 10_000;
/** Shorter cuts are not worth a word (sync-loop.ts). */
const WORTH_TELLING_MS = 5_000;

type SalePage = Answer<'listSales'>;

test('cut off, both sell on and add; mended, it says what happened and both hold the same shop', { timeout: LONGEST_MS }, async () => {
  buildScreens();
  const hubPort = await freePort();
  const front = await startRegister('front');
  const stall = await startRegister('stall', { deaf: true });
  const link = await makeCuttableLink(hubPort);
  const browser = await launchBrowser();
  try {
    await aurapos(front.folder, 'setup', '--mode', 'single', '--country', 'NL', '--pin', OWNER_PIN, '--catalogue', 'demo');
    const { page: master, complaints } = await openScreen(browser, front.url);
    master.setDefaultTimeout(LIVE_WITHIN_MS);
    await logIn(master);
    const code = await firstCode(master);
    await sellByCard(master, code);
    await becomeMaster(master, hubPort);

    const { code: pairing } = (await aurapos(front.folder, 'pair')) as { code: string };
    const join = ['setup', '--mode', 'slave', '--register', 'Market stall', '--code', pairing] as const;
    await aurapos(stall.folder, ...join, '--master', `127.0.0.1:${link.port}`);
    const { page: slave, complaints: slaveComplaints } = await openScreen(browser, stall.url);
    slave.setDefaultTimeout(LIVE_WITHIN_MS);
    await logIn(slave);
    await slave.getByText('Online').waitFor();
    await openFromMenu(master, 'Sell');

    await link.cut();
    const cutMs = Date.now();
    await slave.getByText('Front till not reachable since').waitFor();
    const noticedAt = performance.now();
    const noticedMs = (await stand(stall)).sinceMs - cutMs;
    assert.ok(noticedMs < NOTICED_WITHIN_MS, `${noticedMs}`);

    // Apart, each sells, and takes on a customer and a product of its own.
    for (const [page, name, price] of [
      [slave, 'Stall', '2900000000018'],
      [master, 'Front', '2900000000025'],
    ] as const) {
      await sellByCard(page, code);
      await openFromMenu(page, 'Customers');
      await addCustomer(page, `${name} regular`);
      await openFromMenu(page, 'Products');
      await addProduct(page, { name: `${name} special`, price: '4.50', barcode: price });
      await openFromMenu(page, 'Sell');
      await sellByCard(page, price);
    }
    await slave.getByText('2 sales safe here.').waitFor();
    await holdToAxe(slave)('sell-apart');
    await passed(noticedAt, WORTH_TELLING_MS);

    const mendedMs = Date.now();
    await link.mend();
    await slave.getByText('Online', { exact: true }).waitFor();
    const reconnectedMs = (await stand(stall)).sinceMs - mendedMs;
    assert.ok(reconnectedMs < RECONNECTED_WITHIN_MS, `${reconnectedMs}`);
    await slave.getByText('Back together').waitFor();
    await slave.getByText(/\d+ changes sent, \d+ (change )?received/).waitFor();
    await holdToAxe(slave)('sell-healed');
    await slave.getByRole('button', { name: 'Got it' }).click();
    await slave.getByText('Back together').waitFor({ state: 'detached' });

    // What was added elsewhere is here, found and sold by its code.
    await sellByCard(slave, '2900000000025', 'Front special');
    await sellByCard(master, '2900000000018', 'Stall special');
    await haveSameSales(front.folder, stall.folder, 7);
    for (const folder of [front.folder, stall.folder]) {
      const verified = (await aurapos(folder, 'verify')) as Verified;
      assert.deepEqual({ ok: verified.ok, sales: verified.sales, problem: verified.problem }, { ok: true, sales: 7, problem: null });
    }
    assert.deepEqual([...complaints, ...slaveComplaints], []);
  } finally {
    await browser.close();
    await link.close();
    await stall.stop();
    await front.stop();
  }
});

/** As the register itself dates it: a screen under test shares the processors with other tests. */
async function stand({ folder }: RegisterProcess): Promise<{ readonly sinceMs: number }> {
  return (await aurapos(folder, 'status')) as { sinceMs: number };
}

/** Settings > Storage, from single to master, while the screen stays usable. */
async function becomeMaster(page: Page, hubPort: number): Promise<void> {
  await openFromMenu(page, 'Settings', 'Storage');
  await page.getByRole('button', { name: 'Change to this' }).click();
  await page.getByLabel('Port').fill(String(hubPort));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('[data-recovery-code]').waitFor({ timeout: MASTER_WITHIN_MS });
  await page.getByText('This register is the master now').first().waitFor();
  await holdToAxe(page)('storage-became-master');
  await page.getByRole('link', { name: 'Add registers' }).click();
  await page.getByRole('heading', { name: 'Registers', level: 1 }).waitFor();
}

async function firstCode(page: Page): Promise<string> {
  const { rows } = await page.evaluate(
    async () => (await (await fetch('/api/products?limit=50')).json()) as { rows: { codes: string[]; unit: string }[] },
  );
  const code = rows.find((row) => row.unit === 'each' && row.codes.length > 0)?.codes[0];
  assert.ok(code !== undefined, 'the demo shop has products with barcodes');
  return code;
}

async function sellByCard(page: Page, code: string, name?: string): Promise<void> {
  await scan(page, code);
  await page.locator('.line', name === undefined ? {} : { hasText: name }).waitFor();
  await page.keyboard.press('F6');
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
}

/** The same sales on both, in every column that is not about the register that was asked. */
async function haveSameSales(one: string, other: string, count: number): Promise<void> {
  const until = performance.now() + LIVE_WITHIN_MS;
  for (;;) {
    const [here, there] = await Promise.all(
      [one, other].map(async (folder) => shared((await aurapos(folder, 'sale', 'list')) as SalePage)),
    );
    if (here?.length === count && there?.length === count) return assert.deepEqual(here, there);
    assert.ok(performance.now() < until, `sales: ${here?.length} and ${there?.length} of ${count}`);
  }
}

function shared({ rows }: SalePage): object[] {
  return rows.map(({ state: _state, knownAt: _knownAt, ...sale }) => sale).sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

async function passed(sinceMs: number, ms: number): Promise<void> {
  const restMs = sinceMs + ms - performance.now();
  if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
}
