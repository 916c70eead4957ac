/**
 * What connects a register to the others, by its mode: nothing (single), the hub on this machine (master), a master elsewhere (slave). The
 * one place that knows which; handlers ask it, and start and stop go through it. Changing the mode is a job that a restart takes up again.
 */
import { rm } from 'node:fs/promises';
import { equalBytes, toBase64Url } from '../base/bytes.ts';
import type { Id } from '../base/id.ts';
import { asResult, describeRefusal, ok, refuse, type Refusal, type Result } from '../base/result.ts';
import type { HubClient } from '../hub/hub-client.ts';
import { readPrivateWord } from '../hub/private-word.ts';
import { registerPassword } from '../hub/sealed-box.ts';
import { memberRole } from '../hub/members.ts';
import { readHubServer, writeHubServer, type HubServer } from '../hub/hub-place.ts';
import { hasHubKeys, makeShop, putHubKeys, readShopSecret } from '../hub/hub-keys.ts';
import { ownRegisterId, readMode, refillSearch, type Mode } from '../register/register.ts';
import { listSealedBoxes } from '../store/chains.ts';
import { readIncarnation } from '../store/queries/incarnations.ts';
import { listRegisters } from '../store/queries/shop.ts';
import { endWaiting } from '../store/restored.ts';
import { readMeta, writeMeta } from '../store/store.ts';
import { countWaiting } from '../store/waiting.ts';
import type { FoundMaster } from '../sync/discovery.ts';
import { startSync, type Sync } from '../sync/sync-loop.ts';
import { fillAndOpen, projectAndCompare, raiseSurely } from './become-master.ts';
import { keepHeard } from './fuller-copy.ts';
import { hearNearby, type NearbyStand } from './hear-nearby.ts';
import type { JobProgress } from './jobs.ts';
import { askToPair, firstPull, settleIn, type JoinRequest } from './join-shop.ts';
import { DEFAULT_HUB_PORT, hubFolder, keysFolder, raiseMaster, type Master } from './master.ts';
import { beginMove, endMove, takeBackMove } from './move-hub.ts';
import type { NetworkInput } from './network-input.ts';
import { makeNextKeys, renewKeys } from './renew-keys.ts';
import { masterOfOtherKeys, type OtherMaster } from './other-keys.ts';
import { accountOf, placeOf, readAccount, slaveConnect, writeAccount } from './slave-link.ts';
import { openNewestBox } from './recovery.ts';
import { ownPairing } from './vouch.ts';

/** What a change of mode answers: the owner's recovery code, where one was made. */
export interface Moved {
  readonly recoveryCode?: string;
}

export interface Network {
  mode(): Mode | null;
  sync(): Sync | null;
  master(): Master | null;
  /** Why the hub of a master is not up, if it is not. */
  problem(): Refusal | null;
  /** How full others say that their copies are, while this register has no master. */
  nearby(): readonly NearbyStand[];
  /** One of this shop under keys that this register does not trust, as it was last heard on the network. */
  otherMaster(): OtherMaster | null;
  /** A change of mode that was cut and waits to be taken up. */
  unfinished(): { readonly kind: 'to-master'; readonly port: number } | { readonly kind: 'join' | 'renew-keys' } | null;
  /** Begins what the mode says. For a master this raises the hub. */
  start(): Promise<Result<null>>;
  /** From single, or to go on with what was cut. */
  /** `server`: where the hub is to be, null: on this machine; left out: as it was begun. */
  toMaster(progress: JobProgress, port: number, server?: HubServer | null): Promise<Result<Moved>>;
  /** A slave takes the shop over, with the owner's recovery code; null: with new keys, and everybody pairs again. */
  takeOver(progress: JobProgress, recoveryCode: string | null, port: number): Promise<Result<Moved>>;
  /** A master that was replaced, or gives its part away, joins the new one. */
  stepDown(): Promise<Result<null>>;
  /** Offers the master's part to another register, which takes it by itself as soon as it hears of it. Null takes the offer back. */
  handOver(to: Id | null, port: number): Promise<Result<null>>;
  /** New keys, passwords and recovery code for the shop (on its master), while it sells. */
  renewKeys(progress: JobProgress): Promise<Result<Moved>>;
  /** On its own from now on, with all that it holds. */
  toSingle(): Promise<Result<null>>;
  join(progress: JobProgress, request: JoinRequest): Promise<Result<Moved>>;
  /** Takes up a join after pairing: the first pull. */
  resumeJoin(progress: JobProgress): Promise<Result<Moved>>;
  stop(how: { readonly server: 'stop' | 'leave' }): Promise<void>;
}

