/**
 * Heads are the truth: what the hub holds and what this store holds, compared chain by chain when a connection begins. Three things follow.
 *  - Own chains: the outbox is all that the hub lacks, however far the hub fell back.
 *  - Is the hub ahead of the own chain, then this store was put back or copied: it never continues that chain but begins a new one.
 *  - Others' chains: what this store holds and the hub lacks, above or below, is offered.
 */
import { toHex } from '../base/bytes.ts';
import type { HubClient, HubHead } from '../hub/hub-client.ts';
import { admitDetached, detachedOf, isHeld, personalHashes, readChain, readHeads, setSent, type ChainHead } from '../store/archive.ts';
import { renewChain } from '../store/begin-chain.ts';
import { ownChains } from '../store/chains.ts';
import { openBody, type SealedChangeset } from '../protocol/changeset.ts';
import { takeIn, type SyncTools } from './tools.ts';

export type HubHeads = ReadonlyMap<string, readonly HubHead[]>;

export async function readHubHeads(hub: HubClient): Promise<HubHeads> {
  return Map.groupBy(await hub.heads(), ({ chain }) => toHex(chain));
}

/** The outbox begins where the hub's holding ends. */
export function levelOutbox({ store }: SyncTools, hubHeads: HubHeads): void {
  for (const { chain, sentN } of ownChains(store.db)) {
    const held = (hubHeads.get(toHex(chain)) ?? []).filter((tip) => isHeld(store, tip.hash));
    const n = Math.max(0, ...held.map((tip) => tip.n));
    if (n !== sentN) setSent(store, chain, n);
  }
}

/** Begins a new chain when the hub holds more of the own one than this store does. Returns whether it did. */
export async function leaveOvertakenChain(tools: SyncTools, hub: HubClient, hubHeads: HubHeads): Promise<boolean> {
  const { store } = tools;
  if (store.own === null) return false;
  const ahead = (hubHeads.get(toHex(store.own.key.chain)) ?? []).some((tip) => !isHeld(store, tip.hash));
  if (!ahead) return false;
  // First the names of all chains there are, so that the new receipt series is one nobody used.
  const unknown = [...hubHeads.keys()].filter((chain) => !readHeads(store).some((head) => toHex(head.chain) === chain));
  for (const chain of unknown) {
    const first = await hub.fetchChain(Buffer.from(chain, 'hex'), 1, 1);
    await takeIn(
      tools,
      first.map((changeset) => ({ changeset, mark: null })),
    );
  }
  renewChain(store);
  tools.log.warn('sync.chain-overtaken', { series: store.own.series });
  return true;
}

/** Changesets asked for or offered at a time. */
const CHAIN_BATCH = 500;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Takes every changeset of every chain that the hub holds and this store lacks, by chain: after it the feed can be read from its end on. */
export async function takeMissing(tools: SyncTools, hub: HubClient, hubHeads: HubHeads): Promise<number> {
  const { store } = tools;
  const mine = new Map(readHeads(store).map((head) => [toHex(head.chain), head]));
  let news = 0;
  for (const [chain, tips] of hubHeads) {
    if (tips.every((tip) => isHeld(store, tip.hash))) continue;
    const last = Math.max(...tips.map((tip) => tip.n));
    // Branches are parted anywhere below: a chain with several ends is read from its start, what is held costs a look-up.
    const held = mine.get(chain);
    const forked = tips.length > 1 || (held?.tips.length ?? 0) > 1 || !isOnHubLine(held, tips);
    let from = forked || held === undefined ? (tips[0]?.firstN ?? 1) : (held.tips[0]?.n ?? 0) + 1;
    for (; from <= last; from += CHAIN_BATCH) {
      const changesets = await hub.fetchChain(Buffer.from(chain, 'hex'), from, from + CHAIN_BATCH - 1);
      news += await takeIn(
        tools,
        changesets.map((changeset) => ({ changeset, mark: null })),
      );
      admitDetached(store, await hub.detachedValues(hashesIn(tools, changesets)));
    }
  }
  return news;
}

/** One end here and one there, theirs further on: then ours lies below theirs unless the chain forked, which the fetch itself will show. */
function isOnHubLine(held: ChainHead | undefined, tips: readonly HubHead[]): boolean {
  return held === undefined || (held.tips[0]?.n ?? 0) < (tips[0]?.n ?? 0);
}

function hashesIn({ store }: SyncTools, changesets: readonly SealedChangeset[]): Uint8Array[] {
  return changesets.flatMap(({ body }) => {
    const opened = openBody(body, store.dictionaries);
    return opened.state === 'text' ? personalHashes(opened.text) : [];
  });
}

/** Offers what this store holds of others' chains and the hub lacks. Returns false when the hub could not take all of it yet. */
export async function offerMissing(tools: SyncTools, hub: HubClient, hubHeads: HubHeads): Promise<boolean> {
  const { store } = tools;
  const own = new Set(ownChains(store.db).map(({ chain }) => toHex(chain)));
  let whole = true;
  for (const head of readHeads(store)) {
    const chain = toHex(head.chain);
    if (own.has(chain)) continue;
    for (const [from, to] of lackedRanges(tools, head, hubHeads.get(chain) ?? []))
      whole = (await offerRange(tools, hub, head.chain, from, to)) && whole;
  }
  return whole;
}

/** Number ranges of a chain that this store holds and the hub lacks: above its ends, below its beginning. */
function lackedRanges({ store }: SyncTools, head: ChainHead, tips: readonly HubHead[]): [from: number, to: number][] {
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
    const verdicts = await hub.offer(batch, detachedOf(store, hashesIn(tools, batch)));
    if (verdicts.some(({ verdict }) => verdict === 'later')) return false;
    next = last.n + 1;
    await tools.yieldTurn();
  }
  return true;
}
