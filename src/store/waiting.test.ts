/** The running count against one made anew, whatever is sold, acknowledged or taken back in between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { makeShop, sellSome } from '../../test/support/shop.ts';
import { addProduct } from '../register/edit-product.ts';
import { COUNT_WAITING, countWaiting } from './waiting.ts';

test('[P1] what waits is counted as it comes, is acknowledged, and falls back', async () => {
  const shop = await makeShop();
  const { store } = shop;
  const own = present(store.own, 'own chain');
  let random = 7;
  const dice = (below: number): number => {
    random = (random * 48_271) % 2_147_483_647;
    return random % below;
  };
  const anew = (): unknown => countWaiting({ ...store, waiting: new Map() });
  let sales = 0;
  let sent = 0;
  for (let step = 0; step < 60; step++) {
    shop.clock.advance(1000);
    const what = dice(4);
    if (what === 0) unwrap(addProduct(shop.register, { name: `Soap ${step}`, priceMinor: 250, codes: [] }, shop.owner));
    else if (what < 3) {
      sellSome(shop, 1 + dice(3));
      sales++;
    } else {
      // A verdict covers some more; now and then the hub has fallen back to less than it had.
      sent = dice(5) === 0 ? dice(sent + 1) : Math.min(own.n, sent + dice(8));
      store.db.run('UPDATE chain SET sent_n = ? WHERE number = ?', sent, own.number);
    }
    if (dice(3) > 0) assert.deepEqual(countWaiting(store), anew());
  }
  store.db.run('UPDATE chain SET sent_n = 0 WHERE number = ?', own.number);
  assert.deepEqual(countWaiting(store), { changes: own.n, sales });
  assert.ok(sales > 10);
});

test('counting reads what was added, not the whole history', async () => {
  const shop = await makeShop();
  const plan = shop.store.db.all(`EXPLAIN QUERY PLAN ${COUNT_WAITING}`, 1, 5, 9).map(({ detail }) => String(detail));
  assert.deepEqual(
    plan.filter((step) => step.startsWith('SCAN')),
    [],
    plan.join('; '),
  );
});
