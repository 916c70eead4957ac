/** `npm run chaos [-- --registers 200 --masters 50 --postgres 50 --moves 20 --apart 10000] [--json]`: the whole of what CI keeps a part of. */
import { parseArgs } from 'node:util';
import { runKills } from './kill-rounds.ts';
import { runMoveKills } from './move-kills.ts';
import { runApart } from './run-apart.ts';

const { values } = parseArgs({
  options: {
    registers: { type: 'string', default: '200' },
    masters: { type: 'string', default: '50' },
    postgres: { type: 'string', default: '50' },
    moves: { type: 'string', default: '20' },
    apart: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const report = await runKills(
  { registers: Number(values.registers), masters: Number(values.masters), postgres: Number(values.postgres) },
  say,
);
const { kills, wrong } = report;
process.stderr.write(
  `kills: ${kills.registers} registers, ${kills.masters} masters, ${kills.postgres} PostgreSQL; ${report.acknowledged} sales acknowledged, ${report.unanswered} unanswered; ${report.seconds} s\n` +
    (wrong.length === 0 ? 'nothing lost, nothing doubled, all stores and the projection equal\n' : `WRONG:\n${wrong.join('\n')}\n`),
);
const moves = await runMoveKills(Number(values.moves), say);
process.stderr.write(
  `moves killed: ${moves.kills.join('; ')}; ${moves.acknowledged} sales acknowledged meanwhile; ${moves.seconds} s\n` +
    (moves.wrong.length === 0 ? 'each ended once, all rows equal\n' : `WRONG:\n${moves.wrong.join('\n')}\n`),
);
const apart = await runApart(Number(values.apart));
process.stderr.write(
  `${values.apart} sales on each of two registers apart, then together: ${apart.said}\n` +
    (apart.wrong.length === 0 ? 'all of them everywhere\n' : `WRONG:\n${apart.wrong.join('\n')}\n`),
);
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, moves, apart })}\n`);
process.exit(wrong.length + moves.wrong.length + apart.wrong.length === 0 ? 0 : 1);
