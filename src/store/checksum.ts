/**
 * Checksums of the merged tables that do not depend on a store's local numbers or on the order of rows: equal checksums, equal rows. The
 * projection's rows are spelled the same way, so a store and PostgreSQL can be compared.
 */
import { sha256 } from '../base/bytes.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import type { Scalar } from '../protocol/changeset.ts';
import { changesetOfLedgerId } from './merge.ts';
import { decodeValue, referenceText } from './codec.ts';
import { bytesOf, numberOf, type Database, type SqlRow } from './database.ts';
import { stampColumn } from './schema.ts';
import { hashOfLocal } from './store.ts';
import { INDEX_SPACE } from '../protocol/changeset.ts';
import { toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';

export interface TableSum {
  readonly rows: number;
  /** Sum, modulo 2^64, of the first 8 bytes of each row's SHA-256, in hex. */
  readonly sum: string;
}

export type Checksum = Readonly<Record<string, TableSum>>;

export class RowSum {
  #rows = 0;
  #sum = 0n;

  add(id: string, values: readonly Scalar[]): void {
    const digest = Buffer.from(sha256(Buffer.from(JSON.stringify([id, ...values]))));
    this.#sum = BigInt.asUintN(64, this.#sum + digest.readBigUInt64BE());
    this.#rows++;
  }

  result(): TableSum {
    return { rows: this.#rows, sum: this.#sum.toString(16).padStart(16, '0') };
  }
}

/** `within`: whether a ledger row counts, by the hash of its changeset; all do when left out. */
export function checksumStore(db: Database, within: (hash: Uint8Array) => boolean = () => true): Checksum {
  const hashes = new Map<number, Uint8Array>();
  const hashOf = (local: number): Uint8Array => {
    const known = hashes.get(local);
    if (known !== undefined) return known;
    if (hashes.size > 50_000) hashes.clear();
    const hash = hashOfLocal(db, local);
    hashes.set(local, hash);
    return hash;
  };
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, checksumTable(db, name, hashOf, within)]));
}

function checksumTable(
  db: Database,
  name: TableName,
  hashOf: (local: number) => Uint8Array,
  within: (hash: Uint8Array) => boolean,
): TableSum {
  const ledger = TABLES[name].kind === 'ledger';
  const sum = new RowSum();
  for (const row of iterate(db, `SELECT * FROM ${name}`)) {
    if (ledger && !within(hashOf(changesetOfLedgerId(numberOf(row['id']))))) continue;
    const { id, values } = canonicalRow(name, row, hashOf);
    sum.add(id, values);
  }
  return sum.result();
}

/** A row's id and values as every store spells them: by hash, UUID, base64url; records with their stamps. */
export function canonicalRow(name: TableName, row: SqlRow, hashOf: (local: number) => Uint8Array): { id: string; values: Scalar[] } {
  const table = TABLES[name];
  const values: Scalar[] = Object.entries(table.columns).map(([column, { type }]) => decodeValue(type, row[column], hashOf));
  if (table.kind === 'ledger') {
    const id = numberOf(row['id']);
    return { id: referenceText(hashOf(changesetOfLedgerId(id)), id % INDEX_SPACE), values };
  }
  for (const group of Object.keys(table.groups)) {
    const stamp = row[stampColumn(group)];
    values.push(stamp instanceof Uint8Array ? toHex(stamp) : null);
  }
  return { id: idFromBytes(bytesOf(row['id'])), values };
}

function iterate(db: Database, sql: string): Iterable<SqlRow> {
  return db.sqlite.prepare(sql).iterate() as Iterable<SqlRow>;
}
