/**
 * The selling thread's end of the reading threads: one for queries, one for what comes in, so that a report does not hold up another
 * register's sale. For stores in memory (tests, the simulator) the same work is done in place.
 */
import { Worker } from 'node:worker_threads';
import { present } from '../base/assert.ts';
import { pack, prepareChangesets, type Prepared, type PrepareInput } from './prepare.ts';
import { LONG_QUERIES, type LongQueryArgs, type LongQueryName, type LongQueryResult } from './queries.ts';
import type { ReaderReply, ReaderRequest } from './reader-worker.ts';
import type { Store } from './store.ts';

export interface Reader {
  ask<K extends LongQueryName>(name: K, ...args: LongQueryArgs<K>): Promise<LongQueryResult<K>>;
  prepare(input: PrepareInput): Promise<Prepared[]>;
  /** Moves what is in the write-ahead log into the store's file, as far as nobody reads it. */
  checkpoint(): Promise<void>;
  stop(): Promise<void>;
}

export function startReader(store: Store): Reader {
  if (store.file === ':memory:') return readInPlace(store);
  const queries = startWorker(store.file);
  const incoming = startWorker(store.file);
  return {
    ask: (name, ...args) => {
      const request = { do: 'query' as const, name, args };
      return (WHOLE_STORE.has(name) ? callOnce(store.file, request) : queries.call(request)) as Promise<LongQueryResult<typeof name>>;
    },
    prepare: async ({ changesets, ...known }) => {
      const packed = pack(changesets);
      const answer = await incoming.call({ do: 'prepare', input: { ...known, packed } }, [packed.bytes.buffer]);
      const looked = JSON.parse(String(answer)) as readonly Omit<Prepared, 'changeset'>[];
      return changesets.map((changeset, at) => ({ changeset, ...present(looked[at], 'what was looked at') }));
    },
    checkpoint: async () => {
      await incoming.call({ do: 'checkpoint' });
    },
    stop: async () => {
      await Promise.all([queries.stop(), incoming.stop()]);
    },
  };
}

/** These read every page; they get a thread for as long as they take, so that lists do not wait behind them. */
const WHOLE_STORE: ReadonlySet<LongQueryName> = new Set(['quickCheck', 'verifyStore']);

/** A question to a store that no register has open: on a thread for as long as it takes. */
export function askStore<K extends LongQueryName>(file: string, name: K, ...args: LongQueryArgs<K>): Promise<LongQueryResult<K>> {
  return callOnce(file, { do: 'query', name, args }) as Promise<LongQueryResult<K>>;
}

async function callOnce(file: string, request: RequestBody): Promise<unknown> {
  const worker = startWorker(file);
  try {
    return await worker.call(request);
  } finally {
    await worker.stop();
  }
}

type RequestBody = ReaderRequest extends infer R ? (R extends ReaderRequest ? Omit<R, 'id'> : never) : never;

function startWorker(file: string): { call(body: RequestBody, handed?: ArrayBuffer[]): Promise<unknown>; stop(): Promise<void> } {
  let worker: Worker | undefined;
  let next = 1;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const start = (): Worker => {
    const fresh = new Worker(new URL('./reader-worker.ts', import.meta.url), {
      workerData: { file },
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    fresh.unref();
    fresh.on('message', (reply: ReaderReply) => {
      const caller = present(waiting.get(reply.id), 'the caller of a reply');
      waiting.delete(reply.id);
      if ('error' in reply) caller.reject(new Error(reply.error));
      else caller.resolve(reply.value);
    });
    fresh.on('error', (error: Error) => {
      worker = undefined;
      for (const caller of waiting.values()) caller.reject(error);
      waiting.clear();
    });
    return fresh;
  };
  return {
    call: (body, handed = []) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const id = next++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, ...body }, handed);
      }),
    stop: async () => {
      await worker?.terminate();
    },
  };
}

function readInPlace(store: Store): Reader {
  return {
    ask: (name, ...args) => {
      const query = LONG_QUERIES[name] as (...all: readonly unknown[]) => LongQueryResult<typeof name>;
      return Promise.resolve(query(store.db, ...args));
    },
    prepare: (input) => Promise.resolve(prepareChangesets(input)),
    checkpoint: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
