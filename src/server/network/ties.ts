/**
 * What ties a running register to the others: its session with the shop's database, that database where this register hosts it, and what it
 * hears on the network where it has neither. Begun and cut here; which of them a register has, its mode decides (network.ts).
 */
import { ok, type Refusal, type Result } from '../../base/result.ts';
import type { HubClient } from '../../hub/hub-client.ts';
import { ownRegisterId, readMode } from '../../register/register.ts';
import { endWaiting } from '../../store/restored.ts';
import { readMeta, writeMeta, type Store } from '../../store/store.ts';
import { countWaiting } from '../../store/waiting.ts';
import type { FoundMaster } from '../../sync/discovery.ts';
import { startSync, type Sync } from '../../sync/sync-loop.ts';
import { keepHeard } from './fuller-copy.ts';
import { hearNearby, type Nearby } from './hear-nearby.ts';
import type { JobProgress } from '../jobs.ts';
import { raiseMaster, type Master } from './master.ts';
import type { NetworkInput } from './network-input.ts';
import { masterOfOtherKeys, type OtherMaster } from './other-keys.ts';
import { slaveConnect } from './slave-link.ts';

/** The hub that is left should hear of it; one that is gone is not waited for. */
const FAREWELL_MS = 3_000;
const LOOK_MS = 50;

export class Ties {
  sync: Sync | null = null;
  master: Master | null = null;
  readonly nearby: Nearby;
  readonly #input: NetworkInput;
  readonly #store: Store;
  readonly #onCalled: (hub: HubClient) => Promise<void>;
  readonly #noteHeard: (sync: Sync | null) => void;
  #problem: Refusal | null = null;
  #otherMaster: OtherMaster | null = null;
  #cut = new AbortController();
  #cutting: Promise<void> = Promise.resolve();

  /** `onCalled`: the master has a word for this register, at that hub. */
  constructor(input: NetworkInput, onCalled: (hub: HubClient) => Promise<void>) {
    this.#input = input;
    this.#store = input.register.store;
    this.#onCalled = onCalled;
    this.#noteHeard = keepHeard(this.#store, input.clock);
    this.nearby = hearNearby({ ...input, store: this.#store, onHeard: () => input.onStatus() });
  }

  /** Why the hub of a master is not up, if it is not. */
  get problem(): Refusal | null {
    return this.#problem;
  }

  set problem(problem: Refusal | null) {
    this.#problem = problem;
    this.#followNearby();
    this.#input.onStatus();
  }

  get isReplaced(): boolean {
    return this.#problem?.code === 'master.replaced';
  }

  /** One of this shop under keys that this register does not trust, as it was last heard. */
  get otherMaster(): OtherMaster | null {
    return this.#otherMaster;
  }

  /** For work that goes on as long as these ties do. */
  get untilCut(): AbortSignal {
    return this.#cut.signal;
  }

  beginSync(connect: Parameters<typeof startSync>[0]['connect']): void {
    const { syncTools, version, log } = this.#input;
    this.sync = startSync({
      tools: syncTools,
      register: ownRegisterId(this.#store),
      version,
      connect,
      onStatus: () => this.#onSyncStatus(),
      onCalled: (hub) => void this.#onCalled(hub).catch((error: unknown) => log.warn('master.not-heard', { error: String(error) })),
    });
  }

  /** With a master elsewhere. */
  beginSlave(): void {
    this.beginSync(slaveConnect({ ...this.#input, store: this.#store, onFound: (masters) => this.#onFound(masters) }));
  }

  /** The hub of this master, up. Refuses what raiseMaster does. */
  async raise(port: number, progress: JobProgress | null): Promise<Result<Master>> {
    if (this.master !== null) return ok(this.master);
    const raised = await raiseMaster({ ...this.#input, onFound: (masters) => this.#onFound(masters) }, port, (step) => {
      if (step.state === 'running') progress?.step(step.step);
      else if (step.state === 'done') progress?.detail(step.detail);
    });
    if (raised.ok) this.master = raised.value;
    return raised;
  }

  /** What waits leaves first, if the hub is there. */
  async endSync(): Promise<void> {
    const { clock } = this.#input;
    const until = clock.monotonicMs() + FAREWELL_MS;
    while (this.sync?.status().state === 'online' && countWaiting(this.#store).changes > 0 && clock.monotonicMs() < until)
      await clock.sleep(LOOK_MS);
    await this.sync?.stop();
    this.sync = null;
  }

  /** One after the other: a hub that was replaced may be on its way down already. */
  cut(how: { readonly server: 'stop' | 'leave' }): Promise<void> {
    this.#cut.abort();
    this.#cut = new AbortController();
    this.nearby.follow(false);
    this.#cutting = this.#cutting.then(async () => {
      await this.sync?.stop();
      this.sync = null;
      await this.master?.stop(how);
      this.master = null;
      this.#otherMaster = null;
    });
    return this.#cutting;
  }

  /** What it offered lies in its database in the clear: it goes before that goes down. */
  async withdrawOffer(): Promise<void> {
    try {
      await this.master?.handOver(null, 0);
    } catch (error) {
      this.#input.log.info('master.offer-left', { error: String(error) });
    }
  }

  #onSyncStatus(): void {
    const store = this.#store;
    const { state, level, greeting } = this.sync?.status() ?? {};
    const isSlave = readMode(store) === 'slave';
    this.#noteHeard(this.sync);
    this.#followNearby();
    if (isSlave && state === 'online') this.#noteOther(null);
    if (level === true) endWaiting(store);
    if (level === true && isSlave && readMeta(store.db, 'full_copy') === null) this.#keep('full_copy', 1);
    const met = greeting?.incarnation.number ?? 0;
    if (met > Number(readMeta(store.db, 'met_incarnation') ?? 0)) this.#keep('met_incarnation', met);
    this.master?.duty.nudge();
    this.#input.onStatus();
  }

  #keep(name: string, value: number): void {
    this.#store.db.transact('relaxed', () => ok(writeMeta(this.#store.db, name, value)));
  }

  #onFound(masters: readonly FoundMaster[]): void {
    this.#noteOther(masterOfOtherKeys(this.#store, masters));
  }

  #noteOther(found: OtherMaster | null): void {
    if (found?.host === this.#otherMaster?.host && found?.port === this.#otherMaster?.port) return;
    this.#otherMaster = found;
    if (found !== null) this.#input.log.warn('master.other-keys', { ...found });
    this.#input.onStatus();
  }

  /** Without a master others are heard by themselves. */
  #followNearby(): void {
    const isApart = readMode(this.#store) === 'slave' && this.sync?.status().state === 'apart';
    this.nearby.follow(isApart || this.#problem?.code === 'master.keys-missing');
  }
}
