/** `npm run attack -- edits [--edits 10000] [--seed 1] [--json]`: the whole of what CI keeps a few hundred of. */
import { parseArgs } from 'node:util';
import { describeEdits, runEdits } from './edits.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    edits: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

if (positionals[0] !== 'edits') {
  process.stderr.write('npm run attack -- edits [--edits 10000] [--seed 1] [--json]\n');
  process.exit(2);
}
const report = await runEdits({ edits: Number(values.edits), seed: Number(values.seed) }, (text) => process.stderr.write(`${text}\n`));
process.stderr.write(`${describeEdits(report)}\n`);
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.missed.length === 0 ? 0 : 1);
