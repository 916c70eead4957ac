/** Refusals as a person at a real register meets them: each by its code. Those of the network lie with what they are of. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { present } from '../../src/base/assert.ts';
import type { Answer } from '../../src/protocol/api/routes.ts';
import { Database } from '../../src/store/database.ts';
import { temporaryFolder } from '../support/shop.ts';
import { OWNER_PIN, type Till, cashMethod, logInAt, refusedWith, setUpTill, startTill } from '../support/till.ts';
import { PROGRAM } from '../support/program.ts';

let till: Till;
const folder = temporaryFolder();
before(async () => {
  till = await startTill(folder.path);
  await assert.rejects(till.call('getCart'), refusedWith('setup.needed'));
  await setUpTill(till, 'single', { catalogue: 'demo' });
});
after(async () => {
  await till.stop();
  folder.remove();
});

/** What `aurapos` says of why it did not do it. */
async function refusalOf(...args: readonly string[]): Promise<string> {
  const command = ['--disable-warning=ExperimentalWarning', PROGRAM, ...args, '--json'];
  try {
    await promisify(execFile)(process.execPath, command);
  } catch (error) {
    assert.ok(error instanceof Error && 'stdout' in error);
    const { error: said } = JSON.parse(String(error.stdout)) as { error: { code: string } };
    return said.code;
  }
  return 'done';
}

test('setup.done, setup.running: a register is set up once, by one at a time', async () => {
  await assert.rejects(setUpTill(till, 'single'), refusedWith('setup.done'));
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const other = temporaryFolder();
  const fresh = await startTill(other.path);
  const body = { host: '127.0.0.1', port, language: 'en', registerName: 'Stall', code: 'ABCD-EFGH-JKMN' };
  try {
    await fresh.call('join', { body });
    await assert.rejects(fresh.call('join', { body }), refusedWith('setup.running'));
  } finally {
    await fresh.stop();
    silent.close();
    other.remove();
  }
});

test('mode.not-master, mode.not-slave: what only another mode can do', async () => {
  await assert.rejects(till.call('startPairing'), refusedWith('mode.not-master'));
  await assert.rejects(till.call('setMasterAddress', { body: { host: '127.0.0.1', port: 5432 } }), refusedWith('mode.not-slave'));
});

test('sale.empty, cart.changed: a sale is of the cart that was shown', async () => {
  const pay = async (cart: Answer<'getCart'>, totalMinor: number): Promise<unknown> =>
    till.call('pay', { body: { cart: cart.id, totalMinor, tenders: [{ method: await cashMethod(till), amountMinor: totalMinor }] } });
  const empty = await till.call('getCart');
  await assert.rejects(pay(empty, 0), refusedWith('sale.empty'));
  const { rows } = await till.call('listProducts', { query: { limit: 1 } });
  const cart = await till.call('addLine', { body: { product: present(rows[0], 'a product').id } });
  await assert.rejects(pay(cart, cart.totalMinor + 5), refusedWith('cart.changed'));
  await till.call('clearCart');
});

test('barcode.unknown, input.invalid: a code that no product has, and one that another has already', async () => {
  await assert.rejects(till.call('scan', { body: { code: '99999999' } }), refusedWith('barcode.unknown'));
  const body = { name: 'Plum', priceMinor: 250, codes: ['99999999'] };
  await till.call('addProduct', { body });
  assert.equal((await till.call('scan', { body: { code: '99999999' } })).lines.length, 1);
  await assert.rejects(till.call('addProduct', { body: { ...body, name: 'Pear' } }), refusedWith('input.invalid'));
  await till.call('clearCart');
});

test('login.needed, right.missing, user.pin-too-short, user.last-owner: who may do what', async () => {
  const { rows: roles } = await till.call('listRoles');
  const roleOf = (builtIn: string): string =>
    present(
      roles.find((role) => role.builtIn === builtIn),
      builtIn,
    ).id;
  const user = { name: 'Sam', pin: '4711', role: roleOf('cashier') };
  await assert.rejects(till.call('addUser', { body: { ...user, role: roleOf('owner') } }), refusedWith('user.pin-too-short'));
  await till.call('addUser', { body: user });
  const asSam = await logInAt(till, '4711');
  await assert.rejects(asSam('addProduct', { body: { name: 'x', priceMinor: 1 } }), refusedWith('right.missing'));
  await asSam('logout');
  await assert.rejects(asSam('getCart'), refusedWith('login.needed'));
  const owner = present(
    (await till.call('listUsers')).rows.find(({ role }) => role?.builtIn === 'owner'),
    'the owner',
  );
  await assert.rejects(till.call('editUser', { params: { id: owner.id }, body: { active: false } }), refusedWith('user.last-owner'));
});

test('import.no-columns, import.has-errors: a file that cannot be imported as it is', async () => {
  const preview = await till.call('openImport', { csv: Buffer.from('name,price\nFig,1.20\nDate,dear\n') });
  const apply = (skipBad: boolean): Promise<unknown> => till.call('applyImport', { params: { id: preview.id }, body: { skipBad } });
  await assert.rejects(apply(false), refusedWith('import.has-errors'));
  await till.call('mapImport', { params: { id: preview.id }, body: { mapping: [null, 'price'] } });
  await assert.rejects(apply(true), refusedWith('import.no-columns'));
});

test('store.in-use, port.taken: a second program on the same data, or on the same port', async () => {
  assert.equal(await refusalOf('start', '--data', folder.path, '--port', '0'), 'store.in-use');
  const other = temporaryFolder();
  assert.equal(await refusalOf('start', '--data', other.path, '--port', String(till.port)), 'port.taken');
  other.remove();
});

test('login.paused: after five wrong PINs the right one waits as well', async () => {
  for (let tries = 0; tries < 4; tries++) await assert.rejects(logInAt(till, '111111'), refusedWith('login.wrong-pin'));
  await assert.rejects(logInAt(till, '111111'), refusedWith('login.paused'));
  await assert.rejects(logInAt(till, OWNER_PIN), refusedWith('login.paused'));
});

test('bug: what nobody foresaw is called that, and the register goes on', async () => {
  const db = new Database(join(folder.path, 'store.db'), { readOnly: false });
  db.sqlite.exec('ALTER TABLE unprinted RENAME TO hidden');
  await assert.rejects(till.call('unprinted'), refusedWith('bug'));
  db.sqlite.exec('ALTER TABLE hidden RENAME TO unprinted');
  db.close();
  assert.deepEqual((await till.call('unprinted')).rows, []);
});
