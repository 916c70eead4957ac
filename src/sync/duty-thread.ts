/**
 * The master's duty on a thread of its own: projecting and comparing read and spell many rows, which a sale on the master must not feel. The
 * selling thread only nudges it and hears how far it is. A thread that broke is begun again.
 */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { present } from '../base/assert.ts';
import type { HubAddress } from '../hub/pg-link.ts';
import type { Comparison } from './compare-projection.ts';
import type { MasterDuty } from './master-duty.ts';
import type { DutyReply, DutyRequest } from './duty-worker.ts';

export interface DutyThread extends MasterDuty {
  /** Do the store and the projection hold the same rows now? Throws when the hub is lost, or the thread breaks. */
  compare(): Promise<Comparison>;
  /** The first push, whole. Throws when the hub is lost, or the thread breaks: run it again then. */
  push(onPushed: (done: number, total: number) => void): Promise<void>;
}

interface Asked {
  resolve(value: Comparison | null): void;
  reject(error: Error): void;
  onPushed(done: number, total: number): void;
}

const RETRY_MS = 500;
/** A batch on its way to PostgreSQL is let through; a hub that does not answer is not waited for. */
const STOP_WITHIN_MS = 2_000;

/** `file` is the store's, `address` the superuser's on this machine. */
export function startDutyThread(input: {
  readonly file: string;
  readonly address: HubAddress;
  readonly clock: Clock;
  readonly log: Log;
}): DutyThread {
  const { clock, log } = input;
  const stopped = new AbortController();
  const asked = new Map<number, Asked>();
  let next = 1;
  let projected = 0;
  // Null while it is down: nothing said to a thread that ended would ever be answered.
  let worker: Worker | null = begin();

  function begin(): Worker {
    const { file, address } = input;
    const fresh = new Worker(new URL('./duty-worker.ts', import.meta.url), { workerData: { file, address } });
    fresh.on('message', (reply: DutyReply) => hear(reply));
    fresh.on('error', (error: Error) => {
      log.error('master.duty-broke', { error: error.stack ?? error.message });
      worker = null;
      for (const { reject } of asked.values()) reject(error);
      asked.clear();
      void clock.sleep(RETRY_MS, stopped.signal).then((on) => {
        if (on) worker = begin();
      });
    });
    return fresh;
  }

  function hear(reply: DutyReply): void {
    if (reply.type === 'projected') projected = reply.position;
    else if (reply.type === 'log') log[reply.level](reply.event, reply.fields);
    else if (reply.type === 'pushed') asked.get(reply.id)?.onPushed(reply.done, reply.total);
    else {
      const { resolve, reject } = present(asked.get(reply.id), 'who asked');
      asked.delete(reply.id);
      if ('error' in reply) reject(new Error(reply.error));
      else resolve(reply.comparison);
    }
  }

  const say = (request: DutyRequest): void => worker?.postMessage(request);
  const ask = (type: 'compare' | 'push', onPushed: Asked['onPushed']): Promise<Comparison | null> =>
    new Promise((resolve, reject) => {
      if (worker === null) {
        reject(new Error('the master’s duty is down and begins again'));
        return;
      }
      const id = next++;
      asked.set(id, { resolve, reject, onPushed });
      say({ type, id });
    });
  return {
    projected: () => projected,
    nudge: () => say({ type: 'nudge' }),
    compare: async () => present(await ask('compare', () => {}), 'a comparison'),
    push: async (onPushed) => {
      await ask('push', onPushed);
    },
    stop: async () => {
      stopped.abort();
      if (worker === null) return;
      const ended = new AbortController();
      worker.once('exit', () => ended.abort());
      say({ type: 'stop' });
      await clock.sleep(STOP_WITHIN_MS, ended.signal);
      await worker.terminate();
    },
  };
}
