/** A register in this process: the one that `aurapos start` runs, or one put together for as long as a command takes. */
import { pino } from 'pino';
import { systemClock } from '../base/clock.ts';
import { silentLog, type Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { ok, type Result } from '../base/result.ts';
import { makeApp } from '../server/app.ts';
import { startRuntime, type Started } from '../server/start-runtime.ts';
import { countWaiting } from '../store/waiting.ts';
import type { SyncStatus } from '../sync/sync-loop.ts';
import { makeCall, type Reach } from './reach.ts';
import { VERSION } from './version.ts';

/** Of the log, while its disk takes nothing: some thousand lines. */
const MAX_UNWRITTEN_BYTES = 1024 * 1024;

/** Logs as JSON lines to a file beside the data. Never throws. */
export function makeLog(file: string): Log {
  const destination = pino.destination({ dest: file, mkdir: true, sync: true, maxLength: MAX_UNWRITTEN_BYTES });
  // A disk that is full takes no log, and that must stop nothing: lines wait for room, and beyond the limit they are dropped.
  destination.on('error', () => {});
  const logger = pino({ base: null }, destination);
  return {
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  };
}

export function makeRuntime(
  dataFolder: string,
  log: Log,
  listen: string,
  onRestart: () => void = () => {},
): ReturnType<typeof startRuntime> {
  return startRuntime({ dataFolder, version: VERSION, listen, clock: systemClock, random: systemRandom, log, onRestart });
}

/** Refuses what startRuntime does. */
export async function putTogether(dataFolder: string): Promise<Result<Reach>> {
  const started = makeRuntime(dataFolder, silentLog, '*');
  if (!started.ok) return started;
  const at = { port: 80, token: started.value.runtime.sessions.commandLineToken };
  const app = makeApp(started.value.runtime, () => at.port);
  await started.value.connect();
  await becomeLevel(started.value);
  let closing: Promise<void> | undefined;
  return ok({
    running: false,
    call: makeCall((request) => Promise.resolve(app.fetch(request)), at),
    close: () => (closing ??= endRuntime(started.value)),
  });
}

async function endRuntime(started: Started): Promise<void> {
  // What was written just now goes up before the program ends, if the hub is there.
  await becomeLevel(started);
  await started.stop({ server: 'stop' });
}

/** Waits a moment for the hub, where there is one. */
async function becomeLevel({ runtime: { network, register } }: Started): Promise<void> {
  const sync = network.sync();
  if (sync === null) return;
  for (let tries = 0; tries < 30; tries++) {
    if (isLevel(sync.status()) && countWaiting(register.store).changes === 0) return;
    await systemClock.sleep(100);
  }
}

function isLevel(status: SyncStatus): boolean {
  return status.state === 'online' && status.level;
}
