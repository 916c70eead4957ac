/**
 * What connects a register to the others, by its mode: nothing (single), the hub on this machine (master), a master elsewhere (slave). The
 * one place that knows which; handlers ask it, and start and stop go through it. Changing the mode is a job that a restart takes up again.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { asResult, describeRefusal, ok, refuse, type Refusal, type Result } from '../base/result.ts';
import type { HubMasterClient } from '../hub/hub-client.ts';
import { pairWithMaster } from '../hub/pairing.ts';
import { exportChainKey, importChainKey, makeChainKey } from '../protocol/changeset.ts';
import { ownRegisterId, readMode, refillSearch, type Mode } from '../register/register.ts';
import { trustCertificate } from '../store/chains.ts';
import { beginChain } from '../store/begin-chain.ts';
import { commitWith } from '../store/journal.ts';
import { endWaiting } from '../store/restored.ts';
import { readMeta, writeMeta } from '../store/store.ts';
import type { Comparison } from '../sync/compare-projection.ts';
import { pullRecords } from '../sync/first-pull.ts';
import { startSync, type Sync } from '../sync/sync-loop.ts';
import type { JobProgress } from './jobs.ts';
import { raiseMaster, type Master } from './master.ts';
import type { NetworkInput } from './network-input.ts';
import { accountOf, slaveConnect } from './slave-link.ts';

export interface JoinRequest {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly code: string;
  readonly registerName: string;
  readonly language: string;
}

export interface Network {
  mode(): Mode | null;
  sync(): Sync | null;
  master(): Master | null;
  /** Why the hub of a master is not up, if it is not. */
  problem(): Refusal | null;
  /** A change of mode that was cut and waits to be taken up. */
  unfinished(): { readonly kind: 'to-master'; readonly port: number } | { readonly kind: 'join' } | null;
  /** Begins what the mode says. For a master this raises the hub. */
  start(): Promise<Result<null>>;
  toMaster(progress: JobProgress, port: number): Promise<Result<{ readonly recoveryCode?: string }>>;
  join(progress: JobProgress, request: JoinRequest): Promise<Result<object>>;
  /** Takes up a join after pairing: the first pull. */
  resumeJoin(progress: JobProgress): Promise<Result<object>>;
  stop(how: { readonly server: 'stop' | 'leave' }): Promise<void>;
}

/** Between looks at how far the first push is. */
const LOOK_MS = 250;
/** The shop keeps working while tables are compared, so a comparison may fall beside an edit; it is made again. */
const COMPARISONS = 20;
const RAISES = 5;
const RAISE_PAUSE_MS = 500;
const PAIRING_TIMEOUT_MS = 8_000;

