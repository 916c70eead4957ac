import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { PERIODS, spansOf } from './periods.ts';

const local = (text: string): number => new Date(text).getTime();

test('a day is set against that day last week, and a running time against as much of the one before', () => {
  // A Thursday.
  const nowMs = local('2026-03-12T10:30:00');
  assert.deepEqual(spansOf('today', nowMs, 0).before, { fromMs: local('2026-03-05T00:00:00'), untilMs: local('2026-03-05T10:30:00') });
  assert.deepEqual(spansOf('yesterday', nowMs, 0).before, { fromMs: local('2026-03-04T00:00:00'), untilMs: local('2026-03-05T00:00:00') });
  assert.deepEqual(spansOf('week', nowMs, 0).now, { fromMs: local('2026-03-09T00:00:00'), untilMs: local('2026-03-13T00:00:00') });
  assert.deepEqual(spansOf('month', nowMs, 0).before, { fromMs: local('2026-02-01T00:00:00'), untilMs: local('2026-02-12T10:30:00') });
});

test('the last days of a long month are not set against more than the short one before', () => {
  assert.equal(spansOf('month', local('2026-03-31T23:00:00'), 0).before.untilMs, local('2026-03-01T00:00:00'));
  for (const period of PERIODS)
    for (const nowMs of [local('2026-01-01T00:00:01'), local('2028-02-29T12:00:00')]) {
      const { now, before } = spansOf(period, nowMs, 0);
      assert.ok(before.fromMs < before.untilMs && before.untilMs <= now.fromMs && now.fromMs < now.untilMs, period);
    }
});

test('a day that ends at four in the morning begins then, and until then it is the day before', () => {
  const late = spansOf('today', local('2026-03-13T02:00:00'), 240);
  assert.deepEqual(late.now, { fromMs: local('2026-03-12T04:00:00'), untilMs: local('2026-03-13T04:00:00') });
  assert.deepEqual(late.before, { fromMs: local('2026-03-05T04:00:00'), untilMs: local('2026-03-06T02:00:00') });
  assert.equal(spansOf('today', local('2026-03-13T04:00:00'), 240).now.fromMs, local('2026-03-13T04:00:00'));
  assert.equal(spansOf('month', local('2026-04-01T03:59:00'), 240).now.fromMs, local('2026-03-01T04:00:00'));
});
