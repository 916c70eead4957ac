/** The loops against the hub's real SQL: what is written on one register is on all, and in the projection. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../base/assert.ts';
import { equalBytes } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { idFromBytes } from '../base/id.ts';
import { refuse, unwrap } from '../base/result.ts';
import { addCustomer } from '../register/edit-customer.ts';
import { addProduct, editProduct } from '../register/edit-product.ts';
import { readChain } from '../store/archive.ts';
import { checksumStore } from '../store/checksum.ts';
import { listCustomers } from '../store/queries/people.ts';
import { listProducts } from '../store/queries/catalogue.ts';
import { countSales } from '../store/queries/sales.ts';
import { countWaiting } from '../store/waiting.ts';
import { sellSome } from '../../test/support/shop.ts';
import {
  eventually,
  makeShopOfMany,
  makeTestHub,
  syncMember,
  testTools,
  type HubForTests,
  type Member,
} from '../../test/support/shop-of-many.ts';
import { pullRecords } from './first-pull.ts';
import { compareProjection } from './compare-projection.ts';
import { startMasterDuty } from './master-duty.ts';

let hub: HubForTests;
before(async () => {
  hub = await makeTestHub();
});
after(() => hub.close());

const products = (member: Member): string[] =>
  listProducts(member.store.db, {
    category: null,
    hidden: false,
    sort: 'name',
    offset: 0,
    limit: 100,
    nowMs: member.store.clock.nowMs(),
  }).rows.map(({ name }) => name);
const shows = (member: Member, name: string): boolean =>
  products(member).includes(name) && member.register.search.find(name, 1).length === 1;

test('[P3] three registers and the projection hold the same rows, whoever wrote them and whoever was away', async (t) => {
  const shop = await makeShopOfMany();
  const [first] = shop.members;
  assert.ok(first);
  for (let at = 0; at < 20; at++) sellSome(first);
  const syncs = [syncMember(first, hub)];
  t.after(async () => {
    for (const sync of syncs) await sync.stop();
  });
  await eventually('the first push', () => countWaiting(first.store).changes === 0);
  const duty = startMasterDuty({ tools: testTools(first.store), connect: () => hub.connect() });
  t.after(() => duty.stop());
  const second = shop.join();
  const third = shop.join();
  await eventually('the certificates are out', () => countWaiting(first.store).changes === 0);
  await eventually('the projection follows', async () => duty.projected() === (await hub.master.greet()).position);
  const figures: (readonly [done: number, total: number])[] = [];
  await pullRecords(testTools(second.store), hub.master, { onStep: () => {}, onRows: (done, total) => figures.push([done, total]) });
  assert.deepEqual(products(second), products(first));
  const barcodes = first.store.db.all('SELECT 1 FROM product_barcode').length;
  assert.deepEqual(figures.at(-1), [products(first).length + barcodes, products(first).length + barcodes]);
  assert.ok(figures.every(([, total]) => total === figures[0]?.[1]));
  syncs.push(syncMember(second, hub), syncMember(third, hub));
  await eventually('all read the history', () => [second, third].every(({ store }) => countSales(store.db) === 20));

  const soap = unwrap(addProduct(first.register, { name: 'TEST_SYNC', priceMinor: 250, codes: ['5400000000010'] }, first.owner));
  await eventually('the product shows', () => shows(second, 'TEST_SYNC') && shows(third, 'TEST_SYNC'), 1_000);
  unwrap(editProduct(third.register, soap.id, { priceMinor: 300 }, third.owner));
  unwrap(addCustomer(second.register, { name: 'Ada Lind', phone: '+32 470 00 00 00' }, second.owner));
  sellSome(second, 3);
  sellSome(third, 5);
  await eventually('sales and customers show', () =>
    shop.members.every(
      ({ store }) => countSales(store.db) === 22 && listCustomers(store.db, { search: 'ada', offset: 0, limit: 5 }).total === 1,
    ),
  );

  await syncs[2]?.stop();
  for (let at = 0; at < 30; at++) sellSome(third, 2);
  for (let at = 0; at < 10; at++) sellSome(first, 2);
  syncs[2] = syncMember(third, hub);
  await eventually('those apart come together', () => shop.members.every(({ store }) => countSales(store.db) === 62));
  await eventually('nothing waits', () => shop.members.every(({ store }) => countWaiting(store).changes === 0));
  await eventually('projected', async () => duty.projected() === (await hub.master.greet()).position);
  for (const { store } of shop.members) assert.deepEqual(checksumStore(store.db), checksumStore(first.store.db));
  assert.deepEqual((await compareProjection(first.store.db, hub.master)).differing, []);
});

test('a register that connects for the first time, however long it reads, does not say that it came back; one that was refused does', async () => {
  const shop = await makeShopOfMany();
  const [member] = shop.members;
  assert.ok(member);
  const ownHub = await makeTestHub();
  let aheadMs = 0;
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  const answers: (() => ReturnType<HubForTests['connect']>)[] = [() => ownHub.connect()];
  const connect = (): ReturnType<HubForTests['connect']> => {
    aheadMs += 10_000;
    return (answers.length > 1 ? answers.shift() : answers[0])?.() ?? ownHub.connect();
  };
  const first = syncMember(member, { connect }, clock);
  await eventually('level', () => first.status().level);
  assert.equal(first.status().lastCut, null);
  await first.stop();
  answers.unshift(() => Promise.resolve(refuse('hub.no-answer', { host: 'till' })));
  const second = syncMember(member, { connect }, clock);
  await eventually('level again', () => second.status().level);
  assert.ok(second.status().lastCut !== null);
  assert.equal(second.status().problem, null);
  await second.stop();
  await ownHub.close();
});

test('told to stop while it connects, a register stops', { timeout: 30_000 }, async () => {
  const shop = await makeShopOfMany();
  const [member] = shop.members;
  assert.ok(member);
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Awaited<ReturnType<HubForTests['connect']>>>();
  const sync = syncMember(member, {
    connect: () => {
      asked.resolve();
      return answer.promise;
    },
  });
  await asked.promise;
  const stopped = sync.stop();
  answer.resolve(await hub.connect());
  await stopped;
});

test('[fault 48] a chain offered before the master has read whose it is gets its owner once it has', async (t) => {
  const own = await makeTestHub();
  t.after(() => own.close());
  const shop = await makeShopOfMany();
  const [first] = shop.members;
  assert.ok(first);
  // The taker was told of the second's certificate when it joined, and has read nothing of the first's chain yet, where it stands whose it is.
  const second = shop.join();
  const taker = shop.join();
  const chain = present(second.store.own, 'a chain').key.chain;
  const role = async (): Promise<string | null> => {
    const { rows } = await own.db.query<{ role: string | null }>('select role from hub.chain where chain = $1', [chain]);
    return rows[0]?.role ?? null;
  };
  await own.db.query("insert into hub.member (role, register, pairing) select 'aurapos_r_second', $1, $1", [
    idFromBytes(present(second.store.own, 'a chain').register),
  ]);
  await own.master.offer(readChain(second.store, chain, 1, 10, 1e6), []);
  const duty = startMasterDuty({ tools: testTools(taker.store), connect: () => own.connect() });
  t.after(() => duty.stop());
  await eventually('it is settled', async () => (await own.master.heads()).some((head) => equalBytes(head.chain, chain)));
  assert.equal(await role(), null);
  for (const member of [first, taker]) {
    const sync = syncMember(member, own);
    t.after(() => sync.stop());
  }
  await eventually('its owner is named', async () => (await role()) === 'aurapos_r_second');
});
