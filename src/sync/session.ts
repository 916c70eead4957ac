/**
 * One connection to the hub, from its beginning to its end.
 *
 *   greet      who is there, what time it is there
 *   listen     so that nothing is missed from here on
 *   level      heads compared; what is lacked is taken, what the hub lacks is offered; the feed read to its end
 *   live       three loops at once: push what is written here, pull what is written elsewhere, announce how this register stands
 *
 * A session ends when the link is lost, when the hub turns out to have fallen back (`again`: compare anew), when another register hosts the
 * shop's database now (`replaced`: this hub is told so, and left), when this register was revoked, or when it is told to stop. It never
 * reconnects: sync-loop.ts does.
 */
import { toHex } from '../base/bytes.ts';
import type { Id } from '../base/id.ts';
import type { Greeting, HubClient, Pulled, Wake } from '../hub/hub-client.ts';
import { admit, admitDetached, isHeld, isOvertaken, readFeedMark, trustedKeys, wantedHashes, writeFeedMark } from '../store/archive.ts';
import { prepareChangesets } from '../store/prepare.ts';
import { compareIncarnations, readIncarnation } from '../store/queries/incarnations.ts';
import type { Change } from '../store/store.ts';
import { countWaiting } from '../store/waiting.ts';
import { asResult, ok, RefusalError } from '../base/result.ts';
import { pushLoop, pushWaiting } from './push-loop.ts';
import { SessionOver, type SessionEnd, type SessionHooks } from './session-end.ts';
import {
  giveMissing,
  holdsAll,
  leaveForkedChain,
  leaveOvertakenChain,
  levelOutbox,
  offerMissing,
  readHubHeads,
  takeMissing,
} from './compare-heads.ts';
import { Bell } from './signal.ts';
import { takeIn, type SyncTools } from './tools.ts';

export interface SessionInput {
  readonly tools: SyncTools;
  readonly hub: HubClient;
  readonly register: Id;
  readonly version: string;
  readonly hooks: SessionHooks;
  readonly signal: AbortSignal;
}

/** Rows and bytes of a pull: fits a slice of a second on a slow network. */
const PULL_COUNT = 1_000;
const PULL_BYTES = 2 * 1024 * 1024;
/** With wake-ups lost (a full notification queue), registers still hear of each other this often. */
const POLL_MS = 5_000;
/** After a payload was applied its position is confirmed by a pull, one for all that came meanwhile. */
const CONFIRM_MS = 300;
const ANNOUNCE_MS = 2_000;
/** Wake-ups waiting; beyond, a pull is the shorter way. */
const MAX_WAKES = 200;
/** Personal values asked for again, now and then. */
const WANTED_EVERY_MS = 10_000;
const WANTED_COUNT = 1_000;

export async function runSession(input: SessionInput): Promise<SessionEnd> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  // It may have been told to stop before it began: while the link was being made.
  const session = new Session({ ...input, leave: stop }, AbortSignal.any([over.signal, input.signal]));
  input.hub.link.onLost((cause) => {
    session.lost = cause.message;
    over.abort();
  });
  try {
    await session.begin();
    const loops = [session.push(), session.pullLoop(), session.wakeLoop(), session.announceLoop()];
    try {
      await Promise.race(loops);
    } finally {
      // The first loop that ends ends the session; the others are awaited, so that nothing of it writes later.
      stop();
      await Promise.allSettled(loops);
    }
    return session.ending();
  } catch (error) {
    over.abort();
    if (error instanceof SessionOver) return error.end;
    const problem = error instanceof RefusalError ? error.refusal : null;
    if (problem?.code === 'disk.full') await session.pushLast();
    return { why: 'lost', cause: session.lost ?? (error instanceof Error ? error.message : String(error)), problem };
  } finally {
    session.leave();
  }
}

/** `leave` ends the session from within. */
type Inside = SessionInput & { leave(): void };

class Session {
  lost: string | null = null;
  readonly #input: Inside;
  readonly #signal: AbortSignal;
  readonly #outbox = new Bell();
  readonly #feed = new Bell();
  readonly #woken = new Bell();
  #wakes: Wake[] = [];
  #greeting: Greeting | null = null;
  #replaced = false;
  /** Something held here was not taken by the hub yet. */
  #offering = false;
  /** Applied from a notification, not yet read in the feed: maybe nobody ever pushed it, and it is only here. */
  readonly #unconfirmed = new Set<string>();
  readonly #leave: () => void;

