/**
 * Receipts, invoices and customers at the screens: a printer added in the settings, its receipts drawn and read, paper that runs out, an
 * invoice as a file, a receipt's barcode that brings its sale back, a card that puts its customer on the sale.
 * With AURAPOS_PICTURES=FOLDER the papers and the screens are kept there, to be looked at.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { aurapos } from './aurapos-command.ts';
import { scan } from './browser.ts';
import { openFromMenu, type Look } from './journeys.ts';
import { type RegisterProcess } from './register-process.ts';
import { barcodeOf, linesOf } from '../support/escpos-picture.ts';
import { photograph, startFakePrinter, type FakePrinter } from '../support/fake-printer.ts';
import { atSingleTill } from './single-till.ts';

const LONGEST_MS = 120_000;
const BREAD = '2000000000015';
const CARD = '2990000012345';
const PICTURES = process.env['AURAPOS_PICTURES'];

function keep(name: string, picture: Buffer): void {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(join(PICTURES, name), picture);
}

/** What a register and its printer knew when something did not come out. */
function tell({ folder }: RegisterProcess, { connections, bytesTaken, output: { sheets, hanging, unknown } }: FakePrinter): string {
  const log = readdirSync(join(folder, 'log')).map((file) => readFileSync(join(folder, 'log', file), 'utf8').slice(-2_000));
  return JSON.stringify({ connections, bytesTaken, sheets: sheets.length, hanging: hanging.length, unknown, log });
}

/** A picture as an owner would upload it: larger than any paper. */
async function drawLogo(page: Page): Promise<Buffer> {
  await page.setContent(
    '<div style="background:#fff;font:700 160px sans-serif;text-align:center;padding:40px;inline-size:1100px">☕ Café</div>',
  );
  return page.screenshot({ clip: { x: 0, y: 0, width: 1180, height: 300 } });
}

async function openSelling(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: 'Sell', exact: true }).click();
  await page.getByText('The cart is empty').waitFor();
}

type Until = (isSo: () => boolean, what: string) => Promise<void>;

async function addPrinter(page: Page, printer: FakePrinter, look: Look, until: Until): Promise<void> {
  await openFromMenu(page, 'Settings', 'Storage');
  await page.getByRole('link', { name: 'Printing' }).click();
  await page.getByText('No printer yet').waitFor();
  await page.getByRole('button', { name: 'Add a printer' }).click();
  await look('printer-dialog');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('A name is needed').waitFor();
  await dialog.getByLabel('Name', { exact: true }).fill('Counter');
  await dialog.getByLabel('Address').fill('127.0.0.1');
  await dialog.getByLabel('Port').fill(String(printer.port));
  await dialog.getByLabel('A cash drawer hangs on it').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Test page' }).click();
  await until(() => printer.output.sheets.length === 1, 'the test page comes out');
  await look('printing');
}

