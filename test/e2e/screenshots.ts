/**
 * Every screen and dialog, light and dark, at the till's size, on a desk and on a phone, into the folder named on the command line:
 * `node test/e2e/screenshots.ts FOLDER [CATALOGUE]`. For looking at; a screen with a barrier or a complaint of the browser fails the run.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../src/base/clock.ts';
import { findBarriers, launchBrowser, openScreen, scan } from './browser.ts';
import { makeCuttableLink } from '../support/cuttable-link.ts';
import { answerWizard, chooseSlave, joinMaster, logIn, openFromMenu, type Look } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const SIZES = [
  { name: 'till', width: 1024, height: 768 },
  { name: 'desk', width: 1920, height: 1080 },
  { name: 'phone', width: 390, height: 844 },
] as const;

const problems: string[] = [];

function lookInto(folder: string, page: Page, variant: string): Look {
  return async (name) => {
    await page.evaluate('document.fonts.ready.then(() => null)');
    await page.screenshot({ path: join(folder, `${name}-${variant}.png`) });
    for (const barrier of await findBarriers(page)) problems.push(`${name} ${variant}: ${barrier}`);
  };
}

/** One state in every size, light and dark, on one page. */
function lookAllOver(folder: string, page: Page): Look {
  return async (name) => {
    for (const { name: size, width, height } of SIZES) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await lookInto(folder, page, `${size}-${colorScheme}`)(name);
      }
    }
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.emulateMedia({ colorScheme: 'light' });
  };
}

