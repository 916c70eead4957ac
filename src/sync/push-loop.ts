/**
 * Sends what is written here, in the order it was written, until the session ends; and does what the hub's verdicts ask for. What it says of
 * a batch is kept before the next is read.
 */
import { equalBytes, toHex } from '../base/bytes.ts';
import { asResult, ok } from '../base/result.ts';
import type { HubClient, Verdict } from '../hub/hub-client.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_COUNT } from '../hub/hub-limits.ts';
import { detachedOf, readOutbox, setSent, type OutboxBatch } from '../store/archive.ts';
import { raise } from '../store/exceptions.ts';
import { strandChain } from '../store/stranded.ts';
import { leaveForkedChain } from './compare-heads.ts';
import { SessionOver, type SessionHooks } from './session-end.ts';
import type { Bell } from './signal.ts';
import { findHashes, type SyncTools } from './tools.ts';

export interface PushInput {
  readonly tools: SyncTools;
  readonly hub: HubClient;
  readonly hooks: Pick<SessionHooks, 'onPush' | 'onTraffic'>;
  /** Rung when something was written here. */
  readonly outbox: Bell;
  readonly signal: AbortSignal;
}

/** Without a ring, the outbox is looked at this often. */
const LOOK_MS = 5_000;
/** A hub that has no room is asked again this often. */
const REFUSED_MS = 1_000;
/** What a hub says of bytes that are not those that were signed. */
const DAMAGED: ReadonlySet<string | null> = new Set(['hash', 'form']);

/** Throws SessionOver. */
export async function pushLoop(input: PushInput): Promise<void> {
  while (!input.signal.aborted) {
    await pushWaiting(input);
    // Ended in the middle, something may still wait.
    if (input.signal.aborted) return;
    input.hooks.onPush(null);
    await input.outbox.wait(input.tools.clock, LOOK_MS, input.signal);
  }
}

/** Until nothing waits. Throws SessionOver. */
export async function pushWaiting({ tools, hub, hooks, signal }: Omit<PushInput, 'outbox'>): Promise<void> {
  let size = 50;
  while (!signal.aborted) {
    const batch = readOutbox(tools.store, size, MAX_PUSH_BYTES / 2);
    if (batch === null) return;
    const detached = detachedOf(tools.store, await findHashes(tools, batch.changesets));
    const startedMs = tools.clock.monotonicMs();
    const pushed = await asResult(async () => ok(await hub.push(batch.changesets, detached)));
    hooks.onPush(pushed.ok ? null : pushed.refusal);
    if (!pushed.ok) {
      // What others sent before is still there to be read: the session goes on.
      await tools.clock.sleep(REFUSED_MS, signal);
      continue;
    }
    judge(tools, hooks, batch, pushed.value);
    // As large as a quarter of a second carries: a fast LAN sends a thousand at once, a slow Wi-Fi link a few.
    const tookMs = tools.clock.monotonicMs() - startedMs;
    size = Math.min(MAX_PUSH_COUNT, Math.max(10, tookMs < 250 ? size * 2 : Math.floor(size / 2)));
    await tools.yieldTurn();
  }
}

function judge(tools: SyncTools, hooks: Pick<SessionHooks, 'onTraffic'>, batch: OutboxBatch, verdicts: readonly Verdict[]): void {
  const { store } = tools;
  let sentN = 0;
  let forked = false;
  let stopped: Verdict | undefined;
  let stoppedN = 0;
  const last = batch.changesets.at(-1);
  for (const [at, changeset] of batch.changesets.entries()) {
    const verdict = verdicts[at];
    if (verdict === undefined || verdict.verdict === 'later' || verdict.verdict === 'denied') {
      stopped = verdict;
      stoppedN = changeset.n;
      break;
    }
    // Two of one number were cut apart by the batch's end: that number is sent again.
    sentN = batch.split && changeset.n === last?.n ? changeset.n - 1 : changeset.n;
    forked ||= verdict.verdict === 'forked';
  }
  if (sentN > 0) {
    setSent(store, batch.chain, sentN);
    hooks.onTraffic(verdicts.filter(({ verdict }) => verdict === 'accepted' || verdict === 'forked').length, 0);
  }
  // An older chain of this register may fork late, when the machine that was copied comes back.
  if (forked && isOwnChain(tools, batch.chain)) leaveForkedChain(tools);
  if (stopped !== undefined) stopAt(tools, batch, stopped, stoppedN);
}

function stopAt(tools: SyncTools, batch: OutboxBatch, verdict: Verdict, n: number): void {
  if (verdict.verdict === 'denied' && verdict.reason === 'revoked') throw new SessionOver('revoked', 'this register was revoked');
  if (verdict.verdict === 'denied' && DAMAGED.has(verdict.reason)) {
    leaveDamage(tools, batch.chain, n);
    return;
  }
  if (verdict.verdict === 'denied') {
    const { store, clock } = tools;
    const detail = { n: batch.changesets[0]?.n ?? 0, reason: verdict.reason };
    store.db.transact('fetched', () => ok(raise(store.db, `denied:${verdict.reason}`, 'set-aside', clock.nowMs(), verdict.reason, detail)));
    throw new SessionOver('again', `the hub denies a change: ${verdict.reason}`);
  }
  if (verdict.verdict === 'later' && verdict.reason === 'predecessor') throw new SessionOver('again', 'the hub lacks what comes before');
  if (verdict.verdict === 'later' && verdict.reason === 'unassigned')
    throw new SessionOver('again', 'the master has not named the owner of a chain yet');
}

/** What this disk has damaged blocks nothing: what is written from here on goes by another chain. */
function leaveDamage(tools: SyncTools, chain: Uint8Array, n: number): void {
  strandChain(tools.store, chain, n);
  tools.log.error('sync.damaged', { chain: toHex(chain), n });
  if (isOwnChain(tools, chain)) leaveForkedChain(tools);
}

function isOwnChain({ store }: SyncTools, chain: Uint8Array): boolean {
  return store.own !== null && equalBytes(store.own.key.chain, chain);
}
