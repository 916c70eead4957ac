/** A register as a process of its own, and a plain HTTP client for it: what a screen would send, nothing else. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { RefusalCode } from '../../src/base/refusals.ts';
import { ROUTES, type Answer, type BodyInput, type ParamsInput, type QueryInput, type RouteName } from '../../src/protocol/api/routes.ts';
import { RUNNING_FILE } from '../../src/server/running-file.ts';
import { endWithUs } from './end-with-us.ts';
import { PROGRAM, SOURCES } from './program.ts';

export const OWNER_PIN = '482916';
const ROOT = join(import.meta.dirname, '../..');

export interface Till {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly port: number;
  /** Milliseconds from the start of the process to its first answer. */
  readonly startMs: number;
  call<K extends RouteName>(
    name: K,
    input?: { params?: ParamsInput<K>; query?: QueryInput<K>; body?: BodyInput<K>; csv?: Buffer },
  ): Promise<Answer<K>>;
  /** SIGTERM, and waits. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  rssMb(): number;
}

export interface TillOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What runs before the program: `ip netns exec NAME`. */
  readonly prefix?: readonly string[];
  /** Its sources in place of what was built of them. */
  readonly sources?: boolean;
}

const STARTS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 60_000;

/** Starts `aurapos start` on a free port and resolves when it answers. */
export async function startTill(folder: string, options: TillOptions = {}): Promise<Till> {
  const startedMs = performance.now();
  const [file = process.execPath, ...before] = [...(options.prefix ?? []), process.execPath];
  const note = join(folder, RUNNING_FILE);
  const program = options.sources === true ? SOURCES : PROGRAM;
  const child = spawn(file, [...before, '--disable-warning=ExperimentalWarning', program, 'start', '--data', folder, '--port', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  endWithUs(child);
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no register within ${STARTS_WITHIN_MS} ms: ${said}`)), STARTS_WITHIN_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('AuraPOS is at')) {
        clearTimeout(timer);
        resolve();
      }
    });
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the register ended with ${code}: ${said}`));
    });
  });
  await ready;
  const { port, token, pid } = readNote(note);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const call = makeCall(port, { authorization: `Bearer ${token}` }, agent);
  await call('getState');
  return {
    child,
    folder,
    port,
    startMs: performance.now() - startedMs,
    call,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
      await exited;
      clearTimeout(timer);
      agent.destroy();
      if (child.signalCode === 'SIGKILL')
        throw new Error(`a register that was asked to stop did not within ${STOPS_WITHIN_MS} ms: ${said}`);
    },
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await exited;
      agent.destroy();
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  };
}

function readNote(file: string): { port: number; token: string; pid: number } {
  if (!existsSync(file)) throw new Error('the register left no note');
  return JSON.parse(readFileSync(file, 'utf8')) as { port: number; token: string; pid: number };
}

export class ApiRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** For assert.rejects: refused with this very code. */
export function refusedWith(code: RefusalCode): (error: unknown) => boolean {
  return (error) => error instanceof ApiRefusal && error.code === code;
}

/** The register that runs on this data, from a process of its own on the same host. */
export function reachTill(folder: string): Pick<Till, 'call'> {
  const { port, token } = readNote(join(folder, RUNNING_FILE));
  return { call: makeCall(port, { authorization: `Bearer ${token}` }, new Agent({ keepAlive: true })) };
}