async function tour(page: Page, url: string, look: Look): Promise<void> {
  await page.getByLabel('PIN', { exact: true }).waitFor();
  await look('login');
  await logIn(page);
  const products = await fetchCodes(page);
  for (const code of products) await scan(page, code);
  await page
    .locator('.line')
    .nth(products.length - 1)
    .waitFor();
  await look('sell');
  await page.getByLabel('Search products').fill('a');
  await page.locator('.product-chosen').waitFor();
  await look('sell-search');
  await page.getByLabel('Search products').fill('');
  await page.getByRole('heading', { name: 'Cart' }).click();
  await scan(page, '5410000000019');
  await page.getByText('No product has this code').waitFor();
  await look('sell-unknown');
  await page.getByRole('button', { name: 'Sell at a price' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Dairy' }).waitFor();
  await look('sell-department');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Close' }).click();
  for (const [button, name] of [
    [/^Quantity/, 'sell-quantity'],
    [/^Customer$/, 'sell-customer'],
  ] as const) {
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').waitFor();
    await look(name);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await look('sell-keys');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Change user/ }).click();
  await look('change-user');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByRole('heading', { name: 'Amount due' }).waitFor();
  await look('pay');
  await page.getByRole('group', { name: 'Cash given' }).getByRole('button').nth(1).click();
  await page.getByRole('heading', { name: 'Change' }).waitFor();
  await look('paid');
  await page.getByRole('button', { name: 'Show receipt' }).click();
  await page.locator('dialog .receipt').waitFor();
  await look('receipt');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('.status').click();
  await look('status');
  await page.keyboard.press('Escape');
  await page.goto(`${url}#/sales`);
  await page.locator('.sale-row').first().waitFor();
  await look('sales-list');
  await page.locator('.sale-row').first().click();
  await page.locator('.receipt').waitFor();
  await look('sales');
  await lookAtCash(page, url, look);
  await page.goto(`${url}#/products`);
  await page.locator('.product-row').first().waitFor();
  await look('products');
  await page.locator('.product-row').first().click();
  await page.getByRole('dialog').waitFor();
  await look('product');
  await page.keyboard.press('Escape');
  await lookAtForms(page, url, look);
  await page.goto(`${url}#/products/import`);
  const file = { name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from('barcode,name,price\n5410000000019,Jam,3.20\n,Tea,x\n') };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.locator('.import-table').waitFor();
  await look('import');
  for (const screen of ['customers', 'users', 'registers', 'to-check', 'settings']) {
    await page.goto(`${url}#/${screen}`);
    // On a phone the settings begin with their menu.
    await page.getByRole('heading', { level: 1 }).or(page.getByLabel('Search settings')).first().waitFor();
    await page.waitForLoadState('networkidle').catch(() => {
      // The event stream never idles; what was asked for is there by now.
    });
    await look(screen);
  }
}

/** The drawer from the first sale's silent opening to its close, 20 short, and the Z of it. */
async function lookAtCash(page: Page, url: string, look: Look): Promise<void> {
  await page.goto(`${url}#/cash`);
  await page.getByRole('heading', { name: 'The drawer is open' }).waitFor();
  await page.getByRole('button', { name: 'Take cash out' }).click();
  await page.getByLabel('Reason').fill('Window cleaner');
  await page.getByLabel('Amount').fill('1.50');
  await look('cash-out');
  await page.getByRole('button', { name: 'Take out' }).click();
  await page.getByText('Window cleaner').waitFor();
  await look('cash');
  await page.getByRole('button', { name: 'X report' }).click();
  await page.getByRole('dialog').getByText('Turnover').first().waitFor();
  await look('cash-x');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Count and close' }).click();
  await page.getByLabel('€5.00', { exact: true }).fill('1');
  await look('cash-count');
  await page.getByRole('button', { name: 'All counted' }).click();
  await page.getByRole('heading', { name: 'Close the drawer' }).waitFor();
  await look('cash-result');
  await page.getByRole('button', { name: 'Close drawer' }).click();
  await page.getByRole('heading', { name: 'The drawer is closed' }).waitFor();
  await look('cash-closed');
  await page.getByRole('link', { name: 'Closings' }).click();
  await page.getByRole('button', { name: 'Make the Z' }).click();
  await page.getByText('Perpetual total').waitFor();
  await look('closing');
}

/** New product, customer and user, with what they say when nothing is filled in. */
async function lookAtForms(page: Page, url: string, look: Look): Promise<void> {
  for (const [screen, add] of [
    ['products', 'Add product'],
    ['customers', 'Add customer'],
    ['users', 'Add user'],
  ] as const) {
    await page.goto(`${url}#/${screen}`);
    await page.getByRole('button', { name: add }).first().click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByRole('alert').first().waitFor();
    await look(`${screen}-new`);
    await page.getByRole('button', { name: 'Cancel' }).click();
  }
  await page.goto(`${url}#/settings/storage`);
  await page.getByRole('button', { name: 'Change to this' }).click();
  await look('settings-ask');
  await page.keyboard.press('Escape');
}

async function fetchCodes(page: Page): Promise<readonly string[]> {
  const { rows } = await page.evaluate(
    async () => (await (await fetch('/api/products?limit=100')).json()) as { rows: { codes: string[]; unit: string }[] },
  );
  return rows.flatMap((row) => (row.unit === 'each' ? row.codes.slice(0, 1) : [])).slice(0, 4);
}

async function wizard(browser: Browser, url: string, folder: string): Promise<void> {
  const { page, context, complaints } = await openScreen(browser, url);
  await answerWizard(page, { mode: 'Single-register', registerName: 'Front till' }, lookAllOver(folder, page));
  await page.getByLabel('Search products').waitFor();
  problems.push(...complaints);
  await context.close();
}

/** Mirrored, as for a language written from right to left. */
async function mirrored(browser: Browser, url: string, folder: string): Promise<void> {
  const { page, context } = await openScreen(browser, url);
  const look = lookInto(folder, page, 'till-mirrored');
  await logIn(page);
  for (const code of await fetchCodes(page)) await scan(page, code);
  await page.locator('.line').nth(3).waitFor();
  await page.evaluate("document.documentElement.dir = 'rtl'");
  await look('sell');
  await page.keyboard.press('F9');
  await page.getByRole('heading', { name: 'Amount due' }).waitFor();
  await look('pay');
  await page.keyboard.press('F6');
  await page.goto(`${url}#/registers`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('registers');
  await context.close();
}

/** A master and a slave: set-up at work, recovery code, pairing, joining, cut off and together again; then a large import. */
async function shopOfTwo(browser: Browser, folder: string, catalogue: string | undefined): Promise<void> {
  const hubPort = await freePort();
  const [front, stall] = [await startRegister('shots-front'), await startRegister('shots-stall', { deaf: true })];
  const link = await makeCuttableLink(hubPort);
  try {
    const { page: master } = await openScreen(browser, front.url);
    const look = lookAllOver(folder, master);
    const skip = (): Promise<void> => Promise.resolve();
    await answerWizard(master, { mode: 'Multi-register — Master', registerName: 'Front till', hubPort }, skip);
    await master.locator('.stages').waitFor();
    await look('wizard-work');
    await master.locator('[data-recovery-code]').waitFor({ timeout: 60_000 });
    await look('wizard-recovery');
    await master.getByLabel('I have printed it or written it down').check();
    await master.getByRole('button', { name: 'Start selling' }).click();
    await openFromMenu(master, 'Registers');
    await master.getByRole('button', { name: 'Pair a register' }).click();
    const code = await master.locator('[data-pairing-code]').getAttribute('data-pairing-code');
    await look('pairing');
    const { page: slave } = await openScreen(browser, stall.url);
    const lookAtSlave = lookAllOver(folder, slave);
    await chooseSlave(slave, 'Market stall', lookAtSlave);
    await slave.getByLabel('Master address').fill(`127.0.0.1:${await freePort()}`);
    await slave.getByRole('button', { name: /^Test/ }).click();
    await slave.getByRole('alert').waitFor();
    await lookAtSlave('wizard-join-refused');
    await slave.reload();
    await joinMaster(slave, { registerName: 'Market stall', address: `127.0.0.1:${link.port}`, code: code ?? '' }, lookAtSlave);
    await logIn(slave);
    await slave.getByText('Online').waitFor();
    await master.getByRole('row', { name: /Market stall/ }).waitFor();
    await look('registers-two');
    await link.cut();
    await slave.getByText('not reachable since').waitFor();
    for (const shelf of await fetchCodes(slave)) await scan(slave, shelf);
    await slave.keyboard.press('F6');
    await slave.getByRole('heading', { name: 'Paid' }).waitFor();
    await scan(slave, '5410000000019');
    await slave.getByText('No product has this code').waitFor();
    await lookAtSlave('sell-apart');
    await slave.locator('.status').click();
    await lookAtSlave('status-apart');
    await slave.keyboard.press('Escape');
    await openFromMenu(slave, 'Sales');
    await lookAtSlave('sales-apart');
    await openFromMenu(slave, 'Settings', 'Storage');
    await lookAtSlave('settings-slave');
    await slave.getByRole('button', { name: 'Change the master’s address' }).click();
    await lookAtSlave('settings-address');
    await slave.getByRole('button', { name: 'Save' }).click();
    await slave.getByRole('alert').waitFor();
    await lookAtSlave('settings-address-refused');
    await slave.getByRole('button', { name: 'Cancel' }).click();
    await systemClock.sleep(2_000);
    await look('registers-apart');
    for (const verb of ['Rename', 'Revoke']) {
      await master.getByRole('button', { name: `${verb} Market stall` }).click();
      await look(`registers-${verb.toLowerCase()}`);
      await master.keyboard.press('Escape');
    }
    await link.mend();
    await slave.getByText('Back together').waitFor();
    await lookAtSlave('sales-back');
    await openFromMenu(master, 'Settings', 'Storage');
    await master.getByRole('button', { name: 'Give the part to another' }).waitFor();
    await look('settings-master');
    if (catalogue === undefined) return;
    await openFromMenu(master, 'Products');
    await master.getByRole('link', { name: 'Import CSV' }).click();
    await master.locator('input[type=file]').setInputFiles(catalogue);
    await master
      .getByRole('button', { name: /^Import/ })
      .last()
      .waitFor({ timeout: 60_000 });
    await look('import-large');
    await master
      .getByRole('button', { name: /^Import/ })
      .last()
      .click();
    await master.locator('.figures').waitFor();
    await look('import-running');
    await master.getByText('See the products').waitFor({ timeout: 60_000 });
    await look('import-done');
    await openFromMenu(master, 'Products');
    await master.locator('.product-row').nth(5).waitFor();
    await look('products-large');
    await openFromMenu(master, 'Sell', 'Sell');
    await master.getByLabel('Search products').fill('choco lait');
    await master.locator('.product-chosen').waitFor();
    await look('sell-search-large');
  } finally {
    await link.close();
    await stall.stop();
    await front.stop();
  }
}

async function main(folder: string | undefined, catalogue: string | undefined): Promise<void> {
  assert.ok(folder !== undefined, 'name the folder for the pictures');
  mkdirSync(folder, { recursive: true });
  buildScreens();
  const register = await startRegister('screenshots');
  const browser = await launchBrowser();
  try {
    await shopOfTwo(browser, folder, catalogue);
    await wizard(browser, register.url, folder);
    await mirrored(browser, register.url, folder);
    for (const size of SIZES) {
      for (const dark of [false, true]) {
        const { page, context, complaints } = await openScreen(browser, register.url, { ...size, dark });
        await tour(page, register.url, lookInto(folder, page, `${size.name}-${dark ? 'dark' : 'light'}`));
        problems.push(...complaints);
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await register.stop();
  }
  assert.deepEqual(problems, []);
}

await main(process.argv[2], process.argv[3]);
