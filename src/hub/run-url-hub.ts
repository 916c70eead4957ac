/**
 * The hub by URL while the master runs: laid in, then watched over as far as its user may. The server itself is kept running by whoever owns
 * it; this only says whether it was reached when last looked at. Its sessions are found again on another host after a failover.
 */
import { ok, type Refusal, type Result } from '../base/result.ts';
import { PAIRING_ROLE, REGISTER_GROUP, SHOP_DATABASE } from './cluster-conf.ts';
import { makeHubMasterClient, type HubMasterClient } from './hub-client.ts';
import { connectHub } from './pg-link.ts';
import type { RunningHub } from './run-hub.ts';
import { HUB_PROTOCOL } from './set-up-hub.ts';
import { setUpUrlHub, type UrlOptions } from './set-up-url-hub.ts';
import type { SqlLink } from './sql-link.ts';
import type { ServerState } from './supervise.ts';
import { endOwnHolders, LOOK_EVERY_MS } from './watchdog.ts';

const RETRY_MS = 500;

/** Refuses what setUpUrlHub does. */
export async function runUrlHub(options: UrlOptions): Promise<Result<RunningHub>> {
  const raised = await setUpUrlHub(options);
  if (!raised.ok) return raised;
  const hub = raised.value;
  const { clock, log } = options;
  const ended = new AbortController();
  const mayWatch = !hub.lacks.some(({ right }) => right === 'watch');
  let restarts = 0;
  let state: ServerState = { state: 'up', pid: 0, sinceMs: clock.nowMs(), restarts };

  const connect = async (): Promise<Result<SqlLink>> => connectHub(await hub.address(SHOP_DATABASE), options);

  async function watch(link: SqlLink): Promise<void> {
    const over = new AbortController();
    link.onLost(() => over.abort());
    const either = AbortSignal.any([over.signal, ended.signal]);
    do {
      if (mayWatch) await endOwnHolders(link, log);
    } while (await clock.sleep(LOOK_EVERY_MS, either));
  }

  async function guard(): Promise<void> {
    let down: Refusal | null = null;
    do {
      const link = await connect();
      if (!link.ok) {
        if (down === null) restarts += 1;
        down = link.refusal;
        state = { state: 'starting', refusal: down, restarts };
        continue;
      }
      down = null;
      state = { state: 'up', pid: 0, sinceMs: clock.nowMs(), restarts };
      await watch(link.value)
        .catch((error: unknown) => log.warn('hub.watchdog-apart', { error: String(error) }))
        .finally(() => link.value.close().catch(() => undefined));
    } while (await clock.sleep(RETRY_MS, ended.signal));
  }
  const guarding = guard().catch((error: unknown) => log.error('hub.watchdog-ended', { error: String(error) }));

  const connectMaster = async (): Promise<Result<HubMasterClient>> => {
    const link = await connect();
    return link.ok ? ok(makeHubMasterClient(link.value)) : link;
  };

  return ok({
    hub,
    state: () => state,
    connectMaster,
    // There is no front door on a server that others may use too.
    setFrontDoor: () => Promise.resolve(ok(null)),
    async open(incarnation) {
      const master = await connectMaster();
      if (!master.ok) return master;
      await master.value.beginIncarnation({ ...options.shop, incarnation, protocolVersion: HUB_PROTOCOL });
      await master.value.link.run(`grant connect on database ${SHOP_DATABASE} to ${REGISTER_GROUP}, ${PAIRING_ROLE}`);
      await master.value.close();
      return ok(null);
    },
    async stop() {
      ended.abort();
      await guarding;
    },
  });
}
