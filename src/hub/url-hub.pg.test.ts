/** The hub laid into a PostgreSQL of somebody else's: by its superuser, by a user with CREATEDB and CREATEROLE alone, and by one with less. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { present } from '../base/assert.ts';
import { makeId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { unwrap } from '../base/result.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from './cluster-conf.ts';
import { makeHubClient } from './hub-client.ts';
import { placeAddress, readHubUrl, readPlace, spellPlace, type HubServer } from './hub-place.ts';
import { closeMember, ensureMember } from './members.ts';
import { connectHub } from './pg-link.ts';
import { projectionPosition, projectionSchema, writeProjection, type ProjectionBatch } from './projection.ts';
import type { RunningHub } from './run-hub.ts';
import { runUrlHub } from './run-url-hub.ts';
import { registerPassword } from './sealed-box.ts';
import { readRights, setUpUrlHub, testServer, type UrlOptions } from './set-up-url-hub.ts';
import { makeTestChain } from './testing/test-chain.ts';
import { refusalCode, tools } from './testing/test-hub.ts';
import { eventually } from '../../test/support/shop-of-many.ts';
import { ADMIN, ADMIN_PASSWORD, openServers, type Servers } from '../../test/support/two-servers.ts';

const run = promisify(execFile);

let servers: Servers;
before(async () => {
  servers = await openServers();
});
after(() => servers.end());

function serverFor(user: string, password: string): HubServer {
  return unwrap(readHubUrl(servers.url(user, password, servers.primary), servers.authority));
}

async function options(server: HubServer): Promise<UrlOptions> {
  return {
    server,
    folder: await mkdtemp(path.join(os.tmpdir(), 'aurapos-url-')),
    shop: { id: '01890000-0000-7000-8000-00000000000a', name: 'Rented' },
    incarnation: { number: 1, id: '01890000-0000-7000-8000-0000000000aa' },
    open: true,
    ...tools,
    log: silentLog,
    onStep: () => undefined,
  };
}

/** A user of the landlord's server, and a server with nothing of AuraPOS. */
async function clearServer(...users: readonly string[]): Promise<void> {
  const link = await servers.primary.link();
  await link.run('drop database if exists aurapos_shop with (force)');
  const roles = await link.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname like 'aurapos%' or rolname like 'tenant%'",
  );
  for (const { rolname } of roles) await link.run(`drop owned by ${rolname} cascade; drop role ${rolname}`);
  for (const user of users) await link.run(user);
  await link.close();
}

test('what is no URL, or no CA, is refused; a place is spelt as one word and read again', () => {
  for (const url of [
    '',
    'http://a:b@c',
    'postgres://a@c',
    'postgres://a:b@',
    'postgres://a:b@c:0',
    'postgres://a:b@c:99999',
    'postgres://a:b@c d',
  ])
    assert.equal(refusalCode(readHubUrl(url, null)), 'input.invalid', url);
  assert.equal(refusalCode(readHubUrl('postgres://a:b@c', 'no certificate')), 'input.invalid');
  const server = unwrap(readHubUrl('postgres://a%40x:p%3Aw@one,two.example:6432,[fd00::1]:5433/db', '-----BEGIN CERTIFICATE-----'));
  assert.deepEqual([server.user, server.password, server.database], ['a@x', 'p:w', 'db']);
  assert.deepEqual(readPlace(spellPlace(server)), { hosts: server.hosts, authority: server.authority });
  assert.deepEqual(server.hosts, [
    { host: 'one', port: 5432 },
    { host: 'two.example', port: 6432 },
    { host: 'fd00::1', port: 5433 },
  ]);
  assert.equal(readPlace('192.168.1.4'), null);
});

function batchTo(from: number, to: number, rows: ProjectionBatch['rows'] = new Map()): ProjectionBatch {
  return { from, to, runningHash: Buffer.alloc(32, to % 256), rows, forgotten: [], detached: [], late: [], arrived: [], writerTip: null };
}

/** A hub on a cleared server, as a plain user. */
async function raiseAsTenant(t: TestContext): Promise<{ given: UrlOptions; hub: RunningHub }> {
  await clearServer("create role tenant login createdb createrole password 'lease'");
  const given = await options(serverFor('tenant', 'lease'));
  t.after(() => rm(given.folder, { recursive: true, force: true }));
  const hub = unwrap(await runUrlHub(given));
  t.after(() => hub.stop({ server: 'leave' }));
  return { given, hub };
}

