import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../../base/assert.ts';
import { ok, unwrap } from '../../base/result.ts';
import { makeShop } from '../../../test/support/shop.ts';
import { commit } from '../journal.ts';
import { taxesInForce } from './taxes-in-force.ts';
import { readTaxCategories } from './taxes.ts';

test('taxes in force are those of the store: at any instant, after a change, and when the clock is put back', async (t) => {
  const { store, clock, close } = await makeShop();
  t.after(close);
  const tax = present(readTaxCategories(store.db, clock.nowMs())[0], 'a tax').id;
  const same = (): number => {
    for (const service of ['take-away', 'eat-in'] as const)
      assert.deepEqual(taxesInForce(store, service), readTaxCategories(store.db, clock.nowMs(), service));
    return present(taxesInForce(store)[0], 'the usual tax').ratePpm;
  };
  const before = same();
  assert.equal(taxesInForce(store), taxesInForce(store), 'read once');
  const midnight = clock.nowMs() + 60_000;
  unwrap(
    commit(store, { kind: 'tax-edited', user: null }, (draft) =>
      ok(draft.create('tax_rate', { tax_category: tax, service: 'any', rate_ppm: before + 10_000, from_at: midnight })),
    ),
  );
  assert.equal(same(), before);
  clock.advance(59_999);
  assert.equal(same(), before);
  clock.advance(1);
  assert.equal(same(), before + 10_000);
  clock.advance(-1);
  assert.equal(same(), before);
  unwrap(
    commit(store, { kind: 'tax-edited', user: null }, (draft) =>
      ok(draft.create('tax_rate', { tax_category: tax, service: 'any', rate_ppm: before + 20_000, from_at: midnight - 1 })),
    ),
  );
  assert.equal(same(), before + 20_000);
});