export function makeNetwork(input: NetworkInput): Network {
  const { register, log } = input;
  const { store } = register;
  let master: Master | null = null;
  let sync: Sync | null = null;
  let problem: Refusal | null = null;

  const beginSync = (connect: Parameters<typeof startSync>[0]['connect']): void => {
    sync = startSync({
      tools: input.syncTools,
      register: ownRegisterId(store),
      version: input.version,
      connect,
      onStatus: () => onSyncStatus(),
    });
  };
  const onSyncStatus = (): void => {
    if (sync?.status().level === true) endWaiting(store);
    if (sync?.status().level === true && readMeta(store.db, 'full_copy') === null)
      store.db.transact('relaxed', () => ok(writeMeta(store.db, 'full_copy', 1)));
    master?.duty.nudge();
    input.onStatus();
  };

  const raise = async (port: number, progress: JobProgress | null): Promise<Result<Master>> => {
    if (master !== null) return ok(master);
    const raised = await raiseMaster(input, port, (step) => {
      if (step.state === 'running') progress?.step(step.step);
      else if (step.state === 'done') progress?.detail(step.detail);
    });
    if (!raised.ok) return raised;
    master = raised.value;
    beginSync(() => raised.value.connectOwn());
    return raised;
  };

  return {
    mode: () => readMode(store),
    sync: () => sync,
    master: () => master,
    problem: () => problem,
    unfinished: () => readUnfinished(input),
    start: async () => {
      const mode = readMode(store);
      if (mode === 'master' && !hasShopKeys(input)) {
        problem = { code: 'hub.keys-missing', params: {} };
        input.onStatus();
        return ok(null);
      }
      if (mode === 'master') {
        const raised = await asResult(() => raise(Number(readMeta(store.db, 'hub_port') ?? 5432), null));
        problem = raised.ok ? null : raised.refusal;
        input.onStatus();
        return raised.ok ? ok(null) : raised;
      }
      if (mode === 'slave' && readMeta(store.db, 'unfinished') === null) beginSync(slaveConnect({ ...input, store: input.register.store }));
      return ok(null);
    },
    toMaster: async (progress, port) => {
      if (readMode(store) === 'slave') return refuse('mode.not-possible', { from: 'slave', to: 'master' });
      store.db.transact('durable', () => {
        writeMeta(store.db, 'hub_port', port);
        return ok(writeMeta(store.db, 'unfinished', 'to-master'));
      });
      const raised = await raiseSurely(input, () => raise(port, progress));
      if (!raised.ok) return raised;
      const moved = await moveAcross(input, raised.value, () => sync, progress);
      if (!moved.ok) return moved;
      store.db.transact('durable', () => {
        writeMeta(store.db, 'full_copy', 1);
        writeMeta(store.db, 'mode', 'master');
        return ok(store.db.run("DELETE FROM meta WHERE name = 'unfinished'"));
      });
      log.info('storage.master', { port });
      input.onStatus();
      const code = raised.value.recoveryCode();
      return ok(code === null ? {} : { recoveryCode: code });
    },
    join: async (progress, request) => {
      progress.step('pair', `${request.host}:${request.port}`);
      const paired = await pair(input, request);
      if (!paired.ok) return paired;
      return firstPull(input, progress, () => beginSync(slaveConnect({ ...input, store: input.register.store })));
    },
    resumeJoin: (progress) => firstPull(input, progress, () => beginSync(slaveConnect({ ...input, store: input.register.store }))),
    stop: async (how) => {
      await sync?.stop();
      await master?.stop(how);
    },
  };
}

/** A main register put back onto another machine has the shop's data and not its keys: new ones would be another shop's. */
function hasShopKeys({ dataFolder, register: { store } }: NetworkInput): boolean {
  return readMeta(store.db, 'authority') === null || existsSync(join(dataFolder, 'hub', 'keys', 'shop-id'));
}

/** A server that dies while it is set up is set up again: the steps find done what is done. */
async function raiseSurely({ clock, log }: NetworkInput, raise: () => Promise<Result<Master>>): Promise<Result<Master>> {
  for (let tries = 1; ; tries++) {
    try {
      const raised = await asResult(raise);
      if (raised.ok || tries >= RAISES || !describeRefusal(raised.refusal).retry) return raised;
      log.warn('hub.raised-again', { ...raised.refusal });
    } catch (error) {
      if (tries >= RAISES) throw error;
      log.warn('hub.raised-again', { error: String(error) });
    }
    await clock.sleep(RAISE_PAUSE_MS);
  }
}

function readUnfinished({ register: { store } }: NetworkInput): ReturnType<Network['unfinished']> {
  const kind = readMeta(store.db, 'unfinished');
  if (kind === 'to-master') return { kind, port: Number(readMeta(store.db, 'hub_port') ?? 5432) };
  return kind === 'join' ? { kind } : null;
}

/** The first push and the first projection, watched; then both sides compared, table by table. */
async function moveAcross(input: NetworkInput, master: Master, sync: () => Sync | null, progress: JobProgress): Promise<Result<null>> {
  progress.step('move');
  await watchMove(input, master, sync, progress);
  progress.step('compare');
  for (let tries = 1; ; tries++) {
    const compared = await compareIfUp(input, master);
    const [first] = compared?.differing ?? [];
    if (compared !== null && first === undefined) {
      progress.detail('equal');
      return ok(null);
    }
    if (tries >= COMPARISONS) return first === undefined ? refuse('hub.starting') : refuse('storage.differs', { ...first });
    await input.clock.sleep(LOOK_MS * tries);
  }
}

