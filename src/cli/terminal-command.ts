/** `aurapos terminal`: a card terminal without cards, for a demo shop; it runs until it is stopped. */
import { Option, type Command } from 'commander';
import { BEHAVIOURS, startSimulator, type Behaviour } from '../devices/terminals/simulator.ts';
import { readOptions, say } from './program.ts';

export function addTerminalCommand(program: Command): void {
  program
    .command('terminal')
    .description('run a simulated card terminal; connect it in Settings > Card terminal')
    .option('--port <port>', 'its port on this machine', '7320')
    .addOption(
      new Option(
        '--behave <how>',
        'how it answers; else by the last two figures of the amount: 01 declines, 02 never answers, 03 answers late, 04 twice, 05 hangs up',
      ).choices(BEHAVIOURS),
    )
    .option('--think-ms <ms>', 'how long a card takes', '1500')
    .option('--late-ms <ms>', 'how long a late answer takes', '20000')
    .action(async (flags: { port: string; behave?: Behaviour; thinkMs: string; lateMs: string }, command: Command) => {
      const options = readOptions(command);
      const { port } = await startSimulator({
        port: Number(flags.port),
        behaviour: flags.behave ?? null,
        thinkMs: Number(flags.thinkMs),
        lateMs: Number(flags.lateMs),
        onTaken: (entry) => say(options, entry, `${entry.reference} ${entry.amountMinor}`),
      });
      say(options, { host: '127.0.0.1', port }, `The terminal is at 127.0.0.1:${port}`);
    });
}
