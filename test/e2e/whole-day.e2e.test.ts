/**
 * A shop's whole day on two registers in a real Chromium: set-up and an import, the drawer opened, thirty sales, a cart held at one register and
 * paid at the other, a discount that a manager allows, a split payment, refund, exchange, a bottle, an invoice, goods received and counted, a
 * blind count, the close, the Z, and its archive checked where there is nothing else. With AURAPOS_GUIDE_PICTURES set it leaves the pictures of
 * docs/guide behind.
 */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen, scan } from './browser.ts';
import {
  addCashier,
  answerWizard,
  changeUser,
  holdToAxe,
  joinMaster,
  logIn,
  openFromMenu,
  OWNER_PIN,
  totalOf,
  type Look,
} from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 240_000;
const SET_UP_WITHIN_MS = 90_000;
const LIVE_WITHIN_MS = 10_000;
const BIN = join(import.meta.dirname, '../../bin/aurapos');
const PICTURES = join(import.meta.dirname, '../../docs/guide/pictures');
const CASHIER_PIN = '7391';
/** Baguette, croissant and milk of the demo shop. */
const BREAD = '2000000000015';
const SALES = 30;
/** The sale after those, and the one with a bottle brought back. */
const THREE_THINGS = 'R1-000031';
const WITH_BOTTLE = 'R1-000035';
const JAM = '5410000000019';
const JUICE = '5410000000026';
const FILE = `barcode,name,price,cost,category\n${JAM},Plum jam,3.20,1.90,Pantry\n${JUICE},Apple juice,2.80,1.40,Drinks\n,Empty bottle,0.25,,Drinks\n,Tea towel,x,,Home\n`;

/** Held to axe; and a picture of it for the guide, where those are asked for. */
function lookAt(page: Page): Look {
  const barriers = holdToAxe(page);
  const wanted = process.env['AURAPOS_GUIDE_PICTURES'] !== undefined;
  if (wanted) mkdirSync(PICTURES, { recursive: true });
  return async (name) => {
    await barriers(name);
    if (!wanted) return;
    await page.evaluate('document.fonts.ready.then(() => null)');
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  };
}

const noLook = (): Promise<void> => Promise.resolve();

/** A machine that runs both registers and Chromium draws for a while: a scanner's keys must not fall apart over it. */
async function scanWhenQuiet(page: Page, code: string): Promise<void> {
  await page.evaluate('new Promise((done) => requestIdleCallback(() => done(null), { timeout: 500 }))');
  await scan(page, code);
}

async function put(page: Page, code: string): Promise<void> {
  const before = await page.locator('.line').count();
  await scanWhenQuiet(page, code);
  await page.locator('.line').nth(before).waitFor();
}

async function paid(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
}

async function grant(page: Page): Promise<void> {
  await page.getByRole('dialog').getByLabel('PIN', { exact: true }).fill(OWNER_PIN);
  await page.getByRole('dialog').getByRole('button', { name: 'Allow' }).click();
}

async function importFile(page: Page, look: Look): Promise<void> {
  await openFromMenu(page, 'Products');
  await page.locator('.product-row').first().waitFor();
  await look('products');
  await page.getByRole('link', { name: 'Import CSV' }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) });
  await page.locator('.import-table').waitFor();
  await look('import');
  await page
    .getByRole('button', { name: /^Import/ })
    .last()
    .click();
  await page.getByRole('link', { name: 'See the products' }).click();
  await page.getByLabel('Search by name, code or price').fill('plum');
  await page.locator('.product-row', { hasText: 'Plum jam' }).waitFor();
}

async function joinSecond(master: Page, slave: Page, hubPort: number, look: Look): Promise<void> {
  await openFromMenu(master, 'Registers');
  await master.getByRole('button', { name: 'Pair a register' }).click();
  const code = await master.locator('[data-pairing-code]').getAttribute('data-pairing-code');
  assert.ok(code !== null);
  await joinMaster(slave, { registerName: 'Market stall', address: `127.0.0.1:${hubPort}`, code }, noLook);
  await slave.getByLabel('PIN', { exact: true }).waitFor({ timeout: SET_UP_WITHIN_MS });
  await logIn(slave, OWNER_PIN);
  await slave.getByText('Online').waitFor({ timeout: LIVE_WITHIN_MS });
  await master.getByRole('row', { name: /Market stall/ }).waitFor({ timeout: LIVE_WITHIN_MS });
  await look('registers');
}

async function openDrawer(page: Page, look: Look): Promise<void> {
  await openFromMenu(page, 'Cash');
  await page.getByLabel('Float').fill('100');
  await look('drawer-closed');
  await page.getByRole('button', { name: 'Open drawer' }).click();
  await page.getByLabel(/Count blind/).check();
  await look('drawer-open');
}

