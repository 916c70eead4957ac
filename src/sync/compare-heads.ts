/**
 * Heads are the truth: what the hub holds and what this store holds, compared chain by chain when a connection begins. Three things follow.
 *  - Own chains: the outbox is all that the hub lacks, however far the hub fell back.
 *  - Is the hub ahead of the own chain, then this store was put back or copied: it never continues that chain but begins a new one.
 *  - Others' chains: what this store holds and the hub lacks, above or below, is offered.
 */
import { toHex } from '../base/bytes.ts';
import { asResult, ok } from '../base/result.ts';
import type { HubClient, HubHead } from '../hub/hub-client.ts';
import { MAX_DETACHED_COUNT } from '../hub/hub-limits.ts';
import { admitDetached, coveredUpTo, detachedOf, isHeld, readChain, setSent } from '../store/archive.ts';
import { readHeads, type ChainHead } from '../store/heads.ts';
import { renewChain } from '../store/begin-chain.ts';
import { ownChains } from '../store/chains.ts';
import type { SealedChangeset } from '../protocol/changeset.ts';
import type { Store } from '../store/store.ts';
import { findHashes, takeIn, type SyncTools } from './tools.ts';

export type HubHeads = ReadonlyMap<string, readonly HubHead[]>;

export async function readHubHeads(hub: HubClient): Promise<HubHeads> {
  return Map.groupBy(await hub.heads(), ({ chain }) => toHex(chain));
}

/** The outbox begins where the hub's holding ends. */
export function levelOutbox({ store }: SyncTools, hubHeads: HubHeads): void {
  for (const { chain, sentN } of ownChains(store.db)) {
    const tips = hubHeads.get(toHex(chain)) ?? [];
    const n = coveredUpTo(
      store,
      chain,
      tips.map((tip) => tip.hash),
    );
    if (n !== sentN) setSent(store, chain, n);
  }
}

/**
 * Begins a new chain when the hub holds more of the own one than this store does, before anything more is sold on the old one; what it
 * lacks is taken after. Returns whether it did.
 */
export function leaveOvertakenChain(tools: SyncTools, hubHeads: HubHeads): boolean {
  const { store } = tools;
  if (store.own === null) return false;
  const ahead = (hubHeads.get(toHex(store.own.key.chain)) ?? []).some((tip) => !isHeld(store, tip.hash));
  if (!ahead) return false;
  renewChain(store);
  tools.log.warn('sync.chain-overtaken', { series: store.own.series });
  return true;
}

/** The own chain goes on elsewhere, or came apart: what is written from here on goes by a new one. */
export function leaveForkedChain({ store, log }: SyncTools): void {
  renewChain(store);
  log.warn('sync.chain-forked', { series: store.own?.series ?? '' });
}

/** Changesets asked for or offered at a time. */
const CHAIN_BATCH = 500;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Nothing that the hub holds is news here. */
export function holdsAll(store: Store, hubHeads: HubHeads): boolean {
  const mine = new Map(readHeads(store).map((head) => [toHex(head.chain), head.first]));
  return hubHeads.entries().every(([chain, tips]) => isWithin(store, mine.get(chain), tips));
}

/** `first`: the first number held here of the chain, if one is. What is held of a chain has no gap. */
function isWithin(store: Store, first: number | undefined, tips: readonly HubHead[]): boolean {
  return (first ?? 0) <= (tips[0]?.firstN ?? 1) && tips.every((tip) => isHeld(store, tip.hash));
}

/** Takes every changeset of every chain that the hub holds and this store lacks, by chain: after it the feed can be read from its end on. */
export async function takeMissing(tools: SyncTools, hub: HubClient, hubHeads: HubHeads): Promise<number> {
  const { store } = tools;
  const mine = new Map(readHeads(store).map((head) => [toHex(head.chain), head]));
  let news = 0;
  for (const [chain, tips] of hubHeads) {
    const held = mine.get(chain);
    const firstN = tips[0]?.firstN ?? 1;
    if (isWithin(store, held?.first, tips)) continue;
    const last = Math.max(...tips.map((tip) => tip.n));
    const [end, ...branches] = held === undefined || held.first > firstN ? [] : held.tips;
    const isOne = end !== undefined && branches.length === 0 && tips.length === 1;
    // Branches part anywhere below, or the beginning is lacked: read from the start; what is held costs a look-up.
    const fromN = isOne && end.n < last && (await goesOn(hub, chain, end)) ? end.n + 1 : firstN;
    news += await takeChain(tools, hub, chain, fromN, last);
  }
  return news;
}

/**
 * Does the hub's chain go on from this store's only end of it? Asked before anything of it is taken: what is held of a chain has no gap, also
 * when taking is cut short.
 */
async function goesOn(hub: HubClient, chain: string, end: ChainHead['tips'][number]): Promise<boolean> {
  const [there] = await hub.fetchChain(Buffer.from(chain, 'hex'), end.n, end.n);
  return there !== undefined && toHex(there.hash) === toHex(end.hash);
}

