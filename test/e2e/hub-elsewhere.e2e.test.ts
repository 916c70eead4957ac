/**
 * The shop's database on a PostgreSQL of somebody else's, at the screens: the wizard refuses a user without rights with the SQL that gives them, and
 * goes on once that was run; Settings > Storage brings the database back to this machine and out again; Diagnosis asks the host that it is on.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { clusterFolder } from '../support/shop-of-tills.ts';
import { ADMIN, ADMIN_PASSWORD, openServers } from '../support/two-servers.ts';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { logIn, lookTwice, openFromMenu, openStorage, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 240_000;
const WORK_WITHIN_MS = 90_000;
const SQL = 'ALTER ROLE "tenant" CREATEDB CREATEROLE;';

test(
  'hub.url-may-not, hub.url-login: set up on a rented server in the wizard, moved here and there again in Settings, and diagnosed where it is',
  { timeout: LONGEST_MS },
  async () => {
    buildScreens();
    const servers = await openServers();
    const hubPort = await freePort();
    const front = await startRegister('rented');
    const stall = await startRegister('rented-slave', { deaf: true });
    const browser = await launchBrowser();
    try {
      const admin = await servers.primary.link();
      await admin.run("create role tenant login password 'lease'");
      const { page, complaints } = await openScreen(browser, front.url);
      page.setDefaultTimeout(15_000);
      await page.getByRole('heading', { name: 'English' }).click();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('Name of this register').fill('Front till');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Multi-register — Master' }).click();
      await page.getByText('PostgreSQL elsewhere').click();
      await page.getByLabel('Address of the server').fill(servers.url('tenant', 'wrong', servers.primary));
      await page.getByLabel('CA, pasted').fill(servers.authority);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('does not let tenant in with this password').waitFor();
      await page.getByLabel('Address of the server').fill(servers.url('tenant', 'lease', servers.primary));
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.locator('.to-copy').getByText(SQL, { exact: true }).waitFor();
      await lookTwice(page, 'wizard-elsewhere-may-not');
      assert.equal(
        ((await aurapos(front.folder, 'status')) as { setUp: boolean }).setUp,
        false,
        'nothing is begun on a server that will not do',
      );
      await admin.run(SQL);
      await page.getByRole('button', { name: 'Test the server' }).click();
      await page.getByText(/PostgreSQL 18\S* answers, and tenant may do what is needed/).waitFor();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('Country').selectOption('NL');
      await page.getByLabel('Name of the shop').fill('Corner Shop');
      await page.getByLabel('Your name').fill('Mina');
      await page.getByLabel('PIN', { exact: true }).fill(OWNER_PIN);
      await page.getByLabel('PIN again').fill(OWNER_PIN);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Demo shop' }).click();
      await page.getByRole('button', { name: 'Set up' }).click();
      await page.getByText('I have').click({ timeout: WORK_WITHIN_MS });
      await page.getByRole('button', { name: 'Start selling' }).click();
      await page.getByRole('button', { name: /Change user/ }).waitFor();

      const { code } = (await aurapos(front.folder, 'pair')) as { code: string };
      const at = `localhost:${servers.primary.port}`;
      await aurapos(stall.folder, 'setup', '--mode', 'slave', '--register', 'Stall', '--master', at, '--code', code);

      await openFromMenu(page, 'Help', 'Diagnosis');
      const checks = page.getByRole('list', { name: 'Checks' }).getByRole('listitem');
      await checks.filter({ hasText: `The database server answers at ${at}.` }).waitFor();
      assert.equal(await checks.filter({ hasText: 'Firewall' }).count(), 0);
      await lookTwice(page, 'diagnosis-elsewhere');
      const { page: other } = await openScreen(browser, stall.url);
      await logIn(other);
      await openFromMenu(other, 'Help', 'Diagnosis');
      await other.getByText(`The database server answers at localhost, port ${servers.primary.port}.`).waitFor();
      await other.getByText('Everything is in order.').waitFor();

      await openStorage(page);
      await page.getByText('Address of the database server').waitFor();
      await page.getByRole('button', { name: 'Move the shop’s database' }).click();
      await page.getByLabel('Port').fill(String(hubPort));
      await lookTwice(page, 'move-here');
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.getByText('The shop’s database has moved').waitFor({ timeout: WORK_WITHIN_MS });
      await page.getByText('Addresses of this register').waitFor();
      await lookTwice(page, 'moved-here');
      await page.getByRole('button', { name: 'Close' }).click();

      await page.getByRole('button', { name: 'Move the shop’s database' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Address of the server').fill(servers.url(ADMIN, ADMIN_PASSWORD, servers.primary));
      await dialog.getByLabel('CA of its certificates, as a file').setInputFiles(servers.authorityFile);
      await lookTwice(page, 'move-elsewhere');
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.getByText('The shop’s database has moved').waitFor({ timeout: WORK_WITHIN_MS });
      await page.getByText('Address of the database server').waitFor();
      await other.getByText('Online').waitFor({ timeout: WORK_WITHIN_MS });
      await servers.primary.stop();
      await openFromMenu(page, 'Help', 'Diagnosis');
      await page.getByRole('button', { name: 'Check again' }).click();
      await checks.filter({ hasText: `The database server does not answer at ${at}.` }).waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      await stall.stop();
      const cluster = await clusterFolder(front.folder);
      await front.stop();
      rmSync(cluster, { recursive: true, force: true });
      await servers.end();
    }
  },
);
