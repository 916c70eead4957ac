/**
 * The shop's database goes from one server to another while its master stays the master: from this machine to a rented one, and back. The
 * old one serves until the new one is filled and proclaimed; then it is told where the new one is, so that whoever is on it follows. Cut
 * before that, the old one is the shop's as if nothing had been begun; cut after it, the new one.
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asResult, ok, type Result } from '../../base/result.ts';
import { writePrivately } from '../../hub/cluster.ts';
import { readShopSecret } from '../../hub/hub-keys.ts';
import { readHubServer, spellPlace, writeHubServer, type HubServer } from '../../hub/hub-place.ts';
import { memberRole } from '../../hub/members.ts';
import { registerPassword } from '../../hub/sealed-box.ts';
import { readIncarnation } from '../../store/queries/incarnations.ts';
import { writeMeta } from '../../store/store.ts';
import { giveMissing, readHubHeads } from '../../sync/compare-heads.ts';
import { becomeMaster, type Moved } from './become-master.ts';
import type { JobProgress } from '../jobs.ts';
import { hubFolder, keysFolder, readHubPort } from './master.ts';
import type { NetworkInput } from './network-input.ts';
import { accountOf, connectAs, type HubAccount } from './slave-link.ts';
import { GOODBYE_MS } from './step-down.ts';
import type { Ties } from './ties.ts';
import { isHostedAt, ownPairing } from './vouch.ts';

interface Before {
  readonly server: HubServer | null;
  readonly port: number;
}

const fileOf = (input: NetworkInput): string => join(hubFolder(input), 'server-before.json');
const OLD_HUB_MS = 3_000;

/** To `server`, or this machine (null), there on `port`. Refuses what becoming the master does. */
export async function moveHub(
  input: NetworkInput,
  ties: Ties,
  progress: JobProgress,
  port: number,
  server: HubServer | null,
): Promise<Result<Moved>> {
  const old = ties.master;
  await beginMove(input, server);
  ties.master = null;
  const stayed = async (): Promise<boolean> => {
    if (!(await takeBackMove(input))) return false;
    await ties.master?.stop({ server: 'stop' });
    ties.master = old;
    input.onStatus();
    return true;
  };
  const moved = await asResult(() => becomeMaster(input, ties, progress, port)).catch(async (error: unknown) => {
    await stayed();
    throw error;
  });
  if (!moved.ok && (await stayed())) return moved;
  await endMove(input);
  // Whoever is connected hears of it there.
  await input.clock.sleep(GOODBYE_MS);
  await old?.stop({ server: 'stop' });
  return moved;
}

/** From here on the hub is on `server`; where it was is kept until endMove. */
async function beginMove(input: NetworkInput, server: HubServer | null): Promise<void> {
  const before: Before = { server: await readHubServer(hubFolder(input)), port: readHubPort(input) };
  await writePrivately(fileOf(input), JSON.stringify(before));
  await writeHubServer(hubFolder(input), server);
}

/** Puts a move back that was never proclaimed: the hub is where it was. True when there was one. */
export async function takeBackMove(input: NetworkInput): Promise<boolean> {
  const before = await readBefore(input);
  if (before === null || (await isProclaimed(input))) return false;
  const { store } = input.register;
  await writeHubServer(hubFolder(input), before.server);
  store.db.transact('durable', () => ok(writeMeta(store.db, 'hub_port', before.port)));
  await rm(fileOf(input), { force: true });
  return true;
}

/** Does the shop's word say that the hub is where it is to be? */
async function isProclaimed(input: NetworkInput): Promise<boolean> {
  const held = readIncarnation(input.register.store);
  return held !== null && isHostedAt(held, await readHubServer(hubFolder(input)));
}

/** Tells the old hub, if it is there to be told, what it lacks: above all where the new one is. */
export async function endMove(input: NetworkInput): Promise<void> {
  const before = await readBefore(input);
  if (before === null) return;
  const told = await tellOld(input, before).catch((error: unknown) => String(error));
  if (told !== null) input.log.warn('storage.old-hub-not-told', { cause: told });
  await rm(fileOf(input), { force: true });
}

async function readBefore(input: NetworkInput): Promise<Before | null> {
  const file = fileOf(input);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Before) : null;
}

/** Null, or why not. */
async function tellOld(input: NetworkInput, { server, port }: Before): Promise<string | null> {
  const { store } = input.register;
  const secret = await readShopSecret(keysFolder(input));
  if (secret === null || store.authority === null) return 'no keys';
  const pairing = ownPairing(store);
  const account: HubAccount = accountOf(
    {
      role: memberRole(pairing),
      password: registerPassword(secret, pairing),
      authority: store.authority,
      place: server === null ? null : spellPlace(server),
    },
    { host: '127.0.0.1', port, database: 'aurapos' },
  );
  const connected = await connectAs({ ...input, store }, account, account, OLD_HUB_MS);
  if (!connected.ok) return connected.refusal.code;
  const hub = connected.value;
  try {
    await giveMissing(input.syncTools, hub, await readHubHeads(hub));
    return null;
  } finally {
    await hub.close();
  }
}
