/** The wizard's connection test, when it does not come through: each screen says which it is and what to do, and another try goes on. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { systemRandom } from '../../src/base/random.ts';
import { FRONT_DOOR_DATABASE, FRONT_DOOR_ROLE, REGISTER_SCRAM_ITERATIONS } from '../../src/hub/cluster-conf.ts';
import { FRONT_DOOR_PASSWORD } from '../../src/hub/front-door.ts';
import { connectStrict, type StrictClient } from '../../src/hub/strict-client.ts';
import { aurapos } from './aurapos-command.ts';
import { launchBrowser, openScreen } from './browser.ts';
import { chooseSlave, holdToAxe, OWNER_PIN } from './journeys.ts';
import { buildScreens, startRegister } from './register-process.ts';
import { freePort } from '../support/free-port.ts';

const LONGEST_MS = 120_000;
/** More than the front door lets in at a time. */
const CROWD = 8;

/** Something else listens there, and hangs up on whoever speaks PostgreSQL to it. */
async function startRogue(): Promise<{ port: number; close(): void }> {
  const server = createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { port: address.port, close: () => void server.close() };
}

/** Takes every place at the front door, as anybody on the network may. */
async function crowd(port: number): Promise<StrictClient[]> {
  const place = { host: '127.0.0.1', port, database: FRONT_DOOR_DATABASE, user: FRONT_DOOR_ROLE, password: FRONT_DOOR_PASSWORD };
  const how = { iterations: REGISTER_SCRAM_ITERATIONS, authority: null, connectTimeoutMs: 4_000, applicationName: 'crowd' };
  const tried = await Promise.allSettled(Array.from({ length: CROWD }, () => connectStrict({ ...place, ...how }, systemRandom)));
  return tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function tryAddress(page: Page, address: string, said: RegExp): Promise<void> {
  await page.getByLabel('Master address').fill(address);
  await page.getByRole('button', { name: /^Test/ }).click();
  await page.getByRole('alert').filter({ hasText: said }).waitFor();
}

test('a connection test that fails says which it is and what to do, in the wizard', { timeout: LONGEST_MS }, async () => {
  buildScreens();
  const hubPort = await freePort();
  const front = await startRegister('refusals-master');
  const stall = await startRegister('refusals-slave', { deaf: true });
  const rogue = await startRogue();
  const browser = await launchBrowser();
  try {
    await aurapos(front.folder, 'setup', '--mode', 'master', '--pin', OWNER_PIN, '--hub-port', String(hubPort));
    const { page, complaints } = await openScreen(browser, stall.url);
    page.setDefaultTimeout(10_000);
    const look = holdToAxe(page);
    await chooseSlave(page, 'Market stall', look);

    await tryAddress(page, `127.0.0.1:${await freePort()}`, /answers, but port \d+ is closed.*allow "PostgreSQL AuraPOS" in the firewall/);
    await look('port-closed');
    await tryAddress(page, `127.0.0.1:${rogue.port}`, /is not an AuraPOS master.*Check address and port/);
    await look('not-aurapos');
    await tryAddress(page, 'no-such-till.invalid', /Nothing answers at no-such-till.invalid/);
    await look('no-answer');
    await page.getByLabel('Database name').fill('shop');
    await tryAddress(page, `127.0.0.1:${hubPort}`, /no database named shop.*Leave the database name as it is/);
    await look('wrong-database');
    await page.getByLabel('Database name').fill('aurapos');
    const inside = await crowd(hubPort);
    await tryAddress(page, `127.0.0.1:${hubPort}`, /no connection free.*Wait a moment/);
    await look('too-many-connections');
    await Promise.all(inside.map((client) => client.end()));

    // Then it comes through; a code that is not one is refused, and nothing is lost of what was typed.
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByText('says hello').waitFor();
    await page.getByLabel('Characters 1 to 4').fill('7K4MQ9XT2VHD');
    await page.getByRole('button', { name: 'Pair and continue' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /That code is not right/ })
      .waitFor();
    await look('wrong-code');
    await page.getByRole('button', { name: 'Back' }).click();
    assert.equal(await page.getByLabel('Master address').inputValue(), `127.0.0.1:${hubPort}`);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    rogue.close();
    await stall.stop();
    await front.stop();
  }
});
