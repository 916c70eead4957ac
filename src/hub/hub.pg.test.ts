/** The hub on a real PostgreSQL 18: set-up, order under concurrency, roles, wake-ups. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setUpHub } from './set-up-hub.ts';
import { unwrap } from '../base/result.ts';
import { startTestHub, type TestHub } from './testing/test-hub.ts';
import { makeTestChain } from './testing/test-chain.ts';

let shop: TestHub;
before(async () => {
  shop = await startTestHub();
});
after(() => shop.end());

test('set-up run again finds everything there', async () => {
  const said: string[] = [];
  const again = unwrap(await setUpHub({ ...shop.options, onStep: (p) => p.state === 'done' && said.push(`${p.step} ${p.detail}`) }));
  assert.ok(said.includes('cluster there') && said.includes('databases there'), said.join());
  assert.ok(said.some((s) => s.startsWith('start adopted')));
  assert.notEqual(again.incarnation.id, shop.hub.incarnation.id);
});

test('a register pushes and pulls over TLS', async () => {
  const register = await shop.register();
  const chain = makeTestChain(100);
  const said = await register.push(chain.next(3), [chain.detach('Ada')]);
  assert.deepEqual(
    said.map((v) => v.verdict),
    ['accepted', 'accepted', 'accepted'],
  );
  const pulled = await register.pull(0, new Uint8Array(32), 10, 1_000_000);
  assert.equal(pulled.state === 'rows' && pulled.rows.length, 3);
  assert.equal((await register.greet()).shopName, 'Test shop');
});
