/**
 * `npm run bench -- sync --registers N --rate R [--catalogue FILE] [--history N] --json`: real PostgreSQL 18, TLS on, all on this machine.
 * The master is a process of its own. Up to 10 registers are whole ones (store on disk, real loops) in this process: delivered = committed in
 * that register's store. With more, light clients in a process of their own hold a connection each, as a register does, and check hash and
 * signature of what arrives in memory; whole ones are then the master and those three that sell. All go by the machine's monotonic clock.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { Id } from '../../src/base/id.ts';
import { silentLog } from '../../src/base/log.ts';
import { present } from '../../src/base/assert.ts';
import { systemRandom } from '../../src/base/random.ts';
import { unwrap } from '../../src/base/result.ts';
import type { HubClient, HubMasterClient } from '../../src/hub/hub-client.ts';
import { makeChainKey, sealChangeset, type SealedChangeset } from '../../src/protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../../src/protocol/dictionary.ts';
import { completeSale } from '../../src/register/complete-sale.ts';
import { addProductLine } from '../../src/register/edit-cart.ts';
import { startRuntime, type Started } from '../../src/server/start-runtime.ts';
import { trustedKeys } from '../../src/store/archive.ts';
import { numberOf } from '../../src/store/database.ts';
import { listPaymentMethods, listProducts } from '../../src/store/queries/catalogue.ts';
import { listUsers } from '../../src/store/queries/people.ts';
import { countSales } from '../../src/store/queries/sales.ts';
import type { Store } from '../../src/store/store.ts';
import { countWaiting } from '../../src/store/waiting.ts';
import { clusterFolder, connectSuperuser, type Tills } from '../support/shop-of-tills.ts';
import { setUpTill, startTill, waitForJob, type Till } from '../support/till.ts';
import { connectMember, POLL_MS, postgresMb, startPoller } from './hub-members.ts';
import type { Delivered, Keys } from './light-clients.ts';
import { until, wait } from './wait.ts';
import { announce, describeMachine, machineMs, percentile, rounded, type Figures } from './figures.ts';
import { makeHistory, readCatalogue } from './register.ts';
import { freePort } from '../support/free-port.ts';

export interface SyncBench {
  readonly registers: number;
  readonly rate: number;
  readonly catalogue: string | undefined;
  readonly history: number;
  readonly offlineSales: number;
  readonly seconds: number;
}

/** Whole registers, the master among them. A hundred have a hundred disks; here each takes its share of the same two processors. */
const wholeOf = (registers: number): number => (registers <= 10 ? registers : 4);

interface Whole {
  readonly started: Started;
  readonly folder: string;
  readonly user: Id;
  readonly cash: Id;
  readonly products: readonly Id[];
}

