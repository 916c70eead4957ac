/**
 * What the process beside a joining register does: pairs and pulls into the store that will take its place, compares, brings what was chosen,
 * and says farewell when it was called off. It reads the store that sells, and writes only the other.
 */
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { OnProgress } from '../../backup/serve-beside.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { asResult, ok, refuse, unwrap, type Result } from '../../base/result.ts';
import { Bringing, type Choices } from '../../register/bring-over.ts';
import { compareShops } from '../../register/compare-shops.ts';
import { ownRegisterId } from '../../register/register.ts';
import { readChain } from '../../store/archive.ts';
import { readSelf } from '../../store/backup-parts.ts';
import { Database } from '../../store/database.ts';
import { commit } from '../../store/journal.ts';
import { codeOfSeries } from '../../store/begin-chain.ts';
import { holdsRecord } from '../../store/queries/holdings.ts';
import { readCurrency, readShop } from '../../store/queries/shop.ts';
import { lockFolder, type FolderLock } from '../../store/lock-folder.ts';
import { openStore } from '../../store/open-store.ts';
import { closeStore, readMeta, type Store } from '../../store/store.ts';
import { askToPair, firstPull, settleIn, type Joiner, type JoinRequest } from '../network/join-shop.ts';
import { chainOf, clearJoining, joiningFolder, joiningStore, readStand, throwAway, writeStand } from './joining-place.ts';
import { slaveConnect } from '../network/slave-link.ts';

interface At {
  readonly dataFolder: string;
  readonly version: string;
}

export type JoiningRequest =
  /** `request` null: go on with what was paired. */
  | ({ readonly do: 'compare'; readonly request: JoinRequest | null } & At)
  | ({ readonly do: 'bring'; readonly choices: Choices } & At)
  | ({ readonly do: 'leave' } & At);

/** Refuses with what pair and firstPull do, joining.own-shop, store.in-use. */
export function serveJoining(request: JoiningRequest, onProgress: OnProgress): Promise<Result<object>> {
  return asResult(async () => {
    switch (request.do) {
      case 'compare':
        return compare(request, onProgress);
      case 'bring':
        return withStores(request, false, ({ store, from }) => Promise.resolve(ok(bring(store, from, request.choices, onProgress))));
      case 'leave':
        return withStores(request, false, ({ joiner, from }) => leave(joiner, readSelf(from).name));
    }
  });
}

interface Both {
  readonly store: Store;
  readonly from: Database;
  readonly joiner: Joiner;
}

/** A process of a register that was killed notices that within a moment. */
const LOCK_TRIES = 100;
const LOCK_RETRY_MS = 50;

/** One process at a time writes there: a chain has one end. Refuses with store.in-use. */
async function lockJoining(folder: string): Promise<Result<FolderLock>> {
  for (let tries = 1; ; tries++) {
    const lock = lockFolder(folder);
    if (lock.ok || tries >= LOCK_TRIES) return lock;
    await systemClock.sleep(LOCK_RETRY_MS);
  }
}

