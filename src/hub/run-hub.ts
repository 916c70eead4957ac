/**
 * The hub while the master runs: raised, its server supervised, its watchdog on duty. After the server died and is back, the watchdog
 * gets new connections. Ends without taking the server down unless asked to: a register that starts again adopts it.
 */
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import { openCluster, stopCluster } from './cluster.ts';
import { FRONT_DOOR_DATABASE, SHOP_DATABASE } from './cluster-conf.ts';
import { switchFrontDoor } from './front-door.ts';
import { makeHubMasterClient, type HubMasterClient } from './hub-client.ts';
import { connectHub } from './pg-link.ts';
import { HUB_PROTOCOL, setUpHub, type AnyHub, type Hub, type IncarnationOfHub, type SetUpOptions } from './set-up-hub.ts';
import type { SqlLink } from './sql-link.ts';
import { superviseCluster, type ServerState } from './supervise.ts';
import { startWatchdog } from './watchdog.ts';

const WATCHDOG_RETRY_MS = 500;

export interface RunningHub<H extends AnyHub = AnyHub> {
  readonly hub: H;
  state(): ServerState;
  /** A client in the shop's database as whoever set it up; the caller closes it. */
  connectMaster(): Promise<Result<HubMasterClient>>;
  setFrontDoor(open: boolean): Promise<Result<null>>;
  /** It was filled: now it is this incarnation, and others get in. */
  open(incarnation: IncarnationOfHub): Promise<Result<null>>;
  stop(how: { readonly server: 'stop' | 'leave' }): Promise<void>;
}

export async function runHub(options: SetUpOptions): Promise<Result<RunningHub<Hub>>> {
  const raised = await setUpHub(options);
  if (!raised.ok) return raised;
  const hub = raised.value;
  const ended = new AbortController();
  let frontDoorOpen = options.frontDoorOpen;
  const supervision = superviseCluster(hub.cluster, options);

  async function guard(): Promise<void> {
    do {
      const links = await connectWatchdog(hub, options);
      if (links === null) continue;
      await watchUntilLost(links, options, () => frontDoorOpen, ended.signal);
    } while (await options.clock.sleep(WATCHDOG_RETRY_MS, ended.signal));
  }
  const guarding = guard();

  const connectMaster = async (): Promise<Result<HubMasterClient>> => {
    const link = await connectHub(await hub.address(SHOP_DATABASE), options);
    return link.ok ? ok(makeHubMasterClient(link.value)) : link;
  };

  return ok({
    hub,
    state: () => supervision.state(),
    connectMaster,
    async setFrontDoor(open) {
      const master = await connectMaster();
      if (!master.ok) return master;
      frontDoorOpen = open;
      await switchFrontDoor(master.value.link, open);
      await master.value.close();
      return ok(null);
    },
    async open(incarnation) {
      const master = await connectMaster();
      if (!master.ok) return master;
      const { link } = master.value;
      await master.value.beginIncarnation({ ...options.shop, incarnation, protocolVersion: HUB_PROTOCOL });
      const before = await loadTime(link);
      await openCluster(hub.cluster);
      const until = options.clock.monotonicMs() + RELOAD_WITHIN_MS;
      while ((await loadTime(link)) === before && options.clock.monotonicMs() < until) await options.clock.sleep(RELOAD_LOOK_MS);
      await master.value.close();
      return ok(null);
    },
    async stop({ server }) {
      ended.abort();
      await Promise.all([guarding, supervision.stop()]);
      if (server === 'stop') await stopCluster(hub.cluster);
    },
  });
}

const RELOAD_WITHIN_MS = 3_000;
const RELOAD_LOOK_MS = 20;

/** When the server last read its configuration: it does so a moment after it was asked to. */
async function loadTime(link: SqlLink): Promise<string> {
  const [row] = await link.query<{ at: string }>('select pg_conf_load_time()::text as at');
  return row?.at ?? '';
}

interface WatchdogLinks {
  readonly shop: SqlLink;
  readonly hall: SqlLink;
}

async function connectWatchdog(hub: Hub, options: SetUpOptions): Promise<WatchdogLinks | null> {
  try {
    const shop = await connectHub({ ...(await hub.address(SHOP_DATABASE)), applicationName: 'aurapos watchdog' }, options);
    if (!shop.ok) return null;
    const hall = await connectHub({ ...(await hub.address(FRONT_DOOR_DATABASE)), applicationName: 'aurapos watchdog' }, options);
    if (hall.ok) return { shop: shop.value, hall: hall.value };
    await shop.value.close();
  } catch (error) {
    options.log.error('hub.watchdog-apart', { error: String(error) });
  }
  return null;
}

async function watchUntilLost(
  links: WatchdogLinks,
  options: SetUpOptions,
  frontDoorOpen: () => boolean,
  ended: AbortSignal,
): Promise<void> {
  const { clock, random, log } = options;
  const over = new AbortController();
  const end = (): void => over.abort();
  links.shop.onLost(end);
  links.hall.onLost(end);
  ended.addEventListener('abort', end);
  const watchdog = startWatchdog({ ...links, frontDoorOpen, clock, random, log, onEnded: end });
  if (!ended.aborted && !over.signal.aborted) await new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()));
  ended.removeEventListener('abort', end);
  await watchdog.stop();
  await Promise.all([links.shop.close(), links.hall.close()]);
}
