/** The connection test against each real situation: rogue listeners, stopped servers, other networks, a full hub, apart clocks. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { unwrap } from '../base/result.ts';
import { FRONT_DOOR_DATABASE, FRONT_DOOR_ROLE, REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from './cluster-conf.ts';
import { stopCluster } from './cluster.ts';
import { FRONT_DOOR_PASSWORD, switchFrontDoor } from './front-door.ts';
import { connectHub } from './pg-link.ts';
import { HUB_PROTOCOL, setUpHub } from './set-up-hub.ts';
import { testMaster, type TestTarget } from './test-connection.ts';
import { refusalCode, startTestHub, tools, type TestHub } from './testing/test-hub.ts';
import { freePort } from '../../test/support/free-port.ts';

let shop: TestHub;
before(async () => {
  shop = await startTestHub();
});
after(() => shop.end());

const networks = os.networkInterfaces();
const target = (changed: Partial<TestTarget> = {}): TestTarget => ({
  host: '127.0.0.1',
  port: shop.options.port,
  database: 'aurapos',
  ours: { version: '0.1.0', protocol: HUB_PROTOCOL },
  ...changed,
});
const ask = async (changed: Partial<TestTarget> = {}, how = tools): Promise<string> =>
  refusalCode(await testMaster(target(changed), { ...how, networks }));

test('a master is found: shop, version, round trip, clock', async () => {
  const found = unwrap(await testMaster(target(), { ...tools, networks }));
  assert.equal(found.shop, 'Test shop');
  assert.equal(found.version, '0.1.0');
  assert.ok(found.roundTripMs > 0 && found.roundTripMs < 500);
  assert.ok(found.roundTripsMs.length >= 20 && found.roundTripsMs.every((ms) => ms > 0), String(found.roundTripsMs));
  assert.ok(Math.abs(found.clockSkewMs) < 500);
});

test('hub.port-closed: the machine answers, nothing listens', async () => {
  assert.equal(await ask({ port: await freePort() }), 'hub.port-closed');
});

test('hub.not-aurapos: something else listens', async () => {
  const listeners: readonly ((socket: Socket) => void)[] = [
    (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    (socket) => socket.destroy(),
    (socket) => socket.once('data', () => socket.write('N')),
    (socket) => socket.once('data', () => socket.write('S not TLS at all')),
    (socket) =>
      socket.once('data', () => socket.write('S')).once('data', () => socket.once('data', () => socket.write('garbage'.repeat(10)))),
  ];
  for (const talk of listeners) {
    const rogue: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      talk(socket);
    });
    rogue.listen(0, '127.0.0.1');
    await once(rogue, 'listening');
    const address = rogue.address();
    assert.ok(typeof address === 'object' && address !== null);
    const said = await ask({ port: address.port }).finally(() => rogue.close());
    assert.equal(said, 'hub.not-aurapos', talk.toString());
  }
});

test('hub.wrong-database: another name than aurapos', async () => {
  assert.equal(await ask({ database: 'shop' }), 'hub.wrong-database');
  assert.equal(await ask({ database: SHOP_DATABASE }), 'hub.wrong-database');
});

test('hub.version-apart and hub.clock-apart', async () => {
  assert.equal(await ask({ ours: { version: '9.0.0', protocol: HUB_PROTOCOL + 1 } }), 'ok');
  assert.equal(await ask({ ours: { version: '9.0.0', protocol: HUB_PROTOCOL + 2 } }), 'hub.version-apart');
  const slow = { ...tools, clock: { ...tools.clock, nowMs: () => tools.clock.nowMs() - 86_400_000 } };
  const said = await testMaster(target(), { ...slow, networks });
  assert.ok(!said.ok && said.refusal.code === 'hub.clock-apart');
  assert.ok(Math.abs(Number(said.refusal.params.seconds) - 86_400) < 5);
});

test('hub.too-many-connections: every place at the front door is taken', async () => {
  const door = {
    ...(await shop.hub.address(FRONT_DOOR_DATABASE)),
    user: FRONT_DOOR_ROLE,
    password: FRONT_DOOR_PASSWORD,
    iterations: REGISTER_SCRAM_ITERATIONS,
    authority: null,
  };
  const links = await Promise.all(Array.from({ length: 6 }, async () => unwrap(await connectHub(door, tools))));
  assert.equal(await ask(), 'hub.too-many-connections');
  for (const link of links) await link.close();
});

test('hub.front-door-closed: the owner turned it off', async () => {
  const master = await shop.master();
  await switchFrontDoor(master.link, false);
  assert.equal(await ask(), 'hub.front-door-closed');
  await switchFrontDoor(master.link, true);
});

const NETNS = 'aurapos-silent';
const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });

test('hub.no-answer in our network, hub.other-subnet beyond it', async () => {
  // A network of our own with a machine in it that drops everything, and a route to another that leads nowhere.
  ip('netns', 'add', NETNS);
  try {
    ip('link', 'add', 'aurapos-a', 'type', 'veth', 'peer', 'name', 'aurapos-b', 'netns', NETNS);
    ip('addr', 'add', '10.251.7.1/24', 'dev', 'aurapos-a');
    ip('link', 'set', 'aurapos-a', 'up');
    ip('netns', 'exec', NETNS, 'ip', 'addr', 'add', '10.251.7.2/24', 'dev', 'aurapos-b');
    ip('netns', 'exec', NETNS, 'ip', 'link', 'set', 'aurapos-b', 'up');
    ip('netns', 'exec', NETNS, 'ip', 'route', 'add', 'blackhole', '10.251.7.1/32');
    ip('route', 'add', '10.251.8.0/24', 'via', '10.251.7.2');
    const now = os.networkInterfaces();
    const both = await Promise.all(
      ['10.251.7.2', '10.251.7.9', '10.251.8.1'].map(async (host) =>
        refusalCode(await testMaster(target({ host }), { ...tools, networks: now })),
      ),
    );
    assert.deepEqual(both, ['hub.no-answer', 'hub.no-answer', 'hub.other-subnet']);
    assert.equal(await ask({ host: 'no-such-name.invalid' }), 'hub.no-answer');
  } finally {
    ip('netns', 'del', NETNS);
  }
});

test('hub.port-closed again once PostgreSQL is stopped', async () => {
  await stopCluster(shop.hub.cluster);
  assert.equal(await ask(), 'hub.port-closed');
  unwrap(await setUpHub(shop.options));
  assert.equal(await ask(), 'ok');
});
