/**
 * How a register joins a shop: it is paired by a code, takes what the shop has, and sells. A register that belonged to this shop before (its
 * CA changed, or it was on its own for a while) keeps its name, its chain and its data; a new one begins with nothing.
 */
import type { Clock } from '../../base/clock.ts';
import type { Id } from '../../base/id.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { describeRefusal, ok, refuse, type Result } from '../../base/result.ts';
import { pairWithMaster, type PairingAnswer } from '../../hub/pairing.ts';
import { exportChainKey, importChainKey, makeChainKey, type ChainKey } from '../../protocol/changeset.ts';
import { ownRegisterId } from '../../register/register.ts';
import { beginChain } from '../../store/begin-chain.ts';
import { keepCertificate } from '../../store/chains.ts';
import { commitWith } from '../../store/journal.ts';
import { readMeta, writeMeta, type Store } from '../../store/store.ts';
import { pullRecords } from '../../sync/first-pull.ts';
import type { SyncTools } from '../../sync/tools.ts';
import type { JobProgress } from '../jobs.ts';
import { accountOf, readAccount, slaveConnect } from './slave-link.ts';

/** Whose store it is that joins, and what it works with. */
export interface Joiner {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly version: string;
}

export interface JoinRequest {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly code: string;
  readonly registerName: string;
  readonly language: string;
}

const PAIRING_TIMEOUT_MS = 8_000;

/** Refuses what pairWithMaster does. The store is as it was, but for the key that was offered. */
export function askToPair({ store, clock, random, version }: Joiner, request: JoinRequest): Promise<Result<PairingAnswer>> {
  return pairWithMaster(
    {
      host: request.host,
      port: request.port,
      code: request.code,
      publicKey: keyToOffer(store).publicKey,
      name: request.registerName,
      version,
      before: whatItWas(store),
      timeoutMs: PAIRING_TIMEOUT_MS,
    },
    { clock, random },
  );
}

/** One that has been one of several: the master may know it. */
function whatItWas(store: Store): { readonly shop: string; readonly register: string } | null {
  const shop = readMeta(store.db, 'shop_id');
  return store.own === null || store.authority === null || typeof shop !== 'string' ? null : { shop, register: ownRegisterId(store) };
}

/** The chain's own where there is one. A new one is kept before it is shown to anybody: cut here, the next try offers the same. */
function keyToOffer(store: Store): ChainKey {
  if (store.own !== null) return store.own.key;
  const held = readMeta(store.db, 'pairing_key');
  const key = held instanceof Uint8Array ? importChainKey(held) : makeChainKey(store.random);
  if (!(held instanceof Uint8Array)) store.db.transact('durable', () => ok(writeMeta(store.db, 'pairing_key', exportChainKey(key))));
  return key;
}

/** Identity, key, CA and account as the master answered, all in one transaction of the store. */
export function settleIn(store: Store, request: JoinRequest, answer: PairingAnswer): Result<null> {
  const isNew = store.own === null;
  const key = keyToOffer(store);
  const before = store.authority;
  let settled: Result<null> | undefined;
  try {
    settled = commitWith(store, () => {
      writeMeta(store.db, 'authority', answer.authority);
      store.authority = answer.authority;
      if (isNew) beginChain(store, answer.register as Id, answer.series, key);
      keepCertificate(store, answer.certificate);
      writeMeta(store.db, 'hub_account', JSON.stringify(accountOf(answer, request)));
      writeMeta(store.db, 'paired_box', answer.box);
      writeMeta(store.db, 'shop_id', answer.shopId);
      if (isNew) {
        writeMeta(store.db, 'language', request.language);
        writeMeta(store.db, 'unfinished', 'join');
      }
      writeMeta(store.db, 'mode', 'slave');
      store.db.run("DELETE FROM meta WHERE name IN ('pairing_key', 'handing_over')");
      return ok(null);
    });
    return settled;
  } finally {
    // What was rolled back was never written.
    if (settled?.ok !== true) store.authority = before;
  }
}

const RETRY_MS = 1_000;

/**
 * Records first, so that it may sell; then the history by reading the feed, in the background. A link that is lost is waited for. Refuses
 * what waiting does not mend, such as pairing.revoked; ends as it stands when told to.
 */
export async function firstPull(joiner: Joiner, tools: SyncTools, progress: JobProgress, signal: AbortSignal): Promise<Result<null>> {
  const { store, clock, log } = joiner;
  const connect = slaveConnect(joiner);
  for (;;) {
    const pulled = await pullOnce(joiner, tools, connect, progress, signal);
    if (signal.aborted) return ok(null);
    if (pulled.ok) break;
    if (!describeRefusal(pulled.refusal).retry) return pulled;
    log.info('join.waits', { code: pulled.refusal.code });
    progress.detail('link-lost');
    if (!(await clock.sleep(RETRY_MS, signal))) return ok(null);
  }
  store.db.transact('durable', () => ok(store.db.run("DELETE FROM meta WHERE name = 'unfinished'")));
  return ok(null);
}

async function pullOnce(
  { store }: Joiner,
  tools: SyncTools,
  connect: ReturnType<typeof slaveConnect>,
  progress: JobProgress,
  signal: AbortSignal,
): Promise<Result<null>> {
  const connected = await connect();
  if (!connected.ok) return connected;
  const hub = connected.value;
  let lost = false;
  hub.link.onLost(() => (lost = true));
  try {
    await pullRecords(tools, hub, { onStep: (step) => progress.step(step), onRows: (done, total) => progress.rows(done, total) });
    return ok(null);
  } catch (error) {
    // Its store may be closed already.
    if (signal.aborted) return ok(null);
    const account = readAccount(store);
    if (lost && account !== null) return refuse('hub.no-answer', { host: account.host });
    throw error;
  } finally {
    await hub.close();
  }
}