test(
  'a printer in the settings, receipts with logo, paper out, invoice, a receipt that brings its sale back, a customer by card',
  { timeout: LONGEST_MS },
  async (t) => {
    const printer = await startFakePrinter();
    t.after(() => printer.stop());
    await atSingleTill('printing', async ({ register, browser, context, page, look: axe }) => {
      const until: Until = async (isSo, what) => {
        const untilMs = performance.now() + 10_000;
        while (!isSo()) {
          assert.ok(performance.now() < untilMs, `${what}: ${tell(register, printer)}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const look: Look = async (name) => {
        keep(`${name}.png`, await page.screenshot());
        await axe(name);
      };
      const drawing = await context.newPage();
      const logo = await drawLogo(drawing);
      await drawing.close();
      await addPrinter(page, printer, look, until);

      await page.getByLabel('Choose a logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo });
      await page.getByRole('img', { name: 'Logo' }).waitFor();
      await page.getByLabel('Below the sale').fill('See you tomorrow');
      await page.locator('.template').getByRole('button', { name: 'Save' }).click();
      await page.locator('.template').getByRole('button', { name: 'Save', disabled: true }).waitFor();
      await look('template');

      // A customer by their card, then bread, paid in cash: receipt and drawer.
      await openFromMenu(page, 'Customers');
      await page.getByRole('button', { name: 'Add customer' }).first().click();
      await page.getByLabel('Name', { exact: true }).fill('Zoë Lambert');
      await page.getByRole('dialog').getByLabel('Card').fill(CARD);
      await page.getByLabel('Language of receipts').selectOption({ label: 'Français' });
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await openSelling(page);
      await scan(page, CARD);
      await page.getByText('Zoë Lambert').first().waitFor();
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await page.keyboard.press('F9');
      await page.keyboard.press('Enter');
      await until(() => printer.output.sheets.length === 2, 'the receipt comes out');
      await until(() => printer.output.kicks === 1, 'the drawer opens');
      const sheet = printer.output.sheets[1] ?? { marks: [] };
      keep('receipt-paper.png', await photograph(browser, sheet, '80mm'));
      const label = barcodeOf(sheet) ?? '';
      assert.match(label, /^R1-000001$/);
      assert.ok(linesOf(sheet).includes('See you tomorrow') && linesOf(sheet).includes('Client : Zoë Lambert'));
      assert.equal(sheet.marks[0]?.kind, 'raster');
      assert.deepEqual(printer.output.unknown, []);

      // The invoice, right after paying.
      await page.getByRole('button', { name: 'Invoice' }).click();
      await look('invoice-dialog');
      assert.equal(await page.getByLabel('Name or company').inputValue(), 'Zoë Lambert');
      await page.getByRole('dialog').getByLabel('VAT or tax number').fill('FR40303265045');
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Make an invoice' }).click()]);
      assert.equal(download.suggestedFilename(), 'R1I-000001.pdf');
      const pdf = await readFile(await download.path());
      assert.ok(pdf.subarray(0, 5).toString() === '%PDF-');
      keep('invoice.pdf', pdf);
      await page.getByRole('button', { name: 'Invoice R1I-000001 as PDF' }).waitFor();
      await look('paid');

      // Out of paper: said where the register stands, and it sells on.
      printer.paperOut = true;
      await scan(page, BREAD);
      await page.locator('.line').waitFor();
      await page.keyboard.press('F6');
      await page.getByRole('region', { name: 'Paid' }).waitFor();
      await page.getByRole('button', { name: /Out of paper/ }).click();
      await page.getByText('Put in a roll').waitFor();
      await look('paper-out');
      await page.getByRole('button', { name: 'Try now' }).click();
      await page.getByText('Put in a roll').waitFor();
      // With a new roll in, it goes on by itself.
      printer.paperOut = false;
      await until(() => printer.output.sheets.length === 3, 'the receipt comes out');
      await page.getByText('Put in a roll').waitFor({ state: 'detached' });
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

      // The receipt's barcode brings the sale back, at the counter and in the history; printed again it is a copy.
      await scan(page, label);
      await page.locator('.receipt', { hasText: label }).waitFor();
      await openFromMenu(page, 'Sales');
      await scan(page, label);
      await page.locator('.receipt', { hasText: label }).waitFor();
      await look('sale');
      await page.getByRole('button', { name: 'Print a copy' }).click();
      await until(() => printer.output.sheets.length === 4, 'the copy comes out');
      const copy = printer.output.sheets[3] ?? { marks: [] };
      keep('copy-paper.png', await photograph(browser, copy, '80mm'));
      assert.ok(linesOf(copy).includes('DUPLICATA'));

      // Its invoice on the same printer, and the X.
      await page.getByRole('button', { name: 'Print R1I-000001' }).click();
      await until(() => printer.output.sheets.length === 5, 'the invoice comes out');
      const invoice = printer.output.sheets[4] ?? { marks: [] };
      keep('invoice-paper.png', await photograph(browser, invoice, '80mm'));
      assert.ok(linesOf(invoice).includes('Facture'));
      await openFromMenu(page, 'Cash');
      await page.getByRole('button', { name: /^X/ }).click();
      await look('x');
      await page.getByRole('dialog').getByRole('button', { name: 'Print', exact: true }).click();
      await until(() => printer.output.sheets.length === 6, 'the X comes out');
      const x = printer.output.sheets[5] ?? { marks: [] };
      keep('x-paper.png', await photograph(browser, x, '80mm'));
      assert.ok(linesOf(x).includes('R1 X report'));
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

      await openFromMenu(page, 'Customers');
      await page.getByRole('link', { name: /Zoë Lambert/ }).click();
      await page.getByText('What Zoë Lambert bought').waitFor();
      await page.getByRole('link', { name: new RegExp(label) }).waitFor();
      await look('customer');
      const verified = (await aurapos(register.folder, 'verify')) as { ok: boolean };
      assert.equal(verified.ok, true);
    });
  },
);
