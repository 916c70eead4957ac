/**
 * The master's projector: writes merged rows of the store into PostgreSQL's tables (schema `shop`), batch by batch behind the feed. It holds
 * no rule: what the merge decided is copied. Its position moves in the same transaction as the rows, and a second projector is fenced.
 * It only reads the store.
 */
import { fromHex, toHex } from '../base/bytes.ts';
import { idToBytes, isId } from '../base/id.ts';
import { assert } from '../base/assert.ts';
import type { FeedRow, HubMasterClient, Pulled } from '../hub/hub-client.ts';
import { projectionPosition, resetProjection, writeProjection, type ProjectionBatch, type ProjectionStand } from '../hub/projection.ts';
import { bigintArray, byteaArray } from '../hub/sql-link.ts';
import { openBody } from '../protocol/changeset.ts';
import { isTableName, TABLES, type LedgerName, type RecordName, type TableName } from '../protocol/tables.ts';
import { isHeld } from '../store/archive.ts';
import { forgottenBy, referredBy, spellLedger, spellRecord } from '../store/spell-rows.ts';
import { findLocal, hashOfLocal, readDictionaries, readMeta, type Store } from '../store/store.ts';
import type { SyncTools } from './tools.ts';

/** Changesets a batch: a transaction of some tens of milliseconds for PostgreSQL. */
const BATCH = 250;
const BATCH_BYTES = 512 * 1024;
/** Places remembered between batches, so that most references need no question. */
const MAX_PLACES = 20_000;

type ProjectorTools = Pick<SyncTools, 'store' | 'yieldTurn'>;

/** What a feed row, merged in the store, wrote to. */
interface Merged {
  readonly position: number;
  readonly local: number;
  readonly ledgers: readonly LedgerName[];
  /** Other changesets that its rows refer to. */
  readonly referred: readonly number[];
  readonly records: readonly (readonly [table: RecordName, id: Uint8Array])[];
}

/** Positions of changesets by their numbers in the store. */
type Places = Map<number, number>;

/** Positions whose rows refer to a changeset that the feed does not hold yet, by its hash (hexadecimal). */
type Late = Map<string, number[]>;

/**
 * Projects until the feed's end as the store has read it. Returns the position reached; throws when the link is lost. While PostgreSQL writes
 * a batch the next one is asked for and made.
 */
export async function projectToEnd(
  tools: ProjectorTools,
  hub: HubMasterClient,
  onProjected: (position: number) => void = () => {},
): Promise<number> {
  const { store } = tools;
  // A dictionary that came since would else leave its changesets out for good.
  for (const [number, content] of readDictionaries(store.db)) store.dictionaries.set(number, content);
  const places: Places = new Map();
  let { position, runningHash } = await standOf(store, hub);
  const late = await readLate(hub);
  let asked: Promise<Pulled> | null = hub.pull(position, runningHash, BATCH, BATCH_BYTES);
  let written = Promise.resolve(position);
  while (asked !== null) {
    const pulled: Pulled = await asked;
    assert(pulled.state === 'rows', 'the projection follows this very feed');
    const rows = upToHeld(store, pulled.rows);
    const last = rows.at(-1);
    if (last === undefined) break;
    asked = pulled.isEnd ? null : watched(hub.pull(last.position, last.runningHash, BATCH, BATCH_BYTES));
    const merged = [...rows, ...(await lateRows(hub, late, rows))].flatMap((row) => readMerged(store, row) ?? []);
    if (places.size > MAX_PLACES) places.clear();
    for (const { local, position: at } of merged) places.set(local, at);
    await findPlaces(store, hub, merged, places);
    const batch = makeBatch(store, merged, places, { from: position, rows, last });
    for (const { target, position: at } of batch.late) late.set(toHex(target), [...(late.get(toHex(target)) ?? []), at]);
    onProjected(await written);
    written = watched(write(hub, batch));
    ({ position, runningHash } = last);
    await tools.yieldTurn();
  }
  return await written;
}

/**
 * Where the projection stands; empty again when its writer had a changeset of its own that neither the store nor the feed holds, since an
 * old copy took that store's place: its rows may hold edits that nobody made.
 */
async function standOf(store: Store, hub: HubMasterClient): Promise<ProjectionStand> {
  const stand = await projectionPosition(hub.link);
  if (stand.writerTip === null || isHeld(store, stand.writerTip)) return stand;
  const sent = await hub.link.query('select from hub.feed where hash = $1', [stand.writerTip]);
  if (sent.length > 0) return stand;
  await resetProjection(hub.link);
  return projectionPosition(hub.link);
}

/** Its failure is heard when it is awaited, and not before. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

async function write(hub: HubMasterClient, batch: ProjectionBatch): Promise<number> {
  const written = await writeProjection(hub.link, batch);
  if (!written.ok) throw new Error(written.refusal.code);
  return batch.to;
}

/** Up to the first that the store does not hold: what it read of an earlier hub's feed says nothing of this one's. */
function upToHeld(store: Store, pulled: readonly FeedRow[]): readonly FeedRow[] {
  const end = pulled.findIndex(({ hash }) => !isHeld(store, hash));
  return end === -1 ? pulled : pulled.slice(0, end);
}