/** The hub that was left should hear of it; one that is gone is not waited for. */
const FAREWELL_MS = 3_000;
const GOODBYE_MS = 1_500;
const LOOK_MS = 50;

export function makeNetwork(input: NetworkInput): Network {
  const { register, clock, log } = input;
  const { store } = register;
  let master: Master | null = null;
  let sync: Sync | null = null;
  let problem: Refusal | null = null;
  let otherMaster: OtherMaster | null = null;

  const note = (write: () => void): void => {
    store.db.transact('durable', () => ok(write()));
    input.onStatus();
  };
  const beginSync = (connect: Parameters<typeof startSync>[0]['connect']): void => {
    sync = startSync({
      tools: input.syncTools,
      register: ownRegisterId(store),
      version: input.version,
      connect,
      onStatus: () => onSyncStatus(),
      onCalled: (hub) => void hearWord(hub).catch((error: unknown) => log.warn('master.not-heard', { error: String(error) })),
    });
  };
  const joiner = { ...input, store };
  const onFound = (masters: readonly FoundMaster[]): void => noteOther(masterOfOtherKeys(store, masters));
  const noteOther = (found: OtherMaster | null): void => {
    if (found?.host === otherMaster?.host && found?.port === otherMaster?.port) return;
    otherMaster = found;
    if (found !== null) log.warn('master.other-keys', { ...found });
    input.onStatus();
  };
  const beginSlave = (): void => beginSync(slaveConnect({ ...input, store, onFound }));
  const noteHeard = keepHeard(store, clock);
  const nearby = hearNearby({ store, clock, log, onHeard: () => input.onStatus() });
  const followNearby = (): void =>
    nearby.follow(problem?.code === 'master.keys-missing' || (readMode(store) === 'slave' && sync?.status().state === 'apart'));
  const onSyncStatus = (): void => {
    noteHeard(sync);
    followNearby();
    if (readMode(store) === 'slave' && sync?.status().state === 'online') noteOther(null);
    if (sync?.status().level === true) endWaiting(store);
    if (sync?.status().level === true && readMode(store) === 'slave' && readMeta(store.db, 'full_copy') === null)
      store.db.transact('relaxed', () => ok(writeMeta(store.db, 'full_copy', 1)));
    const met = sync?.status().greeting?.incarnation.number ?? 0;
    if (met > Number(readMeta(store.db, 'met_incarnation') ?? 0))
      store.db.transact('relaxed', () => ok(writeMeta(store.db, 'met_incarnation', met)));
    master?.duty.nudge();
    input.onStatus();
  };
  let joining = new AbortController();
  let ending: Promise<void> = Promise.resolve();
  /** One after the other: a hub that was replaced may be on its way down already. */
  const end = (how: { readonly server: 'stop' | 'leave' }): Promise<void> => {
    const before = ending;
    joining.abort();
    nearby.follow(false);
    ending = before.then(async () => {
      await sync?.stop();
      sync = null;
      await master?.stop(how);
      master = null;
      otherMaster = null;
    });
    return ending;
  };

  const raise = async (port: number, progress: JobProgress | null): Promise<Result<Master>> => {
    if (master !== null) return ok(master);
    const raised = await raiseMaster({ ...input, onFound }, port, (step) => {
      if (step.state === 'running') progress?.step(step.step);
      else if (step.state === 'done') progress?.detail(step.detail);
    });
    if (raised.ok) master = raised.value;
    return raised;
  };

  /** Nothing here waits for it: this register's sync with its old hub goes on until the new one is open. */
  const become = async (progress: JobProgress, port: number): Promise<Result<Moved>> => {
    const from = readMode(store);
    note(() => {
      writeMeta(store.db, 'hub_port', port);
      // A master that moves its hub is one all the while: cut, move-hub.ts knows where the hub is.
      if (from !== 'master') writeMeta(store.db, 'unfinished', 'to-master');
    });
    const raised = await raiseSurely(input, () => raise(port, progress));
    if (!raised.ok) return raised;
    const opened = await fillAndOpen(input, raised.value, progress);
    if (!opened.ok) return opened;
    await sayFarewell();
    beginSync(() => raised.value.connectOwn());
    // Who was a slave is the master from here on: the others are on their way.
    if (from === 'slave') note(() => writeMeta(store.db, 'mode', 'master'));
    if (problem?.code === 'master.keys-missing') problem = null;
    followNearby();
    // What this register was still to read, the others will bring: until then there is nothing whole to compare.
    const isWhole = from === 'single' || readMeta(store.db, 'full_copy') !== null;
    const moved = isWhole ? await projectAndCompare(input, raised.value, () => sync, progress) : ok(null);
    if (!moved.ok) return moved;
    note(() => {
      if (from === 'single') writeMeta(store.db, 'full_copy', 1);
      writeMeta(store.db, 'mode', 'master');
      store.db.run("DELETE FROM meta WHERE name = 'unfinished'");
    });
    log.info('storage.master', { port, from });
    return ok(shown(raised.value));
  };

  /** The old hub serves until the new one is filled and proclaimed. */
  const moveHub = async (progress: JobProgress, port: number, server: HubServer | null): Promise<Result<Moved>> => {
    const old = master;
    await beginMove(input, server, Number(readMeta(store.db, 'hub_port') ?? DEFAULT_HUB_PORT));
    master = null;
    const stayed = async (): Promise<boolean> => {
      if (!(await takeBackMove(input))) return false;
      await raisedMaster()?.stop({ server: 'stop' });
      master = old;
      input.onStatus();
      return true;
    };
    const moved = await asResult(() => become(progress, port)).catch(async (error: unknown) => {
      await stayed();
      throw error;
    });
    if (!moved.ok && (await stayed())) return moved;
    await endMove(input);
    // Whoever is connected hears of it there.
    await clock.sleep(GOODBYE_MS);
    await old?.stop({ server: 'stop' });
    return moved;
  };
  const raisedMaster = (): Master | null => master;

  /** The master's part is this register's now, or the shop has new keys: it comes over the same connection as everything else. */
  const hearWord = async (hub: HubClient): Promise<void> => {
    const { authority } = store;
    if (readMeta(store.db, 'unfinished') !== null || authority === null) return;
    const text = await hub.hearWord();
    const word = text === null ? null : readPrivateWord(text, authority);
    if (word?.kind === 'renew') {
      const account = readAccount(store);
      if (account !== null) writeAccount(store, { ...account, next: { authority: toBase64Url(word.authority), password: word.password } });
      await hub.heardWord();
      return;
    }
    const box = listSealedBoxes(store.db).find(({ ca }) => equalBytes(ca, authority))?.box;
    if (word === null || box === undefined) return;
    await putHubKeys(keysFolder(input), { keys: word.keys, box, recoveryCode: null });
    await writeHubServer(hubFolder(input), null);
    input.startJob('take-over', (progress) => become(progress, word.port));
  };

  const sayFarewell = async (): Promise<void> => {
    const until = clock.monotonicMs() + FAREWELL_MS;
    while (sync?.status().state === 'online' && countWaiting(store).changes > 0 && clock.monotonicMs() < until) await clock.sleep(LOOK_MS);
    await sync?.stop();
    sync = null;
  };

  /** Another register hosts the shop's database: this one's goes down, so that everybody looks for the other. */
  const notePlace = (): void => {
    const newest = readIncarnation(store);
    if (readMode(store) !== 'master' || newest === null || newest.register === ownRegisterId(store)) return;
    problem = { code: 'master.replaced', params: { register: nameOf(newest.register) } };
    log.warn('master.replaced', { number: newest.number, register: newest.register });
    const isPlanned = readMeta(store.db, 'handing_over') === newest.register;
    // Whoever is connected hears of it as this register did; a hub that is gone at once would leave them searching.
    const leave = async (): Promise<void> => {
      await clock.sleep(master === null ? 0 : GOODBYE_MS);
      // Somebody let it join meanwhile.
      if (!isReplaced()) return;
      if (isPlanned) await stepDown();
      else await end({ server: 'stop' });
    };
    void leave().then(
      () => input.onStatus(),
      (error: unknown) => log.error('master.not-ended', { error: String(error) }),
    );
  };
  const isReplaced = (): boolean => problem?.code === 'master.replaced';
  const nameOf = (id: string): string => listRegisters(store.db).find((row) => row.id === id)?.name ?? '';

  /** What it offered lies in its database in the clear: it goes before that goes down. */
  const withdrawOffer = async (): Promise<void> => {
    try {
      await master?.handOver(null, 0);
    } catch (error) {
      log.info('master.offer-left', { error: String(error) });
    }
  };

  const stepDown = async (): Promise<Result<null>> => {
    const newest = readIncarnation(store);
    const { authority } = store;
    if (newest === null || authority === null || newest.register === ownRegisterId(store))
      return refuse('mode.not-possible', { from: 'master', to: 'slave' });
    const secret = await readShopSecret(keysFolder(input));
    // Without the keys it has no password of its own there: it pairs again by a code.
    if (secret === null) return refuse('master.keys-missing');
    await withdrawOffer();
    await end({ server: 'stop' });
    const pairing = ownPairing(store);
    const { host, port, place } = placeOf(newest.addresses[0] ?? '', newest.port);
    const answer = { role: memberRole(pairing), password: registerPassword(secret, pairing), authority, place };
    writeAccount(store, accountOf(answer, { host, port, database: 'aurapos' }));
    note(() => {
      writeMeta(store.db, 'mode', 'slave');
      store.db.run("DELETE FROM meta WHERE name IN ('unfinished', 'handing_over')");
    });
    problem = null;
    await forgetHub();
    beginSlave();
    return ok(null);
  };

  /** The shop's keys lie with its master, and nowhere else. */
  const forgetHub = async (): Promise<void> => {
    await rm(keysFolder(input), { recursive: true, force: true });
    await writeHubServer(hubFolder(input), null);
  };

  const start = async (): Promise<Result<null>> => {
    const mode = readMode(store);
    if (mode === 'master') {
      await takeBackMove(input);
      notePlace();
      if (isReplaced() || readMeta(store.db, 'unfinished') === 'renew-keys') return ok(null);
      if (!hasHubKeys(keysFolder(input))) return noteProblem(refuse('master.keys-missing'));
      const raised = await asResult(() => raise(Number(readMeta(store.db, 'hub_port') ?? DEFAULT_HUB_PORT), null));
      // Meanwhile it may have heard that another register is the master.
      if (isReplaced()) return ok(null);
      if (raised.ok && sync === null) beginSync(() => raised.value.connectOwn());
      if (raised.ok) await endMove(input);
      return noteProblem(raised);
    }
    if (mode === 'slave' && readMeta(store.db, 'unfinished') !== 'join') beginSlave();
    return ok(null);
  };

  store.listeners.add((changes) => {
    if (changes.some(({ table }) => table === 'incarnation')) notePlace();
  });

  return {
    mode: () => readMode(store),
    sync: () => sync,
    master: () => master,
    problem: () => problem,
    nearby: () => nearby.stands(),
    otherMaster: () => otherMaster,
    unfinished: () => {
      const kind = readMeta(store.db, 'unfinished');
      if (kind === 'to-master') return { kind, port: Number(readMeta(store.db, 'hub_port') ?? DEFAULT_HUB_PORT) };
      return kind === 'join' || kind === 'renew-keys' ? { kind } : null;
    },
    start,
    toMaster: async (progress, port, server) => {
      if (readMode(store) === 'master' && server !== undefined) return moveHub(progress, port, server);
      if (server !== undefined) await writeHubServer(hubFolder(input), server);
      const became = await become(progress, port);
      // A server that will not have it: nothing waits to be taken up, and another address is as good as the same with more rights.
      if (
        !became.ok &&
        readMode(store) === 'single' &&
        !describeRefusal(became.refusal).retry &&
        (await readHubServer(hubFolder(input))) !== null
      ) {
        await writeHubServer(hubFolder(input), null);
        note(() => store.db.run("DELETE FROM meta WHERE name = 'unfinished'"));
      }
      return became;
    },
    takeOver: async (progress, recoveryCode, port) => {
      const opened =
        recoveryCode === null ? ok(makeShop(String(readMeta(store.db, 'shop_id')), input.random)) : openNewestBox(store, recoveryCode);
      if (!opened.ok) return opened;
      await putHubKeys(keysFolder(input), opened.value);
      // On this machine first, whatever an earlier time left.
      await writeHubServer(hubFolder(input), null);
      return become(progress, port);
    },
    stepDown,
    handOver: async (to, port) => {
      if (master === null) return refuse('mode.not-master');
      const offered = await master.handOver(to, port);
      if (!offered.ok) return offered;
      note(() => {
        if (to === null) store.db.run("DELETE FROM meta WHERE name = 'handing_over'");
        else writeMeta(store.db, 'handing_over', to);
      });
      return ok(null);
    },
    renewKeys: async (progress) => {
      if (readMode(store) !== 'master') return refuse('mode.not-master');
      if (readMeta(store.db, 'unfinished') === null) await makeNextKeys(input);
      note(() => writeMeta(store.db, 'unfinished', 'renew-keys'));
      const port = Number(readMeta(store.db, 'hub_port') ?? DEFAULT_HUB_PORT);
      const renewed = await renewKeys(input, { raise: () => raise(port, null), end: () => end({ server: 'stop' }) }, progress);
      if (!renewed.ok) return renewed;
      beginSync(() => renewed.value.connectOwn());
      note(() => store.db.run("DELETE FROM meta WHERE name = 'unfinished'"));
      return ok(shown(renewed.value));
    },
    toSingle: async () => {
      await end({ server: 'stop' });
      problem = null;
      note(() => writeMeta(store.db, 'mode', 'single'));
      return ok(null);
    },
    join: async (progress, request) => {
      progress.step('pair', `${request.host}:${request.port}`);
      const answer = await askToPair(joiner, request);
      // Nothing has changed until it is answered: a wrong code costs a master nothing.
      if (!answer.ok) return answer;
      await withdrawOffer();
      await end({ server: 'stop' });
      const settled = settleIn(store, request, answer.value);
      if (!settled.ok) {
        await start();
        return settled;
      }
      await forgetHub();
      return readMeta(store.db, 'unfinished') === 'join' ? pullAndBegin(progress) : beginAsSlave();
    },
    resumeJoin: pullAndBegin,
    stop: async (how) => {
      await end(how);
      await nearby.stop();
    },
  };

  async function pullAndBegin(progress: JobProgress): Promise<Result<Moved>> {
    joining = new AbortController();
    const pulled = await firstPull(joiner, input.syncTools, progress, joining.signal);
    if (!pulled.ok) return pulled;
    if (joining.signal.aborted) return ok({});
    // As at every start: it sells meanwhile.
    void refillSearch(register);
    return beginAsSlave();
  }

  function beginAsSlave(): Result<Moved> {
    problem = null;
    beginSlave();
    input.onStatus();
    return ok({});
  }

  function noteProblem(raised: Result<unknown>): Result<null> {
    problem = raised.ok ? null : raised.refusal;
    followNearby();
    input.onStatus();
    return raised.ok ? ok(null) : raised;
  }
}

/** The code that the owner has not printed yet, if there is one. */
function shown({ recovery }: Master): Moved {
  const code = recovery.code();
  return code === null ? {} : { recoveryCode: code };
}
