/**
 * The simulator on every run of the tests: 5,000 schedules (SIM_SCHEDULES), forty-nine of fifty brief, in processes of their own that take what
 * the others leave of the processors; on a machine too slow for that, as many as there is time for (SIM_UNTIL, UTC milliseconds), and 1,000
 * at least. Meanwhile every seed that ever failed by name, the same seed twice, and bugs planted on purpose, each of which the checker must find.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BRIEF_FROM, runSchedule, setStage, type Stage } from './run-schedule.ts';
import type { PlantedBug } from './planted-bug.ts';

const RUN = join(import.meta.dirname, 'run.ts');
const NODE_FLAGS = ['--disable-warning=ExperimentalWarning'];
const SCHEDULES = Number(process.env['SIM_SCHEDULES'] ?? 5_000);
const AT_LEAST = Math.min(SCHEDULES, 1_000);
/** The part of them that is long: a brief one has as many faults, for half the work. */
const LONG = 0.02;
/** Schedules of each process. */
const SHARE = { long: share(SCHEDULES * LONG), brief: share(SCHEDULES * (1 - LONG)), least: share(AT_LEAST - SCHEDULES * LONG) };

function share(schedules: number): number {
  return Math.ceil(schedules / availableParallelism());
}

let stage: Stage;
let shares: Promise<PromiseSettledResult<Figures>[]>;
before(async () => {
  const from = Number(process.env['SIM_FROM'] ?? 1000);
  shares = Promise.allSettled(Array.from({ length: availableParallelism() }, (_, at) => runShare(from, at)));
  stage = await setStage();
});
after(() => stage.close());

/** Seeds that found something once. */
const ONCE_FAILED: Readonly<Record<number, string>> = {
  15: 'a copied disk gave two sales one id',
  20: 'a register put back gave two sales one id',
  10053: 'what was sold under a chain that was lost before it was sent stayed on its register',
  10153: 'the tables held an edit of a master whose store was put back without it',
  1390: 'a copy sold the cart that a card had paid on the register it was copied from',
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
  'drawer-misread': /a drawer should hold/,
  'total-misadded': /says a perpetual total of/,
  'voucher-doubled': /vouchers and payments of sale/,
  'card-lost': /no cart and no sale has it/,
  'restored-sells-early': /has not taken back \d+ changesets, and sells/,
  'standby-lags': /lacks what a register was told/,
};

for (const [bug, complaint] of Object.entries(BUGS) as [PlantedBug, RegExp][])
  test(`the checker finds a planted bug: ${bug}`, async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { wrong } = await runSchedule(stage, seed, { bug });
      if (wrong.some((what) => complaint.test(what))) return;
    }
    assert.fail('five schedules with the bug, and nothing was found');
  });

interface Figures {
  readonly schedules: number;
  readonly failed: readonly number[];
}

/** The share of processor `at`. */
async function runShare(from: number, at: number): Promise<Figures> {
  const long = await runSeeds(from + at * SHARE.long, SHARE.long);
  const until = ['--until', process.env['SIM_UNTIL'] ?? 'Infinity', '--least', String(SHARE.least)];
  const brief = await runSeeds(BRIEF_FROM + from + at * SHARE.brief, SHARE.brief, until);
  return { schedules: long.schedules + brief.schedules, failed: [...long.failed, ...brief.failed] };
}

/** Seeds `from` to `from + seeds` in a process of their own. */
function runSeeds(from: number, seeds: number, limits: readonly string[] = []): Promise<Figures> {
  const child = spawn(
    process.execPath,
    [...NODE_FLAGS, RUN, '--json', '--idle', '--from', String(from), '--seeds', String(seeds), ...limits],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (printed === '') reject(new Error(`the simulator ended without a word, seeds ${from} to ${from + seeds - 1}`));
      else resolve(JSON.parse(printed) as Figures);
    });
  });
}

test('[P1] [P3] [P4] [P5] schedules by seed, on all processors', async (t) => {
  const ended = (await shares).map((share) => {
    if (share.status === 'rejected') throw share.reason;
    return share.value;
  });
  assert.deepEqual(
    ended.flatMap(({ failed }) => failed),
    [],
    'seeds that failed; what was wrong is printed above',
  );
  const schedules = ended.reduce((sum, figures) => sum + figures.schedules, 0);
  const until = Number(process.env['SIM_UNTIL'] ?? Infinity);
  assert.ok(schedules >= (Date.now() < until ? SCHEDULES : AT_LEAST), `${schedules} schedules`);
  t.diagnostic(`${schedules} of ${SCHEDULES} schedules`);
});
