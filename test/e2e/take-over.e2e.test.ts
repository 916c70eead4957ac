/**
 * A shop's years in one go, in a real Chromium: alone, then the master of two others; the master dies, one that was cut off while it caught up
 * is told who holds more and takes over all the same; the old one comes back and joins; a register is put back from a backup. At each stop all stores and the tables are equal, and every chain verifies.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { makeHistory } from '../bench/register.ts';
import { makeCuttableLink } from '../support/cuttable-link.ts';
import { backUp, chooseTarget, restoreTill } from '../support/backups-of-till.ts';
import { checkShop, clusterFolder, postgresPid, settle } from '../support/shop-of-tills.ts';
import { eventually } from '../support/shop-of-many.ts';
import { joinTill, sellTimes, setUpTill, startTill, type Till } from '../support/till.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { logIn, lookTwice, openStorage } from './journeys.ts';
import { buildScreens } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const HISTORY = 1_000;
const WITHIN_MS = 60_000;
/** Hears no announcement of a master: it goes the way that it was told. */
const DEAF = { env: { AURAPOS_SEARCH: 'off' } };
/** More than the answers of a connection up to its first pull, and less than that pull brings. */
const MISSED_SALES = 400;
const CUT_AFTER_BYTES = 40_000;

test(
  'alone, master of three, the master killed, another takes over, the old one joins, one restored from a backup: always equal, always in order',
  { timeout: 300_000 },
  async (t) => {
    buildScreens();
    const root = mkdtempSync(join(tmpdir(), 'aurapos-years-'));
    const folders = ['R1', 'R2', 'R3'].map((name) => join(root, name));
    const [one = '', two = '', three = ''] = folders;
    const tills: Till[] = [];
    const clusters: string[] = [];
    const browser = await launchBrowser();
    t.after(async () => {
      await browser.close();
      for (const till of tills.toReversed()) if (till.child.exitCode === null && till.child.signalCode === null) await till.stop();
      for (const folder of [...clusters, root]) rmSync(folder, { recursive: true, force: true });
    });
    const acknowledged = new Map<string, string>();
    const sellAt = (till: Till | undefined, count: number): Promise<string[]> => sellTimes(till, count, acknowledged);
    const ports = [await freePort(), await freePort()] as const;
    const stop = async (order: readonly number[], hubPort: number): Promise<void> => {
      const shop = { hubPort, folders: order.map((at) => folders[at] ?? ''), tills: order.flatMap((at) => tills[at] ?? []) };
      await settle(shop);
      assert.deepEqual(await checkShop(shop, acknowledged), []);
    };

    // Alone, with a thousand sales.
    let first = await startTill(one);
    await setUpTill(first, 'single', { catalogue: 'demo' });
    await first.stop();
    makeHistory(one, HISTORY);
    first = await startTill(one);
    tills[0] = first;

    // Settings > Storage: to master.
    const front = await openScreen(browser, `http://127.0.0.1:${first.port}/`);
    await logIn(front.page);
    await openStorage(front.page);
    await front.page.getByRole('button', { name: 'Change to this' }).click();
    await front.page.getByLabel('Port').fill(String(ports[0]));
    await front.page.getByRole('button', { name: 'Start', exact: true }).click();
    await front.page.getByText('This register is the master now').waitFor({ timeout: WITHIN_MS });
    const code = (await front.page.locator('[data-recovery-code]').first().innerText()).trim();
    assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){6}$/);
    await front.page.getByRole('button', { name: 'Close' }).click();
    await front.page.getByRole('heading', { name: 'Print the recovery code' }).waitFor();
    await lookTwice(front.page, 'code not printed');
    await front.page.getByRole('button', { name: 'Show the code' }).click();
    assert.equal((await front.page.locator('[data-recovery-code]').innerText()).trim(), code);
    await front.page.getByRole('button', { name: 'I have printed it' }).click();
    await front.page.getByRole('heading', { name: 'Recovery code and keys' }).waitFor();
    await front.context.close();

    // Its name follows from the shop's, which it has since it is a master.
    clusters.push(await clusterFolder(one));

    // Two slaves; the third is backed up.
    const link = await makeCuttableLink(ports[0]);
    t.after(() => link.close());
    for (const [at, folder] of [two, three].entries()) {
      const till = await startTill(folder, at === 0 ? DEAF : {});
      await joinTill(till, first, '127.0.0.1', at === 0 ? link.port : ports[0], `Till ${at + 2}`);
      tills[at + 1] = till;
      clusters.push(await clusterFolder(folder));
    }
    const third = tills[2];
    assert.ok(tills[1] && third);
    for (const till of tills) await sellAt(till, 2);
    await stop([0, 1, 2], ports[0]);
    const target = join(root, 'stick');
    await chooseTarget(third, target);
    await backUp(third);
    await sellAt(third, 2);
    await stop([0, 1, 2], ports[0]);

    // The second was off while the others sold; back, it is cut off in the middle of catching up, and then the master dies.
    await tills[1].stop();
    await sellAt(first, MISSED_SALES);
    const held = async (till: Till): Promise<number> => (await till.call('listSales', { query: { limit: 1 } })).total;
    await eventually('the third has them', async () => (await held(third)) === (await held(first)), WITHIN_MS);
    // So that it said so: every register says every two seconds what it holds.
    await systemClock.sleep(3_000);
    const pid = postgresPid(clusters[0] ?? '');
    let isDead = false;
    // In the same moment: it looks for another way already.
    link.cutAfter(CUT_AFTER_BYTES, () => {
      process.kill(pid, 'SIGKILL');
      void first.kill().then(() => (isDead = true));
    });
    const second = await startTill(two, DEAF);
    tills[1] = second;
    await eventually('the master is dead', () => isDead, WITHIN_MS);
    await eventually('it heard of the others', async () => (await second.call('getStorage')).copies?.fuller?.code === 'R3', 20_000);
    await sellAt(second, 1);
    await sellAt(third, 1);

    // Who holds most is offered the part; who lacks something is told who does not, and may take it all the same.
    const full = await openScreen(browser, `http://127.0.0.1:${third.port}/`);
    await logIn(full.page);
    await openStorage(full.page);
    await full.page.getByText('No other register held more than this one').waitFor({ timeout: WITHIN_MS });
    await full.page.locator('.btn-primary', { hasText: 'Make this the main register' }).waitFor();
    await lookTwice(full.page, 'fullest copy');
    const side = await openScreen(browser, `http://127.0.0.1:${second.port}/`);
    await logIn(side.page);
    await openStorage(side.page);
    const lacks = (await second.call('getStorage')).copies?.lacks ?? 0;
    assert.ok(lacks > MISSED_SALES / 2, `${lacks}`);
    await side.page.getByText(`R3 Till 3 held ${lacks} changes more than this register`).waitFor();
    assert.equal(await side.page.getByRole('button', { name: 'Make this the main register' }).count(), 0);
    await lookTwice(side.page, 'fuller elsewhere');
    await side.page.getByRole('button', { name: 'Take over here all the same' }).click();
    await lookTwice(side.page, 'take over');
    await side.page.getByLabel('Port').fill(String(ports[1]));
    await side.page.getByLabel('Recovery code').fill(code.toLowerCase().replaceAll('-', ' '));
    await side.page.getByRole('button', { name: 'Start', exact: true }).click();
    await side.page.getByText('This is the main register now').waitFor({ timeout: WITHIN_MS });
    await lookTwice(side.page, 'took over');
    for (const { context } of [full, side]) await context.close();
    await third.call('setMasterAddress', { body: { host: '127.0.0.1', port: ports[1] } }).catch(() => undefined);
    await stop([1, 2], ports[1]);

    // The old master comes back, is told, and joins by one tap.
    first = await startTill(one);
    tills[0] = first;
    await sellAt(first, 1);
    const back = await openScreen(browser, `http://127.0.0.1:${first.port}/`);
    await logIn(back.page);
    await back.page.getByText('is the main register now').waitFor({ timeout: WITHIN_MS });
    await back.page.getByRole('link', { name: 'Join it' }).click();
    const joining = back.page.getByRole('button', { name: 'Join the main register' });
    await joining.waitFor();
    await lookTwice(back.page, 'replaced');
    await joining.click();
    await eventually('it is a slave', async () => (await first.call('getState')).mode === 'slave', 10_000);
    await stop([1, 0, 2], ports[1]);

    // The third loses its disk and is put back from the backup.
    await third.stop();
    rmSync(three, { recursive: true, force: true });
    await restoreTill(three, target);
    tills[2] = await startTill(three);
    await tills[2].call('setMasterAddress', { body: { host: '127.0.0.1', port: ports[1] } }).catch(() => undefined);
    await stop([1, 0, 2], ports[1]);
    for (const till of tills) await sellAt(till, 1);
    await stop([1, 0, 2], ports[1]);
    assert.deepEqual([...front.complaints, ...full.complaints, ...side.complaints, ...back.complaints], []);
  },
);
