/**
 * A real Chromium for the end-to-end tests: Debian's own, driven over its debugging pipe; the one built without a window where it is there, which
 * takes a quarter less of the processors. Every page reports what the browser complained
 * about, and a page is held to WCAG 2.2 AA by axe. Never reaches beyond this machine.
 */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { systemClock } from '../../src/base/clock.ts';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const WITH_WINDOWS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const WITHOUT = '/usr/bin/chromium-headless-shell';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'];

/** Where Chromium is on this machine; AURAPOS_CHROMIUM names another. Null when there is none. */
function findChromium(asPeopleHaveIt: boolean): string | null {
  const named = process.env['AURAPOS_CHROMIUM'];
  const known = asPeopleHaveIt ? [...WITH_WINDOWS, WITHOUT] : [WITHOUT, ...WITH_WINDOWS];
  return [...(named === undefined ? [] : [named]), ...known].find((path) => existsSync(path)) ?? null;
}

/** `asPeopleHaveIt`: with all that goes into windows, where it is there; for what measures. */
export async function launchBrowser({ asPeopleHaveIt = false } = {}): Promise<Browser> {
  const executablePath = findChromium(asPeopleHaveIt);
  assert.ok(executablePath !== null, 'Chromium is needed for this test: apt-get install chromium-headless-shell');
  return chromium.launch({ executablePath, args: ARGS });
}

export interface Screen {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors thrown, refused by the policy, logged. */
  readonly complaints: readonly string[];
}

export interface ScreenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly locale?: string;
}

/** A till's screen, unless told otherwise. */
export async function openScreen(browser: Browser, url: string, options: ScreenOptions = {}): Promise<Screen> {
  const { width = 1024, height = 768, dark = false, locale = 'en-GB' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale,
    hasTouch: width < 600,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    // A refusal is an answer of the register, and shown; Chromium logs its status all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, context, complaints };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds on the page as it is; empty is what every screen must come to. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // By the debugger, not by a script element: the page's policy forbids those, as it should. Once a page.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const findings = await page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Finding[] }> } };
    return (await axe.run({ runOnly: tags })).violations;
  }, RULES);
  return findings.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
  );
}

/** Between two keys of a scanner, as its keyboard says it. */
const SCANNER_KEY_MS = 5;

/**
 * A barcode scanner: a keyboard that types at a scanner's pace and ends with Enter. Each key carries the time at which it was pressed, as an
 * operating system stamps them, so that a busy machine is late with them and no slower a scanner. With `keyMs` they come that far apart.
 */
export async function scan(page: Page, code: string, keyMs = 0): Promise<void> {
  if (keyMs > 0) {
    await page.keyboard.type(code, { delay: keyMs });
    await page.keyboard.press('Enter');
    return;
  }
  const keys = [...code.split(''), 'Enter'];
  const debug = await page.context().newCDPSession(page);
  const beganMs = Date.now();
  // The last of them was pressed when they are handed over: none comes from the future, and none from before what was done last.
  await systemClock.sleep(keys.length * SCANNER_KEY_MS);
  await Promise.all(
    keys.flatMap((key, at) => {
      const timestamp = (beganMs + at * SCANNER_KEY_MS) / 1000;
      const pressed = key === 'Enter' ? { key, code: key, text: '\r', windowsVirtualKeyCode: 13 } : { key, text: key };
      return [
        debug.send('Input.dispatchKeyEvent', { type: 'keyDown', timestamp, ...pressed }),
        debug.send('Input.dispatchKeyEvent', { type: 'keyUp', timestamp, key }),
      ];
    }),
  );
  await debug.detach();
}