async function readLate(hub: HubMasterClient): Promise<Late> {
  const late: Late = new Map();
  const rows = await hub.link.query<{ target: Uint8Array; position: number }>('select target, position from hub.late_reference');
  for (const { target, position } of rows) late.set(toHex(target), [...(late.get(toHex(target)) ?? []), position]);
  return late;
}

/** Changesets projected before, whose references to these were left open; they are late no more. */
async function lateRows(
  hub: HubMasterClient,
  late: Late,
  rows: readonly FeedRow[],
): Promise<readonly Pick<FeedRow, 'position' | 'hash' | 'body'>[]> {
  if (late.size === 0) return [];
  const hashes = rows.map(({ hash }) => toHex(hash));
  const positions = hashes.flatMap((hash) => late.get(hash) ?? []);
  for (const hash of hashes) late.delete(hash);
  if (positions.length === 0) return [];
  return await hub.link.query('select position, hash, body from hub.feed where position = any($1::text::bigint[])', [
    bigintArray(positions),
  ]);
}

/** Null for what was set aside, or cannot be read yet. */
function readMerged(store: Store, row: Pick<FeedRow, 'position' | 'hash' | 'body'>): Merged | null {
  const local = findLocal(store.db, row.hash);
  const merged =
    local !== undefined && store.db.get('SELECT 1 AS merged FROM changeset WHERE local = ? AND state IN (0, 6)', local) !== undefined;
  const opened = merged ? openBody(row.body, store.dictionaries) : null;
  if (local === undefined || opened?.state !== 'text') return null;
  const ledgers = new Set<LedgerName>();
  const records = new Map<string, readonly [RecordName, Uint8Array]>();
  for (const { table, id } of opened.text.rows) {
    if (!isTableName(table)) continue;
    if (TABLES[table].kind === 'ledger') ledgers.add(table as LedgerName);
    else if (isId(id)) records.set(`${table} ${id}`, [table as RecordName, idToBytes(id)]);
  }
  return {
    position: row.position,
    local,
    ledgers: [...ledgers],
    referred: [...new Set([...ledgers].flatMap((table) => referredBy(store.db, table, local)))],
    records: [...records.values()],
  };
}

/** Adds the positions of what these rows refer to, as far as the feed holds it. */
async function findPlaces(store: Store, hub: HubMasterClient, merged: readonly Merged[], places: Places): Promise<void> {
  const referred = new Set(merged.flatMap((one) => one.referred));
  const foreign = new Map([...referred].filter((local) => !places.has(local)).map((local) => [toHex(hashOfLocal(store.db, local)), local]));
  if (foreign.size === 0) return;
  const found = await hub.link.query<{ hash: Uint8Array; position: number }>(
    'select hash, position from hub.feed where hash = any($1::text::bytea[])',
    [byteaArray([...foreign.keys()].map(fromHex))],
  );
  for (const { hash, position } of found) {
    const local = foreign.get(toHex(hash));
    if (local !== undefined) places.set(local, position);
  }
}

function makeBatch(
  store: Store,
  merged: readonly Merged[],
  places: Places,
  { from, rows, last }: { readonly from: number; readonly rows: readonly FeedRow[]; readonly last: FeedRow },
): ProjectionBatch {
  const spelt = new Map<TableName, string[]>();
  const add = (table: TableName, texts: readonly string[]): void => {
    const held = spelt.get(table);
    if (held === undefined) spelt.set(table, [...texts]);
    else held.push(...texts);
  };
  const named = new Map<string, readonly [RecordName, Uint8Array]>();
  const forgotten: Uint8Array[] = [];
  const late: ProjectionBatch['late'][number][] = [];
  for (const { position, local, ledgers, referred, records } of merged) {
    for (const record of records) named.set(`${record[0]} ${toHex(record[1])}`, record);
    const known = new Map(referred.map((other) => [other, places.get(other)] as const).filter(isPlaced));
    for (const table of ledgers) add(table, spellLedger(store.db, table, { local, position, places: known }));
    if (ledgers.includes('forgotten')) forgotten.push(...forgottenBy(store.db, local));
    for (const other of referred) if (!known.has(other)) late.push({ target: hashOfLocal(store.db, other), position });
  }
  for (const [table, id] of named.values()) {
    const text = spellRecord(store.db, table, id);
    if (text !== undefined) add(table, [text]);
  }
  const { position: to, runningHash } = last;
  const ownTip = Number(readMeta(store.db, 'own_tip') ?? 0);
  const writerTip = ownTip > 0 ? hashOfLocal(store.db, ownTip) : null;
  return { from, to, runningHash, writerTip, rows: spelt, forgotten, detached: [], late, arrived: rows.map(({ hash }) => hash) };
}

function isPlaced(place: readonly [number, number | undefined]): place is readonly [number, number] {
  return place[1] !== undefined;
}
