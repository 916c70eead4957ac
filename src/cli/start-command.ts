/** `aurapos start`: a register on http://127.0.0.1:7312, until it is told to stop. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { startHttpServer } from '../server/http-server.ts';
import { failWith, makeLog, makeRuntime, readOptions } from './program.ts';

const STOPS_WITHIN_MS = 20_000;

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('start the register; the screen is at the address it prints')
    .option('--port <port>', 'port of the screen on this machine', '7312')
    .option('--listen <addresses>', 'addresses the shop’s database answers on (a master)', '*')
    .action(async (flags: { port: string; listen: string }, command: Command) => {
      const options = readOptions(command);
      const log = makeLog(join(options.data, 'log', 'aurapos.log'));
      const started = makeRuntime(options.data, log, flags.listen);
      if (!started.ok) return failWith(options, started.refusal);
      const { runtime, connect, stop } = started.value;
      const server = await startHttpServer(runtime, Number(flags.port));
      if (!server.ok) {
        await stop({ server: 'leave' });
        return failWith(options, server.refusal);
      }
      const url = `http://127.0.0.1:${server.value.port}`;
      process.stdout.write(options.json ? `${JSON.stringify({ url, version: runtime.version })}\n` : `AuraPOS is at ${url}\n`);
      let ending = false;
      const end = (): void => {
        if (ending) return;
        ending = true;
        // What was called paid is on the disk already: nothing that hangs may keep the machine from shutting down.
        setTimeout(() => {
          log.error('stop.hangs', { afterMs: STOPS_WITHIN_MS });
          process.exit(1);
        }, STOPS_WITHIN_MS).unref();
        void server.value
          .stop()
          .then(() => stop({ server: 'stop' }))
          .then(() => process.exit(0));
      };
      process.on('SIGINT', end);
      process.on('SIGTERM', end);
      await connect();
      return undefined;
    });
}
