/**
 * A single register on its way into another shop, while it sells: the work is done by a process beside it (joining-requests.ts), in a store that
 * belongs to that shop. Here lies how far it is, what a person chose, and the last step: once no shift is open, the days are closed, selling
 * stops for a moment, and the register starts anew over the other store (joining-place.ts).
 */
import { runBeside } from '../../backup/run-beside.ts';
import type { Clock } from '../../base/clock.ts';
import type { Id } from '../../base/id.ts';
import type { Log } from '../../base/log.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import { unsettledPayment } from '../../domain/card-payment.ts';
import type { Choices } from '../../register/bring-over.ts';
import { closeDay } from '../../register/close-day.ts';
import { readOpenCart } from '../../register/edit-cart.ts';
import { ownRegisterId, readMode, type Register } from '../../register/register.ts';
import { tradingDayAt } from '../../register/trading-day.ts';
import { listHeldCarts } from '../../store/queries/held-carts.ts';
import { attemptsOf } from '../../store/queries/payments.ts';
import { openShift } from '../../store/queries/shifts.ts';
import type { Reader } from '../../store/reader.ts';
import { readMeta, writeMeta } from '../../store/store.ts';
import type { JobProgress } from '../jobs.ts';
import type { JoinRequest } from '../network/join-shop.ts';
import { chainOf, isReady, makeReady, readStand, throwAway, writeStand, type JoiningStand } from './joining-place.ts';
import type { JoiningRequest } from './joining-requests.ts';

/** What a person must end before the register leaves its store: a drawer not counted, a cart with goods in it, one held, a card not settled. */
export const OPEN_THINGS = ['shift', 'cart', 'held', 'card'] as const;
export type OpenThing = (typeof OPEN_THINGS)[number];

export interface JoiningDesk {
  stand(): JoiningStand | null;
  /** What still keeps this register from leaving its store. */
  open(): OpenThing[];
  /** Pairs, pulls and compares; `request` null: goes on with what was paired. */
  compare(progress: JobProgress, request: JoinRequest | null): Promise<Result<object>>;
  /** Refuses with joining.none, joining.currency, joining.sales-alone. */
  choose(choices: Choices, user: Id): Result<null>;
  /** Brings what was chosen, waits until nothing is open, and makes the exchange ready: a restart does it. */
  bring(progress: JobProgress): Promise<Result<object>>;
  /** What was begun is thrown away; the shop is told where it can be. Refuses with joining.none, joining.leaving (too late). */
  callOff(): Promise<Result<{ readonly told: boolean }>>;
  stop(): void;
}

interface DeskInput {
  readonly register: Register;
  readonly reader: Reader;
  readonly dataFolder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A hub that says nothing for this long is gone; bulk work tells of itself all the while. */
const SILENT_MS = 120_000;
/** Between looks at whether the shift is closed. */
const LOOK_MS = 500;

export function makeJoiningDesk(input: DeskInput): JoiningDesk {
  const { register, reader, dataFolder, clock, log } = input;
  const { store } = register;
  let running = new AbortController();

  /** Nothing is on its way any more: a register that was closed for the last step sells again. */
  const giveUp = (): void => {
    throwAway(dataFolder);
    if (readMeta(store.db, 'leaving') !== null)
      store.db.transact('durable', () => ok(store.db.run("DELETE FROM meta WHERE name = 'leaving'")));
  };
  // Never begun, or the store was put back from a backup since: what was brought is not what is here.
  if (readStand(dataFolder)?.chain !== chainOf(store.db)) giveUp();

  const beside = (request: JoiningRequest, progress: JobProgress | null): Promise<Result<object>> => {
    let step = '';
    return runBeside<object>({
      file: new URL('./joining-process.ts', import.meta.url),
      request,
      silentMs: SILENT_MS,
      silent: refuse('hub.no-answer', { host: readStand(dataFolder)?.host ?? '' }),
      cut: refuse('joining.cut'),
      signal: running.signal,
      onProgress: (name, done, total) => {
        if (name !== step) progress?.step((step = name));
        if (total > 0) progress?.rows(done, total);
      },
    });
  };

  const open = (): OpenThing[] => {
    const { cart } = readOpenCart(store);
    const things: Readonly<Record<OpenThing, boolean>> = {
      shift: openShift(store.db, ownRegisterId(store)) !== null,
      cart: cart.lines.length > 0,
      held: listHeldCarts(store.db).length > 0,
      card: unsettledPayment(attemptsOf(store.db, cart.id)) !== null,
    };
    return OPEN_THINGS.filter((thing) => things[thing]);
  };

  /** Every sale of this store lies in a Z of it: nobody can make one later. */
  const closeDays = async (user: Id): Promise<void> => {
    const unclosed = await reader.ask('readUnclosed', ownRegisterId(store), tradingDayAt(store.db, clock.nowMs()));
    const closed = closeDay(register, unclosed, user);
    if (!closed.ok) log.info('joining.days-not-closed', { ...closed.refusal });
  };

  /** In one transaction with the last look: no sale begins after it. */
  const seal = (): boolean =>
    store.db.transact('durable', () => {
      if (open().length > 0) return refuse('joining.leaving');
      return ok(writeMeta(store.db, 'leaving', 1));
    }).ok;

  return {
    stand: () => readStand(dataFolder),
    open,
    compare: (progress, request) => {
      running = new AbortController();
      return beside({ do: 'compare', request, dataFolder, version: input.version }, progress);
    },
    choose: (choices, user) => {
      const stand = readStand(dataFolder);
      if (stand === null || stand.holdings === null) return refuse('joining.none');
      if (choices.sales && !(choices.products && choices.customers)) return refuse('joining.sales-alone');
      const brings = choices.products || choices.customers || choices.sales;
      if (brings && stand.currency !== stand.holdings.currency)
        return refuse('joining.currency', { theirs: stand.currency, ours: stand.holdings.currency });
      writeStand(dataFolder, { ...stand, choices, user, problem: null });
      return ok(null);
    },
    bring: async (progress) => {
      running = new AbortController();
      const { signal } = running;
      for (let waited = false; ;) {
        const stand = readStand(dataFolder);
        if (stand === null || stand.choices === null || stand.user === null) return refuse('joining.none');
        const brought = await beside({ do: 'bring', choices: stand.choices, dataFolder, version: input.version }, progress);
        if (!brought.ok) return brought;
        if (open().length === 0) {
          await closeDays(stand.user as Id);
          if (seal()) break;
          continue;
        }
        if (!waited) progress.step('wait-open');
        // How long that takes a person says.
        progress.rows(0, 0);
        waited = true;
        do {
          if (!(await clock.sleep(LOOK_MS, signal))) return refuse('joining.cut');
        } while (open().length > 0);
      }
      progress.step('exchange');
      makeReady(dataFolder, clock.nowMs());
      return ok({});
    },
    callOff: async () => {
      if (isReady(dataFolder)) return refuse('joining.leaving');
      running.abort();
      if (readStand(dataFolder) === null) return refuse('joining.none');
      running = new AbortController();
      const left = await beside({ do: 'leave', dataFolder, version: input.version }, null);
      giveUp();
      return ok({ told: left.ok && 'told' in left.value && left.value.told === true });
    },
    stop: () => running.abort(),
  };
}

/** Work that a restart takes up: null where nothing is on its way. Only a single register joins another shop. */
export function unfinishedJoining(desk: JoiningDesk, { store }: Register): 'compare' | 'bring' | null {
  const stand = desk.stand();
  if (stand === null || readMode(store) !== 'single') return null;
  if (stand.choices !== null) return 'bring';
  return stand.holdings === null ? 'compare' : null;
}
