/**
 * The master's side of a register process: its hub raised and watched, the pairing desk, the projector, the announcement on the network, and
 * its own connection to the hub, which is the same as everybody's. `raiseMaster` is a list of steps that find their work done or do it, for
 * the wizard, for Settings > Storage and for every start alike.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { present } from '../../base/assert.ts';
import { makeId, type Id } from '../../base/id.ts';
import { ok, refuse, type Refused, type Result } from '../../base/result.ts';
import { signByAuthority } from '../../hub/certificate-authority.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from '../../hub/cluster-conf.ts';
import { openFirewall, systemRunner, type FirewallResult } from '../../hub/firewall.ts';
import { makeHubClient, type HubClient } from '../../hub/hub-client.ts';
import { ensureMember, listMembers, memberRole, revokeMember } from '../../hub/members.ts';
import { connectHub, type HubAddress } from '../../hub/pg-link.ts';
import { sayPrivately, takeWordsBack } from '../../hub/private-word.ts';
import { placeAddress, readHubServer } from '../../hub/hub-place.ts';
import { runHub, type RunningHub } from '../../hub/run-hub.ts';
import { runUrlHub } from '../../hub/run-url-hub.ts';
import { registerPassword } from '../../hub/sealed-box.ts';
import type { ServerState } from '../../hub/supervise.ts';
import type { SetUpProgress } from '../../hub/set-up-hub.ts';
import { publishAuthority, recordRevocation } from '../../register/admit-register.ts';
import { ownRegisterId } from '../../register/register.ts';
import { readIncarnation } from '../../store/queries/incarnations.ts';
import { listRegisters, readShop } from '../../store/queries/shop.ts';
import { readMeta, writeMeta } from '../../store/store.ts';
import { announceMaster, authorityMark, type Announcement, type FoundMaster } from '../../sync/discovery.ts';
import { startDutyThread, type DutyThread } from '../../sync/duty-thread.ts';
import { listPairings, raiseMembers } from '../../sync/raise-members.ts';
import type { NetworkInput } from './network-input.ts';
import { startPairingDesk, type PairingDesk } from './pairing-desk.ts';
import { keepRecovery, shopKeysOf, type Recovery } from './recovery.ts';
import { watchRivals } from './rivals.ts';
import { isHostedAt, ownPairing, proclaim, vouchForAll } from './vouch.ts';

/** Registers that may be paired before PostgreSQL must start again with more room: a connection nobody uses costs some 60 kB. */
const ROOM_FOR = 250;
/** Another master is on the same network, or gone. */
const RIVAL_TIMEOUT_MS = 1_500;

/** `onFound`: other masters that announced themselves just now. */
export type MasterInput = NetworkInput & { onFound(masters: readonly FoundMaster[]): void };

export interface Master extends Omit<PairingDesk, 'close'> {
  readonly port: number;
  readonly running: RunningHub;
  readonly duty: DutyThread;
  readonly recovery: Recovery;
  firewallCommand(): string | null;
  connectOwn(): Promise<Result<HubClient>>;
  /** The hub was filled: everybody whom the store knows gets in, this register is the master, and says so on the network. */
  open(): Promise<Result<null>>;
  /** Offers the shop's keys to that register, whose database is to answer on `port`; null takes the offer back. */
  handOver(to: Id | null, port: number): Promise<Result<null>>;
  revoke(register: Id, user: Id | null): Promise<Result<null>>;
  stop(how: { readonly server: 'stop' | 'leave' }): Promise<void>;
}

const DEFAULT_HUB_PORT = 5432;

/** Where the hub on this machine answers, or is to. */
export function readHubPort({ register }: Pick<NetworkInput, 'register'>): number {
  return Number(readMeta(register.store.db, 'hub_port') ?? DEFAULT_HUB_PORT);
}

/**
 * Raises the hub with the keys that lie here, or new ones. One that this register hosts already is open at once; else it is filled first, and
 * opened by `open`. Refuses what setUpHub refuses. Killed anywhere, run again: ends once.
 */
export async function raiseMaster(input: MasterInput, port: number, onStep: (progress: SetUpProgress) => void): Promise<Result<Master>> {
  const { register, clock, random, log } = input;
  const { store } = register;
  const shop = present(readShop(store.db), 'the shop');
  const folder = hubFolder(input);
  const server = await readHubServer(folder);
  const held = readIncarnation(store);
  const incarnation = held?.register === ownRegisterId(store) && isHostedAt(held, server) ? held : null;
  const tools = { clock, random, log, onStep };
  const hub = { folder, shop: { id: readShopId(input), name: shop.name }, incarnation, open: incarnation !== null, ...tools };
  const running =
    server !== null
      ? await runUrlHub({ ...hub, server })
      : await runHub({
          ...hub,
          port,
          listen: input.listen,
          registers: Math.max(ROOM_FOR, 2 * listRegisters(store.db).length),
          memoryBytes: totalmem(),
          version: input.version,
          frontDoorOpen: readMeta(store.db, 'front_door') !== 'closed',
        });
  if (!running.ok) return running;
  const { keys } = running.value.hub;
  publishAuthority(register, vouchForAll(store, keys.authority, keys.sealedBox, random));
  const link = await running.value.connectMaster();
  if (!link.ok) return link;
  // The master's own register connects like the others.
  await ensureMember(link.value.link, keys.secret, { register: ownRegisterId(store), pairing: ownPairing(store) }, random);
  await link.value.close();
  return ok(await takeDuty(input, running.value, port, incarnation !== null));
}

