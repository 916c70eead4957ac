/** The thread behind duty-thread.ts: the master's duty over a connection that only reads the store, and one to the hub. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { present } from '../base/assert.ts';
import { systemRandom } from '../base/random.ts';
import { ok, unwrap, type Result } from '../base/result.ts';
import { makeHubMasterClient, type HubMasterClient } from '../hub/hub-client.ts';
import { connectHub, type HubAddress } from '../hub/pg-link.ts';
import { openForReading } from '../store/open-store.ts';
import { prepareChangesets } from '../store/prepare.ts';
import { closeStore } from '../store/store.ts';
import { compareProjection, type Comparison } from './compare-projection.ts';
import { firstPush } from './first-push.ts';
import { startMasterDuty } from './master-duty.ts';

export type DutyRequest =
  | { readonly type: 'nudge' }
  | { readonly type: 'stop' }
  | { readonly type: 'compare'; readonly id: number }
  | { readonly type: 'push'; readonly id: number };

export type DutyReply =
  | { readonly type: 'projected'; readonly position: number }
  | { readonly type: 'log'; readonly level: keyof Log; readonly event: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: 'pushed'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly type: 'answer'; readonly id: number; readonly comparison: Comparison | null }
  | { readonly type: 'answer'; readonly id: number; readonly error: string };

const port = present(parentPort, 'the port to the selling thread');
const { file, address } = workerData as { file: string; address: HubAddress };
const tools = { clock: systemClock, random: systemRandom };
const store = openForReading(file, tools);
const say = (reply: DutyReply): void => port.postMessage(reply);
const tell =
  (level: keyof Log) =>
  (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    say({ type: 'log', level, event, fields });

async function connect(): Promise<Result<HubMasterClient>> {
  const link = await connectHub(address, tools);
  return link.ok ? ok(makeHubMasterClient(link.value)) : link;
}

const duty = startMasterDuty({
  tools: {
    store,
    prepare: (input) => Promise.resolve(prepareChangesets(input)),
    yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
    clock: systemClock,
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
  },
  connect,
  onProjected: (position) => say({ type: 'projected', position }),
});

async function compare(): Promise<Comparison> {
  const hub = unwrap(await connect());
  try {
    return await compareProjection(store.db, hub);
  } finally {
    await hub.close();
  }
}

async function push(id: number): Promise<null> {
  const hub = unwrap(await connect());
  try {
    await firstPush(store, hub, { onPushed: (done, total) => say({ type: 'pushed', id, done, total }) });
    return null;
  } finally {
    await hub.close();
  }
}

async function stop(): Promise<void> {
  await duty.stop();
  closeStore(store);
  port.close();
}

port.on('message', (request: DutyRequest) => {
  if (request.type === 'nudge') duty.nudge();
  else if (request.type === 'stop') void stop();
  else
    void (request.type === 'push' ? push(request.id) : compare()).then(
      (comparison) => say({ type: 'answer', id: request.id, comparison }),
      (error: unknown) => say({ type: 'answer', id: request.id, error: String(error) }),
    );
});