  constructor(input: Inside, signal: AbortSignal) {
    this.#input = input;
    this.#signal = signal;
    const onChange = (changes: readonly Change[], own: boolean): void => {
      if (own) this.#outbox.ring();
      if (changes.some(({ table }) => table === 'incarnation') && this.#isReplaced()) {
        this.#replaced = true;
        input.leave();
      }
    };
    const { listeners } = input.tools.store;
    listeners.add(onChange);
    this.#leave = () => listeners.delete(onChange);
  }

  leave(): void {
    this.#leave();
  }

  ending(): SessionEnd {
    if (this.#replaced) return { why: 'replaced', cause: 'another register is the master now', problem: null };
    if (this.lost !== null) return { why: 'lost', cause: this.lost, problem: null };
    return { why: 'stopped', cause: 'told to', problem: null };
  }

  async begin(): Promise<void> {
    const { hub, tools, hooks } = this.#input;
    const sentMs = tools.clock.nowMs();
    const greeting = await hub.greet();
    const halfway = (sentMs + tools.clock.nowMs()) / 2;
    tools.store.clockOffsetMs = Math.round(greeting.clockMs - halfway);
    this.#greeting = greeting;
    hooks.onGreeting(greeting);
    if (this.#isReplaced()) {
      // Somebody must tell it. What it holds and nobody else does comes with the register that hosts it.
      await giveMissing(tools, hub, await readHubHeads(hub));
      throw new SessionOver('replaced', 'another register is the master now');
    }
    await hub.listen((wake) => this.#onWake(wake));
    await this.#compare(greeting);
  }

  /** Does the store know of a newer raising of the shop's database than this hub's, on another register than this? */
  #isReplaced(): boolean {
    const { tools, register } = this.#input;
    const newest = readIncarnation(tools.store);
    const { number = 0, id = null } = this.#greeting?.incarnation ?? {};
    if (newest === null || id === null || newest.register === register) return false;
    return compareIncarnations(newest, { number, id: id as Id }) > 0;
  }

  async #compare(greeting: Greeting): Promise<void> {
    const { hub, tools, hooks } = this.#input;
    const heads = await readHubHeads(hub);
    leaveOvertakenChain(tools, heads);
    const mark = readFeedMark(tools.store);
    const pulled = await hub.pull(mark.position, mark.running, 1, 1);
    const diverged = pulled.state === 'diverged';
    if (diverged || holdsAll(tools.store, heads)) {
      // Not the feed that was read so far, or nothing in it is news: it is taken by chain, and read from its end. The greeting's place was
      // true before the heads were read.
      const news = await takeMissing(tools, hub, heads);
      if (diverged) tools.log.warn('sync.diverged', { position: mark.position, hubPosition: greeting.position, taken: news });
      tools.store.db.transact('fetched', () =>
        ok(writeFeedMark(tools.store, { position: greeting.position, running: greeting.runningHash })),
      );
    }
    // From here on its position is one of this feed; whoever is cut off while it reads has heard of the others, and they of it.
    await this.#announce(0);
    await this.#readFeed(greeting.position);
    const level = await readHubHeads(hub);
    levelOutbox(tools, level);
    this.#offering = !(await offerMissing(tools, hub, level));
    hooks.onLevel();
  }

