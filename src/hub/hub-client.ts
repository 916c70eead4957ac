/**
 * The hub's functions as typed calls over any SqlLink: push, pull, heads, fetch, offer, page, announce, greet, and the master's own.
 * Judges nothing and keeps nothing: what the hub says is handed on. Time limits and the loss of a connection are the link's.
 */
import { fromHex } from '../base/bytes.ts';
import { assert, present } from '../base/assert.ts';
import type { Id } from '../base/id.ts';
import type { Detached, SealedChangeset } from '../protocol/changeset.ts';
import { bigintArray, byteaArray, textArray, type SqlLink, type SqlParam } from './sql-link.ts';
import { readRecords, type RecordPage } from './record-page.ts';
import {
  MAX_BODY_BYTES,
  MAX_DETACHED_COUNT,
  MAX_FETCH_COUNT,
  MAX_PULL_BYTES,
  MAX_PULL_COUNT,
  MAX_PUSH_BYTES,
  MAX_PUSH_COUNT,
} from './hub-limits.ts';

export type DeniedReason = 'form' | 'hash' | 'genesis' | 'order' | 'not-yours' | 'revoked' | 'too-many-chains';
/** batch: over MAX_PUSH_COUNT; unassigned: a chain known from an offer, whose owner the master has not named yet. */
export type LaterReason = 'batch' | 'predecessor' | 'unassigned';

export type Verdict =
  | { readonly verdict: 'accepted' | 'duplicate' | 'forked'; readonly position: number; readonly runningHash: Uint8Array }
  | { readonly verdict: 'later'; readonly reason: LaterReason }
  | { readonly verdict: 'denied'; readonly reason: DeniedReason };

export type OfferVerdict = { readonly verdict: 'duplicate' | 'offered' | 'later' | 'denied'; readonly reason: string | null };

export interface SettledVerdict {
  readonly hash: Uint8Array;
  /** `later` stays on offer. */
  readonly verdict: Verdict['verdict'];
  readonly reason: string | null;
}

export interface FeedRow extends SealedChangeset {
  readonly position: number;
  /** Of the feed up to and with this row. */
  readonly runningHash: Uint8Array;
}

export type Pulled =
  /** `isEnd`: when the hub answered, there was nothing behind these. False where only their number or bytes ended them. */
  { readonly state: 'rows'; readonly rows: readonly FeedRow[]; readonly isEnd: boolean } | { readonly state: 'diverged' };

/** One row a tip: a forked chain has several. */
export interface HubHead {
  readonly chain: Uint8Array;
  readonly n: number;
  readonly hash: Uint8Array;
  readonly firstN: number;
}

export interface Greeting {
  readonly role: string;
  readonly shopId: string | null;
  readonly shopName: string | null;
  readonly protocolVersion: number;
  readonly incarnation: { readonly number: number; readonly id: string | null };
  /** The hub's clock, UTC milliseconds. */
  readonly clockMs: number;
  readonly position: number;
  readonly runningHash: Uint8Array;
  /** Position up to which the projection is written. */
  readonly projected: number;
}

/** What the projection holds, removed records left out. */
export interface ShopCounts {
  readonly products: number;
  readonly barcodes: number;
  readonly customers: number;
  readonly sales: number;
}

export interface Presence {
  readonly register: string;
  readonly role: string;
  readonly waiting: number;
  readonly version: string;
  readonly delayMs: number;
  readonly position: number;
  readonly lastSeenMs: number;
  /** Of the asking register's own: the master has a word for it. */
  readonly called: boolean;
}

/** What a wake-up said. Rows that it carries may be applied if all in them is right; only a pull moves a position. None: they are to be pulled. */
export interface Wake {
  readonly position: number;
  readonly rows: readonly FeedRow[];
}