for (const kind of ['superuser', 'plain user'] as const)
  test(`a hub by URL takes registers, the projector and the watchdog: ${kind}`, async (t) => {
    await clearServer("create role tenant login createdb createrole password 'lease'");
    const given = await options(kind === 'superuser' ? serverFor(ADMIN, ADMIN_PASSWORD) : serverFor('tenant', 'lease'));
    t.after(() => rm(given.folder, { recursive: true, force: true }));
    const hub = unwrap(await runUrlHub(given));
    t.after(() => hub.stop({ server: 'leave' }));
    assert.deepEqual(
      hub.hub.lacks.map(({ right }) => right),
      kind === 'superuser' ? ['other-databases'] : ['large-objects', 'temporary-files', 'other-databases'],
    );
    const master = unwrap(await hub.connectMaster());
    t.after(() => master.close());
    const [register, pairing] = [makeId(tools.clock, tools.random), makeId(tools.clock, tools.random)];
    const { role } = await ensureMember(master.link, hub.hub.keys.secret, { register, pairing }, tools.random);
    const address = {
      ...placeAddress(given.server),
      database: SHOP_DATABASE,
      user: role,
      password: registerPassword(hub.hub.keys.secret, pairing),
      iterations: REGISTER_SCRAM_ITERATIONS,
    };
    const link = unwrap(await connectHub(address, tools));
    const client = makeHubClient(link);
    const chain = makeTestChain(kind.length);
    assert.equal((await client.push(chain.next(1), []))[0]?.verdict, 'accepted');
    await assert.rejects(link.query('select * from hub.feed'), /permission denied/);
    // The projector writes, and writes over what was late.
    const at = await projectionPosition(master.link);
    unwrap(await writeProjection(master.link, batchTo(at.position, 1)));
    // Set up again: everything is found done.
    unwrap(await setUpUrlHub(given));
    // One that holds everybody up is ended, though its user is no superuser.
    const lost = Promise.withResolvers<void>();
    link.onLost(() => lost.resolve());
    // A push that is never committed holds the position.
    await link.run('begin');
    await client.push(chain.next(1), []);
    await lost.promise;
    const again = makeHubClient(unwrap(await connectHub(address, tools)));
    assert.equal((await again.greet()).position, 1);
    const ended = new Promise((resolve) => again.link.onLost(resolve));
    await closeMember(master.link, role);
    await ended;
    assert.equal(refusalCode(await connectHub(address, tools)), 'pairing.revoked');
  });

test('what its user may not do is refused with the SQL for the administrator, and done once that was run', async (t) => {
  await clearServer("create role tenant login password 'lease'");
  const given = await options(serverFor('tenant', 'lease'));
  t.after(() => rm(given.folder, { recursive: true, force: true }));
  const refused = await setUpUrlHub(given);
  assert.equal(refusalCode(refused), 'hub.url-may-not');
  const sql = refused.ok ? '' : String(refused.refusal.params['sql']);
  assert.equal(sql, 'ALTER ROLE "tenant" CREATEDB CREATEROLE;');
  const admin = await servers.primary.link();
  await admin.run(sql);
  const raised = unwrap(await setUpUrlHub(given));
  // What makes it less safe: each has its remedy, and is not said any more once that was run.
  const shop = await servers.primary.link(SHOP_DATABASE);
  for (const { sql: remedy } of raised.lacks) await shop.run(remedy.replace(/^\\c .*\n/, ''));
  assert.deepEqual(unwrap(await setUpUrlHub(given)).lacks, []);
  await shop.run('grant connect on database postgres to public');
  await Promise.all([shop.close(), admin.close()]);
});

