/**
 * Runs schedules of the simulator and prints figures: `node test/sim/run.ts --seeds 1000 --from 1 [--log] [--json]`. With --log every event of
 * every schedule is printed. Exit code 1 when a schedule failed; each failing seed is named and replays exactly.
 */
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { runSchedule, setStage, type Outcome } from './run-schedule.ts';

/** The lowest there is. */
const IDLE = 19;

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    log: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** UTC milliseconds: from then on none begins, once `least` have. */
    until: { type: 'string', default: 'Infinity' },
    least: { type: 'string', default: '0' },
    /** Only what of the processors nobody else wants, the database among it. */
    idle: { type: 'boolean', default: false },
  },
});

if (flags.idle) setPriority(IDLE);
const startedMs = performance.now();
const stage = await setStage();
const outcomes: Outcome[] = [];
const from = Number(flags.from);
for (let seed = from; seed < from + Number(flags.seeds); seed++) {
  if (Date.now() > Number(flags.until) && outcomes.length >= Number(flags.least)) break;
  const outcome = await runSchedule(stage, seed, flags.log ? { log: (line) => console.log(line) } : {});
  outcomes.push(outcome);
  if (outcome.wrong.length > 0) console.error(`seed ${seed} (trace ${outcome.traceHash}):\n  ${outcome.wrong.slice(0, 12).join('\n  ')}`);
  if (flags.log) console.log(`seed ${seed}: trace ${outcome.traceHash}`);
}
await stage.close();

const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
const figures = {
  schedules: outcomes.length,
  failed: outcomes.filter(({ wrong }) => wrong.length > 0).map(({ seed }) => seed),
  virtualHours: Number((sum(({ virtualMs }) => virtualMs) / 3_600_000).toFixed(2)),
  events: sum(({ events }) => events),
  sales: sum(({ figures: { sales } }) => sales),
  zs: sum(({ figures: { zs } }) => zs),
  vouchersUsed: sum(({ figures: { vouchersUsed } }) => vouchersUsed),
  cardsAsked: sum(({ figures: { cardsAsked } }) => cardsAsked),
  crashes: sum(({ figures: { crashes } }) => crashes),
  hubCrashes: sum(({ figures: { hubCrashes } }) => hubCrashes),
  cuts: sum(({ figures: { cuts } }) => cuts),
  cutsBeforeAnswer: sum(({ figures: { cutsBeforeAnswer } }) => cutsBeforeAnswer),
  clones: sum(({ figures: { clones } }) => clones),
  putBacks: sum(({ figures: { putBacks } }) => putBacks),
  hubPutBacks: sum(({ figures: { hubPutBacks } }) => hubPutBacks),
  takeOvers: sum(({ figures: { takeOvers } }) => takeOvers),
  restores: sum(({ figures: { restores } }) => restores),
  standbys: sum(({ figures: { standbys } }) => standbys),
  forks: sum(({ figures: { forks } }) => forks),
  seconds: Number(((performance.now() - startedMs) / 1000).toFixed(1)),
};
if (flags.json) console.log(JSON.stringify(figures));
else for (const [name, figure] of Object.entries(figures)) console.log(`${name.padEnd(18)} ${String(figure)}`);
process.exitCode = figures.failed.length > 0 ? 1 : 0;
