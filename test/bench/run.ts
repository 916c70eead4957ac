/** `npm run bench -- NAME`: prints its figures, and with --json one JSON document last. */
import { parseArgs } from 'node:util';
import { printFigures } from './figures.ts';
import { benchRegister } from './register.ts';
import { benchStorage } from './storage.ts';
import { benchSync } from './sync.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    catalogue: { type: 'string' },
    history: { type: 'string' },
    sales: { type: 'string' },
    registers: { type: 'string', default: '10' },
    rate: { type: 'string', default: '10' },
    offline: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
  },
});

const [name] = positionals;
if (name === 'register' && values.catalogue !== undefined) {
  printFigures(
    await benchRegister({
      catalogue: values.catalogue,
      history: Number(values.history ?? 1_000_000),
      sales: Number(values.sales ?? 2_000),
    }),
    values.json,
  );
} else if (name === 'sync') {
  printFigures(
    await benchSync({
      registers: Number(values.registers),
      rate: Number(values.rate),
      catalogue: values.catalogue,
      history: Number(values.history ?? 100_000),
      offlineSales: Number(values.offline),
      seconds: Number(values.seconds),
    }),
    values.json,
  );
} else if (name === 'storage') {
  printFigures(await benchStorage({ sales: Number(values.sales ?? 100_000), history: Number(values.history ?? 1_000_000) }), values.json);
} else {
  process.stderr.write('npm run bench -- register --catalogue FILE [--history N] [--sales N] [--json]\n');
  process.stderr.write(
    'npm run bench -- sync [--registers N] [--rate R] [--catalogue FILE] [--history N] [--offline N] [--seconds N] [--json]\n',
  );
  process.stderr.write('npm run bench -- storage [--sales N] [--history N] [--json]\n');
  process.exit(2);
}
process.exit(0);
