/** The thread that checks what comes in, over a store on disk. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { openTestStore, makeShop, sellSome, temporaryFolder } from '../../test/support/shop.ts';
import { readChain } from './archive.ts';
import { prepareChangesets } from './prepare.ts';
import { startReader } from './reader.ts';
import { closeStore } from './store.ts';

test('what the checking thread says of changesets is what is said in place, damaged and forged ones included', async (t) => {
  const shop = await makeShop();
  for (let at = 1; at <= 4; at++) sellSome(shop, at);
  const { key } = present(shop.store.own, 'the own chain');
  const changesets = readChain(shop.store, key.chain, 1, 100, Infinity);
  const damaged = present(changesets[2], 'a changeset');
  const forged = present(changesets.at(-1), 'a changeset');
  const input = {
    changesets: [
      ...changesets.slice(0, 2),
      { ...damaged, body: damaged.body.subarray(1) },
      ...changesets.slice(3, -1),
      { ...forged, signature: new Uint8Array(64) },
    ],
    keys: new Map([[Buffer.from(key.chain).toString('hex'), key.publicKey]]),
    dictionaries: shop.store.dictionaries,
  };
  const folder = temporaryFolder();
  const store = openTestStore(join(folder.path, 'store.db'));
  const reader = startReader(store);
  t.after(async () => {
    await reader.stop();
    closeStore(store);
    shop.close();
    folder.remove();
  });
  const inPlace = prepareChangesets(input);
  assert.deepEqual(new Set(inPlace.map(({ signature }) => signature)), new Set(['good', 'bad', 'not-whole']));
  assert.deepEqual(await reader.prepare(input), inPlace);
  // What was handed over is still here.
  assert.equal(present(input.changesets[0], 'a changeset').hash.length, 32);
});
