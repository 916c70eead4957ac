/** A shop of real processes: a master with PostgreSQL 18 and slaves paired with it, each in a folder of its own; and what must hold of them. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/base/bytes.ts';
import { saleLabel } from '../../src/store/queries/sales.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { unwrap } from '../../src/base/result.ts';
import { makeHubMasterClient, type HubMasterClient } from '../../src/hub/hub-client.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE, SUPERUSER } from '../../src/hub/cluster-conf.ts';
import { superuserPassword } from '../../src/hub/cluster.ts';
import { placeHub } from '../../src/hub/hub-folder.ts';
import { connectHub } from '../../src/hub/pg-link.ts';
import { chooseSystemUser } from '../../src/hub/system-user.ts';
import { checksumStore, type Checksum } from '../../src/store/checksum.ts';
import { Database } from '../../src/store/database.ts';
import { verifyStore } from '../../src/store/verify.ts';
import { compareProjection } from '../../src/sync/compare-projection.ts';
import { joinTill, setUpTill, startTill, type Till } from './till.ts';
import { freePort } from './free-port.ts';

export interface Tills {
  readonly hubPort: number;
  readonly folders: string[];
  /** The master first. */
  readonly tills: Till[];
  /** Where the hub is not the master's own. */
  readonly connectHub?: () => Promise<HubMasterClient>;
  restart(at: number): Promise<void>;
  stop(): Promise<void>;
}

export interface ShopOfTills extends Tills {
  /** The owner's, as it was shown when the master was set up. */
  readonly recoveryCode: string;
  /** kill -9 of the register at `at` and of the PostgreSQL it hosts. */
  killMaster(at: number): Promise<void>;
  /** The same, and its disk is gone. */
  destroyMaster(): Promise<void>;
  /** From now on these of its registers make the shop, the master first, with the hub on that port. */
  reorder(order: readonly number[], hubPort: number): void;
}

export async function openShop(slaves: number, catalogue: 'demo' | 'empty' = 'demo'): Promise<ShopOfTills> {
  const root = mkdtempSync(join(tmpdir(), 'aurapos-shop-'));
  const folders = Array.from({ length: slaves + 1 }, (_, at) => join(root, `R${at + 1}`));
  let hubPort = await freePort();
  const master = await startTill(folders[0] ?? '');
  const { recoveryCode } = await setUpTill(master, 'master', { hubPort, catalogue });
  const tills = [master];
  for (const [at, folder] of folders.slice(1).entries()) {
    const till = await startTill(folder);
    await joinTill(till, master, '127.0.0.1', hubPort, `Till ${at + 2}`);
    tills.push(till);
  }
  const clusters = await Promise.all(folders.map((folder) => clusterFolder(folder)));
  const killMaster = async (at: number): Promise<void> => {
    const pid = postgresPid(await clusterFolder(folders[at] ?? ''));
    await tills[at]?.kill();
    process.kill(pid, 'SIGKILL');
  };
  return {
    get hubPort() {
      return hubPort;
    },
    folders,
    tills,
    recoveryCode: recoveryCode ?? '',
    killMaster,
    reorder: (order, port) => {
      hubPort = port;
      const arrange = <T>(list: T[]): T[] => list.splice(0, list.length, ...order.flatMap((at) => list[at] ?? []));
      arrange(folders);
      arrange(tills);
    },
    destroyMaster: async () => {
      const [folder = ''] = folders;
      const cluster = await clusterFolder(folder);
      await killMaster(0);
      for (const gone of [folder, cluster]) rmSync(gone, { recursive: true, force: true });
    },
    restart: async (at) => {
      tills[at] = await startTill(folders[at] ?? '');
    },
    stop: async () => {
      for (const till of tills.toReversed()) if (till.child.exitCode === null && till.child.signalCode === null) await till.stop();
      rmSync(root, { recursive: true, force: true });
      for (const cluster of clusters) rmSync(cluster, { recursive: true, force: true });
    },
  };
}

/** By the master's folder and its shop: finding out takes four processes, and who waits for something asks often. */
const clusters = new Map<string, string>();

/** Where the cluster lies: beside the keys, or under /var/lib when the server's user cannot pass. */
export async function clusterFolder(masterFolder: string): Promise<string> {
  const shopId = shopIdOf(masterFolder);
  const known = clusters.get(masterFolder + shopId);
  if (known !== undefined) return known;
  const { cluster } = await placeHub(join(masterFolder, 'hub'), shopId, unwrap(await chooseSystemUser()));
  clusters.set(masterFolder + shopId, cluster);
  return cluster;
}

function shopIdOf(masterFolder: string): string {
  const db = new Database(join(masterFolder, 'store.db'), { readOnly: true });
  const id = String(db.get("SELECT value FROM meta WHERE name = 'shop_id'")?.['value'] ?? '');
  db.close();
  return id;
}

/** Is PostgreSQL there and open for connections? Its pid file says so last, and outlives it. */
export function isReady(cluster: string): boolean {
  let file: string;
  try {
    file = readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8');
  } catch {
    // It ended, perhaps a moment ago.
    return false;
  }
  return /\bready\s*$/.test(file) && existsSync(`/proc/${pidIn(file)}`);
}