export async function benchSync(options: SyncBench): Promise<Figures> {
  const root = mkdtempSync(join(tmpdir(), 'aurapos-bench-'));
  const figures: Figures = { bench: 'sync', ...describeMachine(), registers: options.registers, rate: options.rate };
  const masterFolder = join(root, 'R1');
  const hubPort = await freePort();
  let master = await startTill(masterFolder);
  const ends: (() => Promise<unknown>)[] = [];
  try {
    announce('history');
    await setUpTill(master, 'single', { catalogue: 'demo' });
    if (options.catalogue !== undefined) await importCatalogue(master, options.catalogue);
    if (options.history > 0) {
      await master.stop();
      makeHistory(masterFolder, options.history);
      master = await startTill(masterFolder);
    }
    const shop: Tills = {
      hubPort,
      folders: [masterFolder],
      tills: [master],
      restart: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    ends.push(() => master.stop());
    announce('migration');
    Object.assign(figures, await measureMigration(master, hubPort, options.history));
    const superuser = await connectSuperuser(shop);
    ends.push(() => superuser.close());
    const wholes: Whole[] = [];
    const count = wholeOf(options.registers) - 1;
    for (let at = 0; at < count; at++) {
      announce(`register ${at + 2} of ${count + 1} joins`);
      const { whole, productsMs, allMs } = await joinWhole(join(root, `R${at + 2}`), master, hubPort, `Till ${at + 2}`);
      wholes.push(whole);
      ends.push(() => whole.started.stop({ server: 'leave' }));
      if (at === 0)
        Object.assign(figures, { firstPullProductsSeconds: rounded(productsMs / 1000), firstPullSeconds: rounded(allMs / 1000) });
    }
    announce('light clients');
    const { store } = present(wholes[0], 'a register').started.runtime.register;
    const lights = await openLights(masterFolder, hubPort, store, options.registers - wholeOf(options.registers));
    ends.push(() => lights.close());
    const poller = await connectMember(masterFolder, superuser, hubPort);
    announce('propagation');
    Object.assign(figures, lights.figures, await measurePropagation(wholes, lights, poller, options));
    Object.assign(figures, await measureNotify(shop, superuser));
    // They are there for the propagation: what follows is between whole registers.
    await lights.close();
    announce('upload');
    if (options.offlineSales > 0)
      Object.assign(figures, await measureUpload(wholes, { till: master, folder: masterFolder }, superuser, options.offlineSales));
    announce('pushes');
    Object.assign(figures, await measureHubPush(masterFolder, superuser, hubPort));
    return figures;
  } finally {
    for (const end of ends.toReversed()) await end();
    if (master.child.exitCode === null) await master.stop();
    const cluster = await clusterFolder(masterFolder);
    rmSync(root, { recursive: true, force: true });
    rmSync(cluster, { recursive: true, force: true });
  }
}

async function importCatalogue(till: Till, file: string): Promise<void> {
  const preview = await till.call('openImport', { csv: readCatalogue(file) });
  const { job } = await till.call('applyImport', { params: { id: preview.id }, body: { skipBad: true } });
  await waitForJob(till, job);
}

async function measureMigration(master: Till, hubPort: number, history: number): Promise<Figures> {
  const startedMs = performance.now();
  const { job } = await master.call('toMaster', { body: { hubPort } });
  const beganMs = new Map<string, number>();
  const done = await waitForJob(master, job, 50, ({ steps }) => {
    const running = steps.find(({ state }) => state === 'running')?.step;
    if (running !== undefined && !beganMs.has(running)) beganMs.set(running, performance.now());
  });
  const endedMs = performance.now();
  const secondsFrom = (step: string, untilMs = endedMs): number => (untilMs - (beganMs.get(step) ?? Number.NaN)) / 1000;
  const projecting = secondsFrom('move', beganMs.get('compare'));
  return {
    historySales: history,
    migrationSeconds: rounded((endedMs - startedMs) / 1000),
    migrationRecords: done.rowsTotal,
    migrationPushSeconds: rounded(secondsFrom('push', beganMs.get('move'))),
    migrationProjectSeconds: rounded(projecting),
    migrationCompareSeconds: rounded(secondsFrom('compare')),
    // All of the store into the tables: the catalogue's rows are counted as nothing.
    projectedSalesPerSecond: history === 0 ? 'no history' : rounded(history / projecting, 0),
  };
}

async function joinWhole(
  folder: string,
  master: Till,
  hubPort: number,
  name: string,
): Promise<{ whole: Whole; productsMs: number; allMs: number }> {
  const started = unwrap(
    startRuntime({
      onRestart: () => {},
      dataFolder: folder,
      version: 'bench',
      listen: '127.0.0.1',
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    }),
  );
  await started.connect();
  const { network, register } = started.runtime;
  const { code } = await master.call('startPairing');
  const startedMs = performance.now();
  const quiet = { step: () => {}, detail: () => {}, rows: () => {} };
  unwrap(await network.join(quiet, { host: '127.0.0.1', port: hubPort, database: 'aurapos', code, registerName: name, language: 'en' }));
  const productsMs = performance.now() - startedMs;
  await until(() => network.sync()?.status().level === true, 120_000);
  const allMs = performance.now() - startedMs;
  const { db } = register.store;
  const user = present(listUsers(db)[0], 'a user').id;
  const cash = present(
    listPaymentMethods(db).find(({ kind }) => kind === 'cash'),
    'cash',
  ).id;
  const products = listProducts(db, {
    category: null,
    hidden: false,
    sort: 'name',
    offset: 0,
    limit: 200,
    nowMs: systemClock.nowMs(),
  }).rows.map(({ id }) => id);
  return { whole: { started, folder, user, cash, products }, productsMs, allMs };
}

function sellOne(whole: Whole): { uuid: string; payMs: number } {
  const { register } = whole.started.runtime;
  let cart = null;
  for (let at = 0; at < 5; at++)
    cart = unwrap(addProductLine(register, present(whole.products[Math.floor(Math.random() * whole.products.length)], 'a product'), 1000));
  const open = present(cart, 'a cart');
  const startedMs = performance.now();
  const receipt = unwrap(
    completeSale(register, {
      cart: open.id,
      totalMinor: open.totalMinor,
      tenders: [{ method: whole.cash, amountMinor: Math.ceil(open.totalMinor / 5) * 5 }],
      user: whole.user,
    }),
  );
  return { uuid: receipt.uuid, payMs: performance.now() - startedMs };
}

interface Lights {
  readonly figures: Figures;
  readonly count: number;
  /** Calls back with each changeset that all of them have. */
  onDelivered(listener: (delivered: Delivered) => void): void;
  close(): Promise<void>;
}

async function openLights(masterFolder: string, hubPort: number, store: Store, count: number): Promise<Lights> {
  if (count === 0) return { figures: { lightClients: 0 }, count, onDelivered: () => {}, close: () => Promise.resolve() };
  const cluster = await clusterFolder(masterFolder);
  const before = postgresMb(cluster);
  const child = fork(join(import.meta.dirname, 'light-clients.ts'), [masterFolder, String(hubPort), String(count)]);
  child.send(
    Object.fromEntries([...trustedKeys(store)].map(([chain, raw]) => [chain, Buffer.from(raw).toString('base64')])) satisfies Keys,
  );
  await once(child, 'message');
  return {
    figures: { lightClients: count, hubRssMbPerRegister: rounded((postgresMb(cluster) - before) / count) },
    count,
    onDelivered: (listener) => void child.on('message', (said) => listener(said as Delivered)),
    close: async () => {
      if (!child.connected) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** A sale that a register called paid, and after how long each of the others had it. */
interface Acknowledged {
  readonly atMs: number;
  readonly delaysMs: number[];
}

/** `propagation`: until all others had it; `propagationEach`: until one of them had it, over all of them. */
async function measurePropagation(wholes: readonly Whole[], lights: Lights, pollingHub: HubClient, options: SyncBench): Promise<Figures> {
  const sales: Acknowledged[] = [];
  const byUuid = new Map<string, Acknowledged>();
  const byHash = new Map<string, Acknowledged>();
  const arrived = (sale: Acknowledged | undefined, atMs: number): void => void sale?.delaysMs.push(atMs - sale.atMs);
  const seen = wholes.map(({ started: { runtime } }) => {
    const { store } = runtime.register;
    let last = lastSale(store.db);
    store.listeners.add((changes, own) => {
      if (!changes.some(({ table }) => table === 'sale')) return;
      if (own) last = lastSale(store.db);
      if (own) return;
      const now = machineMs();
      for (const row of store.db.all('SELECT id, hex(uuid) AS uuid FROM sale WHERE id > ? ORDER BY id', last)) {
        last = numberOf(row['id']);
        arrived(byUuid.get(String(row['uuid']).toLowerCase()), now);
      }
    });
    return last;
  });
  lights.onDelivered(({ hash, atMs }) => {
    for (const at of atMs) arrived(byHash.get(hash), at);
  });
  const polled: number[] = [];
  const poller = startPoller(pollingHub, (hash) => {
    const sale = byHash.get(hash);
    if (sale !== undefined) polled.push(machineMs() - sale.atMs);
  });
  const total = options.rate * options.seconds;
  const startMs = performance.now();
  for (let at = 0; at < total; at++) {
    await wait(Math.max(0, startMs + (at * 1000) / options.rate - performance.now()));
    const whole = present(wholes[Math.floor(Math.random() * wholes.length)], 'a register');
    const { uuid } = sellOne(whole);
    const sale = { atMs: machineMs(), delaysMs: [] };
    sales.push(sale);
    byUuid.set(uuid.replaceAll('-', ''), sale);
    byHash.set(Buffer.from(present(whole.started.runtime.register.store.own, 'a chain').hash).toString('hex'), sale);
  }
  const others = wholes.length - 1 + lights.count;
  await until(() => sales.every(({ delaysMs }) => delaysMs.length >= others), 30_000).catch(() => {});
  await until(() => polled.length >= total, 3 * POLL_MS).catch(() => {});
  await poller.stop();
  const each = sales.flatMap(({ delaysMs }) => delaysMs);
  const all = sales.filter(({ delaysMs }) => delaysMs.length >= others).map(({ delaysMs }) => Math.max(...delaysMs));
  return {
    wholeRegistersMeasured: seen.length,
    propagationSales: total,
    propagationDelivered: each.length,
    propagationMissing: total * others - each.length,
    propagationP50Ms: rounded(percentile(all, 0.5)),
    propagationP99Ms: rounded(percentile(all, 0.99)),
    propagationEachP50Ms: rounded(percentile(each, 0.5)),
    propagationEachP99Ms: rounded(percentile(each, 0.99)),
    pollingSales: polled.length,
    pollingP50Ms: rounded(percentile(polled, 0.5)),
    pollingP99Ms: rounded(percentile(polled, 0.99)),
  };
}

function lastSale(db: Whole['started']['runtime']['register']['store']['db']): number {
  return Number(db.get('SELECT max(id) AS last FROM sale')?.['last'] ?? 0);
}

/** What else this server could give: a bare NOTIFY. */
async function measureNotify(shop: Tills, superuser: HubMasterClient): Promise<Figures> {
  const other = await connectSuperuser(shop);
  const notify: number[] = [];
  let heard: (() => void) | null = null;
  await other.link.listen('bench', () => heard?.());
  for (let at = 0; at < 200; at++) {
    const startedMs = performance.now();
    const arrived = new Promise<void>((resolve) => (heard = resolve));
    await superuser.link.query('select pg_notify($1, $2)', ['bench', String(at)]);
    await arrived;
    notify.push(performance.now() - startedMs);
  }
  await other.close();
  return {
    notifyP50Ms: rounded(percentile(notify, 0.5)),
    notifyP99Ms: rounded(percentile(notify, 0.99)),
  };
}

async function measureUpload(
  wholes: readonly Whole[],
  { till: master, folder: masterFolder }: { readonly till: Till; readonly folder: string },
  superuser: HubMasterClient,
  count: number,
): Promise<Figures> {
  const [one] = wholes;
  const whole = present(one, 'a register');
  const { network, register } = whole.started.runtime;
  await network.stop({ server: 'leave' });
  for (let at = 0; at < count; at++) {
    sellOne(whole);
    // Connections that the master closes meanwhile are noticed.
    if (at % 100 === 0) await wait(0);
  }
  const before = await totalOnMaster(master);
  const startedMs = performance.now();
  await network.start();
  const pays: number[] = [];
  const onMaster = await sellOnMaster(masterFolder);
  let uploadMs = 0;
  let projectedMs = 0;
  while (projectedMs === 0) {
    pays.push(sellOne(whole).payMs);
    await wait(50);
    if (uploadMs === 0 && countWaiting(register.store).changes <= 2 && (await totalOnMaster(master)) >= before + count)
      uploadMs = performance.now() - startedMs;
    if (uploadMs > 0) {
      const greeting = await superuser.greet();
      if (greeting.projected >= greeting.position - 5) projectedMs = performance.now() - startedMs;
    }
    if (performance.now() - startedMs > 180_000) break;
  }
  const masterPays = await onMaster.stop();
  return {
    offlineSales: count,
    offlineUploadSeconds: rounded(uploadMs / 1000),
    uploadProjectedSeconds: rounded(projectedMs / 1000),
    uploadedAndProjectedPerSecond: rounded(count / (projectedMs / 1000), 0),
    uploadSales: pays.length + masterPays.length,
    uploadSaleP99Ms: rounded(percentile(pays, 0.99)),
    uploadMasterSaleP99Ms: rounded(percentile(masterPays, 0.99)),
    salesHere: countSales(register.store.db),
  };
}

/** Somebody sells at the master until stopped; gives the times of the payments. */
async function sellOnMaster(masterFolder: string): Promise<{ stop(): Promise<number[]> }> {
  const seller = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, 'seller.ts'), masterFolder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  seller.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = once(seller, 'close');
  await once(seller.stdout, 'data');
  return {
    stop: async () => {
      seller.stdin.end();
      await ended;
      return JSON.parse(Buffer.concat(said).toString().replace('ready\n', '')) as number[];
    },
  };
}

async function totalOnMaster(master: Till): Promise<number> {
  return (await master.call('listSales', { query: { limit: 1 } })).total;
}

/** Sealed five-line sales of one chain, pushed in full batches by a register's own role: how much the feed takes. */
async function measureHubPush(masterFolder: string, superuser: HubMasterClient, port: number): Promise<Figures> {
  const hub = await connectMember(masterFolder, superuser, port);
  const key = makeChainKey(systemRandom);
  let previous = key.genesis;
  const changesets: SealedChangeset[] = Array.from({ length: 20_000 }, (_, at) => {
    const rows = Array.from({ length: 13 }, (__, row) => ({
      table: 'bench_sale_line',
      op: 'insert' as const,
      values: { name: `line ${at} ${row}`, quantity_milli: 1000, unit_price_minor: 100 + row, total_minor: at % 5_000 },
    }));
    const sealed = sealChangeset(key, at + 1, previous, { at: systemClock.nowMs(), user: null, kind: 'bench', rows }, FIRST_DICTIONARY);
    previous = sealed.hash;
    return sealed;
  });
  const startedMs = performance.now();
  for (let at = 0; at < changesets.length; at += 1_000) await hub.push(changesets.slice(at, at + 1_000), []);
  const seconds = (performance.now() - startedMs) / 1000;
  await hub.close();
  return { hubSalesPerSecond: rounded(changesets.length / seconds, 0) };
}
