/**
 * The drawer's day on a real screen: float, two sales, a paid-out, a blind count that is 20 short with its causes shown, the close, the Z;
 * its archive checked by the command in an empty folder, and refused with what is wrong once somebody touched it.
 */
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { launchBrowser, openScreen, scan } from './browser.ts';
import { addProduct, answerWizard, changeUser, holdToAxe, openFromMenu } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';

const BIN = join(import.meta.dirname, '../../bin/aurapos');
const LAMP = { name: 'Lamp', price: '20.00', barcode: '5410000000019' };
const CASHIER_PIN = '2468';

/** `aurapos verify --archive`, run where there is nothing but the file. */
function verifyFile(folder: string, file: string): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(BIN, ['verify', '--archive', file, '--data', join(folder, 'nothing-here')], { cwd: folder }, (error, out, said) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: out + said });
    });
  });
}

async function addCashier(page: Page): Promise<void> {
  await openFromMenu(page, 'Users');
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Noor');
  await page.getByLabel('Role').selectOption({ label: 'Cashier' });
  await page.getByLabel('PIN', { exact: true }).fill(CASHIER_PIN);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function sellLamp(page: Page, note: RegExp): Promise<void> {
  await scan(page, LAMP.barcode);
  await page.locator('.line', { hasText: LAMP.name }).waitFor();
  await page.keyboard.press('F9');
  await page.getByRole('heading', { name: 'Payment' }).waitFor();
  await page.getByRole('group', { name: 'Cash given' }).getByRole('button', { name: note }).first().click();
  await page.getByRole('heading', { name: /Change|Paid/ }).waitFor();
}

async function download(page: Page, button: string, folder: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test('a drawer’s day: blind count 20 short, its causes, close, Z; the archive proves itself elsewhere', { timeout: 180_000 }, async () => {
  buildScreens();
  const register = await startRegister('cash');
  const browser = await launchBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'aurapos-archive-'));
  try {
    const { page, complaints } = await openScreen(browser, register.url);
    const look = holdToAxe(page);
    await answerWizard(page, { mode: 'Single-register', registerName: 'Front till' }, () => Promise.resolve());
    await page.getByLabel('Search products').waitFor();
    await openFromMenu(page, 'Products');
    await addProduct(page, LAMP);
    await addCashier(page);

    // The owner has the shop count blind, and opens with a float of 100.
    await openFromMenu(page, 'Cash');
    await look('closed');
    await page.getByLabel('Float').fill('100');
    await page.getByRole('button', { name: 'Open drawer' }).click();
    await page.getByLabel(/Count blind/).check();
    await look('open');

    // The cashier sells twice, pays the window cleaner, and counts without seeing what is expected.
    await changeUser(page, CASHIER_PIN, 'Noor');
    await page.goto(`${register.url}#/sell`);
    await sellLamp(page, /50/);
    await sellLamp(page, /20/);
    await openFromMenu(page, 'Cash');
    await page.getByRole('button', { name: 'Take cash out' }).click();
    await page.getByLabel('Reason').fill('Window cleaner');
    await page.getByLabel('Amount').fill('15');
    await page.getByRole('button', { name: 'Take out' }).click();
    await page.getByText('Window cleaner').waitFor();
    await page.getByText('shown after the count').waitFor();
    assert.equal(await page.getByText('€125.00').count(), 0, 'what is expected is not shown');
    assert.equal(await page.getByRole('link', { name: 'Closings' }).count(), 0, 'a cashier closes no day');
    await page.getByRole('button', { name: 'Count and close' }).click();
    await page.getByLabel('€50.00', { exact: true }).fill('2');
    await page.getByLabel('€5.00', { exact: true }).focus();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByText('€105.00').waitFor();
    await look('count');
    await page.getByRole('button', { name: 'All counted' }).click();
    const cash = page.getByRole('row', { name: /^Cash/ });
    assert.match(await cash.innerText(), /125\.00\s+€105\.00\s+-€20\.00/);
    await page.getByText('Cash is €20.00 short').waitFor();
    await page.getByText('is of just that amount: rung up twice, or never paid?').first().waitFor();
    await look('result');
    await page.getByLabel('Stays as the next float').fill('55');
    await page.getByRole('button', { name: 'Close drawer' }).click();
    await page.getByText('€55.00 was set aside').waitFor();

    // The owner makes the Z, and takes its files.
    await changeUser(page, '482916', 'Mina');
    await page.getByRole('link', { name: 'Closings' }).click();
    await page.getByRole('button', { name: 'Make the Z' }).click();
    await page.getByRole('heading', { name: 'R1 Z 1' }).waitFor();
    await page.getByText('Perpetual total').waitFor();
    await look('z');
    const archive = await download(page, 'Archive', folder);
    const accounts = readFileSync(await download(page, 'Accounts', folder), 'utf8');
    assert.match(accounts, /R1;1;sales;Sales 21 %;;33,06;EUR/);
    assert.match(accounts, /R1;1;loss;Cash: difference;20,00;;EUR/);

    const sound = await verifyFile(folder, archive);
    assert.equal(sound.code, 0, sound.said);
    assert.match(sound.said, /In order: R1 Z 1, 1 Z, \d+ changes, 2 sales/);
    await refusesTampering(folder, readFileSync(archive, 'utf8'));
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await register.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Each way of touching the file is named by what it breaks. */
async function refusesTampering(folder: string, text: string): Promise<void> {
  const lines = text.trimEnd().split('\n');
  const without = (at: number): string[] => lines.toSpliced(at, 1);
  const changed = (at: number, from: RegExp, to: string): string[] => lines.with(at, (lines[at] ?? '').replace(from, to));
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['another shop on line 1', changed(0, /Corner Shop/, 'Corner Shed'), /Wrong: line 1: it is not what was signed/],
    ['a changeset taken out', without(5), /Wrong: chain \w+, changeset \d+: changeset \d+ is missing before it/],
    ['a body touched', changed(5, /"body":"(.{20})./, '"body":"$1_'), /changeset \d+: its content does not give its hash/],
    ['a signature touched', changed(5, /"signature":"./, '"signature":"_'), /its signature is not its register’s/],
    ['the end cut off', lines.slice(0, -1), /it ends at changeset \d+, and line 1 names \d+/],
    ['no JSON', lines.with(4, 'lamp'), /Wrong: line 5: it is not JSON/],
  ];
  for (const [what, tampered, wanted] of cases) {
    const file = join(folder, 'tampered.aurapos');
    writeFileSync(file, `${tampered.join('\n')}\n`);
    const { code, said } = await verifyFile(folder, file);
    assert.equal(code, 1, what);
    assert.match(said, wanted, what);
  }
}