/** Process id of the shop's PostgreSQL. */
export function postgresPid(cluster: string): number {
  return pidIn(readFileSync(join(cluster, 'data', 'postmaster.pid'), 'utf8'));
}

function pidIn(file: string): number {
  return Number(file.split('\n')[0]);
}

/** What is looked at from outside of the tills. */
type Place = Pick<Tills, 'folders' | 'hubPort' | 'connectHub'>;

/** The superuser's client, for looking. */
export async function connectSuperuser(shop: Place): Promise<HubMasterClient> {
  return shop.connectHub === undefined ? (await superuserConnect(shop))() : shop.connectHub();
}

/** What makes such clients one after the other: who asks for hundreds looks for the password once. */
export async function superuserConnect(shop: Place): Promise<() => Promise<HubMasterClient>> {
  const master = shop.folders[0] ?? '';
  const address = {
    host: '127.0.0.1',
    port: shop.hubPort,
    database: SHOP_DATABASE,
    user: SUPERUSER,
    password: await superuserPassword({ folder: await clusterFolder(master) }),
    iterations: REGISTER_SCRAM_ITERATIONS,
    authority: readFileSync(join(master, 'hub', 'keys', 'authority.crt')),
  };
  return async () => makeHubMasterClient(unwrap(await connectHub(address, { clock: systemClock, random: systemRandom })));
}

export interface Inspection {
  readonly checksums: Checksum[];
  /** Sales by uuid with label, per store. */
  readonly sales: Map<string, string>[];
  readonly problems: string[];
}

/** Reads every store as a stranger would: its own connection, its own checks. */
export function inspectStores(shop: Place): Inspection {
  const problems: string[] = [];
  const checksums: Checksum[] = [];
  const sales: Map<string, string>[] = [];
  for (const [at, folder] of shop.folders.entries()) {
    const db = new Database(join(folder, 'store.db'), { readOnly: true });
    const verified = verifyStore(db);
    if (verified.problem !== null) problems.push(`R${at + 1}: ${verified.problem.where}: ${verified.problem.what}`);
    checksums.push(checksumStore(db));
    sales.push(
      new Map(
        db
          .all('SELECT uuid, series, number FROM sale')
          .map((row) => [toHex(row['uuid'] as Uint8Array), saleLabel(String(row['series']), Number(row['number']))]),
      ),
    );
    db.close();
  }
  return { checksums, sales, problems };
}

/** Waits until nobody waits for anybody: all online, nothing unsent, one feed position, projected. Says what is not, when it takes too long. */
export async function settle(shop: Place & Pick<Tills, 'tills'>, timeoutMs = 60_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  let said = '';
  while (performance.now() < until) {
    said = await unsettled(shop).catch((error: unknown) => String(error));
    if (said === '') return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`not settled within ${timeoutMs} ms: ${said}`);
}

async function unsettled(shop: Place & Pick<Tills, 'tills'>): Promise<string> {
  for (const [at, till] of shop.tills.entries()) {
    const status = await till.call('getStatus');
    if (status.state !== 'online' || status.waitingChanges > 0)
      return `R${at + 1} is ${status.state} (${status.problem?.code ?? 'no problem'}), ${status.waitingChanges} changes wait`;
  }
  const { sales } = inspectCounts(shop);
  if (new Set(sales).size > 1) return `sales ${sales.join(', ')}`;
  const hub = await connectSuperuser(shop);
  try {
    const greeting = await hub.greet();
    return greeting.projected === greeting.position ? '' : `projected ${greeting.projected} of ${greeting.position}`;
  } finally {
    await hub.close();
  }
}

function inspectCounts(shop: Place): { sales: string[] } {
  const sales = shop.folders.map((folder) => {
    const db = new Database(join(folder, 'store.db'), { readOnly: true });
    const row = db.get('SELECT (SELECT count(*) FROM sale) AS sales, (SELECT count(*) FROM changeset WHERE state <> 1) AS changesets');
    db.close();
    return `${String(row?.['sales'])}/${String(row?.['changesets'])}`;
  });
  return { sales };
}

/** All stores and the projection equal, every chain in order, every acknowledged sale once everywhere. Returns what is wrong. */
export async function checkShop(shop: Place, acknowledged: ReadonlyMap<string, string>): Promise<string[]> {
  const { checksums, sales, problems } = inspectStores(shop);
  const wrong = [...problems];
  for (const [at, sum] of checksums.entries())
    if (JSON.stringify(sum) !== JSON.stringify(checksums[0])) wrong.push(`R${at + 1} holds other rows than R1`);
  for (const [at, held] of sales.entries()) {
    for (const [uuid, label] of acknowledged) {
      const found = held.get(uuid);
      if (found === undefined) wrong.push(`R${at + 1} lacks the acknowledged sale ${label}`);
      else if (found !== label) wrong.push(`R${at + 1} has ${found} for ${label}`);
    }
    if (new Set(held.values()).size !== held.size) wrong.push(`R${at + 1} holds a receipt number twice`);
  }
  const hub = await connectSuperuser(shop);
  try {
    const db = new Database(join(shop.folders[0] ?? '', 'store.db'), { readOnly: true });
    for (const { table, here, there } of (await compareProjection(db, hub)).differing)
      wrong.push(`projection: ${table} holds ${there} rows, the store ${here}`);
    db.close();
  } finally {
    await hub.close();
  }
  return wrong;
}
