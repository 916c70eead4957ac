/**
 * docs/when-the-master-dies.md and docs/growing.md, followed from top to bottom: every command in them is run as it is written, against real
 * processes, with addresses, ports and codes set to those of this shop.
 */
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSteps } from '../support/doc-steps.ts';
import { eventually } from '../support/shop-of-many.ts';
import { checkShop, clusterFolder, openShop, settle } from '../support/shop-of-tills.ts';
import { closeDrawer } from '../support/single-shop.ts';
import { reachTill, setUpTill, startTill, type Till } from '../support/till.ts';
import { temporaryFolder } from '../support/shop.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs it to its end as a person's shell would, on the data of that register; what it printed. */
function run(folder: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, AURAPOS_DATA: folder };
    const child = execFile('/bin/sh', ['-c', command], { cwd: ROOT, env, timeout: 90_000 }, (error, out, said) => {
      if (error === null) resolve(out + said);
      else reject(new assert.AssertionError({ message: `${command}\n${out}${said || error.message}` }));
    });
    child.stdin?.end();
  });
}

const modeOf = async (till: Till | undefined): Promise<string | null> => (await till?.call('getState'))?.mode ?? null;

test('every command of "When the master dies" does what the page says', { timeout: 240_000 }, async (t) => {
  const shop = await openShop(2);
  t.after(() => shop.stop());
  // Of two main registers that do not know each other: test/network/lan.test.ts.
  const steps = readSteps('when-the-master-dies.md').filter(({ on }) => on !== 'stays' && on !== 'joins');
  const at = { master: 0, slave: 1, third: 2 } as const;
  const next = async (on: keyof typeof at, edit: (command: string) => string = (command) => command): Promise<string> => {
    const step = steps.shift();
    assert.equal(step?.on, on);
    return run(shop.folders[at[on]] ?? '', edit(step?.command ?? ''));
  };
  assert.match(await next('master'), new RegExp(shop.recoveryCode));
  await settle(shop);
  await shop.killMaster(0);
  const port = await freePort();
  assert.match(
    await next('slave', (command) => `${command.replace('RECOVERY-CODE', shop.recoveryCode)} --hub-port ${port}`),
    /Multi-register — Master/,
  );
  await next('third', (command) => command.replace('192.168.1.11', `127.0.0.1:${port}`));
  assert.match(await next('slave'), /R2 {2}Till 2 {2}online, master, this one/);
  await shop.restart(0);
  await eventually(
    'the old master knows',
    async () => (await shop.tills[0]?.call('getStatus'))?.problem?.code === 'master.replaced',
    30_000,
  );
  assert.match(await next('master'), /Multi-register — Slave/);
  const order = [1, 0, 2];
  await settle({ hubPort: port, folders: order.map((of) => shop.folders[of] ?? ''), tills: order.flatMap((of) => shop.tills[of] ?? []) });
  assert.match(await next('slave', (command) => `${command} --hub-port ${shop.hubPort}`), /Offered to/);
  await eventually('the first is the master again', async () => (await modeOf(shop.tills[0])) === 'master', 60_000);
  await settle(shop);
  assert.match(await next('master'), /new recovery code/);
  await settle(shop);
  assert.match(await next('master'), /^[0-9A-Z]{4}(-[0-9A-Z]{4}){6}/);
  assert.equal(steps.length, 0, 'every command was run');
  await settle(shop);
  assert.deepEqual(await checkShop(shop, new Map()), []);
});

test('every command of "Growing from one register to several" does what the page says', { timeout: 180_000 }, async (t) => {
  const [alone, other, third] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const tills = [await startTill(alone.path), await startTill(other.path), await startTill(third.path)] as const;
  const [single, slave, joining] = tills;
  t.after(async () => {
    for (const till of tills.toReversed()) await till.stop();
    rmSync(await clusterFolder(alone.path), { recursive: true, force: true });
    for (const folder of [alone, other, third]) folder.remove();
  });
  const steps = readSteps('growing.md');
  const hubPort = await freePort();
  await setUpTill(single, 'single', { catalogue: 'demo' });
  const at = { single: alone.path, slave: other.path, master: alone.path, joining: third.path } as const;
  const next = async (on: keyof typeof at, edit: (command: string) => string = (command) => command): Promise<string> => {
    const step = steps.shift();
    assert.equal(step?.on, on);
    return run(at[on], edit(step?.command ?? ''));
  };
  const readCode = (printed: string): string => /([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}) {3}good/.exec(printed)?.[1] ?? '';
  assert.match(await next('single', (command) => `${command} --hub-port ${hubPort}`), /recovery code/);
  const first = readCode(await run(alone.path, 'bin/aurapos pair'));
  await run(other.path, `bin/aurapos setup --mode slave --master 127.0.0.1:${hubPort} --code ${first}`);
  const shop = { hubPort, folders: [alone.path, other.path], tills: [single, slave] };
  await settle(shop);
  assert.match(await next('slave'), /Single-register/);
  assert.equal(await modeOf(slave), 'single');
  await run(other.path, 'bin/aurapos sell --barcode 2000000000015');
  const code = readCode(await next('single'));
  await next('slave', (command) => command.replace('192.168.1.10', `127.0.0.1:${hubPort}`).replace('ABCD-EFGH-JKMN', code));
  await settle(shop);
  assert.equal((await single.call('listSales')).total, 1, 'what it sold on its own flowed in');

  // A third one, a shop by itself so far.
  await setUpTill(joining, 'single', { catalogue: 'demo' });
  await run(third.path, 'bin/aurapos sell --barcode 2000000000015');
  await closeDrawer(joining);
  const joinCode = readCode(await next('master'));
  const compared = await next('joining', (command) =>
    command.replace('192.168.1.10', `127.0.0.1:${hubPort}`).replace('ABCD-EFGH-JKMN', joinCode),
  );
  assert.match(compared, /1, [\d.]+ EUR/);
  assert.match(await next('joining'), /Multi-register — Slave of Corner Shop/);
  const three = {
    hubPort,
    folders: [...shop.folders, third.path],
    tills: [single, slave, { ...joining, call: reachTill(third.path).call }],
  };
  await settle(three);
  const kept = readdirSync(join(third.path, 'kept'))[0] ?? '';
  const csv = join(third.path, 'old-sales.csv');
  const said = await next('joining', (command) =>
    command.replaceAll('2026-03-31-184500.db', kept).replaceAll('old-', join(third.path, 'old-')),
  );
  assert.match(said, /1 sales[^]*Sound: [^]*1 sales in [^]*0 invoices in [^]*1 closings in /);
  assert.equal(readFileSync(csv, 'utf8').trimEnd().split('\r\n').length, 2);
  assert.equal(steps.length, 0, 'every command was run');
  assert.deepEqual(await checkShop(three, new Map()), []);
  assert.equal((await single.call('listSales')).total, 2, 'and what the third had sold');
});
