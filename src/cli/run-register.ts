/** The register and its server, as one process: stood up, begun anew when its mode changes, and taken down in order. */
import { join } from 'node:path';
import { ok, type Result } from '../base/result.ts';
import type { Log } from '../base/log.ts';
import { startHttpServer, type HttpServer } from '../server/http-server.ts';
import type { Started } from '../server/start-runtime.ts';
import { makeLog, makeRuntime } from './own-register.ts';
import { failWith, type Options } from './program.ts';

const STOPS_WITHIN_MS = 20_000;

interface Standing {
  readonly started: Started;
  readonly server: HttpServer;
}

/** Runs it until the process is told to stop. Ends the program when it cannot start. */
export async function runRegister(options: Options, listen: string, atPort: number): Promise<undefined> {
  const log = makeLog(join(options.data, 'log', 'aurapos.log'));
  const life = { ending: false, restart: () => {} };
  let standing = await stand(options, log, listen, atPort, life);
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
      standing = await stand(options, log, listen, port, life);
      if (!standing.ok) return failWith(options, standing.refusal);
      return standing.value.started.connect();
    });
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  await standing.value.started.connect();
  return undefined;
}

async function stand(options: Options, log: Log, listen: string, port: number, life: { restart(): void }): Promise<Result<Standing>> {
  const started = makeRuntime(options.data, log, listen, () => life.restart());
  if (!started.ok) return started;
  const server = await startHttpServer(started.value.runtime, port);
  if (server.ok) return ok({ started: started.value, server: server.value });
  await started.value.stop({ server: 'leave' });
  return server;
}
