/**
 * The first push: all that a store holds, its own chains and others', goes into a hub that nobody else reaches yet. It is the same for a
 * single register that becomes a master and for a slave that takes the shop over. Run again it finds what is there: every changeset is known
 * by its hash. What is written meanwhile follows as every change does, once the hub is open.
 */
import { toHex } from '../base/bytes.ts';
import type { HubMasterClient, Verdict } from '../hub/hub-client.ts';
import { MAX_PUSH_BYTES } from '../hub/hub-limits.ts';
import type { Detached, SealedChangeset } from '../protocol/changeset.ts';
import { listDetached, readChain } from '../store/archive.ts';
import { countHeld, readHeld } from '../store/read-held.ts';
import type { Store } from '../store/store.ts';

/** Some 0.4 MB of sales, a twentieth of a second of PostgreSQL's time. */
const BATCH = 500;

export interface FirstPushHooks {
  /** Changesets. */
  onPushed(done: number, total: number): void;
}

/** Throws when the link is lost; run it again then. */
export async function firstPush(store: Store, hub: HubMasterClient, { onPushed }: FirstPushHooks): Promise<void> {
  const total = countHeld(store.db);
  const late = new Map<string, Uint8Array>();
  const values = valuesInPages(store);
  let after = 0;
  let done = 0;
  let sent: Promise<readonly Verdict[]> = Promise.resolve([]);
  for (;;) {
    const held = fitting(readHeld(store.db, after, BATCH));
    const last = held.at(-1);
    if (last === undefined) break;
    after = last.local;
    const changesets = held.map(({ changeset }) => changeset);
    await sent;
    // The next ones are read while PostgreSQL takes these.
    sent = hub.admit(changesets, values.next().value ?? [], true).then((verdicts) => {
      for (const [at, { verdict }] of verdicts.entries()) noteLate(late, verdict, changesets[at]);
      return verdicts;
    });
    sent.catch(() => {});
    done += changesets.length;
    onPushed(Math.min(done, total), total);
  }
  await sent;
  for (const page of values) await hub.offerDetached(page);
  for (const chain of late.values()) await pushChain(store, hub, chain);
}

/** What came here before its predecessor (a chain's beginning, taken later) goes by chain, in order. */
function noteLate(late: Map<string, Uint8Array>, verdict: Verdict['verdict'], changeset: SealedChangeset | undefined): void {
  if (verdict === 'later' && changeset !== undefined) late.set(toHex(changeset.chain), changeset.chain);
}

function fitting<T extends { readonly changeset: SealedChangeset }>(held: readonly T[]): readonly T[] {
  let bytes = 0;
  const end = held.findIndex(({ changeset }, at) => (bytes += changeset.body.length) > MAX_PUSH_BYTES && at > 0);
  return end === -1 ? held : held.slice(0, end);
}

async function pushChain(store: Store, hub: HubMasterClient, chain: Uint8Array): Promise<void> {
  for (let from = 1; ;) {
    const batch = readChain(store, chain, from, BATCH, MAX_PUSH_BYTES);
    const last = batch.at(-1);
    if (last === undefined) return;
    await hub.admit(batch, [], true);
    // Of two branches one may not have fitted in: the last number is read again.
    from = last.n > from ? last.n : last.n + 1;
  }
}

const VALUES = 1_000;

/** Personal values, a page beside each batch: who reads the feed gets them along the way. */
function* valuesInPages(store: Store): Generator<readonly Detached[]> {
  let after: Uint8Array = new Uint8Array(0);
  for (;;) {
    const page = listDetached(store, after, VALUES);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.hash;
    yield page;
  }
}
