/** `npm run bench -- NAME`: prints its figures, and with --json one JSON document last. */
import { parseArgs } from 'node:util';
import { printFigures } from './figures.ts';
import { benchRegister } from './register.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    catalogue: { type: 'string' },
    history: { type: 'string', default: '1000000' },
    sales: { type: 'string', default: '2000' },
    registers: { type: 'string', default: '10' },
    rate: { type: 'string', default: '10' },
  },
});

const [name] = positionals;
if (name === 'register' && values.catalogue !== undefined) {
  printFigures(
    await benchRegister({ catalogue: values.catalogue, history: Number(values.history), sales: Number(values.sales) }),
    values.json,
  );
} else {
  process.stderr.write('npm run bench -- register --catalogue FILE [--history N] [--sales N] [--json]\n');
  process.exit(2);
}
