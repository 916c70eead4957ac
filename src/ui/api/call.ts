/**
 * One call to the register this screen belongs to, typed by its route. A refusal of the register is thrown as ApiError with the
 * register's words; no answer at all is an ApiError with the code `screen.no-register`. Never retries by itself.
 */
import type { Answer, BodyInput, ParamsInput, QueryInput, RouteName } from '../../protocol/api/routes.ts';
import { isRight } from '../../domain/rights.ts';
import { GRANT_HEADER } from './events-path.ts';
import { grantAsk } from './grant-ask.ts';
import { ROUTE_PATHS } from './route-paths.ts';

export interface RefusalWords {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly message: string;
  readonly action: string;
}

export class ApiError extends Error {
  readonly refusal: RefusalWords;
  readonly status: number;
  constructor(refusal: RefusalWords, status: number) {
    super(`${refusal.code}: ${refusal.message}`);
    this.name = 'ApiError';
    this.refusal = refusal;
    this.status = status;
  }
}

/** What the route asks for is required here, what it does not ask for may be left out. */
export type CallInput<K extends RouteName> = (Record<string, never> extends ParamsInput<K>
  ? { params?: never }
  : { params: ParamsInput<K> }) & {
  query?: QueryInput<K>;
  signal?: AbortSignal;
  /** A file sent as it is, in place of a JSON body. */
  file?: Blob;
} & (Record<string, never> extends BodyInput<K> ? { body?: BodyInput<K> } : { body: BodyInput<K> });

type Rest<K extends RouteName> = Record<string, never> extends CallInput<K> ? [input?: CallInput<K>] : [input: CallInput<K>];

interface LooseInput {
  params?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  signal?: AbortSignal;
  file?: Blob;
}

export async function call<K extends RouteName>(name: K, ...rest: Rest<K>): Promise<Answer<K>> {
  const input: LooseInput = rest[0] ?? {};
  const [method = 'GET', template = ''] = ROUTE_PATHS[name].split(' ');
  const path = pathOf(template, input);
  const response = await send(method, path, input);
  if (response.ok) return (await response.json()) as Answer<K>;
  const refused = await refusalOf(response);
  const token = method === 'GET' ? null : await askForGrant(refused.refusal);
  if (token === null) throw refused;
  const granted = await send(method, path, input, { [GRANT_HEADER]: token });
  if (!granted.ok) throw await refusalOf(granted);
  return (await granted.json()) as Answer<K>;
}

/** Asks on the spot for somebody who may; null when it is not about that, or nobody came. */
async function askForGrant({ code, params }: RefusalWords): Promise<string | null> {
  const right = params['right'];
  return code === 'right.missing' && isRight(right) ? grantAsk.ask(right) : null;
}

function pathOf(template: string, input: LooseInput): string {
  const path = template.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(textOf(input.params?.[key])));
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input.query ?? {})) if (value !== undefined) query.set(key, textOf(value));
  return query.size > 0 ? `${path}?${query}` : path;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function send(method: string, path: string, input: LooseInput, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json', ...more } };
  if (input.signal !== undefined) init.signal = input.signal;
  if (input.file !== undefined) {
    init.body = input.file;
    init.headers = { accept: 'application/json', 'content-type': 'text/csv', ...more };
  } else if (method !== 'GET') {
    init.body = JSON.stringify(input.body ?? {});
    init.headers = { accept: 'application/json', 'content-type': 'application/json', ...more };
  }
  try {
    return await fetch(path, init);
  } catch (error) {
    if (input.signal?.aborted === true) throw error;
    throw new ApiError({ code: 'screen.no-register', params: {}, message: '', action: '' }, 0);
  }
}

async function refusalOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: RefusalWords };
    if (body.error !== undefined) return new ApiError(body.error, response.status);
  } catch {
    // Not JSON: the register failed before it could say why; said below.
  }
  return new ApiError({ code: 'screen.failed', params: { status: response.status }, message: '', action: '' }, response.status);
}
