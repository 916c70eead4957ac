/** What a line of the log may say in a support file, and how a measured link is graded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradeLink } from './link-meter.ts';
import { tellLine } from './support-file.ts';

test('a line of the log keeps its event, codes and places, and nothing that somebody may have typed', () => {
  const error = 'Error: no customer Jan Peeters, 0470 12 34 56\n    at find (file:///home/mina/aurapos/src/store/queries/people.ts:12:3)';
  const line = {
    level: 50,
    time: 1_790_000_000_000,
    msg: 'request failed',
    path: '/api/customers/Jan',
    phone: 470123456,
    error,
    code: 'hub.no-answer',
  };
  assert.deepEqual(tellLine(JSON.stringify(line)), [
    { level: 50, time: 1_790_000_000_000, msg: 'request failed', error: 'Error src/store/queries/people.ts:12', code: 'hub.no-answer' },
  ]);
  assert.deepEqual(tellLine('{"level":50,"msg":"cut off by a f'), []);
  assert.deepEqual(tellLine(JSON.stringify({ msg: 'Jan Peeters <jan@example.com>', code: 'Jan Peeters', why: 'jan peeters' })), [{}]);
});

test('a link is good on a cable, poor on a Wi-Fi that loses, bad where hardly anything gets through', () => {
  const filled = (ms: number | null, count: number): (number | null)[] => Array.from({ length: count }, () => ms);
  assert.equal(gradeLink(filled(2, 300), 30).level, 'good');
  assert.equal(gradeLink([...filled(2, 290), ...filled(240, 10)], 30).level, 'poor');
  assert.equal(gradeLink([...filled(2, 290), ...filled(null, 10)], 30).level, 'poor');
  assert.equal(gradeLink(filled(60, 300), 30).level, 'poor');
  assert.equal(gradeLink([...filled(2, 100), ...filled(null, 60)], 30).level, 'bad');
  assert.deepEqual(gradeLink(filled(null, 5), 30).params, { p50: 0, p99: 0, lost: 5, asked: 5, seconds: 30 });
});
