import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { makeGiveWay } from './give-way.ts';

test('work in a hurry waits for what is being answered, and for nothing that takes long', async () => {
  const giveWay = makeGiveWay(systemClock);
  const order: string[] = [];
  const answered = giveWay.asked();
  const turn = giveWay.turn().then(() => order.push('turn'));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  order.push('answered');
  answered();
  await turn;
  assert.deepEqual(order, ['answered', 'turn']);
  giveWay.asked();
  const startedMs = performance.now();
  await giveWay.turn();
  assert.ok(performance.now() - startedMs >= 20, 'as long as a request takes');
  await giveWay.turn();
});
