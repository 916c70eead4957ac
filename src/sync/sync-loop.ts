/**
 * Keeps a register in touch with its hub: connects, runs a session, and when it ends connects again, until stopped or revoked. Selling
 * never waits for any of it. Says where the register stands, in a form the screens can show.
 */
import type { Id } from '../base/id.ts';
import { fraction } from '../base/random.ts';
import type { RefusalCode } from '../base/refusals.ts';
import type { Refusal, Result } from '../base/result.ts';
import type { Greeting, HubClient, Presence } from '../hub/hub-client.ts';
import { readFeedMark } from '../store/archive.ts';
import { runSession } from './session.ts';
import type { SessionHooks } from './session-end.ts';
import type { SyncTools } from './tools.ts';

export interface SyncStatus {
  readonly state: 'online' | 'apart' | 'ended';
  readonly sinceMs: number;
  readonly problem: Refusal | null;
  readonly delayMs: number | null;
  /** Feed positions read of those there are, while behind. */
  readonly catchingUp: { readonly done: number; readonly total: number } | null;
  readonly level: boolean;
  /** What went and came at the last time apart. */
  readonly lastCut: { readonly fromMs: number; readonly untilMs: number; readonly sent: number; readonly received: number } | null;
  readonly greeting: Greeting | null;
}

export interface Sync {
  status(): SyncStatus;
  presences(): readonly Presence[];
  /** Where this register was in the feed two words of the others ago: whoever keeps up had read that when it spoke last. Null before any. */
  heldLately(): number | null;
  /** The person read what happened while apart. */
  dismissCut(): void;
  /** Connects at once instead of after the pause: something says that the hub is there again. */
  hurry(): void;
  stop(): Promise<void>;
}

export interface SyncInput {
  readonly tools: SyncTools;
  readonly register: Id;
  readonly version: string;
  connect(): Promise<Result<HubClient>>;
  onStatus(status: SyncStatus): void;
  /** The master has a word for this register alone, to be heard from this hub. */
  onCalled?(hub: HubClient): void;
}

/** Pauses between attempts: the first is short, so that a blink of the network shows nowhere; the longest keeps "within a second". */
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 500;
/** Each says how it stands every two seconds, and is heard within two more. */
const WORDS_BACK = 3;
/** A cut shorter than this is not worth a word. */
const WORTH_TELLING_MS = 5_000;
/** What a machine says whose PostgreSQL is not up, or dies while it is asked. */
const DOWN: ReadonlySet<string> = new Set<RefusalCode>(['hub.port-closed', 'hub.starting', 'hub.not-aurapos']);

export function startSync(input: SyncInput): Sync {
  const { clock, random, log } = input.tools;
  const stopped = new AbortController();
  let hurry = new AbortController();
  let presences: readonly Presence[] = [];
  let heldLately: readonly number[] = [];
  let traffic = { sent: 0, received: 0 };
  /** The hub was lost, or did not answer: a first connection that succeeds is no coming back. */
  let wasCut = false;
  /** Why the hub took nothing when it was last asked to. */
  let refused: Refusal | null = null;
  let status: SyncStatus = {
    state: 'apart',
    sinceMs: clock.nowMs(),
    problem: null,
    delayMs: null,
    catchingUp: null,
    level: false,
    lastCut: null,
    greeting: null,
  };
  const say = (change: Partial<SyncStatus>): void => {
    status = { ...status, ...change };
    input.onStatus(status);
  };

  /** A hub that has no room may go down over it: until it takes changes again, that is why it does not answer. */
  const explain = (problem: Refusal | null): Refusal | null =>
    problem === null || DOWN.has(problem.code) ? (refused ?? problem) : problem;

  const goApart = (why: Refusal | null): void => {
    const problem = explain(why);
    wasCut = true;
    if (status.state === 'online') {
      traffic = { sent: 0, received: 0 };
      say({ state: 'apart', sinceMs: clock.nowMs(), problem, delayMs: null, catchingUp: null, level: false });
    } else if (problem?.code !== status.problem?.code) say({ problem });
  };

  const hooks: Omit<SessionHooks, 'onCalled'> = {
    onGreeting: (greeting) => {
      // Positions are of one hub's feed.
      if (greeting.incarnation.id !== status.greeting?.incarnation.id) [presences, heldLately] = [[], []];
      say({ greeting, problem: explain(null) });
    },
    onProgress: (done, total) => say({ catchingUp: done >= total ? null : { done, total } }),
    onLevel: () => {
      const fromMs = status.sinceMs;
      const untilMs = clock.nowMs();
      const tell = wasCut && status.state === 'apart' && untilMs - fromMs >= WORTH_TELLING_MS;
      wasCut = false;
      say({
        state: 'online',
        sinceMs: untilMs,
        problem: explain(null),
        catchingUp: null,
        level: true,
        lastCut: tell ? { fromMs, untilMs, ...traffic } : status.lastCut,
      });
    },
    onPresence: (list, delayMs) => {
      presences = list;
      heldLately = [...heldLately, readFeedMark(input.tools.store).position].slice(-WORDS_BACK);
      say({ delayMs });
    },
    onPush: (problem) => {
      refused = problem;
      if (problem?.code !== status.problem?.code) say({ problem });
    },
    onTraffic: (sent, received) => {
      traffic = { sent: traffic.sent + sent, received: traffic.received + received };
      if (status.lastCut !== null && clock.nowMs() - status.lastCut.untilMs < WORTH_TELLING_MS)
        say({ lastCut: { ...status.lastCut, sent: status.lastCut.sent + sent, received: status.lastCut.received + received } });
    },
  };

  const run = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopped.signal.aborted) {
      const connected = await input.connect().catch((error: unknown) => {
        // A bug or a broken network stack is no reason never to try again.
        log.error('sync.connect', { error: String(error) });
        return null;
      });
      if (connected === null) goApart(status.problem);
      else if (connected.ok) {
        const { value: hub } = connected;
        const end = await runSession({
          tools: input.tools,
          hub,
          register: input.register,
          version: input.version,
          hooks: { ...hooks, onCalled: () => input.onCalled?.(hub) },
          signal: stopped.signal,
        });
        await hub.close().catch((error: unknown) => log.info('sync.close', { error: String(error) }));
        if (end.why === 'stopped') return;
        log.info('sync.session-ended', { ...end });
        if (end.why === 'revoked') {
          say({ state: 'ended', sinceMs: clock.nowMs(), problem: { code: 'pairing.revoked', params: {} } });
          return;
        }
        refused = end.problem ?? refused;
        goApart(end.why === 'replaced' ? { code: 'hub.replaced', params: {} } : null);
        pauseMs = FIRST_PAUSE_MS;
      } else {
        if (connected.refusal.code === 'pairing.revoked') {
          say({ state: 'ended', sinceMs: clock.nowMs(), problem: connected.refusal });
          return;
        }
        goApart(connected.refusal);
      }
      hurry = new AbortController();
      await clock.sleep(pauseMs * (0.5 + fraction(random)), AbortSignal.any([stopped.signal, hurry.signal]));
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  };
  const running = run();

  return {
    status: () => status,
    presences: () => presences,
    heldLately: () => heldLately[0] ?? null,
    dismissCut: () => say({ lastCut: null }),
    hurry: () => hurry.abort(),
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
