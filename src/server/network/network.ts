/**
 * What connects a register to the others, by its mode: nothing (single), the hub on this machine (master), a master elsewhere (slave). The
 * one place that knows which; handlers ask it, and start and stop go through it. Changing the mode is a job that a restart takes up again.
 */
import { equalBytes, toBase64Url } from '../../base/bytes.ts';
import type { Id } from '../../base/id.ts';
import { asResult, describeRefusal, ok, refuse, type Refusal, type Result } from '../../base/result.ts';
import type { HubClient } from '../../hub/hub-client.ts';
import { hasHubKeys, makeShop, putHubKeys } from '../../hub/hub-keys.ts';
import { readHubServer, writeHubServer, type HubServer } from '../../hub/hub-place.ts';
import { readPrivateWord } from '../../hub/private-word.ts';
import { readMode, refillSearch, type Mode } from '../../register/register.ts';
import { listSealedBoxes } from '../../store/chains.ts';
import { readMeta, writeMeta } from '../../store/store.ts';
import type { Sync } from '../../sync/sync-loop.ts';
import { becomeMaster, codeToShow, type Moved } from './become-master.ts';
import type { NearbyStand } from './hear-nearby.ts';
import type { JobProgress } from '../jobs.ts';
import { askToPair, firstPull, settleIn, type JoinRequest } from './join-shop.ts';
import { hubFolder, keysFolder, readHubPort, type Master } from './master.ts';
import { endMove, moveHub, takeBackMove } from './move-hub.ts';
import type { NetworkInput } from './network-input.ts';
import type { OtherMaster } from './other-keys.ts';
import { openNewestBox } from './recovery.ts';
import { makeNextKeys, renewKeys } from './renew-keys.ts';
import { readAccount, writeAccount } from './slave-link.ts';
import { forgetHub, notePlace, stepDown } from './step-down.ts';
import { Ties } from './ties.ts';

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
  /** From single, to move the hub, or to go on with what was cut. `server`: where the hub is to be, null: on this machine; left out: as it was begun. */
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
  /** Pairs with a master: a fresh register, or one that belonged to its shop before, as whatever. */
  join(progress: JobProgress, request: JoinRequest): Promise<Result<Moved>>;
  /** Takes up a join after pairing: the first pull. */
  resumeJoin(progress: JobProgress): Promise<Result<Moved>>;
  stop(how: { readonly server: 'stop' | 'leave' }): Promise<void>;
}

export function makeNetwork(input: NetworkInput): Network {
  const { store } = input.register;
  const joiner = { ...input, store };
  const ties = new Ties(input, hearWord);
  const note = (write: () => void): void => {
    store.db.transact('durable', () => ok(write()));
    input.onStatus();
  };

  store.listeners.add((changes) => {
    if (changes.some(({ table }) => table === 'incarnation')) notePlace(input, ties);
  });

  /** The master's part is this register's now, or the shop has new keys: it comes over the same connection as everything else. */
  async function hearWord(hub: HubClient): Promise<void> {
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
    input.startJob('take-over', (progress) => becomeMaster(input, ties, progress, word.port));
  }

  async function start(): Promise<Result<null>> {
    const mode = readMode(store);
    if (mode === 'master') return startMaster();
    if (mode === 'slave' && readMeta(store.db, 'unfinished') !== 'join') ties.beginSlave();
    return ok(null);
  }

  async function startMaster(): Promise<Result<null>> {
    await takeBackMove(input);
    notePlace(input, ties);
    if (ties.isReplaced || readMeta(store.db, 'unfinished') === 'renew-keys') return ok(null);
    const raised = hasHubKeys(keysFolder(input))
      ? await asResult(() => ties.raise(readHubPort(input), null))
      : refuse('master.keys-missing');
    // Meanwhile it may have heard that another register is the master.
    if (ties.isReplaced) return ok(null);
    if (raised.ok && ties.sync === null) ties.beginSync(() => raised.value.connectOwn());
    if (raised.ok) await endMove(input);
    ties.problem = raised.ok ? null : raised.refusal;
    return raised.ok ? ok(null) : raised;
  }

  async function pullAndBegin(progress: JobProgress): Promise<Result<Moved>> {
    const { untilCut } = ties;
    const pulled = await firstPull(joiner, input.syncTools, progress, untilCut);
    if (!pulled.ok) return pulled;
    if (untilCut.aborted) return ok({});
    // As at every start: it sells meanwhile.
    void refillSearch(input.register);
    return beginAsSlave();
  }

  function beginAsSlave(): Result<Moved> {
    ties.beginSlave();
    ties.problem = null;
    return ok({});
  }

  return {
    mode: () => readMode(store),
    sync: () => ties.sync,
    master: () => ties.master,
    problem: () => ties.problem,
    nearby: () => ties.nearby.stands(),
    otherMaster: () => ties.otherMaster,
    unfinished: () => {
      const kind = readMeta(store.db, 'unfinished');
      if (kind === 'to-master') return { kind, port: readHubPort(input) };
      return kind === 'join' || kind === 'renew-keys' ? { kind } : null;
    },
    start,
    toMaster: async (progress, port, server) => {
      if (readMode(store) === 'master' && server !== undefined) return moveHub(input, ties, progress, port, server);
      if (server !== undefined) await writeHubServer(hubFolder(input), server);
      const became = await becomeMaster(input, ties, progress, port);
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
      return becomeMaster(input, ties, progress, port);
    },
    stepDown: () => stepDown(input, ties),
    handOver: async (to, port) => {
      if (ties.master === null) return refuse('mode.not-master');
      const offered = await ties.master.handOver(to, port);
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
      const renewed = await renewKeys(input, ties, progress);
      if (!renewed.ok) return renewed;
      ties.beginSync(() => renewed.value.connectOwn());
      note(() => store.db.run("DELETE FROM meta WHERE name = 'unfinished'"));
      return ok(codeToShow(renewed.value));
    },
    toSingle: async () => {
      await ties.cut({ server: 'stop' });
      note(() => writeMeta(store.db, 'mode', 'single'));
      ties.problem = null;
      return ok(null);
    },
    join: async (progress, request) => {
      progress.step('pair', `${request.host}:${request.port}`);
      const answer = await askToPair(joiner, request);
      // Nothing has changed until it is answered: a wrong code costs a master nothing.
      if (!answer.ok) return answer;
      await ties.withdrawOffer();
      await ties.cut({ server: 'stop' });
      let settled: Result<null> | undefined;
      try {
        settled = settleIn(store, request, answer.value);
      } finally {
        // Nothing was written, the disk may be full: it goes on as what it was.
        if (settled?.ok !== true) await start();
      }
      if (!settled.ok) return settled;
      await forgetHub(input);
      return readMeta(store.db, 'unfinished') === 'join' ? pullAndBegin(progress) : beginAsSlave();
    },
    resumeJoin: pullAndBegin,
    stop: async (how) => {
      await ties.cut(how);
      await ties.nearby.stop();
    },
  };
}
