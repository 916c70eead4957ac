import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { assert as check, constantFrom, integer, property } from 'fast-check';
import { quickCash } from './quick-cash.ts';

test('quick cash offers what people hand over', () => {
  assert.deepEqual(quickCash(1960, 'EUR'), [2000, 5000, 10_000]);
  assert.deepEqual(quickCash(2959, 'EUR'), [3000, 4000, 5000]);
  assert.deepEqual(quickCash(460, 'EUR'), [500, 600, 1000]);
  assert.deepEqual(quickCash(95, 'EUR'), [100, 200, 500]);
  assert.deepEqual(quickCash(98_700, 'EUR'), [100_000]);
  assert.deepEqual(quickCash(780, 'JPY'), [1000, 5000, 10_000]);
  assert.deepEqual(quickCash(0, 'EUR'), []);
  assert.deepEqual(quickCash(-500, 'EUR'), []);
});

test('every offer is above the sum due, once, ascending, and payable in notes', () => {
  check(
    property(integer({ min: 1, max: 50_000_000 }), constantFrom('EUR', 'USD', 'CHF', 'SEK', 'JPY', 'XXX'), (due, currency) => {
      const offers = quickCash(due, currency);
      assert.ok(offers.length >= 1 || due % 10_000 === 0 || due % 20_000 === 0 || due % 100_000 === 0);
      assert.ok(offers.length <= 3);
      for (const [at, offer] of offers.entries()) {
        assert.ok(offer > due);
        assert.ok(at === 0 || offer > (offers[at - 1] ?? 0));
      }
    }),
  );
});
