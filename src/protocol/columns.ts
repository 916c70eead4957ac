/**
 * The words tables.ts is written in: column types, and the two kinds of table. Types of rows follow from the list, so that
 * a column is named once. JSON spells each type so: id a UUID, ref see LedgerRef, bytes base64url, flag a boolean, int a safe integer.
 */
import type { Id } from '../base/id.ts';

export type ColumnType =
  /** UUID of a record row. */
  | 'id'
  /** A ledger row: of this changeset, or of another. */
  | 'ref'
  | 'text'
  /** Safe integer. */
  | 'int'
  | 'flag'
  | 'bytes'
  /** A person's data: the column holds the salted hash, the value lies detached (personal.ts). */
  | 'personal';

export interface Column {
  readonly type: ColumnType;
  readonly oneOf?: readonly string[];
  /** Characters for text, bytes for bytes; authors are held to it, readers are not. */
  readonly maxLength: number;
  readonly required: boolean;
}

/**
 * How a changeset names a ledger row: a number is the index of a row in the same changeset; a text is `HASH:INDEX`, the hex hash of
 * another changeset and the index in it. Merged tables hold a small local integer instead.
 */
export type LedgerRef = number | `${string}:${number}`;

type ColumnValue<C extends Column> = C extends { oneOf: readonly (infer O)[] }
  ? O
  : C['type'] extends 'id'
    ? Id
    : C['type'] extends 'ref'
      ? LedgerRef
      : C['type'] extends 'int'
        ? number
        : C['type'] extends 'flag'
          ? boolean
          : string;

type Columns = Readonly<Record<string, Column>>;
type RequiredKeys<C extends Columns> = { [K in keyof C]: C[K]['required'] extends true ? K : never }[keyof C];
type ValuesOf<C extends Columns> = { [K in RequiredKeys<C>]: ColumnValue<C[K]> } & {
  [K in Exclude<keyof C, RequiredKeys<C>>]?: ColumnValue<C[K]> | null;
};
type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;

export interface LedgerTable<C extends Columns = Columns> {
  readonly kind: 'ledger';
  readonly columns: C;
}

export interface RecordTable<G extends Readonly<Record<string, Columns>> = Readonly<Record<string, Columns>>> {
  readonly kind: 'record';
  /** Columns that mean something together merge together. The group `life` holds the tombstone. */
  readonly groups: G;
  readonly columns: Columns;
}

export type Table = LedgerTable | RecordTable;

/** What a changeset inserts into this table. */
export type InsertValues<T extends Table> = T extends { readonly kind: 'ledger'; readonly columns: infer C extends Columns }
  ? ValuesOf<C>
  : T extends { readonly groups: infer G extends Readonly<Record<string, Columns>> }
    ? UnionToIntersection<{ [K in keyof G]: ValuesOf<G[K]> }[keyof G]>
    : never;

/** What a patch may set: one or more columns of whichever groups. */
export type PatchValues<T extends Table> = T extends { readonly kind: 'record' } ? Partial<InsertValues<T>> : never;

export function ledger<const C extends Columns>(columns: C): LedgerTable<C> {
  return { kind: 'ledger', columns };
}

const LIFE = { deleted: { type: 'flag', maxLength: 1, required: false } } as const;

export function record<const G extends Readonly<Record<string, Columns>>>(groups: G): RecordTable<G & { life: typeof LIFE }> {
  const all = { ...groups, life: LIFE };
  return { kind: 'record', groups: all, columns: Object.assign({}, ...Object.values(all)) };
}

function column<const T extends ColumnType>(type: T, maxLength: number) {
  return { type, maxLength, required: false } as const;
}

export const id = column('id', 36);
export const ref = column('ref', 80);
export const int = column('int', 16);
export const flag = column('flag', 5);
/** One line of text: a name, a code. */
export const line = column('text', 200);
/** Several lines: an address, a note, a document. */
export const text = column('text', 8_000);
/** A document of the program's own: a held cart, a box, a dictionary. */
export const long = column('text', 200_000);
export const bytes = column('bytes', 120_000);
export const personal = column('personal', 2_000);

export function need<const C extends Column>(spec: C): Omit<C, 'required'> & { required: true } {
  return { ...spec, required: true };
}

export function oneOf<const O extends readonly string[]>(...values: O) {
  return { type: 'text', oneOf: values, maxLength: 40, required: true } as const;
}
