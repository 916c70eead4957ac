/** Receipt series: no two chains of a shop have one, whoever let them in and whatever that one knew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeShop, seededRandom } from '../../test/support/shop.ts';
import { add, believe, deliver, foreignChain, testId } from '../../test/support/foreign-chain.ts';
import { makeChainKey } from '../protocol/changeset.ts';
import { renewChain, seriesOfNew } from './begin-chain.ts';

const [first, second] = [makeChainKey(seededRandom(1)).chain, makeChainKey(seededRandom(2)).chain];

test('[P4] who is the only one to give out codes gives them as series; from its second chain on it may have given out others that it forgot', async () => {
  const { store, close } = await makeShop({ catalogue: 'empty' });
  assert.equal(seriesOfNew(store, 'R2', first), 'R2');
  renewChain(store);
  assert.match(seriesOfNew(store, 'R2', first), /^R2-[0-9a-z]{4}$/);
  assert.notEqual(seriesOfNew(store, 'R2', first), seriesOfNew(store, 'R2', second));
  close();
});

test('[P4] so may another that was the main register: each of two gives the next code with a mark of the new key', async () => {
  const { store, close } = await makeShop({ catalogue: 'empty' });
  const other = foreignChain(3);
  believe(store, other.key);
  const raised = { number: 1, incarnation: testId(1), register: testId(2), addresses: '', port: 5432, at: 0, signature: '' };
  deliver(store, other.write([add('incarnation', raised)]));
  assert.match(seriesOfNew(store, 'R4', first), /^R4-[0-9a-z]{4}$/);
  close();
});
