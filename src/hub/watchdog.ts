/**
 * The master's watchdog over its own cluster, several times a second on a connection of its own:
 *   ends a transaction that holds the position row, or has been open in the front door, for over MAX_HOLD_MS, or holds the row and has
 *   waited for its client for over MAX_SILENT_HOLD_MS: a link cut between two protocol messages holds it for ever otherwise, and a role
 *   can switch its own time limits off;
 *   ends any other transaction after MAX_TRANSACTION_MS: no call of a register takes that long, and old ones keep dead rows and wake-ups;
 *   ends sessions of revoked registers that slipped in while they were being revoked;
 *   puts the front door's password, settings and rights back when somebody inside changed them.
 * It never ends the superuser's sessions.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { FRONT_DOOR_DATABASE, FRONT_DOOR_ROLE, PAIRING_ROLE, REGISTER_SCRAM_ITERATIONS, SUPERUSER } from './cluster-conf.ts';
import { assertFrontDoor, FRONT_DOOR_PASSWORD, hallGrants, readFrontDoor, type FrontDoorState } from './front-door.ts';
import { makeScramVerifier } from './scram-verifier.ts';
import type { SqlLink } from './sql-link.ts';

export const MAX_HOLD_MS = 1_500;
/** Of one that does nothing but wait: a register sends a push and its end in one piece, and others wait for 2 s at most. */
const MAX_SILENT_HOLD_MS = 750;
const MAX_TRANSACTION_MS = 30_000;
/** A prompt somebody walked away from: the front door has few places. */
const MAX_FRONT_DOOR_MS = 15 * 60_000;
export const LOOK_EVERY_MS = 250;
const REASSERT_EVERY_MS = 2_000;

export interface WatchdogOptions {
  /** The superuser's, in the shop's database. */
  readonly shop: SqlLink;
  /** The superuser's, in the front door's database. */
  readonly hall: SqlLink;
  readonly frontDoorOpen: () => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** It cannot go on: its connections are gone. */
  readonly onEnded: () => void;
}

/** Runs until stopped, or until it cannot go on; who started it starts it again. */
export function startWatchdog(options: WatchdogOptions): { stop(): Promise<void> } {
  const { clock, log } = options;
  const ended = new AbortController();

  async function watch(): Promise<void> {
    const verifier = await makeScramVerifier(FRONT_DOOR_PASSWORD, REGISTER_SCRAM_ITERATIONS, options.random);
    let asserted: FrontDoorState | null = null;
    let nextAssertMs = 0;
    do {
      await endHolders(options);
      if (clock.monotonicMs() < nextAssertMs) continue;
      nextAssertMs = clock.monotonicMs() + REASSERT_EVERY_MS;
      const found = await readFrontDoor(options.shop);
      if (
        asserted === null ||
        found.verifier !== asserted.verifier ||
        found.settings !== asserted.settings ||
        found.login !== options.frontDoorOpen()
      ) {
        if (asserted !== null) log.warn('hub.front-door-changed');
        await assertFrontDoor(options.shop, verifier, options.frontDoorOpen());
        asserted = await readFrontDoor(options.shop);
      }
      await assertHall(options.hall);
    } while (await clock.sleep(LOOK_EVERY_MS, ended.signal));
  }

  const watching = watch().catch((error: unknown) => {
    if (ended.signal.aborted) return;
    log.error('hub.watchdog-ended', { error: String(error) });
    options.onEnded();
  });
  return {
    async stop() {
      ended.abort();
      await watching;
    },
  };
}

/** DROP OWNED lets the role take its own rights away: nobody's loss but the next visitor's. */
async function assertHall(hall: SqlLink): Promise<void> {
  const [row] = await hall.query<{ whole: boolean }>(
    `select has_function_privilege($1, 'public.hello()', 'execute') and has_schema_privilege($1, 'public', 'usage')
       and has_database_privilege($1, $2, 'connect') as whole`,
    [FRONT_DOOR_ROLE, FRONT_DOOR_DATABASE],
  );
  if (row?.whole !== true) await hall.run(hallGrants());
}

interface Ended {
  pid: number;
  role: string;
  state: string;
}

async function endHolders({ shop, log }: WatchdogOptions): Promise<void> {
  const ended = await shop.query<Ended>(END_HOLDERS, [
    MAX_HOLD_MS,
    MAX_SILENT_HOLD_MS,
    MAX_TRANSACTION_MS,
    SUPERUSER,
    FRONT_DOOR_DATABASE,
    MAX_FRONT_DOOR_MS,
  ]);
  for (const { pid, role, state } of ended) log.warn('hub.session-ended', { pid, role, state });
}

/** A session `a` that began what it does over that many milliseconds ago. */
const olderThan = (since: string, limit: string): string => `${since} < clock_timestamp() - ${limit} * interval '1 millisecond'`;

/**
 * A session `a` whose time is over; $1 to $3 are the limits MAX_HOLD_MS, MAX_SILENT_HOLD_MS and MAX_TRANSACTION_MS. A lock on a row shows
 * only as a RowShareLock on its table, and in its holder's transaction: who has held it that long in a transaction with an id of its own
 * is ended, whether it runs, waits for its client, or has forgotten us. Those that only wait in line for the row have no id yet, and live.
 */
const IS_OVER = `
  (a.backend_xid is not null
    and (${olderThan('a.xact_start', '$1')} or (a.wait_event = 'ClientRead' and ${olderThan('a.state_change', '$2')}))
    and exists (select from pg_locks l where l.pid = a.pid and l.granted and l.relation = 'hub.head'::regclass))
  or ${olderThan('a.xact_start', '$3')}
  or exists (select from hub.member m where m.role = a.usename and m.revoked)`;

const END_HOLDERS = `
  select a.pid, a.usename::text as role, a.state, pg_terminate_backend(a.pid)
  from pg_stat_activity a
  where a.usename is distinct from $4 and a.backend_type = 'client backend' and (${IS_OVER}
    or (a.datname = $5 and (${olderThan('a.xact_start', '$1')} or ${olderThan('a.backend_start', '$6')})))`;

/** On a server that others use too: registers and who pairs, and nobody else, by the same limits. Throws where it may not. */
export async function endOwnHolders(shop: SqlLink, log: Log): Promise<void> {
  const ended = await shop.query<Ended>(END_OWN_HOLDERS, [MAX_HOLD_MS, MAX_SILENT_HOLD_MS, MAX_TRANSACTION_MS, PAIRING_ROLE]);
  for (const { pid, role, state } of ended) log.warn('hub.session-ended', { pid, role, state });
}

const END_OWN_HOLDERS = `
  select a.pid, a.usename::text as role, a.state, pg_terminate_backend(a.pid)
  from pg_stat_activity a
  where a.backend_type = 'client backend' and a.usename <> current_user
    and (a.usename = $4 or a.usename in (select m.role from hub.member m)) and (${IS_OVER})`;