  /** This disk takes nothing in any more: what was written here leaves it all the same, as far as that goes. */
  async pushLast(): Promise<void> {
    const { tools, signal } = this.#input;
    await pushWaiting({ ...this.#input, signal }).catch((error: unknown) => tools.log.info('sync.not-sent', { error: String(error) }));
  }

  push(): Promise<void> {
    return pushLoop({ ...this.#input, outbox: this.#outbox, signal: this.#signal });
  }

  // ---- pull

  async pullLoop(): Promise<void> {
    const { tools, hub } = this.#input;
    let askedMs = tools.clock.monotonicMs();
    while (!this.#signal.aborted) {
      await this.#feed.wait(tools.clock, POLL_MS, this.#signal);
      if (this.#signal.aborted) return;
      await this.#readFeed(0);
      if (tools.clock.monotonicMs() - askedMs < WANTED_EVERY_MS) continue;
      askedMs = tools.clock.monotonicMs();
      const wanted = wantedHashes(tools.store, WANTED_COUNT);
      if (wanted.length > 0) admitDetached(tools.store, await hub.detachedValues(wanted));
      if (!this.#offering && this.#unconfirmed.size === 0) continue;
      this.#unconfirmed.clear();
      this.#offering = !(await offerMissing(tools, hub, await readHubHeads(hub)));
    }
  }

  /** Reads the feed to its end. The next rows are on their way while these are taken in. */
  async #readFeed(total: number): Promise<void> {
    const { tools, hub, hooks } = this.#input;
    let mark = readFeedMark(tools.store);
    let asked: Promise<Pulled> | null = hub.pull(mark.position, mark.running, PULL_COUNT, PULL_BYTES);
    while (asked !== null) {
      const pulled: Pulled = await asked;
      if (pulled.state === 'diverged') throw new SessionOver('again', 'the feed is not the one that was read');
      const last = pulled.rows.at(-1);
      if (last === undefined) return;
      admitDetached(tools.store, await hub.detachedRange(mark.position, last.position));
      mark = { position: last.position, running: last.runningHash };
      asked = pulled.isEnd ? null : hub.pull(mark.position, mark.running, PULL_COUNT, PULL_BYTES);
      // Should taking in throw, or the session end, nobody awaits them.
      asked?.catch(() => {});
      const news = await takeIn(
        tools,
        pulled.rows.map((row) => ({ changeset: row, mark: { position: row.position, running: row.runningHash } })),
      );
      hooks.onTraffic(0, news);
      if (total > 0) hooks.onProgress(last.position, Math.max(total, last.position));
      for (const { hash } of pulled.rows) this.#unconfirmed.delete(toHex(hash));
      if (isOvertaken(tools.store)) leaveForkedChain(this.#input.tools);
      if (this.#signal.aborted) return;
    }
  }

  // ---- wake-ups

  #onWake(wake: Wake): void {
    if (this.#wakes.length >= MAX_WAKES) this.#wakes = [{ position: wake.position, rows: [] }];
    else this.#wakes.push(wake);
    this.#woken.ring();
  }

  async wakeLoop(): Promise<void> {
    const { tools } = this.#input;
    while (!this.#signal.aborted) {
      if (this.#wakes.length === 0) await this.#woken.wait(tools.clock, POLL_MS, this.#signal);
      const wake = this.#wakes.shift();
      if (wake === undefined) continue;
      if (wake.rows.length === 0 || !this.#applyPayload(wake.rows)) this.#feed.ring();
      else void tools.clock.sleep(CONFIRM_MS, this.#signal).then(() => this.#feed.ring());
    }
  }

  /**
   * What a notification carries is applied when all in it is right and its predecessors are here; it never moves the position, since any role
   * may notify anything. True when there was nothing more to fetch for it.
   */
  #applyPayload(rows: Wake['rows']): boolean {
    const { tools, hooks } = this.#input;
    const { store } = tools;
    const fresh = rows.filter(({ hash }) => !isHeld(store, hash));
    if (fresh.length === 0) return true;
    const brought = new Set(fresh.map(({ hash }) => toHex(hash)));
    if (!fresh.every(({ n, previous }) => n === 1 || brought.has(toHex(previous)) || isHeld(store, previous))) return false;
    const prepared = prepareChangesets({
      changesets: fresh.map(({ chain, n, previous, hash, signature, body }) => ({ chain, n, previous, hash, signature, body })),
      keys: trustedKeys(store),
      dictionaries: store.dictionaries,
    });
    if (!prepared.every(({ signature, opened }) => signature === 'good' && opened.state === 'text')) return false;
    const { news } = admit(
      store,
      prepared.map((one) => ({ prepared: one, mark: null })),
      Infinity,
    );
    hooks.onTraffic(0, news);
    for (const hash of brought) this.#unconfirmed.add(hash);
    if (isOvertaken(store)) leaveForkedChain(this.#input.tools);
    return true;
  }

  // ---- presence

  async announceLoop(): Promise<void> {
    const { tools, hooks } = this.#input;
    let delayMs = 0;
    while (!this.#signal.aborted) {
      const startedMs = tools.clock.monotonicMs();
      const isCalled = await this.#announce(delayMs);
      delayMs = tools.clock.monotonicMs() - startedMs;
      if (isCalled) hooks.onCalled();
      await tools.clock.sleep(ANNOUNCE_MS, this.#signal);
    }
  }

  /** True when the master has a word for this register. */
  async #announce(delayMs: number): Promise<boolean> {
    const { tools, hub, register, version, hooks } = this.#input;
    const startedMs = tools.clock.monotonicMs();
    const waiting = countWaiting(tools.store).changes;
    const { position } = readFeedMark(tools.store);
    const announced = await asResult(async () => ok(await hub.announce({ register, waiting, version, delayMs, position })));
    // Where the hub has no room for it nobody hears it, until there is.
    if (announced.ok) hooks.onPresence(announced.value, tools.clock.monotonicMs() - startedMs);
    return announced.ok && announced.value.some(({ called }) => called);
  }
}
