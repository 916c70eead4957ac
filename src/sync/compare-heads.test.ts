/** What is taken chain by chain, cut short at any call: what is held of a chain never has a gap, and the next connection takes the rest. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { toHex } from '../base/bytes.ts';
import type { HubClient } from '../hub/hub-client.ts';
import { openRegister } from '../register/register.ts';
import { readChain } from '../store/archive.ts';
import { readHeads } from '../store/heads.ts';
import { closeStore, type Store } from '../store/store.ts';
import { testTools } from '../../test/support/shop-of-many.ts';
import { makeShop, openTestStore, sellSome, temporaryFolder } from '../../test/support/shop.ts';
import { takeMissing, type HubHeads } from './compare-heads.ts';

/** A hub that holds what this store does, and is lost at one call. */
function hubOf(store: Store, lostAt: number): { hub: HubClient; heads: HubHeads } {
  let calls = 0;
  const answer = <T>(value: () => T): Promise<T> =>
    ++calls === lostAt ? Promise.reject(new Error('link lost')) : Promise.resolve(value());
  const hub: Pick<HubClient, 'fetchChain' | 'detachedValues'> = {
    fetchChain: (chain, from, to) => answer(() => readChain(store, chain, from, to - from + 1, 1e6)),
    detachedValues: () => answer(() => []),
  };
  const heads = readHeads(store).flatMap(({ chain, first, tips }) => tips.map(({ n, hash }) => ({ chain, n, hash, firstN: first })));
  return { hub: hub as HubClient, heads: Map.groupBy(heads, ({ chain }) => toHex(chain)) };
}

const gaps = (store: Store): unknown[] =>
  store.db.all('SELECT c.n FROM changeset c JOIN changeset p ON p.local = c.previous WHERE c.state = 0 AND p.state = 1');
const hashes = (store: Store): Set<string> =>
  new Set(store.db.all('SELECT hex(hash) AS hash FROM changeset WHERE state = 0').map(({ hash }) => String(hash)));

for (const { what, own } of [
  { what: 'a chain that came apart', own: 1 },
  { what: 'a chain that goes on', own: 0 },
])
  test(`[fault 16] ${what} is taken from the hub, whichever call the link is lost at: no gap, and the rest comes next time`, async (t) => {
    const folder = temporaryFolder();
    t.after(() => folder.remove());
    const shop = await makeShop({ file: `${folder.path}/store.db` });
    t.after(() => shop.close());
    for (let at = 0; at < 3; at++) sellSome(shop);
    shop.store.db.sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const old = `${folder.path}/old.db`;
    copyFileSync(`${folder.path}/store.db`, old);
    for (let at = 0; at < 5; at++) sellSome(shop);
    for (let lostAt = 1; lostAt <= 5; lostAt++) {
      const file = `${folder.path}/${lostAt}.db`;
      copyFileSync(old, file);
      const store = openTestStore(file);
      for (let at = 0; at < own; at++) sellSome({ ...shop, store, register: openRegister(store).register });
      const cut = hubOf(shop.store, lostAt);
      await takeMissing(testTools(store), cut.hub, cut.heads).catch((error: unknown) => assert.match(String(error), /link lost/));
      assert.deepEqual(gaps(store), [], `lost at call ${lostAt}`);
      const whole = hubOf(shop.store, 0);
      await takeMissing(testTools(store), whole.hub, whole.heads);
      assert.ok(hashes(shop.store).isSubsetOf(hashes(store)), `lost at call ${lostAt}`);
      closeStore(store);
    }
  });
