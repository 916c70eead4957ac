/**
 * Settings > Storage in a real Chromium: a single register joins another shop. Found, tested, paired; compared; chosen; the shift closed on the
 * way; then a slave, with its old store listed, exported and verified, its closings and invoices too. Looked at as a till's screen and on a phone, light and dark.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { closeDrawer, KNOWN_CUSTOMER, tradeOn } from '../support/single-shop.ts';
import { checkShop, openShop, settle } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { temporaryFolder } from '../support/shop.ts';
import { reachTill, setUpTill, startTill } from '../support/till.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { aurapos } from './aurapos-command.ts';
import { logIn, lookTwice, openStorage } from './journeys.ts';
import { buildScreens } from './register-process.ts';

const WITHIN_MS = 60_000;

test(
  'a single register joins another shop by its screen, while its shift is open, and keeps what it was',
  { timeout: 240_000 },
  async (t) => {
    buildScreens();
    const shop = await openShop(1);
    const alone = temporaryFolder();
    const browser = await launchBrowser();
    let single = await startTill(alone.path);
    t.after(async () => {
      await browser.close();
      if (single.child.exitCode === null && single.child.signalCode === null) await single.stop();
      await shop.stop();
      alone.remove();
    });
    const [master] = shop.tills;
    assert.ok(master);
    await master.call('addCustomer', { body: { ...KNOWN_CUSTOMER } });
    const [first] = (await master.call('listProducts', { query: { limit: 1 } })).rows;
    assert.ok(first);
    await master.call('editProduct', { params: { id: first.id }, body: { priceMinor: first.priceMinor + 11 } });
    await setUpTill(single, 'single', { catalogue: 'demo' });
    const traded = await tradeOn(single, 20);
    const [invoiced = ''] = traded.sales.keys();
    const buyer = { name: 'Söhne GmbH', address: 'Berlin', taxNumber: 'DE123456789' };
    const { label: invoice } = await single.call('makeInvoice', {
      params: { uuid: invoiced.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') },
      body: buyer,
    });

    const { page, complaints } = await openScreen(browser, `http://127.0.0.1:${single.port}/`);
    await logIn(page);
    await openStorage(page);
    await page.getByRole('button', { name: 'Join another shop' }).click();
    await page.getByLabel('Master address').fill(`127.0.0.1:${shop.hubPort}`);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Twelve characters, from the screen of the main register.').waitFor();
    await page.getByText('Corner Shop says hello').waitFor();
    await lookTwice(page, 'join-where');
    const { code } = await master.call('startPairing');
    await page.getByLabel('Characters 1 to 4').fill(code);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'This register, beside Corner Shop' }).waitFor({ timeout: WITHIN_MS });
    await page.getByText('Show them').click();
    await lookTwice(page, 'join-compared');

    // Sales come with products and customers: taken away, they stay behind too.
    await page.getByRole('checkbox', { name: 'Customers' }).uncheck();
    assert.equal(await page.getByRole('checkbox', { name: 'Sales' }).isChecked(), false);
    await page.getByRole('checkbox', { name: 'Sales' }).check();
    assert.equal(await page.getByRole('checkbox', { name: 'Customers' }).isChecked(), true);

    // A reload finds it again; then it goes, and waits for the drawer.
    await page.reload();
    await page.getByRole('button', { name: 'Join Corner Shop' }).click();
    await page.getByRole('link', { name: 'Close the shift and count the drawer' }).waitFor({ timeout: WITHIN_MS });
    await lookTwice(page, 'join-waiting');
    // Over a connection of its own: the one of the beginning was idle for too long.
    single = { ...single, call: reachTill(alone.path).call };
    await closeDrawer(single);
    await eventually('the register is a slave', async () => (await single.call('getState').catch(() => null))?.mode === 'slave', WITHIN_MS);
    single = { ...single, call: reachTill(alone.path).call };
    await settle({ hubPort: shop.hubPort, folders: [...shop.folders, alone.path], tills: [...shop.tills, single] });
    assert.deepEqual(await checkShop({ hubPort: shop.hubPort, folders: [...shop.folders, alone.path] }, new Map()), []);

    await page.reload();
    await logIn(page);
    await openStorage(page);
    await page.getByRole('heading', { name: 'Kept stores' }).waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Sound from its first change to its last.').waitFor({ timeout: WITHIN_MS });
    await lookTwice(page, 'join-kept');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export sales' }).click()]);
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
      .slice(1);
    assert.deepEqual(new Set(lines.map((line) => line.split(';')[0])), new Set(traded.sales.values()));
    await page.getByText('Closings and invoices').click();
    const papers = page.getByRole('region', { name: 'Invoices' });
    await papers.getByRole('button', { name: invoice }).waitFor();
    await page.getByText('R1 Z1').waitFor();
    await page.getByRole('button', { name: 'Export invoices' }).scrollIntoViewIfNeeded();
    await lookTwice(page, 'join-kept-papers');
    const save = async (name: string): Promise<string> => {
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      return readFileSync(await saved.path(), 'utf8');
    };
    assert.match(await save('Export invoices'), new RegExp(`^${invoice};invoice;.*;Söhne GmbH;DE123456789;`, 'm'));
    assert.match(await save('Export closings'), /^\d{4}-\d{2}-\d{2};R1;1;/m);
    assert.match(await save(invoice), /^%PDF-/);
    const [kept] = readdirSync(join(alone.path, 'kept')).filter((name) => name.endsWith('.db'));
    const file2 = join(alone.path, 'papers.csv');
    const written = await aurapos(alone.path, 'storage', 'kept', kept ?? '', '--invoices', file2);
    assert.deepEqual(written, { file: file2, invoices: 1 });
    assert.deepEqual(await aurapos(alone.path, 'storage', 'kept', kept ?? '', '--closings', file2), { file: file2, closings: 1 });
    await page.evaluate("window.location.hash = '#/sales'");
    await page
      .getByText(`R3-${String(traded.sales.size).padStart(6, '0')}`)
      .first()
      .click();
    await page.getByText(`Sold as ${[...traded.sales.values()].at(-1) ?? ''}`).waitFor();
    await lookTwice(page, 'join-receipt');
    assert.deepEqual(complaints, []);
  },
);