/** `isFresh`: what an earlier try left that was paired is cleared away; a key that was only offered is offered again. */
async function withStores<T>(at: At, isFresh: boolean, work: (both: Both) => Promise<Result<T>>): Promise<Result<T>> {
  const folder = joiningFolder(at.dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockJoining(folder);
  if (!lock.ok) return lock;
  try {
    if (isFresh && readStand(at.dataFolder) !== null) clearJoining(at.dataFolder);
    const tools = { clock: systemClock, random: systemRandom };
    const store = unwrap(openStore(joiningStore(at.dataFolder), tools));
    const from = new Database(join(at.dataFolder, 'store.db'), { readOnly: true });
    try {
      return await work({ store, from, joiner: { ...tools, store, log: silentLog, version: at.version } });
    } finally {
      from.close();
      closeStore(store);
    }
  } finally {
    lock.value.release();
  }
}

async function compare({ request, ...at }: Extract<JoiningRequest, { do: 'compare' }>, onProgress: OnProgress): Promise<Result<object>> {
  const compared = await withStores(at, request !== null, async ({ store, from, joiner }) => {
    if (request !== null) {
      onProgress('pair', 0, 0);
      const answer = await askToPair(joiner, request);
      const paired = answer.ok ? settleIn(joiner.store, request, answer.value) : answer;
      if (!paired.ok) return paired;
      const { host, port } = request;
      writeStand(at.dataFolder, {
        chain: chainOf(from),
        shop: '',
        currency: '',
        host,
        port,
        holdings: null,
        choices: null,
        user: null,
        problem: null,
      });
    }
    if (readMeta(store.db, 'shop_id') === readMeta(from, 'shop_id')) {
      await leave(joiner, readSelf(from).name);
      return refuse('joining.own-shop');
    }
    if (readMeta(store.db, 'unfinished') === 'join') {
      const pulled = await pull(joiner, onProgress);
      if (!pulled.ok) return pulled;
    }
    onProgress('compare-shops', 0, 0);
    const holdings = compareShops(store, from, (done, total) => onProgress('compare-shops', done, total));
    const stand = readStand(at.dataFolder);
    if (stand !== null)
      writeStand(at.dataFolder, { ...stand, shop: readShop(store.db)?.name ?? '', currency: readCurrency(store.db), holdings });
    return ok({});
  });
  // Paired, it goes on without another code; its own shop it joins by another way.
  if (!compared.ok && (readStand(at.dataFolder) === null || compared.refusal.code === 'joining.own-shop')) throwAway(at.dataFolder);
  return compared;
}

function pull(joiner: Joiner, onProgress: OnProgress): Promise<Result<null>> {
  const { store, clock, random, log } = joiner;
  let step = 'configuration';
  return firstPull(
    joiner,
    {
      store,
      clock,
      random,
      log,
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
      prepare: () => Promise.reject(new Error('a first pull of records takes in no changesets')),
    },
    {
      step: (name) => onProgress((step = name), 0, 0),
      detail: () => {},
      rows: (done, total) => onProgress(step, done, total),
    },
    // Called off, this process is ended.
    new AbortController().signal,
  );
}

function bring(store: Store, from: Database, choices: Choices, onProgress: OnProgress): object {
  const bringing = new Bringing(store, from, choices);
  const total = countAll(from, choices);
  do {
    const { products, customers, sales } = bringing.done();
    onProgress('bring', products + customers + sales, total);
  } while (bringing.step());
  onProgress('bring', total, total);
  return {};
}

function countAll(from: Database, { products, customers, sales }: Choices): number {
  const count = (wanted: boolean, sql: string): number => (wanted ? Number(from.get(sql)?.['total'] ?? 0) : 0);
  return (
    count(products, 'SELECT count(*) AS total FROM product WHERE deleted IS NOT 1') +
    count(customers, 'SELECT count(*) AS total FROM customer WHERE deleted IS NOT 1') +
    count(sales, "SELECT count(*) AS total FROM sale WHERE mode IS NOT 'training'")
  );
}

const MAX_FAREWELL = 100;
const FAREWELL_BYTES = 1_000_000;

/** The shop's list says that this register is out again; its account was known to nobody else. Nothing that it brought was ever sent. */
async function leave(joiner: Joiner, name: string): Promise<Result<object>> {
  const { store } = joiner;
  if (store.own === null || readMeta(store.db, 'brought') !== null) return ok({ told: false });
  const connected = await slaveConnect(joiner)();
  if (!connected.ok) return connected;
  try {
    const id = ownRegisterId(store);
    // Its row may not have come yet.
    const row = { code: codeOfSeries(store.own.series), name, revoked: true };
    commit(store, { kind: 'register-left', user: null }, (draft) => {
      if (holdsRecord(store.db, 'register', id)) draft.patch('register', id, row);
      else draft.create('register', row, id);
      return ok(null);
    });
    await connected.value.push(readChain(store, store.own.key.chain, 1, MAX_FAREWELL, FAREWELL_BYTES), []);
    return ok({ told: true });
  } finally {
    await connected.value.close();
  }
}
