/**
 * The journal: this register's own chain. A use case drafts rows; `append` turns the draft into ONE changeset (text, body, hash,
 * signature), stores it and merges it, inside the use case's transaction. Whoever listens is told after the commit, by `commit`.
 */
import { crc32 } from 'node:zlib';
import { toBase64Url, toHex } from '../base/bytes.ts';
import { idToBytes, makeId, type Id } from '../base/id.ts';
import { assert, present } from '../base/assert.ts';
import type { Result } from '../base/result.ts';
import type { RecordTable, Table } from '../protocol/columns.ts';
import {
  detach,
  isScalar,
  sealChangeset,
  stampMs,
  SALT_BYTES,
  type ChangeRow,
  type ChangesetText,
  type Detached,
  type Scalar,
  type Values,
} from '../protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../protocol/dictionary.ts';
import { TABLES, type Insert, type LedgerName, type Patch, type RecordName, type TableName } from '../protocol/tables.ts';
import { decodeValue } from './codec.ts';
import { bytesOrNull, type SqlRow } from './database.ts';
import { groupsTouched, mergeChangeset } from './merge.ts';
import { stampColumn } from './schema.ts';
import { noteClone } from './exceptions.ts';
import { hashOfLocal, writeMeta, type Change, type Store } from './store.ts';

