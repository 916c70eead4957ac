/**
 * Keeps the hub's PostgreSQL running. Three states:
 *   up       looks every LOOK_EVERY_MS whether the server's process is there;
 *   starting it was not there, and is being started (it replays its log first);
 *   waiting  a start failed: tried again after a pause that doubles up to MAX_PAUSE_MS, with jitter, because the cause may be a full
 *            disk or a port that another program holds, and then a pause is all there is to do.
 * stop() ends the watch and leaves the server running; stopCluster ends the server.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { fraction, type Random } from '../base/random.ts';
import type { Refusal } from '../base/result.ts';
import { runningServer, startCluster, type Cluster } from './cluster.ts';

const LOOK_EVERY_MS = 500;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

export type ServerState =
  | { readonly state: 'up'; readonly pid: number; readonly sinceMs: number; readonly restarts: number }
  /** `refusal`: why the try before this one failed. */
  | { readonly state: 'starting'; readonly refusal: Refusal | null; readonly restarts: number }
  | { readonly state: 'waiting'; readonly refusal: Refusal; readonly untilMs: number; readonly restarts: number };

export interface Supervision {
  state(): ServerState;
  /** Ends the watch; resolves when no start is under way any more. */
  stop(): Promise<void>;
}

export interface SuperviseTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called after each start that was not the first. */
  readonly onRestart?: () => void;
}

/** The cluster runs already. */
export function superviseCluster(cluster: Cluster, tools: SuperviseTools): Supervision {
  const { clock, random, log } = tools;
  const ended = new AbortController();
  let restarts = 0;
  let state: ServerState = { state: 'starting', refusal: null, restarts };

  async function startAgain(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    let refusal: Refusal | null = null;
    restarts += 1;
    while (!ended.signal.aborted) {
      state = { state: 'starting', refusal, restarts };
      log.warn('hub.server-restart', { restarts });
      const started = await startCluster(cluster, clock);
      if (started.ok) {
        tools.onRestart?.();
        return;
      }
      refusal = started.refusal;
      const waitMs = pauseMs * (0.5 + fraction(random));
      state = { state: 'waiting', refusal, untilMs: clock.nowMs() + waitMs, restarts };
      log.error('hub.server-down', { code: refusal.code, ...refusal.params });
      await clock.sleep(waitMs, ended.signal);
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
    }
  }

  async function watch(): Promise<void> {
    do {
      const running = await runningServer(cluster);
      if (running === null) await startAgain();
      else if (state.state !== 'up' || state.pid !== running.pid)
        state = { state: 'up', pid: running.pid, sinceMs: clock.nowMs(), restarts };
    } while (await clock.sleep(LOOK_EVERY_MS, ended.signal));
  }

  const watching = watch();
  return {
    state: () => state,
    async stop() {
      ended.abort();
      await watching;
    },
  };
}
