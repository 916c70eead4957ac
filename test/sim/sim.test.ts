/**
 * The simulator on every run of the tests: as many schedules as a minute holds (SIM_SECONDS), every seed that ever failed by name, the same
 * seed twice, and bugs planted on purpose, each of which the checker must find.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runSchedule, setStage, type Stage } from './run-schedule.ts';
import type { PlantedBug } from './workload.ts';

let stage: Stage;
before(async () => {
  stage = await setStage();
});
after(() => stage.close());

/** Seeds that found something once. */
const ONCE_FAILED: Readonly<Record<number, string>> = {
  15: 'a copied disk gave two sales one id',
  20: 'a register put back gave two sales one id',
};

for (const [seed, what] of Object.entries(ONCE_FAILED))
  test(`[P1] [P3] [P4] seed ${seed}: ${what}`, async () => {
    const outcome = await runSchedule(stage, Number(seed));
    assert.deepEqual(outcome.wrong, []);
  });

test('the same seed gives the same trace', async () => {
  const [first, second] = [await runSchedule(stage, 33), await runSchedule(stage, 33)];
  assert.equal(first.traceHash, second.traceHash);
  assert.equal(first.events, second.events);
});

const BUGS: Readonly<Record<PlantedBug, RegExp>> = {
  'cursor-skips': /the cursor skipped/,
  'sent-twice': /is there 2 times/,
  'number-reused': /gives a number twice|has a gap|is not that of/,
  'stock-doubled': /stock of/,
  'acknowledged-early': /is not held/,
};

for (const [bug, complaint] of Object.entries(BUGS) as [PlantedBug, RegExp][])
  test(`the checker finds a planted bug: ${bug}`, async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { wrong } = await runSchedule(stage, seed, { bug });
      if (wrong.some((what) => complaint.test(what))) return;
    }
    assert.fail('five schedules with the bug, and nothing was found');
  });

test('[P1] [P3] [P4] [P5] schedules by seed, one after another', async (t) => {
  const until = performance.now() + Number(process.env['SIM_SECONDS'] ?? 45) * 1000;
  const from = Number(process.env['SIM_FROM'] ?? 1000);
  let seed = from;
  for (; performance.now() < until; seed++) {
    const { wrong, traceHash } = await runSchedule(stage, seed);
    assert.deepEqual(wrong, [], `seed ${seed}, trace ${traceHash}`);
  }
  t.diagnostic(`${seed - from} schedules`);
  assert.ok(seed > from);
});
