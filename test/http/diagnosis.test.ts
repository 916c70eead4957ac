/**
 * `aurapos doctor` against real registers: what it says of a till on its own, of a shop whose database has no connection free, and that its
 * support file holds nothing of customers and no secret.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { clusterFolder, superuserConnect, openShop, type ShopOfTills } from '../support/shop-of-tills.ts';
import { superuserPassword } from '../../src/hub/cluster.ts';
import { RUNNING_FILE } from '../../src/server/running-file.ts';
import { Database } from '../../src/store/database.ts';
import { startFakePrinter } from '../support/fake-printer.ts';
import { temporaryFolder } from '../support/shop.ts';
import { ApiRefusal, cashMethod, logInAt, OWNER_PIN, sell, setUpTill, startTill, type Till } from '../support/till.ts';
import { PROGRAM } from '../support/program.ts';

interface Doctor {
  readonly code: number | null;
  readonly text: string;
}

function doctor(folder: string, ...args: readonly string[]): Promise<Doctor> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, 'doctor', '--data', folder, ...args]);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, text })));
}

const levelsOf = ({ checks }: Answer<'diagnose'>, id: string): readonly string[] =>
  checks.filter((check) => check.id === id).map(({ finding, level }) => `${finding} ${level}`);

test('a till on its own: one line a check; a printer that does not answer is bad, and says what mends it', async (t) => {
  const data = temporaryFolder();
  const printer = await startFakePrinter();
  const till = await startTill(data.path);
  let running: Till | null = till;
  t.after(async () => {
    await running?.stop();
    data.remove();
  });
  await setUpTill(till, 'single', { catalogue: 'demo' });
  const address = { kind: 'network', host: '127.0.0.1', port: printer.port } as const;
  await till.call('addPrinter', { body: { name: 'Counter', address, paper: '80mm', receipts: 'always', drawer: false } });
  const good = await doctor(data.path);
  assert.equal(good.code, 0, good.text);
  assert.match(
    good.text,
    /^good Data: .*\ngood Room on the disk: \d+ MB are left.*\ngood Pace of the disk: .* ms\.\ngood Printer: Counter answers\.$/m,
  );
  assert.ok(!existsSync(join(data.path, 'disk-pace')), 'the scratch file is gone');
  await printer.stop();
  const bad = await doctor(data.path);
  assert.equal(bad.code, 1);
  assert.match(bad.text, /^BAD {2}Printer: Counter does not answer\. Selling goes on; receipts wait.*Switch it on, check its cable/m);
  // A cashier may look, and hands out no support file.
  await till.call('addUser', { body: { name: 'Sam', pin: '4711', role: await cashierRole(till) } });
  const sam = await logInAt(till, '4711');
  assert.deepEqual(levelsOf(await sam('diagnose'), 'printer'), ['not-reachable bad']);
  await assert.rejects(sam('getSupportFile'), (error) => error instanceof ApiRefusal && error.code === 'right.missing');
  await assert.rejects(till.call('measureLink', { body: {} }), (error) => error instanceof ApiRefusal && error.code === 'input.not-found');

  // Not running, it is looked at as it lies.
  await till.stop();
  running = null;
  assert.match((await doctor(data.path)).text, /^\? {4}AuraPOS does not run on this data[^]*^good Data:/m);
  // A store that does not open still has a disk.
  writeFileSync(join(data.path, 'store.db'), 'no database at all'.repeat(1000));
  const broken = await doctor(data.path, '--json');
  assert.equal(broken.code, 1);
  const said = JSON.parse(broken.text) as Answer<'diagnose'>;
  assert.equal(said.checks.find(({ id }) => id === 'store')?.refusal?.code, 'store.corrupt');
  assert.deepEqual(levelsOf(said, 'disk'), ['enough good']);
});

/** A master and a slave, for those that ask of a shop. */
let shop: ShopOfTills;
before(async () => {
  shop = await openShop(1);
});
after(() => shop.stop());

async function cashierRole(till: Till): Promise<string> {
  const { rows } = await till.call('listRoles');
  return rows.find(({ builtIn }) => builtIn === 'cashier')?.id ?? '';
}

