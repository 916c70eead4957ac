import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { makeGiveWay } from './give-way.ts';

test('work in a hurry waits for what is being answered, and for nothing that takes long', async () => {
  let nowMs = 0;
  const slept: number[] = [];
  const forever = new Promise<boolean>(() => {});
  let sleeps = true;
  const sleep = (ms: number): Promise<boolean> => {
    slept.push(ms);
    return sleeps ? forever : Promise.resolve(true);
  };
  const giveWay = makeGiveWay({ ...systemClock, monotonicMs: () => nowMs, sleep });
  const order: string[] = [];
  const answered = giveWay.asked();
  const turn = giveWay.turn().then(() => order.push('turn'));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  order.push('answered');
  answered();
  await turn;
  assert.deepEqual(order, ['answered', 'turn']);

  sleeps = false;
  giveWay.asked();
  nowMs += 5;
  await giveWay.turn();
  assert.deepEqual(slept, [25, 20], 'as long as a request takes');
  nowMs += 20;
  await giveWay.turn();
  assert.deepEqual(slept, [25, 20]);
});
