/** Pairing and revoking on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeId } from '../base/id.ts';
import { ok, refuse, unwrap } from '../base/result.ts';
import { issueChainCertificate, verifyChainCertificate } from './certificate-authority.ts';
import { PAIRING_ROLE, REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from './cluster-conf.ts';
import { makeHubClient, type HubMasterClient } from './hub-client.ts';
import { listMembers, revokeMember } from './members.ts';
import { closePairing, openPairing, pairWithMaster, servePairing, type PairingGrant, type PairingRequest } from './pairing.ts';
import { connectHub } from './pg-link.ts';
import { makeTestChain } from './testing/test-chain.ts';
import { refusalCode, startTestHub, tools, type TestHub } from './testing/test-hub.ts';

let shop: TestHub;
let master: HubMasterClient;
before(async () => {
  shop = await startTestHub();
  master = await shop.master();
});
after(() => shop.end());

const faults: unknown[] = [];
const isId = (value: string): value is ReturnType<typeof makeId> => value.length === 36;

function desk(onRequest?: () => ReturnType<typeof refuse>) {
  const { keys } = shop.hub;
  return servePairing({
    link: master.link,
    keys,
    place: null,
    shopName: 'Test shop',
    ...tools,
    async onRequest({ pairing, publicKey }: PairingRequest) {
      if (onRequest) return onRequest();
      const register = makeId(tools.clock, tools.random);
      assert.ok(isId(pairing));
      const certificate = issueChainCertificate(keys.authority, tools.random, { register, pairing }, publicKey);
      return ok<PairingGrant>({ register, registerCode: 'R2', series: 'R2', certificate });
    },
    onFault: (error) => faults.push(error),
  });
}

const ask = (code: string, seed = 1) => {
  const { port } = shop.options;
  const publicKey = makeTestChain(seed).publicKey;
  return pairWithMaster(
    { host: '127.0.0.1', port, code, publicKey, name: 'Till two', version: '0.1.0', before: null, timeoutMs: 5_000 },
    tools,
  );
};

test('a register is paired with the code, once, and what it is given lets it in', async () => {
  const { code, expiresAtMs } = await openPairing(master.link, tools);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.ok(expiresAtMs > tools.clock.nowMs() + 9 * 60_000);
  const serving = desk();
  const chain = makeTestChain(1);
  const answer = unwrap(await ask(code.toLowerCase().replaceAll('-', ' ')));
  assert.equal(refusalCode(await ask(code)), 'pairing.wrong-code');
  const certified = verifyChainCertificate(answer.certificate, answer.authority);
  assert.deepEqual([certified?.register, certified?.pairing], [answer.register, answer.pairing]);
  assert.equal(answer.shopId, shop.options.shop.id);

  const { port } = shop.options;
  const { role: user, password, authority } = answer;
  const address = { host: '127.0.0.1', port, database: SHOP_DATABASE, user, password, authority, iterations: REGISTER_SCRAM_ITERATIONS };
  const link = unwrap(await connectHub(address, tools));
  const [verdict] = await makeHubClient(link).push(chain.next(1), []);
  assert.equal(verdict?.verdict, 'accepted');
  await link.close();
  const requests = () => master.link.query('select 1 from hub.pairing_request');
  for (let tries = 0; tries < 20 && (await requests()).length > 0; tries += 1) await tools.clock.sleep(100);
  assert.deepEqual(await requests(), []);
  await serving.stop();
  assert.deepEqual(faults, []);
});

test('a wrong code, an ended one, one that has run out and no code at all are refused alike', async () => {
  const { code } = await openPairing(master.link, tools);
  const wrong = code.slice(0, -1) + (code.endsWith('7') ? '8' : '7');
  assert.equal(refusalCode(await ask(wrong)), 'pairing.wrong-code');
  assert.equal(refusalCode(await ask('nonsense')), 'pairing.wrong-code');
  await master.link.run(`alter role ${PAIRING_ROLE} valid until '2020-01-01'`);
  assert.equal(refusalCode(await ask(code)), 'pairing.wrong-code');
  await openPairing(master.link, tools);
  assert.equal(refusalCode(await ask(code)), 'pairing.wrong-code');
  await closePairing(master.link);
  assert.equal(refusalCode(await ask(code)), 'pairing.wrong-code');
});

test('what the master’s register refuses reaches the one that asked', async () => {
  const { code } = await openPairing(master.link, tools);
  const serving = desk(() => refuse('hub.version-apart', { theirs: '2', ours: '1' }));
  assert.equal(refusalCode(await ask(code, 2)), 'hub.version-apart');
  await serving.stop();
});

test('[P7] the code’s role reads nothing of the shop', async () => {
  const { code } = await openPairing(master.link, tools);
  const { port } = shop.options;
  const password = code.replaceAll('-', '');
  const link = unwrap(
    await connectHub(
      { host: '127.0.0.1', port, database: SHOP_DATABASE, user: PAIRING_ROLE, password, iterations: 100_000, authority: null },
      tools,
    ),
  );
  for (const text of [
    'select * from hub.greet()',
    'select * from hub.feed',
    `select * from hub.pull(0, '\\x', 10, 10)`,
    'select * from hub.heads()',
    'select * from shop.product',
  ]) {
    await assert.rejects(link.query(text), /permission denied/);
  }
  await link.close();
  await closePairing(master.link);
});

test('[P7] a revoked register is out within a second, and its chain ends there', async () => {
  const address = await shop.registerAddress();
  const link = unwrap(await connectHub(address, tools));
  const register = makeHubClient(link);
  const chain = makeTestChain(3);
  await register.push(chain.next(2), []);
  const lost = new Promise<void>((resolve) => link.onLost(() => resolve()));
  const start = performance.now();
  const denied = await revokeMember(master.link, address.user);
  assert.deepEqual(
    denied.map((d) => d.fromN),
    [3],
  );
  await lost;
  assert.ok(performance.now() - start < 1000);
  await assert.rejects(register.greet());
  assert.equal(refusalCode(await connectHub(address, tools)), 'pairing.revoked');
  assert.equal((await listMembers(master.link)).find((m) => m.role === address.user)?.revoked, true);
  const [verdict] = await master.admit(chain.next(1), []);
  assert.equal(verdict?.verdict, 'denied');
});
