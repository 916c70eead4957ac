/** What registers say of their copies without a master: believed where a register's own key signed it, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { idFromBytes } from '../base/id.ts';
import { writeFeedMark } from '../store/archive.ts';
import { chainNumber } from '../store/chains.ts';
import { writeMeta, type Store } from '../store/store.ts';
import { makeShop, openTestStore } from '../../test/support/shop.ts';
import { believe, testId } from '../../test/support/foreign-chain.ts';
import { readCopy, spellCopy } from './nearby-copies.ts';

/** A register that has read 4,200 changes, and what another of its shop holds. */
async function makeTwo(): Promise<{ store: Store; other: Store; close(): void }> {
  const [{ store, close }, other] = [await makeShop({ catalogue: 'empty' }), openTestStore()];
  for (const one of [store, other]) writeMeta(one.db, 'shop_id', testId(7));
  writeFeedMark(store, { position: 4_200, running: new Uint8Array(32) });
  const { key, register } = present(store.own, 'its chain');
  believe(other, key);
  other.db.run('UPDATE chain SET register = ? WHERE number = ?', register, chainNumber(other.db, key.chain));
  return { store, other, close };
}

test('[fault 48] what a register says of its copy is read by another of its shop, as that register’s', async () => {
  const { store, other, close } = await makeTwo();
  const register = idFromBytes(present(store.own, 'its chain').register);
  assert.deepEqual(readCopy(other, spellCopy(store)), { register, position: 4_200 });
  close();
});

test('[fault 48] what was changed on the way, is of another shop, or of nobody that was let in, counts for nothing', async () => {
  const { store, other, close } = await makeTwo();
  const said = spellCopy(store);
  for (const changed of [
    { position: '4201' },
    { position: '-1' },
    { position: '9'.repeat(30) },
    { chain: '' },
    { signature: '' },
    { signature: said.signature.slice(4) },
  ])
    assert.equal(readCopy(other, { ...said, ...changed }), null, JSON.stringify(changed));
  assert.equal(readCopy(openTestStore(), said), null);
  writeMeta(other.db, 'shop_id', testId(8));
  assert.equal(readCopy(other, said), null);
  close();
});