/** A call brings so many at most, of bodies and of branches: the last number is asked for again, in case it was cut apart. */
async function takeChain(tools: SyncTools, hub: HubClient, chain: string, fromN: number, last: number): Promise<number> {
  let news = 0;
  for (let from = fromN; from <= last;) {
    const changesets = await hub.fetchChain(Buffer.from(chain, 'hex'), from, from + CHAIN_BATCH - 1);
    news += await takeIn(
      tools,
      changesets.map((changeset) => ({ changeset, mark: null })),
    );
    await takeValues(tools, hub, changesets);
    const end = changesets.at(-1)?.n ?? from + CHAIN_BATCH - 1;
    from = end > from ? end : end + 1;
  }
  return news;
}

async function takeValues(tools: SyncTools, hub: HubClient, changesets: readonly SealedChangeset[]): Promise<void> {
  const hashes = await findHashes(tools, changesets);
  for (let at = 0; at < hashes.length; at += MAX_DETACHED_COUNT)
    admitDetached(tools.store, await hub.detachedValues(hashes.slice(at, at + MAX_DETACHED_COUNT)));
}

/**
 * Gives a hub that is not this register's all that it lacks: own chains are pushed, others' offered. What this register's own hub has taken
 * stays as it is known.
 */
export async function giveMissing(tools: SyncTools, hub: HubClient, hubHeads: HubHeads): Promise<void> {
  const { store } = tools;
  for (const { chain } of ownChains(store.db)) {
    const tips = (hubHeads.get(toHex(chain)) ?? []).map(({ hash }) => hash);
    for (let from = coveredUpTo(store, chain, tips) + 1; ;) {
      const batch = readChain(store, chain, from, CHAIN_BATCH, BATCH_BYTES);
      const last = batch.at(-1);
      if (last === undefined) break;
      await hub.push(batch, detachedOf(store, await findHashes(tools, batch)));
      from = last.n + 1;
      await tools.yieldTurn();
    }
  }
  await offerMissing(tools, hub, hubHeads);
}

/** Offers what this store holds of others' chains and the hub lacks. Returns false when the hub could not take all of it yet. */
export async function offerMissing(tools: SyncTools, hub: HubClient, hubHeads: HubHeads): Promise<boolean> {
  const { store } = tools;
  const own = new Set(ownChains(store.db).map(({ chain }) => toHex(chain)));
  let whole = true;
  for (const head of readHeads(store)) {
    const chain = toHex(head.chain);
    for (const [from, to] of lackedRanges(tools, head, hubHeads.get(chain) ?? [], own.has(chain)))
      whole = (await offerRange(tools, hub, head.chain, from, to)) && whole;
  }
  return whole;
}

/** Number ranges of a chain that this store holds and the hub lacks: above its ends, below its beginning. */
function lackedRanges({ store }: SyncTools, head: ChainHead, tips: readonly HubHead[], own: boolean): [from: number, to: number][] {
  // Own chains are pushed, upwards; only what lies below the hub's beginning is offered.
  if (own) return tips[0] !== undefined && head.first < tips[0].firstN ? [[head.first, tips[0].firstN - 1]] : [];
  const lastHere = Math.max(...head.tips.map((tip) => tip.n));
  if (tips.length === 0) return [[head.first, lastHere]];
  // What the hub has and this store lacks is taken first; then the comparison is made again.
  if (!tips.every((tip) => isHeld(store, tip.hash))) return [];
  const known = new Set(tips.map((tip) => toHex(tip.hash)));
  const lacked = head.tips.filter((tip) => !known.has(toHex(tip.hash)));
  const firstThere = tips[0]?.firstN ?? 1;
  const above: [number, number][] = lacked.length === 0 ? [] : [[branchStart(head, tips), lastHere]];
  const below: [number, number][] = head.first < firstThere ? [[head.first, firstThere - 1]] : [];
  return [...above, ...below];
}

/** With one end here and there the lack begins above theirs; branches part lower down, so all of the chain is offered: duplicates cost a look-up. */
function branchStart(head: ChainHead, tips: readonly HubHead[]): number {
  return head.tips.length > 1 ? head.first : (tips[0]?.n ?? 0) + 1;
}

async function offerRange(tools: SyncTools, hub: HubClient, chain: Uint8Array, from: number, to: number): Promise<boolean> {
  const { store } = tools;
  for (let next = from; next <= to;) {
    const batch = readChain(store, chain, next, CHAIN_BATCH, BATCH_BYTES).filter(({ n }) => n <= to);
    const last = batch.at(-1);
    if (last === undefined) return true;
    const detached = detachedOf(store, await findHashes(tools, batch));
    const offered = await asResult(async () => ok(await hub.offer(batch, detached)));
    if (!offered.ok || offered.value.some(({ verdict }) => verdict === 'later')) return false;
    next = last.n + 1;
    await tools.yieldTurn();
  }
  return true;
}
