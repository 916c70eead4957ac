/**
 * The SQLite file of a register: opened once for writing, WAL, synchronous=FULL, one writer. Everything that writes goes through
 * `transact`, and nothing in a transaction awaits. Checkpoints are the reading worker's job, never this thread's.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { RefusalError, type Result } from '../base/result.ts';
import { assert } from '../base/assert.ts';
import { isDiskFull, type DiskRoom } from './disk-room.ts';

export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** Pages kept beside the system's own cache of the file: enough for the ends of tables and indexes that a sale writes to. */
const WRITER_CACHE_KIB = 16_000;
const READER_CACHE_KIB = 4_000;

/**
 * `durable` waits for the disk: what a person was told is done. `relaxed` does not: a killed program loses nothing, a power cut a little.
 * `fetched` neither waits nor takes the disk's last room: what can be pulled or made again.
 */
export type Durability = 'durable' | 'relaxed' | 'fetched';

export class Database {
  readonly sqlite: DatabaseSync;
  /** Null where nobody looks after the disk: reading threads, tests. */
  disk: DiskRoom | null = null;
  readonly #statements = new Map<string, StatementSync>();
  #inTransaction = false;

  constructor(file: string, options: { readonly readOnly: boolean }) {
    this.sqlite = new DatabaseSync(file, { readOnly: options.readOnly, timeout: 5_000 });
    if (!options.readOnly) this.sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;');
    this.sqlite.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;');
    // Who reads much sorts much: in pieces through files that nobody else sees, in half the time that one piece in memory takes.
    if (!options.readOnly) this.sqlite.exec('PRAGMA temp_store = MEMORY');
    this.sqlite.exec(`PRAGMA cache_size = -${options.readOnly ? READER_CACHE_KIB : WRITER_CACHE_KIB}`);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): SqlRow[] {
    return this.#prepared(sql).all(...values);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): SqlRow | undefined {
    return this.#prepared(sql).get(...values);
  }

  /** Number of rows changed, and the rowid of the last insert. */
  run(sql: string, ...values: readonly SQLInputValue[]): { changes: number; rowid: number } {
    const result = this.#prepared(sql).run(...values);
    return { changes: Number(result.changes), rowid: Number(result.lastInsertRowid) };
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * One atomic transaction. A refusal rolls back and is returned; an exception rolls back and goes on. A full disk gives up its reserve, and
   * `work` is done once more, from its beginning. Throws disk.full as a RefusalError where what was fetched finds no room.
   */
  transact<T>(durability: Durability, work: () => Result<T>): Result<T> {
    assert(!this.#inTransaction, 'transactions do not nest');
    if (durability === 'fetched' && this.disk?.level() === 'full') throw new RefusalError({ code: 'disk.full', params: {} });
    try {
      return this.#transactOnce(durability, work);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (durability === 'fetched') throw new RefusalError({ code: 'disk.full', params: {} });
      if (this.disk?.giveUpReserve() !== true) throw error;
      return this.#transactOnce(durability, work);
    }
  }

  #transactOnce<T>(durability: Durability, work: () => Result<T>): Result<T> {
    if (durability !== 'durable') this.sqlite.exec('PRAGMA synchronous = NORMAL');
    this.sqlite.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    let committed = false;
    try {
      const result = work();
      if (result.ok) {
        this.sqlite.exec('COMMIT');
        committed = true;
      }
      return result;
    } catch (error) {
      if (error instanceof RefusalError) return { ok: false, refusal: error.refusal };
      throw error;
    } finally {
      if (!committed && this.sqlite.isTransaction) this.sqlite.exec('ROLLBACK');
      this.#inTransaction = false;
      if (durability !== 'durable') this.sqlite.exec('PRAGMA synchronous = FULL');
    }
  }

  /** Reads of one moment, whatever others write meanwhile. */
  snapshot<T>(read: () => T): T {
    if (this.sqlite.isTransaction) return read();
    this.sqlite.exec('BEGIN');
    try {
      return read();
    } finally {
      this.sqlite.exec('ROLLBACK');
    }
  }

  iterate(sql: string, ...values: readonly SQLInputValue[]): Iterable<SqlRow> {
    return this.sqlite.prepare(sql).iterate(...values);
  }

  close(): void {
    this.sqlite.close();
  }
}

// ---- reading columns whose type the schema knows and TypeScript does not

export function textOf(value: SqlValue | undefined): string {
  assert(typeof value === 'string', 'a text column holds text');
  return value;
}

export function numberOf(value: SqlValue | undefined): number {
  assert(typeof value === 'number', 'an integer column holds a number');
  return value;
}

export function bytesOf(value: SqlValue | undefined): Uint8Array {
  assert(value instanceof Uint8Array, 'a blob column holds bytes');
  return value;
}

export function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : textOf(value);
}

export function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : numberOf(value);
}

export function bytesOrNull(value: SqlValue | undefined): Uint8Array | null {
  return value === null || value === undefined ? null : bytesOf(value);
}

/** SQL: a record row that was inserted and not removed. */
export const LIVE = (alias: string): string => `${alias}.life_stamp IS NOT NULL AND ${alias}.deleted IS NOT 1`;
