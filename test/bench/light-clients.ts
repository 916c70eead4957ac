/**
 * Clients of the hub that are no registers: they hold a connection each, as a register does, check what arrives in memory (its hash each, a
 * signature once for all of them), and keep nothing. Used where whole registers would be too many for one machine. They are a process of their
 * own, `fork`ed with the master's folder, the hub's port and how many; what they know of a chain's keys comes first, as a message.
 */
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { present } from '../../src/base/assert.ts';
import type { FeedRow, HubClient } from '../../src/hub/hub-client.ts';
import { isSigned, isWhole, publicKeyFrom } from '../../src/protocol/changeset.ts';
import { connectSuperuser } from '../support/shop-of-tills.ts';
import { machineMs } from './figures.ts';
import { connectMember } from './hub-members.ts';

/** To this process: public keys as base64, by hex chain id. */
export type Keys = Readonly<Record<string, string>>;

/** From it, when all of them had a changeset: at which times, on the machine's clock. */
export interface Delivered {
  readonly hash: string;
  readonly atMs: readonly number[];
}

const [folder, port, count] = process.argv.slice(2);
const [said] = (await once(process, 'message')) as [Keys];
const keys = new Map(Object.entries(said).map(([chain, raw]) => [chain, publicKeyFrom(Buffer.from(raw, 'base64'))]));

// Each client checks what it got by hash, against a signature that one of them found right: a hundred registers have a hundred processors
// for that, and here they would wait for one another in this process.
const right = new Set<string>();
const arrivals = new Map<string, number[]>();

function isRight(row: FeedRow, key: KeyObject | undefined): boolean {
  if (key === undefined || !isWhole(row)) return false;
  const signed = Buffer.concat([row.chain, row.hash, row.signature]).toString('latin1');
  if (!right.has(signed) && isSigned(row, key)) right.add(signed);
  return right.has(signed);
}

function onRow(row: FeedRow): void {
  if (!isRight(row, keys.get(Buffer.from(row.chain).toString('hex')))) return;
  const hash = Buffer.from(row.hash).toString('hex');
  const atMs = arrivals.get(hash) ?? [];
  arrivals.set(hash, atMs);
  if (atMs.push(machineMs()) < Number(count)) return;
  arrivals.delete(hash);
  process.send?.({ hash, atMs } satisfies Delivered);
}

/** Reads on as a register does: what a wake carries is taken at once, what it does not carry by a pull from the place reached. */
async function followFeed(hub: HubClient, onRow: (row: FeedRow) => void): Promise<void> {
  const greeting = await hub.greet();
  let [position, hash] = [greeting.position, greeting.runningHash];
  /** Taken from a wake, beyond the place reached. */
  const ahead = new Map<number, FeedRow>();
  const reach = (row: FeedRow): void => {
    [position, hash] = [row.position, row.runningHash];
    const next = ahead.get(position + 1);
    ahead.delete(position + 1);
    if (next !== undefined) reach(next);
  };
  const take = (row: FeedRow): void => {
    if (row.position <= position || ahead.has(row.position)) return;
    onRow(row);
    if (row.position === position + 1) reach(row);
    else ahead.set(row.position, row);
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
  await hub.listen((wake) => {
    for (const row of wake.rows) take(row);
    if (wake.rows.length === 0) void pull();
  });
}

const master = present(folder, 'the folder of the master');
const superuser = await connectSuperuser({ folders: [master], hubPort: Number(port) });
const links: HubClient[] = [];
for (let at = 0; at < Number(count); at++) {
  const hub = await connectMember(master, superuser, Number(port));
  links.push(hub);
  await followFeed(hub, onRow);
}
process.send?.('ready');
await once(process, 'disconnect');
for (const link of [...links, superuser]) await link.close();
process.exit(0);
