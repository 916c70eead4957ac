import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitPrice } from './unit-price.ts';

test('the price of a kilogram, a litre, a metre', () => {
  assert.deepEqual(unitPrice(250, 250_000, 'g'), { of: 'kg', minor: 1_000 });
  assert.deepEqual(unitPrice(139, 330_000, 'ml'), { of: 'l', minor: 421 });
  assert.deepEqual(unitPrice(139, 33_000, 'cl'), { of: 'l', minor: 421 });
  assert.deepEqual(unitPrice(199, 1_500, 'L'), { of: 'l', minor: 133 });
  assert.equal(unitPrice(250, 1_000, 'kg'), null, 'the price says it');
  assert.equal(unitPrice(250, 6_000, 'pcs'), null);
  assert.equal(unitPrice(250, null, null), null);
});
