/** `npm run chaos [-- --registers 200 --masters 50 --postgres 50] [--json]`: the whole of what CI keeps a tenth of. */
import { parseArgs } from 'node:util';
import { runKills } from './kill-rounds.ts';

const { values } = parseArgs({
  options: {
    registers: { type: 'string', default: '200' },
    masters: { type: 'string', default: '50' },
    postgres: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
});

const report = await runKills(
  { registers: Number(values.registers), masters: Number(values.masters), postgres: Number(values.postgres) },
  (text) => process.stderr.write(`${text}\n`),
);
const { kills, wrong } = report;
process.stderr.write(
  `kills: ${kills.registers} registers, ${kills.masters} masters, ${kills.postgres} PostgreSQL; ${report.acknowledged} sales acknowledged, ${report.unanswered} unanswered; ${report.seconds} s\n` +
    (wrong.length === 0 ? 'nothing lost, nothing doubled, all stores and the projection equal\n' : `WRONG:\n${wrong.join('\n')}\n`),
);
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(wrong.length === 0 ? 0 : 1);
