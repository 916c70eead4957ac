/** The journal and the merge over a real store: what a chain holds is all that the tables hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { addCustomer, editCustomer, forgetCustomer } from '../register/edit-customer.ts';
import { addProduct, editProduct } from '../register/edit-product.ts';
import { makeShop, openTestStore, sellSome, type TestShop } from '../../test/support/shop.ts';
import { admit, admitDetached, detachedOf, readChain } from './archive.ts';
import { readHeads } from './heads.ts';
import { checksumStore } from './checksum.ts';
import { prepareChangesets } from './prepare.ts';
import { closeStore, type Store } from './store.ts';
import { chainNumber } from './chains.ts';

async function busyShop(): Promise<TestShop> {
  const shop = await makeShop();
  for (let at = 0; at < 5; at++) {
    shop.clock.advance(1000);
    sellSome(shop, 1 + at);
  }
  const product = unwrap(addProduct(shop.register, { name: 'Soap', priceMinor: 250, codes: ['5400000000010'] }, shop.owner));
  shop.clock.advance(5);
  unwrap(editProduct(shop.register, product.id, { priceMinor: 260, codes: ['5400000000027'] }, shop.owner));
  unwrap(editProduct(shop.register, product.id, { priceMinor: 270 }, shop.owner));
  const customer = unwrap(addCustomer(shop.register, { name: 'Ada Lind', phone: '+32 470 00 00 00' }, shop.owner));
  unwrap(editCustomer(shop.register, customer.id, { email: 'ada@example.org' }, shop.owner));
  return shop;
}

function replay(from: Store, order: 'forward' | 'backward', into: Store = openTestStore()): Store {
  const own = present(from.own, 'own chain');
  into.db.run('UPDATE chain SET public_key = ? WHERE number = ?', own.key.publicKey, chainNumber(into.db, own.key.chain));
  const changesets = readChain(from, own.key.chain, 1, 10_000, 1e9);
  const prepared = prepareChangesets({
    changesets,
    keys: new Map([[Buffer.from(own.key.chain).toString('hex'), own.key.publicKey]]),
    dictionaries: into.dictionaries,
  });
  const arrivals = (order === 'forward' ? prepared : prepared.toReversed()).map((one) => ({ prepared: one, mark: null }));
  assert.equal(admit(into, arrivals, 60_000).taken, arrivals.length);
  admitDetached(
    into,
    detachedOf(
      from,
      into.db.all('SELECT hash FROM wanted').map((row) => row['hash'] as Uint8Array),
    ),
  );
  return into;
}

test('[P3] the journal replayed into an empty store, in either order and twice, gives every table again', async () => {
  const shop = await busyShop();
  const wanted = checksumStore(shop.store.db);
  const forward = replay(shop.store, 'forward');
  assert.deepEqual(checksumStore(forward.db), wanted);
  assert.deepEqual(checksumStore(replay(shop.store, 'backward').db), wanted);
  assert.deepEqual(checksumStore(replay(shop.store, 'forward', forward).db), wanted);
  assert.deepEqual(readHeads(forward), readHeads(shop.store));
  assert.deepEqual(forward.db.all('SELECT * FROM stock ORDER BY product'), shop.store.db.all('SELECT * FROM stock ORDER BY product'));
  assert.deepEqual(
    forward.db.all('SELECT hash, value FROM detached ORDER BY hash'),
    shop.store.db.all('SELECT hash, value FROM detached ORDER BY hash'),
  );
  closeStore(forward);
  shop.close();
});

test('[fault 46] a forgotten customer is erased here and where an old copy arrives later, and the chain still verifies', async () => {
  const shop = await busyShop();
  const customer = shop.store.db.get('SELECT id FROM customer');
  const copy = replay(shop.store, 'forward');
  const before = copy.db.all('SELECT hash FROM detached').map((row) => row['hash'] as Uint8Array);
  const old = detachedOf(copy, before);
  const { idFromBytes } = await import('../base/id.ts');
  unwrap(forgetCustomer(shop.register, idFromBytes(customer?.['id'] as Uint8Array), shop.owner));
  const values = (store: Store): unknown[] => store.db.all('SELECT value FROM detached').map((row) => row['value']);
  assert.ok(!values(shop.store).includes('Ada Lind'));
  replay(shop.store, 'forward', copy);
  assert.ok(!values(copy).includes('Ada Lind'));
  admitDetached(copy, old);
  assert.ok(!values(copy).some((value) => String(value).includes('Ada') || String(value).includes('+32 470')));
  assert.deepEqual(checksumStore(copy.db), checksumStore(shop.store.db));
  closeStore(copy);
  shop.close();
});