/** Rows on their way into one changeset. Personal columns are given as plain text here and leave as salted hashes. */
export class Draft {
  readonly rows: ChangeRow[] = [];
  /** Values of personal columns, to be kept beside the changeset. */
  readonly detached: Detached[] = [];
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a ledger row; returns its index, by which other rows of this draft refer to it. */
  insert<K extends LedgerName>(table: K, values: Insert<K>): number {
    this.rows.push({ table, op: 'insert', values: this.#prepare(table, values) });
    return this.rows.length - 1;
  }

  /** Adds a record under a new id (or the id given); returns the id. */
  create<K extends RecordName>(table: K, values: Insert<K>, id: Id = makeId(this.#store.clock, this.#store.random)): Id {
    this.rows.push({ table, op: 'insert', id, stamp: correctedNow(this.#store), values: this.#prepare(table, values) });
    return id;
  }

  /** Edits columns of a record. The rest of each column group goes along as it is now, since a group is won or lost as one. */
  patch<K extends RecordName>(table: K, id: Id, values: Patch<K>): void {
    const spec: RecordTable = TABLES[table];
    const held = present(this.#store.db.get(`SELECT * FROM ${table} WHERE id = ?`, idToBytes(id)), `the ${table} to edit`);
    const mine = this.#prepare(table, values);
    const groups = groupsTouched(spec, { op: 'patch', values: mine });
    const overwritten = groups.map((group) => bytesOrNull(held[stampColumn(group)]));
    const stamp = Math.max(correctedNow(this.#store), ...overwritten.map((over) => (over === null ? 0 : stampMs(over) + 1)));
    const whole = Object.fromEntries(
      groups.flatMap((group) =>
        Object.entries(spec.groups[group] ?? {}).map(([column, { type }]) => [
          column,
          Object.hasOwn(mine, column) ? (mine[column] ?? null) : keep(this.#store, type, held, column),
        ]),
      ),
    );
    const over = Object.fromEntries(groups.map((group, at) => [group, overwritten[at] ? toHex(overwritten[at]) : '']));
    this.rows.push({ table, op: 'patch', id, stamp, over, values: whole });
  }

  /** Hides a record for good; its row stays, so that what names it still reads. */
  remove(table: RecordName, id: Id): void {
    this.patch(table, id, { deleted: true });
  }

  #prepare(table: TableName, values: Readonly<Record<string, unknown>>): Values {
    const spec: Table = TABLES[table];
    const prepared: Record<string, Scalar> = {};
    for (const [column, value] of Object.entries(values)) {
      if (value === undefined) continue;
      assert(isScalar(value), `${table}.${column} is a scalar`);
      const type = spec.columns[column]?.type;
      assert(type !== undefined, `${table}.${column} is a column`);
      prepared[column] = type === 'personal' && typeof value === 'string' ? this.#detach(value) : value;
    }
    return prepared;
  }

  #detach(value: string): string {
    const detached = detach(value, this.#store.random.bytes(SALT_BYTES));
    this.detached.push(detached);
    return toBase64Url(detached.hash);
  }
}

function keep(store: Store, type: Parameters<typeof decodeValue>[0], held: SqlRow, column: string): Scalar {
  return decodeValue(type, held[column], (local) => hashOfLocal(store.db, local));
}

function correctedNow(store: Store): number {
  return Math.max(0, Math.round(store.clock.nowMs() + store.clockOffsetMs));
}

export function startDraft(store: Store): Draft {
  return new Draft(store);
}

export interface Author {
  readonly kind: string;
  readonly user: Id | null;
}

/** Where a changeset stands, for whoever refers to its rows later. */
export interface Appended {
  readonly local: number;
  readonly n: number;
  readonly hash: Uint8Array;
  readonly changes: readonly Change[];
}

/** Seals the draft as the next changeset of the own chain and merges it. In the caller's transaction; roll back forgets it wholly. */
export function append(store: Store, draft: Draft, author: Author): Appended {
  const own = present(store.own, 'the own chain');
  const text: ChangesetText = { at: Math.max(store.clock.nowMs(), own.lastAt), user: author.user, kind: author.kind, rows: draft.rows };
  const changeset = sealChangeset(own.key, own.n + 1, own.hash, text, FIRST_DICTIONARY);
  const { rowid: local } = store.db.run(
    'INSERT INTO changeset (hash, chain, n, previous, signature, signature_sum, body, state) VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
    changeset.hash,
    own.number,
    changeset.n,
    own.local === 0 ? null : own.local,
    changeset.signature,
    crc32(changeset.signature),
    changeset.body,
  );
  for (const { hash, salt, value } of draft.detached)
    store.db.run('INSERT OR IGNORE INTO detached (hash, salt, value) VALUES (?, ?, ?)', hash, salt, value);
  store.db.run('DELETE FROM tip WHERE chain = ? AND local = ?', own.number, own.local);
  store.db.run('INSERT INTO tip (chain, local) VALUES (?, ?)', own.number, local);
  writeMeta(store.db, 'own_tip', local);
  writeMeta(store.db, 'own_last_at', text.at);
  const { changes } = mergeChangeset(store, local, own.key.chain, text);
  // Another machine's branch may have come in since the last look: the number is taken twice then.
  const twin = store.db.get('SELECT 1 AS found FROM changeset WHERE chain = ? AND n = ? AND local <> ?', own.number, changeset.n, local);
  if (twin !== undefined) noteClone(store.db, own.key.chain, store.clock.nowMs());
  own.n = changeset.n;
  own.hash = changeset.hash;
  own.local = local;
  own.lastAt = text.at;
  return { local, n: changeset.n, hash: changeset.hash, changes };
}

/**
 * A use case's write: one durable transaction that checks, drafts, appends. `work` returns the value and the author, or a refusal, which
 * leaves no trace. Listeners hear of it after the commit.
 */
export function commit<T>(store: Store, author: Author, work: (draft: Draft) => Result<T>): Result<T> {
  return commitWith(store, (append_) => {
    const draft = startDraft(store);
    const result = work(draft);
    if (result.ok && draft.rows.length > 0) append_(draft, author);
    return result;
  });
}

/** The same for work that appends by itself, more than one changeset, or one with local rows beside it. Refuses in a store that is closed. */
export function commitWith<T>(store: Store, work: (append_: (draft: Draft, author: Author) => Appended) => Result<T>): Result<T> {
  const { own, closed } = store;
  if (closed !== null) return { ok: false, refusal: closed };
  const before = own === null ? null : { ...own };
  const changes: Change[] = [];
  let result: Result<T> | undefined;
  try {
    result = store.db.transact('durable', () => {
      // On a full disk it is done twice: what the first time left in memory was never written.
      store.own = own === null ? null : Object.assign(own, before);
      changes.length = 0;
      return work((draft, author) => {
        const appended = append(store, draft, author);
        changes.push(...appended.changes);
        return appended;
      });
    });
  } finally {
    // The in-memory end of the chain follows the disk: what was rolled back was never written.
    if (result?.ok !== true) store.own = before;
  }
  if (result.ok && changes.length > 0) for (const listener of store.listeners) listener(changes, true);
  return result;
}

/** Rows that must go into several changesets because one holds only so many; each chunk commits by itself. */
export function chunk<T>(rows: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}
