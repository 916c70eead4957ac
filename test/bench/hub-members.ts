/** Connections to the hub of a shop of processes, for what is no register: its owner's, a register's role without a register, and one that polls. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { makeId } from '../../src/base/id.ts';
import { systemRandom } from '../../src/base/random.ts';
import { unwrap } from '../../src/base/result.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from '../../src/hub/cluster-conf.ts';
import { makeHubClient, type HubClient, type HubMasterClient } from '../../src/hub/hub-client.ts';
import { ensureMember } from '../../src/hub/members.ts';
import { connectHub } from '../../src/hub/pg-link.ts';
import { registerPassword } from '../../src/hub/sealed-box.ts';
import { postgresPid } from '../support/shop-of-tills.ts';
import { wait } from './wait.ts';

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
export function postgresMb(cluster: string): number {
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
