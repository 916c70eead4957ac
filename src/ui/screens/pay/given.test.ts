import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { makeId } from '../../../base/id.ts';
import { systemClock } from '../../../base/clock.ts';
import { systemRandom } from '../../../base/random.ts';
import { givenAfter, leftToPay, type Method } from './given.ts';

const cash: Method = {
  id: makeId(systemClock, systemRandom),
  name: 'Cash',
  kind: 'cash',
  givesChange: true,
  roundingStepMinor: 5,
  active: true,
};
const card: Method = {
  id: makeId(systemClock, systemRandom),
  name: 'Card',
  kind: 'card',
  givesChange: false,
  roundingStepMinor: null,
  active: true,
};

test('what is left in cash is rounded to the coin, by card it is not', () => {
  const given = givenAfter([], card, 1000);
  assert.equal(leftToPay(2959, given, card), 1959);
  assert.equal(leftToPay(2959, given, cash), 1960);
  assert.equal(leftToPay(2959, givenAfter(given, cash, 5000), cash), 0);
});