/** Logs in as a person does at the screen: what is called with it has that person's rights. */
export async function logInAt({ port }: Till, pin: string): Promise<Till['call']> {
  const response = await fetch(`http://127.0.0.1:${port}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pin }),
  });
  const answer = (await response.json()) as { error?: { code: string; message: string } };
  if (answer.error !== undefined) throw new ApiRefusal(answer.error.code, answer.error.message);
  const [cookie = ''] = (response.headers.getSetCookie()[0] ?? '').split(';');
  return makeCall(port, { cookie }, new Agent());
}

/** A register closes what is idle for five seconds; a test that was busy with something else meanwhile has not heard of it. */
const MAX_IDLE_MS = 3_000;

/** `identity`: the header that says who calls. */
function makeCall(port: number, identity: Readonly<Record<string, string>>, agent: Agent): Till['call'] {
  let calledMs = performance.now();
  return (name, input = {}) => {
    if (performance.now() - calledMs > MAX_IDLE_MS) for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    calledMs = performance.now();
    const route = ROUTES[name];
    const params = (input.params ?? {}) as Record<string, string>;
    const path = route.path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
    const query = new URLSearchParams(
      Object.entries((input.query ?? {}) as Record<string, unknown>).map(([key, value]): [string, string] => [key, String(value)]),
    ).toString();
    const body = input.csv ?? Buffer.from(JSON.stringify(input.body ?? {}));
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          agent,
          method: route.method,
          path: query === '' ? path : `${path}?${query}`,
          headers: {
            ...identity,
            'content-type': input.csv === undefined ? 'application/json' : 'text/csv',
            ...(route.method === 'GET' ? {} : { 'content-length': body.length }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const answer = JSON.parse(text) as { error?: { code: string; message: string } };
            if (response.statusCode === 200) resolve(answer as never);
            else reject(new ApiRefusal(answer.error?.code ?? String(response.statusCode), answer.error?.message ?? text));
          });
          response.on('error', reject);
        },
      );
      sent.on('error', (error) => reject(new Error(`${name}: ${error.message}`, { cause: error })));
      sent.end(route.method === 'GET' ? undefined : body);
    });
  };
}

/** Waits for a job; throws what went wrong. */
export async function waitForJob(
  till: Till,
  id: string,
  everyMs = 50,
  onLook: (job: Answer<'getJob'>) => void = () => {},
): Promise<Answer<'getJob'>> {
  for (;;) {
    const job = await till.call('getJob', { params: { id } });
    onLook(job);
    if (job.state !== 'running') {
      if (job.problem !== null) throw new ApiRefusal(job.problem.code, job.problem.message);
      return job;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export async function setUpTill(
  till: Till,
  mode: 'single' | 'master',
  extra: { hubPort?: number; catalogue?: 'demo' | 'empty'; country?: string; hubUrl?: string; hubCa?: string } = {},
): Promise<Answer<'getJob'>> {
  const { job } = await till.call('setUp', {
    body: {
      language: 'en',
      registerName: 'Front till',
      mode,
      shop: { name: 'Corner Shop', country: extra.country ?? 'BE', currency: 'EUR' },
      owner: { name: 'Mina', pin: OWNER_PIN },
      catalogue: extra.catalogue ?? 'empty',
      hubPort: extra.hubPort ?? 5432,
      hubUrl: extra.hubUrl ?? null,
      hubCa: extra.hubCa ?? null,
    },
  });
  return waitForJob(till, job);
}

/** Pairs a fresh till with a master and waits until it may sell. */
export async function joinTill(slave: Till, master: Till, host: string, port: number, name: string): Promise<void> {
  const { code } = await master.call('startPairing');
  const { job } = await slave.call('join', { body: { host, port, language: 'en', registerName: name, code } });
  await waitForJob(slave, job);
}

export interface SaleTimes {
  /** The payment alone: HTTP to "paid". */
  readonly payMs: number;
  readonly uuid: string;
  readonly label: string;
}

/** One sale of these products, one piece each, paid exactly in cash. */
export async function sell(till: Pick<Till, 'call'>, products: readonly string[], method: string): Promise<SaleTimes> {
  let cart = await till.call('getCart');
  for (const product of products) cart = await till.call('addLine', { body: { product } });
  const body = { cart: cart.id, totalMinor: cart.totalMinor, tenders: [{ method, amountMinor: Math.ceil(cart.totalMinor / 5) * 5 }] };
  const startedMs = performance.now();
  const receipt = await till.call('pay', { body });
  return { payMs: performance.now() - startedMs, uuid: receipt.uuid, label: receipt.label };
}

/** `count` sales of one piece each of the first two products; noted as paid, label by sale, the way checkShop asks for it. Their labels. */
export async function sellTimes(till: Pick<Till, 'call'> | undefined, count: number, noted?: Map<string, string>): Promise<string[]> {
  if (till === undefined) throw new Error('there is no such till');
  const products = (await till.call('listProducts', { query: { limit: 2 } })).rows.map(({ id }) => id);
  const cash = await cashMethod(till);
  const labels: string[] = [];
  for (let at = 0; at < count; at++) {
    const { uuid, label } = await sell(till, products, cash);
    noted?.set(uuid.replaceAll('-', ''), label);
    labels.push(label);
  }
  return labels;
}

export async function cashMethod(till: Pick<Till, 'call'>): Promise<string> {
  const { rows } = await till.call('listPaymentMethods');
  const cash = rows.find(({ kind }) => kind === 'cash');
  if (cash === undefined) throw new Error('the shop takes cash');
  return cash.id;
}