export interface HubClient {
  readonly link: SqlLink;
  push(changesets: readonly SealedChangeset[], detached: readonly Detached[]): Promise<readonly Verdict[]>;
  pull(after: number, running: Uint8Array, maxCount: number, maxBytes: number): Promise<Pulled>;
  heads(): Promise<readonly HubHead[]>;
  fetch(hashes: readonly Uint8Array[]): Promise<readonly SealedChangeset[]>;
  fetchChain(chain: Uint8Array, fromN: number, toN: number): Promise<readonly SealedChangeset[]>;
  detachedRange(after: number, upto: number): Promise<readonly Detached[]>;
  detachedValues(hashes: readonly Uint8Array[]): Promise<readonly Detached[]>;
  offerDetached(detached: readonly Detached[]): Promise<void>;
  offer(changesets: readonly SealedChangeset[], detached: readonly Detached[]): Promise<readonly OfferVerdict[]>;
  /** Rows of a record table in the order of their ids; none of a table that is none. After an id, or from the first. */
  page(table: string, after: Id | null, maxRows: number): Promise<RecordPage>;
  /** Rows of a ledger table as JSON; bytes spelt `\x` and hex. */
  pageLedger(
    table: string,
    after: { changeset: number; idx: number },
    maxRows: number,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  countShop(): Promise<ShopCounts>;
  announce(state: Omit<Presence, 'role' | 'lastSeenMs' | 'called'>): Promise<readonly Presence[]>;
  /** What private-word.ts reads; null when nothing was said to this register. */
  hearWord(): Promise<string | null>;
  /** It is kept here: the hub forgets it. */
  heardWord(): Promise<void>;
  greet(): Promise<Greeting>;
  listen(onWake: (wake: Wake) => void): Promise<void>;
  close(): Promise<void>;
}

const NO_HASH = new Uint8Array(32);

export function makeHubClient(link: SqlLink): HubClient {
  return {
    link,
    push: (changesets, detached) => pushThrough(link, 'hub.push(', changesets, detached),
    async pull(after, running, maxCount, maxBytes) {
      const rows = await link.query<PullRow>(
        'select position, chain, n, previous, hash, signature, body, running_hash from hub.pull($1::bigint, $2::bytea, $3::int, $4::bigint)',
        [after, running, maxCount, maxBytes],
      );
      if (rows.length === 1 && rows[0]?.position === null) return { state: 'diverged' };
      const sizeBytes = rows.reduce((sum, { body }) => sum + body.length, 0);
      const isEnd = rows.length < Math.min(maxCount, MAX_PULL_COUNT) && sizeBytes + MAX_BODY_BYTES <= Math.min(maxBytes, MAX_PULL_BYTES);
      return { state: 'rows', rows: rows.map(toFeedRow), isEnd };
    },
    async heads() {
      const rows = await link.query<{ chain: Uint8Array; n: number; hash: Uint8Array; first_n: number }>('select * from hub.heads()');
      return rows.map((row) => ({ chain: row.chain, n: row.n, hash: row.hash, firstN: row.first_n }));
    },
    fetch(hashes) {
      assert(hashes.length <= MAX_FETCH_COUNT, `a fetch asks for at most ${MAX_FETCH_COUNT}`);
      return link.query('select chain, n, previous, hash, signature, body from hub.fetch($1::text::bytea[])', [byteaArray(hashes)]);
    },
    fetchChain: (chain, fromN, toN) =>
      link.query('select chain, n, previous, hash, signature, body from hub.fetch_chain($1::bytea, $2::bigint, $3::bigint)', [
        chain,
        fromN,
        toN,
      ]),
    detachedRange: (after, upto) => link.query('select hash, salt, value from hub.detached_range($1::bigint, $2::bigint)', [after, upto]),
    detachedValues(hashes) {
      assert(hashes.length <= MAX_DETACHED_COUNT, `at most ${MAX_DETACHED_COUNT} values at once`);
      return link.query('select hash, salt, value from hub.detached_values($1::text::bytea[])', [byteaArray(hashes)]);
    },
    async offerDetached(detached) {
      assert(detached.length <= MAX_DETACHED_COUNT, `at most ${MAX_DETACHED_COUNT} values at once`);
      await link.query('select hub.offer_detached($1::text::bytea[], $2::text::bytea[], $3::text::text[])', detachedParams(detached));
    },
    async offer(changesets, detached) {
      checkBatch(changesets);
      return link.query(`select verdict, reason from hub.offer(${CHANGESET_PARAMS}, ${DETACHED_PARAMS}) order by i`, [
        ...changesetParams(changesets),
        ...detachedParams(detached),
      ]);
    },
    async page(table, after, maxRows) {
      const [page] = await link.query<{ columns: readonly string[] | null; records: Buffer | null }>(
        'select columns, records from hub.page($1::text, $2::uuid, $3::int)',
        [table, after, maxRows],
      );
      return readRecords(page?.columns ?? [], page?.records ?? Buffer.alloc(0));
    },
    async pageLedger(table, after, maxRows) {
      const params = [table, after.changeset, after.idx, maxRows];
      const [page] = await link.query<{ rows: string }>('select hub.page_ledger($1::text, $2::bigint, $3::int, $4::int) as rows', params);
      return JSON.parse(page?.rows ?? '[]');
    },
    async countShop() {
      const [counts] = await link.query<{ [K in keyof ShopCounts]: ShopCounts[K] }>('select * from hub.count_shop()');
      return present(counts, 'the counts');
    },
    announce: (state) =>
      link.query(
        `select register, role, waiting_count as waiting, program_version as version, delay as "delayMs", position, last_seen_ms as "lastSeenMs", called
         from hub.announce($1::uuid, $2::bigint, $3::text, $4::bigint, $5::bigint)`,
        [state.register, state.waiting, state.version, Math.round(state.delayMs), state.position],
      ),
    async hearWord() {
      const [row] = await link.query<{ word: string | null }>('select hub.hear_word() as word');
      return row?.word ?? null;
    },
    async heardWord() {
      await link.query('select hub.heard_word()');
    },
    greet: () => greet(link),
    listen: (onWake) => link.listen('feed', (payload) => onWake(parseWake(payload))),
    close: () => link.close(),
  };
}

/** The master's own calls, over a superuser's link on its loopback. */
export interface HubMasterClient extends HubClient {
  /** Changesets of any chain, signatures checked by the caller; `force` also takes what a revocation denies. */
  admit(changesets: readonly SealedChangeset[], detached: readonly Detached[], force?: boolean): Promise<readonly Verdict[]>;
  takeOffered(maxCount: number): Promise<readonly (SealedChangeset & { readonly role: string })[]>;
  settleOffered(good: readonly Uint8Array[], bad: readonly Uint8Array[]): Promise<readonly SettledVerdict[]>;
  /** False when the hub holds nothing of the chain yet. */
  assignChain(chain: Uint8Array, role: string): Promise<boolean>;
  denyChain(chain: Uint8Array, fromN: number | null): Promise<boolean>;
  /** `incarnation` null: it is being filled, and nobody's yet. */
  beginIncarnation(shop: {
    readonly id: string;
    readonly name: string;
    readonly incarnation: { readonly number: number; readonly id: string } | null;
    readonly protocolVersion: number;
  }): Promise<void>;
  listenOffered(onOffered: () => void): Promise<void>;
}

export function makeHubMasterClient(link: SqlLink): HubMasterClient {
  return {
    ...makeHubClient(link),
    admit: (changesets, detached, force = false) => pushThrough(link, `hub.admit(${force}, `, changesets, detached),
    takeOffered: (maxCount) =>
      link.query('select chain, n, previous, hash, signature, body, role from hub.take_offered($1::int)', [maxCount]),
    settleOffered: (good, bad) =>
      link.query('select hash, verdict, reason from hub.settle_offered($1::text::bytea[], $2::text::bytea[])', [
        byteaArray(good),
        byteaArray(bad),
      ]),
    async assignChain(chain, role) {
      const [row] = await link.query<{ done: boolean }>('select hub.assign_chain($1::bytea, $2::text) as done', [chain, role]);
      return row?.done === true;
    },
    async denyChain(chain, fromN) {
      const [row] = await link.query<{ done: boolean }>('select hub.deny_chain($1::bytea, $2::bigint) as done', [chain, fromN]);
      return row?.done === true;
    },
    async beginIncarnation(shop) {
      await link.query('select hub.begin_incarnation($1::uuid, $2::text, $3::bigint, $4::uuid, $5::int)', [
        shop.id,
        shop.name,
        shop.incarnation?.number ?? 0,
        shop.incarnation?.id ?? null,
        shop.protocolVersion,
      ]);
    },
    listenOffered: (onOffered) => link.listen('offered', () => onOffered()),
  };
}

const CHANGESET_PARAMS =
  '$1::text::bytea[], $2::text::bigint[], $3::text::bytea[], $4::text::bytea[], $5::text::bytea[], $6::text::bytea[]';
const DETACHED_PARAMS = '$7::text::bytea[], $8::text::bytea[], $9::text::text[]';

interface VerdictRow {
  verdict: 'accepted' | 'duplicate' | 'forked' | 'later' | 'denied';
  reason: string | null;
  position: number | null;
  running_hash: Uint8Array | null;
}

async function pushThrough(
  link: SqlLink,
  call: 'hub.push(' | `hub.admit(${boolean}, `,
  changesets: readonly SealedChangeset[],
  detached: readonly Detached[],
): Promise<readonly Verdict[]> {
  checkBatch(changesets);
  const rows = await link.query<VerdictRow>(
    `select verdict, reason, position, running_hash from ${call}${CHANGESET_PARAMS}, ${DETACHED_PARAMS}) order by i`,
    [...changesetParams(changesets), ...detachedParams(detached)],
  );
  assert(rows.length === changesets.length, 'the hub gives one verdict a changeset');
  return rows.map(toVerdict);
}

function toVerdict(row: VerdictRow): Verdict {
  if (row.verdict === 'later') return { verdict: 'later', reason: row.reason as LaterReason };
  if (row.verdict === 'denied') return { verdict: 'denied', reason: row.reason as DeniedReason };
  return {
    verdict: row.verdict,
    position: present(row.position, 'the position of an accepted changeset'),
    runningHash: present(row.running_hash, 'the running hash of an accepted changeset'),
  };
}

function checkBatch(changesets: readonly SealedChangeset[]): void {
  assert(changesets.length <= MAX_PUSH_COUNT, `a push holds at most ${MAX_PUSH_COUNT} changesets`);
  const sizeBytes = changesets.reduce((sum, changeset) => sum + changeset.body.length, 0);
  assert(changesets.length === 1 || sizeBytes <= MAX_PUSH_BYTES, `a push holds at most ${MAX_PUSH_BYTES} bytes of bodies`);
}

function changesetParams(changesets: readonly SealedChangeset[]): SqlParam[] {
  return [
    byteaArray(changesets.map((c) => c.chain)),
    bigintArray(changesets.map((c) => c.n)),
    byteaArray(changesets.map((c) => c.previous)),
    byteaArray(changesets.map((c) => c.hash)),
    byteaArray(changesets.map((c) => c.signature)),
    byteaArray(changesets.map((c) => c.body)),
  ];
}

function detachedParams(detached: readonly Detached[]): SqlParam[] {
  return [byteaArray(detached.map((d) => d.hash)), byteaArray(detached.map((d) => d.salt)), textArray(detached.map((d) => d.value))];
}

interface PullRow extends SealedChangeset {
  position: number | null;
  running_hash: Uint8Array;
}

function toFeedRow(row: PullRow): FeedRow {
  const { chain, n, previous, hash, signature, body } = row;
  return { chain, n, previous, hash, signature, body, position: present(row.position, 'a position'), runningHash: row.running_hash };
}

interface GreetingRow {
  role: string;
  shop_id: string | null;
  shop_name: string | null;
  protocol_version: number;
  incarnation_number: number;
  incarnation_id: string | null;
  clock_ms: number;
  position: number;
  running_hash: Uint8Array;
  projected: number;
}

async function greet(link: SqlLink): Promise<Greeting> {
  const [row] = await link.query<GreetingRow>('select * from hub.greet()');
  const found = present(row, 'the shop of this hub');
  return {
    role: found.role,
    shopId: found.shop_id,
    shopName: found.shop_name,
    protocolVersion: found.protocol_version,
    incarnation: { number: found.incarnation_number, id: found.incarnation_id },
    clockMs: found.clock_ms,
    position: found.position,
    runningHash: found.running_hash,
    projected: found.projected,
  };
}

/** A payload that is not what the hub sends is only a reason to pull: every role may notify. */
function parseWake(payload: string): Wake {
  const nothing: Wake = { position: 0, rows: [] };
  let said: unknown;
  try {
    said = JSON.parse(payload);
  } catch {
    return nothing;
  }
  if (typeof said !== 'object' || said === null || !('position' in said) || !Number.isSafeInteger(said.position)) return nothing;
  const rows = 'rows' in said && Array.isArray(said.rows) ? said.rows.map(parseWakeRow) : [];
  return { position: Number(said.position), rows: rows.every((row) => row !== null) ? rows : [] };
}

function parseWakeRow(said: unknown): FeedRow | null {
  if (typeof said !== 'object' || said === null) return null;
  const fields = said as Readonly<Record<string, unknown>>;
  const { position, n, body } = fields;
  if (!Number.isSafeInteger(position) || !Number.isSafeInteger(n) || typeof body !== 'string') return null;
  const hex = (name: string): Uint8Array => (typeof fields[name] === 'string' ? fromHex(fields[name]) : NO_HASH);
  return {
    position: Number(position),
    chain: hex('chain'),
    n: Number(n),
    previous: hex('previous'),
    hash: hex('hash'),
    signature: hex('signature'),
    body: Buffer.from(body, 'base64'),
    runningHash: hex('after'),
  };
}