test('hub.too-many-connections: no connection is free; doctor says so on the slave and on the master, and so does the wizard', async (t) => {
  const fresh = temporaryFolder();
  const unset = await startTill(fresh.path);
  const held: Awaited<ReturnType<Awaited<ReturnType<typeof superuserConnect>>>>[] = [];
  t.after(async () => {
    await Promise.all(held.map((client) => client.close().catch(() => undefined)));
    await unset.stop();
    fresh.remove();
  });
  const [master, slave] = shop.tills;
  assert.ok(master !== undefined && slave !== undefined);
  const connections = async () => (await master.call('diagnose')).checks.find(({ id }) => id === 'connections');
  const before = await connections();
  assert.equal(before?.level, 'good');
  const allowed = Number(before.params['allowed']);
  // All but the few that are kept for the superuser.
  const RESERVED = 5;
  const free = allowed - RESERVED - Number(before.params['used']) + 1;
  const connect = await superuserConnect(shop);
  for (let at = 0; at < free; at++) held.push(await connect());
  const crowded = await connections();
  assert.deepEqual([crowded?.finding, crowded?.level], ['crowded', 'bad'], JSON.stringify(crowded));
  const there = await slave.call('diagnose');
  assert.equal(there.checks.find(({ id }) => id === 'hub')?.refusal?.code, 'hub.too-many-connections');
  const test = unset.call('testMaster', { body: { host: '127.0.0.1', port: shop.hubPort } });
  await assert.rejects(test, (error) => error instanceof ApiRefusal && error.code === 'hub.too-many-connections');
  await Promise.all(held.splice(0).map((client) => client.close()));
  assert.deepEqual(levelsOf(await slave.call('diagnose'), 'hub'), ['good good']);
});

test('[P6] the support file holds no customer data and no secret, whatever the shop and its log hold', async () => {
  const [master, slave] = shop.tills;
  assert.ok(master !== undefined && slave !== undefined);
  const customer = { name: 'Jan Peeters', phone: '0470123456', email: 'jan.peeters@example.com', address: 'Kerkstraat 12, Gent' };
  await master.call('addCustomer', { body: customer });
  await master.call('addUser', { body: { name: 'Samantha', pin: '47119', role: await cashierRole(master) } });
  const { rows } = await master.call('listProducts', { query: { limit: 1 } });
  await sell(master, [rows[0]?.id ?? ''], await cashMethod(master));
  const { code } = await master.call('startPairing');
  // Faults that quote what they met, as no program can promise not to.
  for (const folder of shop.folders) {
    const quoted = `Error: ${Object.values(customer).join(' ')} 47119 ${shop.recoveryCode}\n    at x (src/server/app.ts:1:1)`;
    mkdirSync(join(folder, 'log'), { recursive: true });
    for (const fields of [
      { error: quoted },
      { path: `/api/customers/${customer.name}` },
      { code: customer.name, phone: Number(customer.phone) },
    ])
      appendFileSync(join(folder, 'log', 'aurapos.log'), `${JSON.stringify({ level: 50, time: 1, msg: 'request failed', ...fields })}\n`);
  }
  const secrets = [...Object.values(customer), '470123456', 'Peeters', 'Samantha', 'Mina', OWNER_PIN, '47119', shop.recoveryCode, code];
  for (const folder of shop.folders) secrets.push(...(await secretsOf(folder)));
  for (const folder of shop.folders) {
    const file = join(folder, 'support.json.gz');
    const { text } = await doctor(folder, '--seconds', '1', '--bundle', file);
    assert.match(text, /Support file: /);
    const bundle = gunzipSync(readFileSync(file)).toString();
    const held = JSON.parse(bundle) as { log: { msg?: string; error?: string }[]; counts: { sales: number }; link: { asked: number } };
    // What is looked for is what the shop holds: it would be found.
    assert.ok(held.log.some(({ msg, error }) => msg === 'request failed' && error === 'Error src/server/app.ts:1'));
    assert.ok(held.link.asked > 3 && held.counts.sales === 1);
    const letters = bundle.toLowerCase();
    for (const secret of secrets) {
      assert.ok(secret.length >= 4, `too short to look for: ${secret}`);
      assert.ok(!letters.includes(secret.toLowerCase()), `found in ${folder}: ${secret}`);
      assert.ok(!letters.includes(secret.toLowerCase().replaceAll('-', '')), `found without dashes: ${secret}`);
    }
  }
});

/** Passwords and keys as they lie in a register's folder, and every way that they may be spelt. */
async function secretsOf(folder: string): Promise<string[]> {
  const note = JSON.parse(readFileSync(join(folder, RUNNING_FILE), 'utf8')) as { token: string };
  const found = [note.token];
  const keys = join(folder, 'hub', 'keys');
  const isMaster = existsSync(join(keys, 'authority.key'));
  const bytes = isMaster ? ['authority.key', 'secret'].map((name) => readFileSync(join(keys, name))) : [];
  if (isMaster) found.push(await superuserPassword({ folder: await clusterFolder(folder) }));
  const db = new Database(join(folder, 'store.db'), { readOnly: true });
  const account = db.get("SELECT value FROM meta WHERE name = 'hub_account'")?.['value'];
  if (typeof account === 'string') found.push((JSON.parse(account) as { password: string }).password);
  for (const { private_key: key } of db.all('SELECT private_key FROM chain WHERE private_key IS NOT NULL'))
    if (key instanceof Uint8Array) bytes.push(Buffer.from(key));
  db.close();
  assert.ok(bytes.length > 0 && found.length === 2, 'there are secrets to look for');
  return [...found, ...bytes.flatMap((secret) => (['hex', 'base64', 'base64url'] as const).map((spelling) => secret.toString(spelling)))];
}