test('a server is tested before anything is set up there: what would be refused is, and nothing is changed', async () => {
  await clearServer("create role tenant login password 'lease'");
  const { id } = (await options(serverFor('tenant', 'lease'))).shop;
  assert.equal(refusalCode(await testServer(serverFor('tenant', 'lease'), null, tools)), 'hub.url-may-not');
  assert.equal(refusalCode(await testServer(serverFor('tenant', 'another'), null, tools)), 'hub.url-login');
  const admin = await servers.primary.link();
  await admin.run('alter role tenant createdb createrole');
  assert.equal(unwrap(await testServer(serverFor('tenant', 'lease'), null, tools)).user, 'tenant');
  const made = await admin.query(
    "select from pg_roles where rolname like 'aurapos%' union all select from pg_database where datname = 'aurapos_shop'",
  );
  assert.equal(made.length, 0);
  await admin.close();
  const given = await options(serverFor('tenant', 'lease'));
  unwrap(await setUpUrlHub(given));
  await rm(given.folder, { recursive: true, force: true });
  assert.equal(refusalCode(await testServer(given.server, null, tools)), 'hub.url-other-shop');
  assert.equal(unwrap(await testServer(given.server, id, tools)).user, 'tenant');
});

test('a wrong password, another shop, a newer master, a server that is not the one of this CA: each is said', async (t) => {
  await clearServer();
  const given = await options(serverFor(ADMIN, ADMIN_PASSWORD));
  t.after(() => rm(given.folder, { recursive: true, force: true }));
  unwrap(await setUpUrlHub({ ...given, incarnation: { number: 2, id: '01890000-0000-7000-8000-0000000000ab' } }));
  assert.equal(refusalCode(await setUpUrlHub(given)), 'hub.replaced');
  assert.equal(refusalCode(await setUpUrlHub({ ...given, server: serverFor(ADMIN, 'another') })), 'hub.url-login');
  const other = { ...given, shop: { ...given.shop, id: '01890000-0000-7000-8000-00000000000b' } };
  assert.equal(refusalCode(await setUpUrlHub(other)), 'hub.url-other-shop');
  assert.equal(refusalCode(await setUpUrlHub({ ...given, server: { ...given.server, authority: null } })), 'hub.not-trusted');
  const elsewhere = { ...given.server, hosts: given.server.hosts.map(({ port }) => ({ host: '127.0.0.1', port })) };
  assert.equal(refusalCode(await setUpUrlHub({ ...given, server: elsewhere })), 'hub.not-trusted');
});

test('an older PostgreSQL is refused', async () => {
  const row = { user: 'tenant', version: '17.5', number: 170_005, superuser: true, database: true, role: true };
  assert.equal(refusalCode(await readRights({ query: <Row>() => Promise.resolve([row] as Row[]) })), 'hub.url-too-old');
});

test('[fault 20] two masters’ projectors race on one hub: each position is written by one of them', async (t) => {
  const { hub } = await raiseAsTenant(t);
  const masters = [unwrap(await hub.connectMaster()), unwrap(await hub.connectMaster())];
  t.after(() => Promise.all(masters.map((master) => master.close())));
  const ROUNDS = 100;
  const won = [0, 0];
  for (let position = 0; position < ROUNDS; position++) {
    const written = await Promise.all(masters.map(({ link }) => writeProjection(link, batchTo(position, position + 1))));
    assert.deepEqual(written.map(refusalCode).toSorted(), ['hub.projection-moved', 'ok']);
    for (const [at, one] of written.entries()) if (one.ok) won[at] = (won[at] ?? 0) + 1;
  }
  t.diagnostic(`won ${won.join(' and ')}`);
  assert.equal((await projectionPosition(present(masters[0], 'a master').link)).position, ROUNDS);
});

test('[fault 17] of several hosts the one that writes is taken; one that only reads is said, and one that stops writing is left', async (t) => {
  const { given, hub } = await raiseAsTenant(t);
  const standby = await servers.makeStandby();
  t.after(() => standby.stop());
  const gone = { host: 'localhost', port: 1 };
  const [primaryAt, standbyAt] = [servers.primary, standby].map(({ port }) => ({ host: 'localhost', port }));
  assert.ok(primaryAt && standbyAt);
  const via = (...hosts: { host: string; port: number }[]) => ({ ...given, server: { ...given.server, hosts } });
  unwrap(await setUpUrlHub(via(gone, standbyAt, primaryAt)));
  assert.equal(refusalCode(await setUpUrlHub(via(gone, standbyAt))), 'hub.standby');
  assert.equal(refusalCode(await setUpUrlHub(via(standbyAt))), 'hub.standby');
  assert.equal(refusalCode(await setUpUrlHub(via(gone))), 'hub.port-closed');
  const { link } = unwrap(await hub.connectMaster());
  const lost = new Promise<Error>((resolve) => link.onLost(resolve));
  await link.run('set default_transaction_read_only = on');
  await assert.rejects(link.run("update hub.shop set name = 'other'"));
  assert.match((await lost).message, /only reads/);
});

