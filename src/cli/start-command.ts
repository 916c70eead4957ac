/** `aurapos start`: a register on http://127.0.0.1:7312, until it is told to stop. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { ok, type Result } from '../base/result.ts';
import type { Log } from '../base/log.ts';
import { startHttpServer, type HttpServer } from '../server/http-server.ts';
import type { Started } from '../server/start-runtime.ts';
import { failWith, makeLog, makeRuntime, readOptions, type Options } from './program.ts';

const STOPS_WITHIN_MS = 20_000;

interface Standing {
  readonly started: Started;
  readonly server: HttpServer;
}

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('start the register; the screen is at the address it prints')
    .option('--port <port>', 'port of the screen on this machine', '7312')
    .option('--listen <addresses>', 'addresses the shop’s database answers on (a master)', '*')
    .action(async (flags: { port: string; listen: string }, command: Command) => {
      const options = readOptions(command);
      const log = makeLog(join(options.data, 'log', 'aurapos.log'));
      const life = { ending: false, restart: () => {} };
      let standing = await stand(options, log, flags.listen, Number(flags.port), life);
      if (!standing.ok) return failWith(options, standing.refusal);
      const { port } = standing.value.server;
      const url = `http://127.0.0.1:${port}`;
      const { version } = standing.value.started.runtime;
      process.stdout.write(options.json ? `${JSON.stringify({ url, version })}\n` : `AuraPOS is at ${url}\n`);
      const take = async ({ server, started }: Standing): Promise<void> => {
        await server.stop();
        await started.stop({ server: 'stop' });
      };
      const end = (): void => {
        if (life.ending) return;
        life.ending = true;
        // What was called paid is on the disk already: nothing that hangs may keep the machine from shutting down.
        setTimeout(() => {
          log.error('stop.hangs', { afterMs: STOPS_WITHIN_MS });
          process.exit(1);
        }, STOPS_WITHIN_MS).unref();
        if (standing.ok) void take(standing.value).then(() => process.exit(0));
      };
      life.restart = () => {
        const before = standing;
        if (life.ending || !before.ok) return;
        log.info('register.restarts');
        void take(before.value).then(async () => {
          standing = await stand(options, log, flags.listen, port, life);
          if (!standing.ok) return failWith(options, standing.refusal);
          return standing.value.started.connect();
        });
      };
      process.on('SIGINT', end);
      process.on('SIGTERM', end);
      await standing.value.started.connect();
      return undefined;
    });
}

async function stand(options: Options, log: Log, listen: string, port: number, life: { restart(): void }): Promise<Result<Standing>> {
  const started = makeRuntime(options.data, log, listen, () => life.restart());
  if (!started.ok) return started;
  const server = await startHttpServer(started.value.runtime, port);
  if (server.ok) return ok({ started: started.value, server: server.value });
  await started.value.stop({ server: 'leave' });
  return server;
}
