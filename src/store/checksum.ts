/**
 * Checksums of the merged tables that do not depend on a store's local numbers or on the order of rows: equal checksums, equal rows. The
 * projection's rows are spelled the same way, so a store and PostgreSQL can be compared.
 */
import { hashText, toHex } from '../base/bytes.ts';
import { idFromBytes } from '../base/id.ts';
import { INDEX_SPACE, type Scalar } from '../protocol/changeset.ts';
import type { ColumnType, Table } from '../protocol/columns.ts';
import { TABLES, TABLE_NAMES, type TableName } from '../protocol/tables.ts';
import { changesetOfLedgerId } from './merge.ts';
import { decodeValue } from './codec.ts';
import { bytesOf, type Database, type SqlValue } from './database.ts';
import { stampColumn } from './schema.ts';
import { hashOfLocal } from './store.ts';

export interface TableSum {
  readonly rows: number;
  /** Sum, modulo 2^64, of the first 8 bytes of each row's SHA-256, in hex. */
  readonly sum: string;
}

export type Checksum = Readonly<Record<string, TableSum>>;

export class RowSum {
  #rows = 0;
  // Halves of the sum: small integers, of which a million a second are added.
  #high = 0;
  #low = 0;

  add(id: string, values: readonly Scalar[]): void {
    const digest = hashText(JSON.stringify([id, ...values]));
    this.#low += digest.readUInt32BE(4);
    this.#high += digest.readUInt32BE(0) + Math.floor(this.#low / 0x1_0000_0000);
    this.#low %= 0x1_0000_0000;
    this.#high %= 0x1_0000_0000;
    this.#rows++;
  }

  result(): TableSum {
    const spell = (half: number): string => half.toString(16).padStart(8, '0');
    return { rows: this.#rows, sum: spell(this.#high) + spell(this.#low) };
  }
}

/** Hashes of changesets in hex, by their numbers here or in the feed. */
type HexOf = (changeset: number) => string;

/** How a reference to a ledger row is spelt in a checksum. */
export function spellReference(id: number, hexOf: HexOf): string {
  return `${hexOf(Math.floor(id / INDEX_SPACE))}:${id % INDEX_SPACE}`;
}

/** `within`: whether a ledger row counts, by the hash of its changeset in hex; all do when left out. */
export function checksumStore(db: Database, within: (hash: string) => boolean = () => true): Checksum {
  const hashes = new Map<number, string>();
  const hexOf = (local: number): string => {
    const known = hashes.get(local);
    if (known !== undefined) return known;
    if (hashes.size > 50_000) hashes.clear();
    const hex = toHex(hashOfLocal(db, local));
    hashes.set(local, hex);
    return hex;
  };
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, checksumTable(db, name, hexOf, within)]));
}

/** A row's id and values as every store spells them: by hash, UUID, base64url; records with their stamps. */
function checksumTable(db: Database, name: TableName, hexOf: HexOf, within: (hash: string) => boolean): TableSum {
  const table: Table = TABLES[name];
  const columns = Object.entries(table.columns).map(([column, { type }]) => [column, type] as const);
  const stamps = table.kind === 'record' ? Object.keys(table.groups).map(stampColumn) : [];
  const sum = new RowSum();
  for (const row of db.iterate(`SELECT * FROM ${name}`)) {
    const { id } = row;
    if (typeof id === 'number' && !within(hexOf(changesetOfLedgerId(id)))) continue;
    const values: Scalar[] = [];
    for (const [column, type] of columns) values.push(canonical(type, row[column], hexOf));
    for (const column of stamps) {
      const stamp = row[column];
      values.push(stamp instanceof Uint8Array ? toHex(stamp) : null);
    }
    sum.add(typeof id === 'number' ? spellReference(id, hexOf) : idFromBytes(bytesOf(id)), values);
  }
  return sum.result();
}

function canonical(type: ColumnType, value: SqlValue | undefined, hexOf: HexOf): Scalar {
  if (type === 'ref') return typeof value === 'number' ? spellReference(value, hexOf) : null;
  return decodeValue(type, value, noReference);
}

function noReference(): never {
  throw new Error('references are spelt above');
}
