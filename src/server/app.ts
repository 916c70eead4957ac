/**
 * The HTTP face of a register: routes from protocol/api, the event stream, the screens' files. Input is validated once, here; a refusal
 * becomes its status and words; what nobody expected becomes a log line, and a bug or a full disk.
 */
import { Hono, type Context } from 'hono';
import { getCookie, setCookie, deleteCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { asResult, describeRefusal, refuse, type Refusal, type Result } from '../base/result.ts';
import { EVENTS_PATH, GRANT_HEADER, ROUTES, type RouteName } from '../protocol/api/routes.ts';
import type { Route } from '../protocol/api/route.ts';
import { readMode } from '../register/register.ts';
import { readUser } from '../store/queries/people.ts';
import { guard } from './guard.ts';
import { rightMissing, whoMay, type Call, type Caller, type Handlers } from './handler.ts';
import { BACKUP_HANDLERS } from './handlers/backups.ts';
import { CASH_HANDLERS } from './handlers/cash.ts';
import { CATALOGUE_HANDLERS } from './handlers/catalogue.ts';
import { DIAGNOSIS_HANDLERS } from './handlers/diagnosis.ts';
import { JOINING_HANDLERS } from './handlers/joining.ts';
import { INVOICE_HANDLERS } from './handlers/invoices.ts';
import { PEOPLE_HANDLERS } from './handlers/people.ts';
import { PRINTING_HANDLERS } from './handlers/printing.ts';
import { PAYMENT_HANDLERS } from './handlers/payments.ts';
import { SELLING_HANDLERS } from './handlers/selling.ts';
import { SHOP_HANDLERS } from './handlers/shop.ts';
import { REPORT_HANDLERS } from './handlers/reports.ts';
import { SETTINGS_HANDLERS } from './handlers/settings.ts';
import { STOCK_HANDLERS } from './handlers/stock.ts';
import { refusalWords } from './jobs.ts';
import { nameFault } from './name-fault.ts';
import { describeApi } from './openapi.ts';
import type { Runtime } from './runtime.ts';
import { SESSION_COOKIE } from './sessions.ts';
import { serveScreen } from './static-files.ts';

const HANDLERS: Handlers<RouteName> = {
  ...SHOP_HANDLERS,
  ...SELLING_HANDLERS,
  ...CATALOGUE_HANDLERS,
  ...PEOPLE_HANDLERS,
  ...SETTINGS_HANDLERS,
  ...STOCK_HANDLERS,
  ...REPORT_HANDLERS,
  ...CASH_HANDLERS,
  ...PRINTING_HANDLERS,
  ...INVOICE_HANDLERS,
  ...BACKUP_HANDLERS,
  ...JOINING_HANDLERS,
  ...PAYMENT_HANDLERS,
  ...DIAGNOSIS_HANDLERS,
};

/** JSON bodies; a CSV file is streamed and has its own bound. */
const MAX_BODY_BYTES = 1024 * 1024;

export function makeApp(runtime: Runtime, port: () => number): Hono {
  const app = new Hono();
  app.use(guard(port));
  for (const name of Object.keys(ROUTES) as RouteName[])
    app.on(ROUTES[name].method, ROUTES[name].path, (context) => answer(runtime, context, name));
  app.get(EVENTS_PATH, (context) => streamEvents(runtime, context));
  app.get('/api/openapi.json', (context) => context.json(describeApi(runtime.version)));
  app.all('/api/*', (context) => context.json({ error: refusalWords({ code: 'input.not-found', params: { what: 'address' } }) }, 404));
  app.get('*', (context) => serveScreen(context));
  app.onError((error, context) => {
    runtime.log.error('request failed', { path: context.req.path, error: error.stack ?? String(error) });
    return sayRefusal(context, nameFault(error));
  });
  return app;
}

async function answer(runtime: Runtime, context: Context, name: RouteName): Promise<Response> {
  if (ROUTES[name].method === 'GET') return await handle(runtime, context, name);
  const answered = runtime.giveWay.asked();
  try {
    return await handle(runtime, context, name);
  } finally {
    answered();
  }
}

async function handle(runtime: Runtime, context: Context, name: RouteName): Promise<Response> {
  const route: Route = ROUTES[name];
  const caller = whoCalls(runtime, context);
  const allowed = mayCall(runtime, route, caller);
  if (allowed !== null) return sayRefusal(context, allowed);
  const input = await readInput(context, route);
  if (!input.ok) return sayRefusal(context, input.refusal);
  const handler = HANDLERS[name] as (runtime: Runtime, call: Call<RouteName>) => Result<unknown> | Promise<Result<unknown>>;
  const call = {
    ...input.value,
    caller,
    bytes: () => context.req.raw.body,
    setSession: (token) => {
      if (token === '') deleteCookie(context, SESSION_COOKIE, { path: '/' });
      else setCookie(context, SESSION_COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    },
  } as Call<RouteName>;
  const result = await asResult(() => handler(runtime, call));
  return result.ok ? context.json(result.value as object) : sayRefusal(context, result.refusal);
}

function whoCalls(runtime: Runtime, context: Context): Caller {
  const bearer = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
  if (bearer !== undefined && runtime.sessions.isCommandLine(bearer)) return { user: null, commandLine: true, granted: null, token: '' };
  const token = getCookie(context, SESSION_COOKIE) ?? '';
  const id = runtime.sessions.userOf(token);
  const user = id === null ? null : readUser(runtime.register.store.db, id);
  if (user === null || !user.active) return { user: null, commandLine: false, granted: null, token };
  const grant = context.req.header(GRANT_HEADER);
  return {
    user: { id: user.id, name: user.name, rights: user.role?.rights ?? [] },
    commandLine: false,
    granted: grant === undefined ? null : runtime.sessions.useGrant(grant),
    token,
  };
}

function mayCall(runtime: Runtime, route: Route, caller: Caller): Refusal | null {
  if (route.access === 'open') return null;
  const setUp = readMode(runtime.register.store) !== null;
  if (route.access === 'setup') return setUp ? { code: 'setup.done', params: {} } : null;
  if (!setUp) return route.access === 'joining' ? null : { code: 'setup.needed', params: {} };
  if (caller.commandLine) return null;
  if (caller.user === null) return { code: 'login.needed', params: {} };
  const right = route.access === 'joining' ? 'storage' : route.access;
  return right === 'login' || whoMay(caller, right) !== null ? null : rightMissing(caller, right);
}

async function readInput(context: Context, route: Route): Promise<Result<{ params: unknown; query: unknown; body: unknown }>> {
  const params = route.params.safeParse(context.req.param());
  const query = route.query.safeParse(context.req.query());
  const json = await readJson(context);
  if (!json.ok) return json;
  const body = route.body.safeParse(json.value);
  for (const parsed of [params, query, body]) {
    const issue = parsed.success ? undefined : parsed.error.issues[0];
    if (issue !== undefined) return refuse('input.invalid', { field: issue.path.join('.') || 'the request', reason: issue.message });
  }
  return { ok: true, value: { params: params.data, query: query.data, body: body.data } };
}

async function readJson(context: Context): Promise<Result<unknown>> {
  if (context.req.method === 'GET' || !(context.req.header('content-type') ?? '').startsWith('application/json'))
    return { ok: true, value: {} };
  const text = await context.req.text();
  if (text.length > MAX_BODY_BYTES) return refuse('input.invalid', { field: 'the request', reason: 'it is too large' });
  if (text === '') return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    // What is not JSON is the caller's mistake, and says so.
    return refuse('input.invalid', { field: 'the request', reason: 'it is not JSON' });
  }
}

function sayRefusal(context: Context, refusal: Refusal): Response {
  return new Response(JSON.stringify({ error: refusalWords(refusal) }), {
    status: describeRefusal(refusal).status,
    headers: { ...Object.fromEntries(context.res.headers), 'content-type': 'application/json' },
  });
}

/** Comments keep the stream alive through sleepy proxies and let a dead one be noticed. */
const HEARTBEAT_MS = 15_000;

function streamEvents(runtime: Runtime, context: Context): Response {
  const caller = whoCalls(runtime, context);
  const whole = caller.commandLine || caller.user !== null;
  return streamSSE(context, async (stream) => {
    const leave = runtime.events.subscribe((event) => {
      if (whole || event.type === 'job') void stream.writeSSE({ data: JSON.stringify(event) });
    });
    const ended = new Promise<void>((resolve) => stream.onAbort(resolve));
    while (!stream.aborted) {
      await stream.write(': here\n\n');
      await Promise.race([ended, runtime.clock.sleep(HEARTBEAT_MS)]);
    }
    leave();
  });
}