export const hubFolder = ({ dataFolder }: Pick<NetworkInput, 'dataFolder'>): string => join(dataFolder, 'hub');
export const keysFolder = (input: Pick<NetworkInput, 'dataFolder'>): string => join(hubFolder(input), 'keys');

/** The hub's name for the shop: made once, with the first hub. */
function readShopId({ register: { store } }: NetworkInput): Id {
  const held = readMeta(store.db, 'shop_id');
  if (typeof held === 'string') return held as Id;
  const made = makeId(store.clock, store.random);
  store.db.transact('durable', () => ok(writeMeta(store.db, 'shop_id', made)));
  return made;
}

async function takeDuty(input: MasterInput, running: RunningHub, port: number, isOpen: boolean): Promise<Master> {
  const { register, clock, random, log } = input;
  const { store } = register;
  const { keys } = running.hub;
  const pairing = ownPairing(store);
  const shopName = readShop(store.db)?.name ?? '';
  const desk = startPairingDesk(input, running, shopName);
  const address = await running.hub.address(SHOP_DATABASE);
  const duty = startDutyThread({ file: store.file, address, clock, log });
  let firewall: FirewallResult | null = null;
  let announcement: Announcement | null = null;
  let rivals: ReturnType<typeof watchRivals> | null = null;
  const { place: elsewhere } = running.hub;
  const connectTo = async (
    place: Pick<HubAddress, 'host' | 'port' | 'alternatives' | 'server' | 'connectTimeoutMs'>,
  ): Promise<Result<HubClient>> => {
    const link = await connectHub(
      {
        ...place,
        database: SHOP_DATABASE,
        user: memberRole(pairing),
        password: registerPassword(keys.secret, pairing),
        iterations: REGISTER_SCRAM_ITERATIONS,
        authority: keys.authority.certificate,
      },
      { clock, random },
    );
    return link.ok ? ok(makeHubClient(link.value)) : link;
  };
  const announce = async (): Promise<void> => {
    // Nothing of this machine is reached by others then.
    if (elsewhere !== null) return;
    const own = listRegisters(store.db).find(({ id }) => id === ownRegisterId(store));
    firewall = await openFirewall(port, process.platform, systemRunner);
    const mark = authorityMark(keys.authority.certificate);
    announcement ??= announceMaster({ shop: shopName, shopId: keys.shopId, register: own?.name ?? '', port, authority: mark }, clock, log);
    rivals ??= watchRivals({ ...input, port, mark, connectTo: (place) => connectTo({ ...place, connectTimeoutMs: RIVAL_TIMEOUT_MS }) });
  };
  if (isOpen) await announce();
  return {
    port,
    running,
    duty,
    recovery: keepRecovery(register, keys, running.hub.folder.keys, random),
    firewallCommand: () => (firewall?.state === 'by-hand' ? firewall.commands.join('\n') : null),
    connectOwn: async () => {
      const link = await connectTo(elsewhere === null ? { host: '127.0.0.1', port } : placeAddress(elsewhere));
      return link.ok ? link : (whyDown(running.state()) ?? link);
    },
    open: async () => {
      const client = await running.connectMaster();
      if (!client.ok) return client;
      try {
        // Of an earlier time, when this register gave its part away.
        await takeWordsBack(client.value.link);
        await raiseMembers(store, client.value, keys.secret, random);
      } finally {
        await client.value.close();
      }
      const proclaimed = proclaim(input, keys, port, elsewhere);
      if (!proclaimed.ok) return proclaimed;
      const opened = await running.open(proclaimed.value);
      if (opened.ok) await announce();
      return opened;
    },
    handOver: async (to, onPort) => {
      const member = to === null ? null : (listPairings(store).get(to) ?? null);
      if (to !== null && (member === null || to === ownRegisterId(store))) return refuse('input.not-found', { what: 'register' });
      const client = await running.connectMaster();
      if (!client.ok) return client;
      try {
        await takeWordsBack(client.value.link);
        if (member !== null)
          await sayPrivately(client.value.link, memberRole(member), { kind: 'host', keys: shopKeysOf(keys), port: onPort });
      } finally {
        await client.value.close();
      }
      return ok(null);
    },
    ...desk,
    revoke: (id, user) => revoke(input, running, id, user),
    stop: async (how) => {
      await rivals?.stop();
      await announcement?.stop();
      await desk.close();
      await duty.stop();
      await running.stop(how);
    },
  };
}

/** Of one's own PostgreSQL more is known than that its port is closed. */
function whyDown(server: ServerState): Refused | null {
  if (server.state === 'up') return null;
  return server.refusal === null ? refuse('hub.starting') : { ok: false, refusal: server.refusal };
}

async function revoke(input: NetworkInput, running: RunningHub, id: Id, user: Id | null): Promise<Result<null>> {
  if (id === ownRegisterId(input.register.store))
    return refuse('input.invalid', { field: 'register', reason: 'the main register cannot be shut out' });
  const client = await running.connectMaster();
  if (!client.ok) return client;
  try {
    const roles = (await listMembers(client.value.link)).filter((member) => member.register === id);
    const chains = (await Promise.all(roles.map(({ role }) => revokeMember(client.value.link, role)))).flat();
    const { authority } = running.hub.keys;
    const signed = chains.map(({ chain, fromN }) => ({ chain, fromN, signature: signByAuthority(authority, 'revocation', chain, fromN) }));
    return recordRevocation(input.register, id, signed, user);
  } finally {
    await client.value.close();
  }
}
