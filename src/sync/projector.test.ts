/** The projector where the feed's order is not the order in which things happened. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { present } from '../base/assert.ts';
import { ok, unwrap } from '../base/result.ts';
import { admit, readChain, writeFeedMark } from '../store/archive.ts';
import { prepareChangesets } from '../store/prepare.ts';
import { commit } from '../store/journal.ts';
import { referenceText } from '../store/codec.ts';
import { sellSome } from '../../test/support/shop.ts';
import { makeShopOfMany, makeTestHub, testTools, type HubForTests, type Member } from '../../test/support/shop-of-many.ts';
import { compareProjection } from './compare-projection.ts';
import { projectToEnd } from './projector.ts';

let hub: HubForTests;
before(async () => {
  hub = await makeTestHub();
});
after(() => hub.close());

const changesetsOf = (member: Member) => readChain(member.store, present(member.store.own, 'a chain').key.chain, 1, 1_000, Infinity);

test('[P3] a row that refers to what the hub gets later ends with its reference', async () => {
  const shop = await makeShopOfMany();
  const [master] = shop.members;
  assert.ok(master);
  const other = shop.join();
  sellSome(master);
  const sale = present(master.store.own, 'a chain');
  const referred = referenceText(sale.hash, 0);
  const line = {
    sale: referred,
    kind: 'goods' as const,
    name: 'back',
    quantity_milli: -1000,
    unit: 'each',
    unit_price_minor: 100,
    includes_tax: true,
    tax_rate_ppm: 0,
    tax_minor: 0,
    total_minor: -100,
  };
  unwrap(
    commit(other.store, { kind: 'line-returned', user: null }, (draft) => ok(draft.insert('sale_line', { ...line, refund_of: referred }))),
  );
  const prepared = prepareChangesets({
    changesets: changesetsOf(other),
    keys: new Map([
      [Buffer.from(present(other.store.own, 'a chain').key.chain).toString('hex'), present(other.store.own, 'a chain').key.publicKey],
    ]),
    dictionaries: master.store.dictionaries,
  });
  admit(
    master.store,
    prepared.map((one) => ({ prepared: one, mark: null })),
    Infinity,
  );

  // The return comes to the hub first.
  await hub.master.push(changesetsOf(other), []);
  const first = await hub.master.greet();
  writeFeedMark(master.store, { position: first.position, running: first.runningHash });
  await projectToEnd(testTools(master.store), hub.master);
  const [open] = await hub.master.link.query<{ refund_of: number | null }>('select refund_of from shop.sale_line where name = $1', [
    'back',
  ]);
  assert.equal(open?.refund_of, null);

  await hub.master.push(changesetsOf(master), []);
  const second = await hub.master.greet();
  writeFeedMark(master.store, { position: second.position, running: second.runningHash });
  await projectToEnd(testTools(master.store), hub.master);
  assert.deepEqual((await compareProjection(master.store.db, hub.master)).differing, []);
  const [left] = await hub.master.link.query<{ count: number }>('select count(*)::int as count from hub.late_reference');
  assert.equal(left?.count, 0);
});

test('[P3] whatever a text, a number or bytes hold, the projection holds the same', async (t) => {
  const own = await makeTestHub();
  t.after(() => own.close());
  const [master] = (await makeShopOfMany()).members;
  assert.ok(master);
  const names = ['', ' ', '"{\\x00}\\', 'a\tb\nc\u0001\u001f\u007f', '\ud83c\udf75 \u2028 é ', "'; --", 'NaN'];
  const prices = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  unwrap(
    commit(master.store, { kind: 'product-added', user: null }, (draft) => {
      for (const name of names)
        for (const price_minor of prices)
          draft.create('product', { name, price_minor, price_includes_tax: false, active: true, unit: 'each' });
      draft.insert('dictionary', { number: 7, content: 'AP8_' });
      return ok(null);
    }),
  );
  await own.master.push(changesetsOf(master), []);
  const { position, runningHash } = await own.master.greet();
  writeFeedMark(master.store, { position, running: runningHash });
  await projectToEnd(testTools(master.store), own.master);
  const compared = await compareProjection(master.store.db, own.master);
  assert.deepEqual(compared.differing, []);
  assert.ok(compared.rows > names.length * prices.length);
});