test('head office follows a hub by logical replication: rows of the projection arrive in a database of its own', async (t) => {
  const { hub } = await raiseAsTenant(t);
  const master = unwrap(await hub.connectMaster());
  t.after(() => master.close());
  const product = JSON.stringify({ id: '01890000-0000-7000-8000-0000000000c1', name: 'Tea', price_minor: 250, active: true });
  unwrap(await writeProjection(master.link, batchTo(0, 1, new Map([['product', [product]]]))));
  const admin = await servers.primary.link();
  await admin.run('create database head_office_shop_1');
  const [shop, office] = [await servers.primary.link(SHOP_DATABASE), await servers.primary.link('head_office_shop_1')];
  t.after(async () => {
    for (const statement of ['disable', 'set (slot_name = none)']) await office.run(`alter subscription shop_1 ${statement}`);
    await office.run('drop subscription shop_1');
    await office.close();
    await eventually(
      'the slot is free',
      async () => {
        const [slot] = await shop.query<{ active: boolean }>("select active from pg_replication_slots where slot_name = 'shop_1'");
        return slot?.active === false;
      },
      20_000,
    );
    await shop.query("select pg_drop_replication_slot('shop_1')");
    await shop.close();
    await admin.run('drop database head_office_shop_1 with (force)');
    await admin.close();
  });
  await shop.run('create publication head_office for tables in schema shop');
  await shop.query("select pg_create_logical_replication_slot('shop_1', 'pgoutput')");
  await office.run(projectionSchema());
  const from = `host=localhost port=${servers.primary.port} user=${ADMIN} password=${ADMIN_PASSWORD} sslmode=require dbname=${SHOP_DATABASE}`;
  await office.run(
    `create subscription shop_1 connection '${from}' publication head_office with (create_slot = false, slot_name = 'shop_1')`,
  );
  const read = async (): Promise<string> => JSON.stringify(await office.query('select name, price_minor as price from shop.product'));
  await eventually('the copy', async () => (await read()) === '[{"name":"Tea","price":250}]', 20_000);
  unwrap(await writeProjection(master.link, batchTo(1, 2, new Map([['product', [product.replace('250', '300')]]]))));
  await eventually('what follows', async () => (await read()) === '[{"name":"Tea","price":300}]', 20_000);
  // A subscription dropped while tables are still being copied waits for their slots, which wait, on one and the same server, for it.
  const copying = async (): Promise<number> => (await office.query("select 1 from pg_subscription_rel where srsubstate <> 'r'")).length;
  await eventually('every table is copied', async () => (await copying()) === 0, 60_000);
});

test('setup --hub-url on the command line: refused with the SQL, then done by `storage master` once that was run', async (t) => {
  await clearServer("create role tenant login password 'lease'");
  const folder = await mkdtemp(path.join(os.tmpdir(), 'aurapos-url-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const aurapos = async (...args: string[]): Promise<string> => {
    const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
    const node = ['--disable-warning=ExperimentalWarning', main, ...args, '--data', folder];
    return await run(process.execPath, node, { timeout: 60_000 }).then(
      ({ stdout, stderr }) => stdout + stderr,
      (error: unknown) => (error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)),
    );
  };
  const at = ['--hub-url', servers.url('tenant', 'lease', servers.primary), '--hub-ca', servers.authorityFile];
  const refused = await aurapos('setup', '--mode', 'master', '--pin', '482916', ...at);
  assert.match(refused, /ALTER ROLE "tenant" CREATEDB CREATEROLE;/);
  assert.match(await aurapos('setup', '--mode', 'master', '--pin', '482916', ...at.slice(0, 3), '/nowhere.pem'), /could not be read/);
  const admin = await servers.primary.link();
  await admin.run('alter role tenant createdb createrole');
  await admin.close();
  assert.match(await aurapos('storage', 'master', ...at), /recovery code, shown once/);
});
