/** A shop of one register, set up and logged in at its screen: where most tests in a browser begin. */
import { strict as assert } from 'node:assert';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { holdToAxe, logIn, OWNER_PIN, type Look } from './journeys.ts';
import { buildScreens, startRegister, type RegisterProcess } from './register-process.ts';

export interface SingleTill {
  readonly register: RegisterProcess;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Holds what the screen shows to axe. */
  readonly look: Look;
}

const DEMO_SHOP = ['--catalogue', 'demo'];

/** `use` at such a till; at its end the page has complained of nothing. `setUp`: further words for `aurapos setup`. */
export async function atSingleTill(
  name: string,
  use: (till: SingleTill) => Promise<void>,
  setUp: readonly string[] = DEMO_SHOP,
): Promise<void> {
  buildScreens();
  const register = await startRegister(name);
  const browser = await launchBrowser();
  try {
    await aurapos(register.folder, 'setup', '--mode', 'single', ...setUp, '--pin', OWNER_PIN);
    const { page, context, complaints } = await openScreen(browser, register.url);
    page.setDefaultTimeout(10_000);
    await logIn(page);
    await use({ register, browser, context, page, look: holdToAxe(page) });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await register.stop();
  }
}
