/** What all commands share: the version, where data lies, how they speak, how they reach a register. */
import { readFileSync, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { pino } from 'pino';
import { systemClock } from '../base/clock.ts';
import { silentLog, type Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { describeRefusal, type Refusal } from '../base/result.ts';
import { ROUTES, type Answer, type BodyInput, type ParamsInput, type QueryInput, type RouteName } from '../protocol/api/routes.ts';
import { makeApp } from '../server/app.ts';
import { RUNNING_FILE } from '../server/http-server.ts';
import { countWaiting } from '../store/waiting.ts';
import type { SyncStatus } from '../sync/sync-loop.ts';
import { startRuntime, type Started } from '../server/start-runtime.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
export const VERSION = manifest.version;

export const DEFAULT_DATA_FOLDER =
  process.platform === 'win32'
    ? join(process.env['LOCALAPPDATA'] ?? homedir(), 'AuraPOS')
    : join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'aurapos');

export interface Options {
  readonly data: string;
  readonly json: boolean;
}

export function readOptions(command: Command): Options {
  const all = command.optsWithGlobals<{ data?: string; json?: boolean }>();
  return { data: resolve(all.data ?? DEFAULT_DATA_FOLDER), json: all.json ?? false };
}

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

// ---- speaking

export function say(options: Options, value: unknown, text: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}

/** Ends the program with code 1: what is true, what to do. */
export function fail(options: Options, error: { code: string; message: string; action: string }): never {
  if (options.json) process.stdout.write(`${JSON.stringify({ error })}\n`);
  else process.stderr.write(`${error.message} ${error.action} [${error.code}]\n`);
  process.exit(1);
}

export function failWith(options: Options, refusal: Refusal): never {
  const { message, action } = describeRefusal(refusal);
  return fail(options, { code: refusal.code, message, action });
}

// ---- reaching a register

interface CallInput<K extends RouteName> {
  readonly params?: ParamsInput<K>;
  readonly query?: QueryInput<K>;
  readonly body?: BodyInput<K>;
  /** A file in place of JSON. */
  readonly file?: Blob;
}

export type ApiError = { readonly code: string; readonly message: string; readonly action: string };
export type Called<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ApiError };

export interface Reach {
  /** True when a running register answers; false when one was put together for this command. */
  readonly running: boolean;
  call<K extends RouteName>(name: K, input?: CallInput<K>): Promise<Called<Answer<K>>>;
  /** Once; again it waits for the same. */
  close(): Promise<void>;
}

/** The register of this folder: the running one, or one for as long as the command takes. Ends the program when there is none to be had. */
export async function reachRegister(options: Options): Promise<Reach> {
  const running = await reachRunning(options);
  if (running !== null) return running;
  const started = makeRuntime(options.data, silentLog, '*');
  if (!started.ok) return failWith(options, started.refusal);
  const at = { port: 80, token: started.value.runtime.sessions.commandLineToken };
  const app = makeApp(started.value.runtime, () => at.port);
  await started.value.connect();
  await becomeLevel(started.value);
  let closing: Promise<void> | undefined;
  return {
    running: false,
    call: makeCall((request) => Promise.resolve(app.fetch(request)), at),
    close: () => (closing ??= endRuntime(started.value)),
  };
}

/** The register that runs on this folder, if one does. */
export async function reachRunning(options: Options): Promise<Reach | null> {
  const running = await findRunning(options.data);
  return running === null ? null : { running: true, call: makeCall((request) => fetch(request), running), close: () => Promise.resolve() };
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

interface RunningNote {
  readonly port: number;
  readonly token: string;
}

async function findRunning(dataFolder: string): Promise<RunningNote | null> {
  const file = join(dataFolder, RUNNING_FILE);
  if (!existsSync(file)) return null;
  const note = JSON.parse(readFileSync(file, 'utf8')) as RunningNote;
  try {
    const answer = await fetch(`http://127.0.0.1:${note.port}/api/state`, {
      signal: AbortSignal.timeout(5_000),
      headers: { authorization: `Bearer ${note.token}` },
    });
    return answer.ok ? note : null;
  } catch {
    // A note of a register that was killed.
    return null;
  }
}

function makeCall(send: (request: Request) => Promise<Response>, at: RunningNote): Reach['call'] {
  return async <K extends RouteName>(name: K, input: CallInput<K> = {}) => {
    const route = ROUTES[name];
    const params = (input.params ?? {}) as Record<string, string>;
    const path = route.path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
    const query = new URLSearchParams(
      Object.entries((input.query ?? {}) as Record<string, unknown>).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const url = `http://127.0.0.1${at.port === 80 ? '' : `:${at.port}`}${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
    const body = route.method === 'GET' ? undefined : (input.file ?? JSON.stringify(input.body ?? {}));
    const response = await send(
      new Request(url, {
        method: route.method,
        headers: {
          authorization: `Bearer ${at.token}`,
          'content-type': input.file === undefined ? 'application/json' : 'text/csv',
          host: at.port === 80 ? '127.0.0.1' : `127.0.0.1:${at.port}`,
        },
        ...(body === undefined ? {} : { body }),
      }),
    );
    const answer = (await response.json()) as { error: ApiError };
    return response.ok ? { ok: true, value: answer as unknown as Answer<K> } : { ok: false, error: answer.error };
  };
}

/** Calls, and ends the program when it is refused. */
export async function must<K extends RouteName>(options: Options, reach: Reach, name: K, input?: CallInput<K>): Promise<Answer<K>> {
  const called = await reach.call(name, input);
  if (called.ok) return called.value;
  await reach.close();
  return fail(options, called.error);
}
