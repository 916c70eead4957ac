/**
 * A slave's way to its master: the address it was told, and when nothing answers there, whatever announces itself under the shop's own CA.
 * The CA is pinned, so a wrong address costs a try and nothing else.
 */
import type { Clock } from '../../base/clock.ts';
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import type { Id } from '../../base/id.ts';
import type { Log } from '../../base/log.ts';
import type { RefusalCode } from '../../base/refusals.ts';
import type { Random } from '../../base/random.ts';
import { ok, refuse, type Result } from '../../base/result.ts';
import { REGISTER_SCRAM_ITERATIONS, SHOP_DATABASE } from '../../hub/cluster-conf.ts';
import { makeHubClient, type HubClient } from '../../hub/hub-client.ts';
import { placeAddress, readPlace } from '../../hub/hub-place.ts';
import { connectHub, type HubAddress } from '../../hub/pg-link.ts';
import { compareIncarnations, readIncarnation } from '../../store/queries/incarnations.ts';
import { readMeta, writeMeta, type Store } from '../../store/store.ts';
import { ownRegisterId } from '../../register/register.ts';
import { authorityMark, findMasters, type FoundMaster } from '../../sync/discovery.ts';

export interface HubAccount {
  readonly host: string;
  readonly port: number;
  /** Front door's name, as it was typed; shown again where the storage is explained. */
  readonly database: string;
  readonly role: string;
  readonly password: string;
  /** Where the hub is when it is not on the master: `host` and `port` are its first then. */
  readonly place?: string | null;
  /** The shop's CA, DER, base64url. */
  readonly authority: string;
  /** Which raising of the shop's database it was last led to by the shop's own word; null or absent before any. */
  readonly incarnation?: string | null;
  /** What is right once the shop's keys have changed. */
  readonly next?: { readonly authority: string; readonly password: string };
}

export function readAccount(store: Store): HubAccount | null {
  const text = readMeta(store.db, 'hub_account');
  return typeof text === 'string' ? (JSON.parse(text) as HubAccount) : null;
}

export function writeAccount(store: Store, account: HubAccount): void {
  store.db.transact('durable', () => ok(writeMeta(store.db, 'hub_account', JSON.stringify(account))));
}

interface LinkInput {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Masters that announced themselves while the known one did not answer. */
  onFound?(masters: readonly FoundMaster[]): void;
}

/**
 * How long attempts may take, in turn. Short ones notice a mended link within a second (a SYN that was lost is sent again only after one,
 * three, seven seconds); a long one gets through a network so slow that the handshake itself takes seconds.
 */
const ATTEMPTS_MS = [900, 900, 900, 5_000] as const;

/** From one search of the network to the next; it listens for SEARCH_MS. */
const SEARCH_EVERY_MS = 3_000;
const SEARCH_MS = 900;

/**
 * A connect function for sync-loop: where the shop's newest word says the master is, if this register was not there yet; the known address;
 * while that does not answer, the network is searched beside, and what was found is tried first the next time.
 */
export function slaveConnect(input: LinkInput): () => Promise<Result<HubClient>> {
  const search = makeSearch(input);
  let tries = 0;
  return async () => {
    const account = readAccount(input.store);
    if (account === null) throw new Error('a slave has an account with its master');
    const elsewhere: readonly Place[] = [...proclaimedAt(input.store, account), ...search.found(account)];
    for (const { host, port, place = null } of elsewhere) {
      const moved = await connectAs(input, account, { host, port, place }, 5_000);
      if (!moved.ok || !(await isPresent(input.store, moved.value))) continue;
      input.log.info('master.moved', { host, port });
      const now = readAccount(input.store) ?? account;
      writeAccount(input.store, { ...now, host, port, place, incarnation: readIncarnation(input.store)?.id ?? null });
      return moved;
    }
    const timeoutMs = ATTEMPTS_MS[tries++ % ATTEMPTS_MS.length] ?? 5_000;
    const first = await connectAs(input, account, account, timeoutMs);
    const met = first.ok ? await meet(input.store, first.value) : null;
    // One that another replaced answers as well: it is told so, and the search goes on.
    if (met?.isPresent !== true) search.begin();
    // Known where it is: what the shop says of its place leads nowhere else.
    else if (met.id !== null && met.id !== account.incarnation) {
      const now = readAccount(input.store) ?? account;
      writeAccount(input.store, { ...now, incarnation: met.id });
    }
    return first;
  };
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly place?: string | null;
}

/** Places that the newest incarnation names, until this register was there once. */
function proclaimedAt(store: Store, account: HubAccount): Place[] {
  const newest = readIncarnation(store);
  if (newest === null || newest.id === account.incarnation || newest.register === ownRegisterId(store)) return [];
  const places = newest.addresses.map((address) => placeOf(address, newest.port));
  const held = account.place ?? null;
  return places.filter(({ host, port, place }) => !(host === account.host && port === account.port && place === held));
}

