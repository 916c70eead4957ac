/**
 * From the scanner's last key to the painted row, in a real Chromium against a running register: `measureScans`. Run directly, on a
 * register of its own with the catalogue named: `node test/e2e/measure-scan.ts FILE [COUNT]`.
 *
 * The clock starts with the time that the browser stamped on the Enter key, and stops in the task after the frame that first shows the row.
 */
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { systemClock } from '../../src/base/clock.ts';
import { percentile, printFigures, rounded, type Figures } from '../bench/figures.ts';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen, scan } from './browser.ts';
import { logIn, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';

const COUNT = 200;
/** The largest cart has 200 lines: its last fifty are measured. */
const BIG_CART = 150;
const BIG_CART_SCANS = 50;
/** Then it is paid by card and the next cart begins. */
const LINES_A_CART = 15;
/** A scanner's keyboard: between its keys, and a quick cashier's between two products. */
const KEY_MS = 3;
const NEXT_MS = 100;
/** Cold caches, compilers: the first customer of the day. */
const WARM_UP = 10;
/** Longer, and a key was lost. */
const SHOWN_WITHIN_MS = 5_000;

export interface MeasureScans {
  readonly url: string;
  readonly pin: string;
  readonly count?: number;
}

/** Answers bigCartScanP50Ms and bigCartScanP99Ms: scans that bring a cart from 150 lines to the 200 that it may have. */
export async function measureBigCart({ url, pin, count = BIG_CART_SCANS }: MeasureScans): Promise<Figures> {
  const { times } = await timeScans(url, pin, { warmUp: BIG_CART, count, linesACart: BIG_CART + count });
  return { bigCartScanP50Ms: rounded(percentile(times, 0.5)), bigCartScanP99Ms: rounded(percentile(times, 0.99)) };
}

/** Answers scanToCartP50Ms and scanToCartP99Ms. */
export async function measureScans({ url, pin, count = COUNT }: MeasureScans): Promise<Figures> {
  const { times, lost } = await timeScans(url, pin, { warmUp: WARM_UP, count, linesACart: LINES_A_CART });
  return { scanToCartP50Ms: rounded(percentile(times, 0.5)), scanToCartP99Ms: rounded(percentile(times, 0.99)), scansLost: lost };
}

interface Scans {
  /** Scans that are not measured, before those that are. */
  readonly warmUp: number;
  readonly count: number;
  readonly linesACart: number;
}

async function timeScans(url: string, pin: string, { warmUp, count, linesACart }: Scans): Promise<{ times: number[]; lost: number }> {
  const browser = await launchBrowser({ asPeopleHaveIt: true });
  try {
    const { page } = await openScreen(browser, url);
    await logIn(page, pin);
    const goods = await someGoods(page, warmUp + count);
    await page.evaluate(WATCH_SCANS);
    const times: number[] = [];
    let lost = 0;
    for (const [at, { code, name }] of goods.entries()) {
      if (at % linesACart === 0 && at > 0) await payByCard(page);
      const shown = page.evaluate((expected) => (globalThis as unknown as Watched).whenShown(expected), name);
      await scan(page, code, KEY_MS);
      const ms = await shown;
      if (ms === null) {
        // The machine held a key back for so long that it was no scanner's any more: what was keyed is taken away.
        lost++;
        await page.keyboard.press('Escape');
      } else if (at >= warmUp) times.push(ms);
      // Somebody reaches for the next product; not in step with the display.
      await systemClock.sleep(NEXT_MS + (at % 17));
    }
    await payByCard(page);
    return { times, lost };
  } finally {
    await browser.close();
  }
}

interface Watched {
  /** Milliseconds; null when it did not show within SHOWN_WITHIN_MS. */
  whenShown(name: string): Promise<number | null>;
}

/** Runs in the page: when the Enter of a scan was pressed, and when the row that it brought was on the screen. */
const WATCH_SCANS = `{
  let pressedAt = 0;
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') pressedAt = event.timeStamp;
  }, { capture: true });
  globalThis.whenShown = (name) => new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), ${SHOWN_WITHIN_MS});
    const observer = new MutationObserver(() => {
      if (document.querySelector('.cart .line .name')?.textContent !== name) return;
      observer.disconnect();
      clearTimeout(late);
      requestAnimationFrame(() => {
        // A task of its own: it runs once this frame was handed to be drawn.
        const after = new MessageChannel();
        after.port1.onmessage = () => resolve(performance.now() - pressedAt);
        after.port2.postMessage(null);
      });
    });
    observer.observe(document.querySelector('.cart'), { subtree: true, childList: true, characterData: true });
  });
}`;

/** Products with a barcode and a name of their own, from all over the catalogue. */
async function someGoods(page: Page, count: number): Promise<{ code: string; name: string }[]> {
  const goods = await page.evaluate(async (wanted) => {
    const found = new Map<string, { code: string; name: string }>();
    const letters = 'aeioulnrst';
    for (let at = 0; found.size < wanted && at < letters.length; at++) {
      const url = `/api/products?limit=200&search=${letters[at]}${letters[(at * 3 + 1) % letters.length]}`;
      const { rows } = (await (await fetch(url)).json()) as { rows: { name: string; codes: string[]; unit: string }[] };
      for (const { name, codes, unit } of rows) {
        const [code] = codes;
        if (unit === 'each' && code !== undefined && codes.length === 1) found.set(name, { code, name });
      }
    }
    return [...found.values()].slice(0, wanted);
  }, count);
  assert.equal(goods.length, count, 'the catalogue is large enough');
  return goods;
}

async function payByCard(page: Page): Promise<void> {
  await page.keyboard.press('F6');
  await page.getByRole('heading', { name: 'Paid' }).waitFor();
}

async function main(file: string | undefined, count: string | undefined): Promise<void> {
  assert.ok(file !== undefined, 'name a CSV of products');
  buildScreens();
  const folder = mkdtempSync(join(tmpdir(), 'aurapos-scan-'));
  const register = await startRegister('scan');
  try {
    const csv = join(folder, 'products.csv');
    writeFileSync(csv, file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file));
    await aurapos(register.folder, 'setup', '--mode', 'single', '--pin', OWNER_PIN, '--catalogue', csv);
    printFigures(await measureScans({ url: register.url, pin: OWNER_PIN, count: count === undefined ? COUNT : Number(count) }), true);
  } finally {
    await register.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) await main(process.argv[2], process.argv[3]);
