/** `aurapos start`: a register on http://127.0.0.1:7312, until it is told to stop. */
import type { Command } from 'commander';
import { readOptions } from './program.ts';

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('start the register; the screen is at the address it prints')
    .option('--port <port>', 'port of the screen on this machine', '7312')
    .option('--listen <addresses>', 'addresses the shop’s database answers on (a master)', '*')
    .action(async (flags: { port: string; listen: string }, command: Command) => {
      const { runRegister } = await import('./run-register.ts');
      return runRegister(readOptions(command), flags.listen, Number(flags.port));
    });
}