/** Two of three in cash. */
async function sellThirty(page: Page, codes: readonly string[]): Promise<void> {
  for (let sold = 0; sold < SALES; sold++) {
    await scanWhenQuiet(page, codes[sold % codes.length] ?? BREAD);
    await page.locator('.line').first().waitFor();
    await page.getByRole('button', { name: sold % 3 === 0 ? /^Card/ : /^Exact cash/ }).click();
    await paid(page);
  }
}

async function holdAndGoOn(page: Page, other: Page, look: Look): Promise<void> {
  await put(page, JAM);
  await page.keyboard.press('F4');
  await page.getByRole('dialog').getByLabel('Name').fill('Lena');
  await look('hold');
  await page.keyboard.press('Enter');
  await page.getByText('The cart is empty').waitFor();
  await openFromMenu(other, 'Sell', 'Sell');
  await other.getByRole('button', { name: 'More for this cart' }).click();
  await other.getByRole('button', { name: 'Held carts (1)' }).click({ timeout: LIVE_WITHIN_MS });
  await other.getByRole('button', { name: /Lena/ }).click();
  await other.locator('.line', { hasText: 'Plum jam' }).waitFor();
  await other.keyboard.press('F5');
  await paid(other);
}

async function discountByManager(page: Page, look: Look): Promise<void> {
  await put(page, BREAD);
  const whole = await totalOf(page);
  await page.getByRole('button', { name: 'Discount', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Per cent off').fill('50');
  await look('discount');
  await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
  await page.getByRole('heading', { name: 'A larger discount' }).waitFor();
  await look('discount-pin');
  await grant(page);
  await page.locator('.line').getByText('off').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await totalOf(page), Math.floor(whole / 2));
}

/** A part in cash, the rest by card. */
async function payInTwo(page: Page, look: Look): Promise<void> {
  await page.keyboard.press('F9');
  await page.getByRole('heading', { name: 'Payment' }).waitFor();
  await page.keyboard.type('50');
  await page.keyboard.press('Enter');
  await page.getByText('Left to pay').waitFor();
  await page.keyboard.press('F6');
  await look('payment');
  await page.keyboard.press('Enter');
  await paid(page);
}

async function openSale(page: Page, label: string): Promise<void> {
  await openFromMenu(page, 'Sales');
  await page.locator('.sale-row', { hasText: label }).click();
  await page.locator('.receipt', { hasText: label }).waitFor();
}

/** One of the sale's pieces into the cart the other way round; the cashier needs somebody's PIN for it. */
async function startRefund(page: Page, name: string, look: Look): Promise<void> {
  await openSale(page, THREE_THINGS);
  await look('sales');
  await page.getByRole('button', { name: 'Refund' }).click();
  await page.getByRole('button', { name: `One more of ${name}` }).click();
  await look('refund');
  await page.getByRole('button', { name: /To the cart/ }).click();
  await page.getByRole('heading', { name: 'A refund' }).waitFor();
  await grant(page);
  await page.getByText('Gives back a sold one').waitFor();
}

async function refund(page: Page, look: Look): Promise<void> {
  await startRefund(page, 'Baguette', look);
  await page.getByRole('button', { name: 'Give back' }).click();
  await page.getByRole('button', { name: 'Give back as it was paid' }).click();
  await paid(page);
}

async function exchange(page: Page, look: Look): Promise<void> {
  await startRefund(page, 'Plum jam', noLook);
  for (const code of [BREAD, JUICE]) await put(page, code);
  await look('exchange');
  await page.keyboard.press('F5');
  await paid(page);
}

async function takeBottle(page: Page, look: Look): Promise<void> {
  await put(page, JUICE);
  await page.getByRole('button', { name: 'More for this cart' }).click();
  await look('cart-menu');
  await page.getByRole('button', { name: 'Bottles back' }).click();
  await page.getByRole('dialog').getByLabel('Search products').fill('empty bot');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Empty bottle/ })
    .click();
  await page.locator('.line').nth(1).waitFor();
  assert.equal(await totalOf(page), 255);
  await look('bottles');
  await page.keyboard.press('F5');
  await paid(page);
}