/**
 * Until all that the store held at first is across; what is sold meanwhile follows as every sale does. Both sides are counted anew each time. A
 * hub that dies meanwhile is waited for.
 */
async function watchMove(input: NetworkInput, master: Master, sync: () => Sync | null, progress: JobProgress): Promise<void> {
  const last = present(input.register.store.own, 'the own chain').n;
  let hub: HubMasterClient | null = null;
  for (;;) {
    const arrived = master.duty.projected() >= last && sync()?.status().level === true;
    const here = await input.reader.ask('countRows');
    try {
      hub ??= await connectIfUp(master);
      const there = (await hub?.countShop()) ?? null;
      if (there !== null) progress.rows(there.products + there.customers + there.sales, here.products + here.customers + here.sales);
    } catch (error) {
      input.log.info('storage.not-counted', { error: String(error) });
      hub = null;
    }
    if (arrived) break;
    await input.clock.sleep(LOOK_MS);
  }
  await hub?.close();
}

/** Null when the hub died meanwhile: it is raised again, and compared again. */
async function compareIfUp({ log }: NetworkInput, master: Master): Promise<Comparison | null> {
  return master.duty.compare().catch((error: unknown) => {
    log.info('storage.not-compared', { error: String(error) });
    return null;
  });
}

async function connectIfUp(master: Master): Promise<HubMasterClient | null> {
  const connected = await master.running.connectMaster();
  return connected.ok ? connected.value : null;
}

/** Pairing: identity, key, CA and account, all in one transaction of the store once the master has answered. */
async function pair(input: NetworkInput, request: JoinRequest): Promise<Result<null>> {
  const { register, clock, random } = input;
  const { store } = register;
  // The key is kept before it is shown to anybody: cut here, the next try offers the same one.
  const held = readMeta(store.db, 'pairing_key');
  const key = held instanceof Uint8Array ? importChainKey(held) : makeChainKey(store.random);
  if (!(held instanceof Uint8Array)) store.db.transact('durable', () => ok(writeMeta(store.db, 'pairing_key', exportChainKey(key))));
  const answer = await pairWithMaster(
    {
      host: request.host,
      port: request.port,
      code: request.code,
      publicKey: key.publicKey,
      name: request.registerName,
      version: input.version,
      timeoutMs: PAIRING_TIMEOUT_MS,
    },
    { clock, random },
  );
  if (!answer.ok) return answer;
  const { value } = answer;
  return commitWith(store, () => {
    writeMeta(store.db, 'authority', value.authority);
    store.authority = value.authority;
    beginChain(store, value.register as Id, value.series, key);
    trustCertificate(store, value.certificate);
    writeMeta(store.db, 'hub_account', JSON.stringify(accountOf(value, request)));
    writeMeta(store.db, 'shop_id', value.shopId);
    writeMeta(store.db, 'language', request.language);
    writeMeta(store.db, 'unfinished', 'join');
    writeMeta(store.db, 'mode', 'slave');
    store.db.run("DELETE FROM meta WHERE name = 'pairing_key'");
    return ok(null);
  });
}

/** Records first, so that it may sell; then the history by reading the feed, in the background. */
async function firstPull(input: NetworkInput, progress: JobProgress, beginSync: () => void): Promise<Result<object>> {
  const { register } = input;
  const { store } = register;
  const connected = await slaveConnect({ ...input, store: input.register.store })();
  if (!connected.ok) return connected;
  const hub = connected.value;
  try {
    await pullRecords(input.syncTools, hub, { onStep: (step) => progress.step(step), onRows: (done, total) => progress.rows(done, total) });
  } finally {
    await hub.close();
  }
  store.db.transact('durable', () => ok(store.db.run("DELETE FROM meta WHERE name = 'unfinished'")));
  await refillSearch(register);
  beginSync();
  input.onStatus();
  return ok({});
}
