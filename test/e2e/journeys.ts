/** What people do on the screens, step by step, for the end-to-end tests and the screenshots. Found by words, as a person finds it. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findBarriers } from './browser.ts';

export const OWNER_PIN = '482916';

/** Called at every screen on the way; tests look for barriers, the screenshots take a picture. */
export type Look = (name: string) => Promise<void>;

export function holdToAxe(page: Page): Look {
  return async (name) => assert.deepEqual(await findBarriers(page), [], name);
}

const TILL_BY_DAY = { width: 1024, height: 768, colorScheme: 'light' } as const;
const PHONE_BY_NIGHT = { width: 390, height: 844, colorScheme: 'dark' } as const;

/** No barrier, and nothing that does not fit, on a till's screen and on a phone, the one light and the other dark. A picture of each goes into AURAPOS_PICTURES. */
export async function lookTwice(page: Page, name: string): Promise<void> {
  const folder = process.env['AURAPOS_PICTURES'];
  for (const { width, height, colorScheme } of [PHONE_BY_NIGHT, TILL_BY_DAY]) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await findBarriers(page), [], `${name}, ${width}`);
    const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.equal(beyond, 0, `${name} fits ${width}`);
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}-${width}.png`), fullPage: true });
  }
}

export async function openStorage(page: Page): Promise<void> {
  await page.evaluate("window.location.hash = '#/settings/storage'");
  await page.getByRole('heading', { name: 'Storage', level: 1 }).waitFor();
}

export interface ShopAnswers {
  readonly mode: 'Single-register' | 'Multi-register — Master';
  readonly registerName: string;
  /** Of a master: the port of its database, where 5432 may be taken. */
  readonly hubPort?: number;
}

/** First launch up to the work itself: language, register, mode, shop and owner, demo products. */
export async function answerWizard(page: Page, answers: ShopAnswers, look: Look): Promise<void> {
  await nameRegister(page, answers.registerName, look);
  await page.getByRole('heading', { name: answers.mode, exact: true }).click();
  if (answers.hubPort !== undefined) {
    await page.getByText('Another port').click();
    await page.getByLabel('Port').fill(String(answers.hubPort));
  }
  await look('wizard-storage');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Country').selectOption('NL');
  await page.getByLabel('Name of the shop').fill('Corner Shop');
  await page.getByLabel('Address').fill('Market Square 7');
  await page.getByLabel('Your name').fill('Mina');
  await page.getByLabel('PIN', { exact: true }).fill(OWNER_PIN);
  await page.getByLabel('PIN again').fill(OWNER_PIN);
  await look('wizard-shop');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Demo shop' }).click();
  await look('wizard-products');
  await page.getByRole('button', { name: 'Set up' }).click();
}

async function nameRegister(page: Page, name: string, look: Look): Promise<void> {
  await page.getByRole('heading', { name: 'Which language?' }).waitFor();
  await page.getByRole('heading', { name: 'English' }).click();
  await look('wizard-language');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Name of this register').fill(name);
  await look('wizard-register');
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Up to the step that joins. */
export async function chooseSlave(page: Page, registerName: string, look: Look): Promise<void> {
  await nameRegister(page, registerName, look);
  await page.getByRole('heading', { name: 'Multi-register — Slave' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Master address').waitFor();
}

/** First launch of a slave, from the language to the first pull. */
export async function joinMaster(page: Page, join: { registerName: string; address: string; code: string }, look: Look): Promise<void> {
  await chooseSlave(page, join.registerName, look);
  await page.getByLabel('Master address').fill(join.address);
  await page.getByRole('button', { name: /^Test/ }).click();
  await page.getByText('says hello').waitFor();
  await page.getByLabel('Characters 1 to 4').fill(join.code);
  await look('wizard-join');
  await page.getByRole('button', { name: 'Pair and continue' }).click();
}

export async function logIn(page: Page, pin = OWNER_PIN): Promise<void> {
  await page.getByLabel('PIN', { exact: true }).waitFor();
  await page.keyboard.type(pin);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Change user/ }).waitFor();
}

/** `heading` is how the screen opened names itself, where that is another word. */
export async function openFromMenu(page: Page, screen: string, heading = screen): Promise<void> {
  const link = page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen, exact: true });
  if (await link.isVisible()) await link.click();
  else {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: screen, exact: true }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
  }
  await page.getByRole('heading', { name: new RegExp(`^${heading}`), level: 1 }).waitFor();
}

/** The cart's total as it stands on the screen, in minor units. */
export async function totalOf(page: Page): Promise<number> {
  return minorOf(await page.locator('.total-figure').innerText());
}

export function minorOf(text: string): number {
  return Math.round(Number(text.replace(/[^\d.-]/g, '')) * 100);
}

/** On the open list of products. */
export async function addProduct(page: Page, product: { name: string; price: string; barcode: string }): Promise<void> {
  await page.getByRole('button', { name: 'Add product' }).click();
  await page.getByLabel('Name', { exact: true }).fill(product.name);
  await page.getByLabel('Price', { exact: true }).fill(product.price);
  await page.getByLabel('Barcodes').fill(product.barcode);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** On the open list of customers. */
export async function addCustomer(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Add customer' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Somebody else's PIN takes over; the cart stays. */
export async function changeUser(page: Page, pin: string, name: string): Promise<void> {
  await page.getByRole('button', { name: /Change user/ }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type(pin);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `Change user ${name}` }).waitFor();
}

/** Sam, who may sell and little else. */
export async function addCashier(page: Page, pin: string): Promise<void> {
  await openFromMenu(page, 'Users');
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sam');
  await page.getByLabel('Role').selectOption({ label: 'Cashier' });
  await page.getByLabel('PIN', { exact: true }).fill(pin);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Sam').waitFor();
}
