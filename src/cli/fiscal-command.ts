/** `aurapos fiscal-device`: a simulated fiscal device, for a demo shop; it runs until it is stopped. */
import { Option, type Command } from 'commander';
import { startFiscalSimulator } from '../devices/fiscal/fiscal-simulator.ts';
import { FISCAL_DEVICES, type FiscalDeviceKind } from '../domain/fiscal.ts';
import { readOptions, say } from './program.ts';

export function addFiscalCommand(program: Command): void {
  program
    .command('fiscal-device')
    .description('run a simulated fiscal device; connect it in Settings > Fiscal device')
    .option('--port <port>', 'its port on this machine', '7330')
    .addOption(new Option('--kind <kind>', 'Germany’s, Belgium’s or Italy’s').choices(FISCAL_DEVICES).default('tse'))
    .action(async (flags: { port: string; kind: FiscalDeviceKind }, command: Command) => {
      const options = readOptions(command);
      const { port } = await startFiscalSimulator(flags.kind, Number(flags.port), (line) => say(options, { signed: line }, line));
      say(options, { host: '127.0.0.1', port }, `The fiscal device is at 127.0.0.1:${port}`);
    });
}