/** An address as an incarnation names it: a host, or a place elsewhere in one word. */
export function placeOf(address: string, port: number): Required<Place> {
  const first = readPlace(address)?.hosts[0];
  return first === undefined ? { host: address, port, place: null } : { ...first, place: address };
}

/** Is it the shop's database as this register last heard of it, or a newer one? Closes it otherwise. */
async function isPresent(store: Store, hub: HubClient): Promise<boolean> {
  if ((await meet(store, hub)).isPresent) return true;
  await hub.close();
  return false;
}

async function meet(store: Store, hub: HubClient): Promise<{ readonly isPresent: boolean; readonly id: string | null }> {
  const newest = readIncarnation(store);
  const { number, id } = (await hub.greet()).incarnation;
  return { isPresent: newest === null || (id !== null && compareIncarnations({ number, id: id as Id }, newest) >= 0), id };
}

/** Looks for masters without holding up whoever connects. */
function makeSearch({ clock, log, onFound }: LinkInput): { begin(): void; found(account: HubAccount): FoundMaster[] } {
  let beganMs = -Infinity;
  let heard: readonly FoundMaster[] = [];
  return {
    begin: () => {
      if (clock.monotonicMs() - beganMs < SEARCH_EVERY_MS) return;
      beganMs = clock.monotonicMs();
      findMasters(SEARCH_MS, clock, log).then(
        (masters) => {
          heard = masters;
          onFound?.(masters);
        },
        (error: unknown) => log.warn('discovery.failed', { error: String(error) }),
      );
    },
    /** Those of the account's own shop elsewhere than it knows; each is given out once. */
    found: (account) => {
      const marks = [account.authority, ...(account.next === undefined ? [] : [account.next.authority])].map((ca) =>
        authorityMark(fromBase64Url(ca)),
      );
      const masters = heard.filter(
        ({ authority, host, port }) => marks.includes(authority) && !(host === account.host && port === account.port),
      );
      heard = [];
      return masters;
    },
  };
}

/** A new address by hand: kept when the shop's own master answers there. Refuses mode.not-slave and what connectHub refuses. */
export async function moveToAddress(input: LinkInput, at: { readonly host: string; readonly port: number }): Promise<Result<null>> {
  const account = readAccount(input.store);
  if (account === null) return refuse('mode.not-slave');
  const answered = await connectAs(input, account, { ...at, place: null }, 5_000);
  if (!answered.ok) return answered;
  await answered.value.close();
  writeAccount(input.store, { ...account, ...at, place: null });
  return ok(null);
}

/** The shop's database as this register's own role reaches it. */
export function hubAddressOf(account: HubAccount): HubAddress {
  return addressAt(account, account);
}

function addressAt(account: HubAccount, { host, port, place = null }: Place): HubAddress {
  const elsewhere = place === null ? null : readPlace(place);
  return {
    host,
    port,
    database: SHOP_DATABASE,
    user: account.role,
    password: account.password,
    iterations: REGISTER_SCRAM_ITERATIONS,
    authority: fromBase64Url(account.authority),
    ...(elsewhere === null ? {} : placeAddress(elsewhere)),
  };
}

/** `place`: a host under the shop's CA, or elsewhere in one word. Refuses what connectHub does, and pairing.not-known. */
export async function connectAs(
  input: LinkInput,
  account: HubAccount,
  { host, port, place = null }: Place,
  connectTimeoutMs: number,
): Promise<Result<HubClient>> {
  const link = await connectHub({ ...addressAt(account, { host, port, place }), connectTimeoutMs }, input);
  if (link.ok) return ok(makeHubClient(link.value));
  const { next, ...present } = account;
  if (next !== undefined && OLD_KEYS.has(link.refusal.code)) {
    const renewed = await connectAs(input, { ...present, ...next }, { host, port, place }, connectTimeoutMs);
    if (renewed.ok) keepNext(input.store, { ...present, ...next, host, port, place });
    return renewed;
  }
  // No code was typed: the master has no such role, or another password for it.
  return link.refusal.code === 'pairing.wrong-code' ? refuse('pairing.not-known') : link;
}

/** What a hub with new keys says to somebody with the old ones. */
const OLD_KEYS: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['hub.not-trusted', 'pairing.wrong-code']);

function keepNext(store: Store, account: HubAccount): void {
  const authority = fromBase64Url(account.authority);
  store.db.transact('durable', () => {
    writeMeta(store.db, 'hub_account', JSON.stringify(account));
    writeMeta(store.db, 'authority', authority);
    return ok(null);
  });
  store.authority = authority;
}

export function accountOf(
  answer: { readonly role: string; readonly password: string; readonly authority: Uint8Array; readonly place: string | null },
  at: { host: string; port: number; database: string },
): HubAccount {
  return {
    ...(answer.place === null ? { host: at.host, port: at.port, place: null } : placeOf(answer.place, at.port)),
    database: at.database,
    role: answer.role,
    password: answer.password,
    authority: toBase64Url(answer.authority),
  };
}
