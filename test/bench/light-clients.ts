/**
 * Clients of the hub that are no registers: they hold a connection each, as a register does, check what arrives in memory (its hash each,
 * a signature once for all of them), and keep nothing. Used where whole registers would be too many for one machine, and for the baseline that polls.
 */
import type { KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../src/base/assert.ts';
import { systemClock } from '../../src/base/clock.ts';
import { makeId } from '../../src/base/id.ts';
import { systemRandom } from '../../src/base/random.ts';
import { unwrap } from '../../src/base/result.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from '../../src/hub/cluster-conf.ts';
import { makeHubClient, type FeedRow, type HubClient, type HubMasterClient } from '../../src/hub/hub-client.ts';
import { ensureMember } from '../../src/hub/members.ts';
import { connectHub } from '../../src/hub/pg-link.ts';
import { registerPassword } from '../../src/hub/sealed-box.ts';
import { isSigned, isWhole, publicKeyFrom } from '../../src/protocol/changeset.ts';
import { trustedKeys } from '../../src/store/archive.ts';
import type { Store } from '../../src/store/store.ts';
import { clusterFolder, postgresPid, type Tills } from '../support/shop-of-tills.ts';
import { rounded, type Figures } from './figures.ts';
import { wait } from './wait.ts';

export interface Lights {
  readonly figures: Figures;
  /** Calls back with each changeset whose hash and signature are right. */
  onDelivered(listener: (hash: string) => void): void;
  readonly count: number;
  close(): Promise<void>;
}

export async function openLights(shop: Tills, superuser: HubMasterClient, store: Store, count: number): Promise<Lights> {
  const masterFolder = present(shop.folders[0], 'the master');
  const cluster = await clusterFolder(masterFolder);
  const before = postgresMb(cluster);
  const listeners: ((hash: string) => void)[] = [];
  const links: { close(): Promise<void> }[] = [];
  const keys = new Map([...trustedKeys(store)].map(([chain, raw]) => [chain, publicKeyFrom(raw)]));
  // Each client checks what it got by hash, against a signature that one of them found right: a hundred registers have a hundred processors
  // for that, and here they would wait for one another in this process.
  const right = new Set<string>();
  const isRight = (row: FeedRow, key: KeyObject | undefined): boolean => {
    if (key === undefined || !isWhole(row)) return false;
    const signed = Buffer.concat([row.chain, row.hash, row.signature]).toString('latin1');
    if (!right.has(signed) && isSigned(row, key)) right.add(signed);
    return right.has(signed);
  };
  for (let at = 0; at < count; at++) {
    const hub = await connectMember(masterFolder, superuser, shop.hubPort);
    links.push(hub);
    await followFeed(hub, (row) => {
      if (isRight(row, keys.get(Buffer.from(row.chain).toString('hex'))))
        for (const listener of listeners) listener(Buffer.from(row.hash).toString('hex'));
    });
  }
  const after = postgresMb(cluster);
  return {
    figures: { lightClients: count, ...(count === 0 ? {} : { hubRssMbPerRegister: rounded((after - before) / count) }) },
    onDelivered: (listener) => void listeners.push(listener),
    count,
    close: async () => {
      for (const link of links.splice(0)) await link.close();
    },
  };
}

/** Reads on as a register does: what a wake carries, else by a pull from the place reached. */
async function followFeed(hub: HubClient, onRow: (row: FeedRow) => void): Promise<void> {
  const greeting = await hub.greet();
  let [position, hash] = [greeting.position, greeting.runningHash];
  const take = (row: FeedRow): void => {
    [position, hash] = [row.position, row.runningHash];
    onRow(row);
  };
  let [pulling, behind] = [false, false];
  const pull = async (): Promise<void> => {
    behind = true;
    if (pulling) return;
    pulling = true;
    while (behind) {
      behind = false;
      const pulled = await hub.pull(position, hash, 1_000, 4 * 2 ** 20);
      for (const row of pulled.state === 'rows' ? pulled.rows : []) take(row);
    }
    pulling = false;
  };
  await hub.listen(({ row }) => {
    if (row !== null && !pulling && row.position === position + 1) take(row);
    else if (row === null || row.position > position) void pull();
  });
}

/** A connection under a register's role of its own, as a slave makes one. */
export async function connectMember(masterFolder: string, superuser: HubMasterClient, port: number): Promise<HubClient> {
  const keys = join(masterFolder, 'hub', 'keys');
  const secret = readFileSync(join(keys, 'secret'));
  const pairing = makeId(systemClock, systemRandom);
  const member = await ensureMember(superuser.link, secret, { register: pairing, pairing }, systemRandom);
  const address = {
    host: '127.0.0.1',
    port,
    database: SHOP_DATABASE,
    user: member.role,
    password: registerPassword(secret, pairing),
    iterations: REGISTER_SCRAM_ITERATIONS,
    authority: readFileSync(join(keys, 'authority.crt')),
  };
  return makeHubClient(unwrap(await connectHub(address, { clock: systemClock, random: systemRandom })));
}

export const POLL_MS = 1_000;

/** The baseline: a client of the same hub that is not woken but asks each second. Calls back with what each answer brought. */
export function startPoller(hub: HubClient, onDelivered: (hash: string) => void): { stop(): Promise<void> } {
  let running = true;
  const ended = (async () => {
    const greeting = await hub.greet();
    let [position, hash] = [greeting.position, greeting.runningHash];
    while (running) {
      await wait(POLL_MS);
      const pulled = await hub.pull(position, hash, 1_000, 4 * 2 ** 20);
      for (const row of pulled.state === 'rows' ? pulled.rows : []) {
        [position, hash] = [row.position, row.runningHash];
        onDelivered(Buffer.from(row.hash).toString('hex'));
      }
    }
    await hub.close();
  })();
  return {
    stop: async () => {
      running = false;
      await ended;
    },
  };
}

/** Proportional set size of PostgreSQL's processes: shared memory counted once. */
function postgresMb(cluster: string): number {
  const parent = postgresPid(cluster);
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statusOf(name, 'PPid') === String(parent));
  return (
    [String(parent), ...children].reduce(
      (sum, pid) => sum + Number(/Pss:\s+(\d+)/.exec(readOr(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
      0,
    ) / 1024
  );
}

function statusOf(pid: string, field: string): string {
  return new RegExp(`${field}:\\s+(\\S+)`).exec(readOr(`/proc/${pid}/status`))?.[1] ?? '';
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A process that ended meanwhile.
    return '';
  }
}
