/** How a command reaches the register that runs: its HTTP API, by the note that it leaves beside its data. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES, type Answer, type BodyInput, type ParamsInput, type QueryInput, type RouteName } from '../protocol/api/routes.ts';
import { RUNNING_FILE } from '../server/running-file.ts';

export interface CallInput<K extends RouteName> {
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

/** The register that runs on this folder, if one does. */
export async function reachRunning(dataFolder: string): Promise<Reach | null> {
  const running = await findRunning(dataFolder);
  return running === null ? null : { running: true, call: makeCall((request) => fetch(request), running), close: () => Promise.resolve() };
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

export function makeCall(send: (request: Request) => Promise<Response>, at: RunningNote): Reach['call'] {
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