async function makeInvoice(page: Page, look: Look): Promise<void> {
  await openSale(page, WITH_BOTTLE);
  await page.getByRole('button', { name: 'Invoice', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name or company').fill('Café Nord');
  await dialog.getByLabel('Address').fill('Canal Street 12\n1000 Brussels');
  await look('invoice');
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Make an invoice' }).click()]);
  assert.match(file.suggestedFilename(), /\.pdf$/);
}

async function workOnStock(page: Page, look: Look): Promise<void> {
  await openFromMenu(page, 'Stock');
  for (const [button, many, figure] of [
    ['Receive goods', 'How many came', '24'],
    ['Count', 'How many are there', '22'],
  ] as const) {
    await page.getByRole('button', { name: button, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('searchbox').or(dialog.getByRole('combobox')).or(dialog.getByRole('textbox')).first().fill('plum');
    await dialog.getByRole('button', { name: /Plum jam/ }).click();
    await dialog.getByLabel(many).fill(figure);
    await look(button === 'Count' ? 'stock-count' : 'stock-receive');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(`Plum jam: ${figure}`).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
  }
  await page.locator('.stock-row', { hasText: 'Plum jam' }).getByText('22', { exact: true }).waitFor();
  await look('stock');
}

/** The cashier counts what is in the drawer without seeing what should be; what is short is said after it. */
async function closeBlind(page: Page, look: Look): Promise<void> {
  await openFromMenu(page, 'Cash');
  await page.getByText('shown after the count').waitFor();
  await page.getByRole('button', { name: 'Count and close' }).click();
  await page.getByLabel('€50.00', { exact: true }).fill('2');
  await page.getByLabel('€20.00', { exact: true }).fill('3');
  await page.getByLabel('€10.00', { exact: true }).fill('1');
  await page.getByLabel('Card: total of the terminal').fill('14.72');
  await look('count');
  await page.getByRole('button', { name: 'All counted' }).click();
  await page.getByRole('heading', { name: 'Close the drawer' }).waitFor();
  await page.getByText('Cash is €0.10 short').waitFor();
  await look('count-result');
  await page.getByLabel('Stays as the next float').fill('100');
  await page.getByRole('button', { name: 'Close drawer' }).click();
  await page.getByRole('heading', { name: 'The drawer is closed' }).waitFor();
}

async function makeZ(page: Page, folder: string, look: Look): Promise<string> {
  await openFromMenu(page, 'Cash');
  await page.getByRole('link', { name: 'Closings' }).click();
  await page.getByRole('button', { name: 'Make the Z' }).click();
  await page.getByRole('heading', { name: 'R1 Z 1' }).waitFor();
  await page.getByText('Perpetual total').waitFor();
  await look('closing');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Archive' }).click()]);
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

async function lookRound(page: Page, look: Look): Promise<void> {
  for (const screen of ['Reports', 'Users', 'To check'] as const) {
    await openFromMenu(page, screen, screen === 'Reports' ? '' : screen);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look(screen.toLowerCase().replace(' ', '-'));
  }
}

test('a whole day: two registers, from the first launch to an archive that proves itself elsewhere', { timeout: LONGEST_MS }, async (t) => {
  buildScreens();
  const startedMs = performance.now();
  const hubPort = await freePort();
  const front = await startRegister('day-front');
  const stall = await startRegister('day-stall');
  const browser = await launchBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'aurapos-day-'));
  try {
    const { page, complaints } = await openScreen(browser, front.url);
    const { page: other, complaints: othersComplaints } = await openScreen(browser, stall.url);
    for (const screen of [page, other]) screen.setDefaultTimeout(15_000);
    const look = lookAt(page);
    await answerWizard(page, { mode: 'Multi-register — Master', registerName: 'Front till', hubPort }, noLook);
    await page.locator('[data-recovery-code]').waitFor({ timeout: SET_UP_WITHIN_MS });
    await page.getByLabel('I have printed it or written it down').check();
    await page.getByRole('button', { name: 'Start selling' }).click();
    await page.getByText('The cart is empty').waitFor();
    await importFile(page, look);
    await joinSecond(page, other, hubPort, look);
    await addCashier(page, CASHIER_PIN);
    await openDrawer(page, look);

    await changeUser(page, CASHIER_PIN, 'Sam');
    await openFromMenu(page, 'Sell', 'Sell');
    await sellThirty(page, [BREAD, JAM, JUICE]);
    for (const code of [BREAD, JAM, JUICE]) await put(page, code);
    await look('sell');
    await page.keyboard.press('F9');
    await page.getByRole('group', { name: 'Cash given' }).getByRole('button').nth(1).click();
    await page.getByRole('heading', { name: 'Change' }).waitFor();
    await look('paid');
    await holdAndGoOn(page, other, look);
    await discountByManager(page, look);
    await payInTwo(page, look);
    await refund(page, look);
    await exchange(page, look);
    await takeBottle(page, look);

    await changeUser(page, OWNER_PIN, 'Mina');
    await makeInvoice(page, look);
    await workOnStock(page, look);
    await changeUser(page, CASHIER_PIN, 'Sam');
    await closeBlind(page, look);
    await changeUser(page, OWNER_PIN, 'Mina');
    const archive = await makeZ(page, folder, look);
    await lookRound(page, look);

    const said = execFileSync(BIN, ['verify', '--archive', archive, '--data', join(folder, 'nothing-here')], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.match(said, /In order: R1 Z 1, 1 Z, \d+ changes, 35 sales/);
    for (const register of [front, stall]) assert.equal(((await aurapos(register.folder, 'verify')) as { ok: boolean }).ok, true);
    assert.deepEqual([...complaints, ...othersComplaints], []);
    t.diagnostic(`the day took ${Math.round((performance.now() - startedMs) / 1000)} s`);
  } finally {
    await browser.close();
    await stall.stop();
    await front.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
