/**
 * The edit history of a record: who changed what from what, and when, out of every patch that was merged, the changeset it came in, and the
 * changeset that made the record. It reaches as far back as this register holds changesets.
 */
import { fromBase64Url } from '../../base/bytes.ts';
import { idFromBytes, idToBytes, isId, type Id } from '../../base/id.ts';
import type { Table } from '../../protocol/columns.ts';
import { openBody, stampMs, type ChangesetText, type Scalar } from '../../protocol/changeset.ts';
import { TABLES, type RecordName } from '../../protocol/tables.ts';
import { bytesOf, numberOf, numberOrNull, textOf, textOrNull, type Database } from '../database.ts';
import { readDictionaries } from '../store.ts';
import { personalText, userName } from './people.ts';

export interface EditChange {
  readonly column: string;
  readonly before: Scalar;
  readonly after: Scalar;
}

export interface EditRow {
  readonly at: number;
  /** Empty: the program itself, or somebody whose name is not here. */
  readonly user: string;
  /** What was done: 'product-edited', 'products-imported'. */
  readonly kind: string;
  readonly changes: readonly EditChange[];
}

/** Patches of one record that are read, the newest ones; nobody reads more. */
const MAX_PATCHES = 1_000;
/** Never shown, only that it changed. */
const SECRET: readonly string[] = ['pin_hash'];
/** Rows that belong to a record and are edited apart from it: its barcodes. */
const PARTS: Readonly<Partial<Record<RecordName, { readonly table: RecordName; readonly owner: string }>>> = {
  product: { table: 'product_barcode', owner: 'product' },
};
/** What the program keeps beside what a person changed. */
const UNSPOKEN: readonly string[] = ['pin_digits', 'product'];
const NAMED_BY_ID: readonly RecordName[] = ['category', 'tax_category', 'role', 'product', 'supplier'];

type Dictionaries = ReadonlyMap<number, Uint8Array>;

interface PatchSeen {
  readonly table: RecordName;
  /** Hexadecimal, so that its order is that of the bytes. */
  readonly stamp: string;
  readonly values: Readonly<Record<string, Scalar>>;
  readonly row: string;
  readonly changeset: number;
}

export function listEdits(db: Database, table: RecordName, id: Id, limit: number): EditRow[] {
  const dictionaries = readDictionaries(db);
  const current = new Map<string, Scalar>();
  const byChangeset = new Map<number, EditChange[]>();
  for (const patch of patchesOf(db, table, id, dictionaries)) {
    const changes = byChangeset.get(patch.changeset) ?? [];
    byChangeset.set(patch.changeset, changes);
    for (const [column, value] of Object.entries(patch.values)) {
      const place = `${patch.row}.${column}`;
      const before = current.get(place) ?? null;
      current.set(place, value);
      if (before === value || UNSPOKEN.includes(column) || (column === 'deleted' && before === null && value !== true)) continue;
      changes.push({ column, before: shown(db, patch.table, column, before), after: shown(db, patch.table, column, value) });
    }
  }
  return [...byChangeset]
    .filter(([, changes]) => changes.length > 0)
    .flatMap(([changeset, changes]) => {
      const author = authorOf(db, changeset, dictionaries);
      return author === null ? [] : [{ at: author.at, user: author.name, kind: author.kind, changes }];
    })
    .sort((a, b) => b.at - a.at)
    .slice(0, limit);
}

/** Oldest first. */
function patchesOf(db: Database, table: RecordName, id: Id, dictionaries: Dictionaries): PatchSeen[] {
  const part = PARTS[table];
  const parts =
    part === undefined
      ? []
      : db.all(`SELECT id FROM ${part.table} WHERE ${part.owner} = ?`, idToBytes(id)).map((row) => bytesOf(row['id']));
  const places = [{ table, row: idToBytes(id) }, ...parts.map((row) => ({ table: part?.table ?? table, row }))];
  return places
    .flatMap((place) => [
      ...madeBy(db, place.table, place.row, dictionaries),
      ...db
        .all(
          'SELECT stamp, "values", changeset FROM edit WHERE table_name = ? AND row_id = ? ORDER BY stamp DESC LIMIT ?',
          place.table,
          place.row,
          MAX_PATCHES,
        )
        .map((row) => ({
          table: place.table,
          row: Buffer.from(place.row).toString('hex'),
          stamp: Buffer.from(bytesOf(row['stamp'])).toString('hex'),
          values: JSON.parse(textOf(row['values'])) as Readonly<Record<string, Scalar>>,
          changeset: numberOf(row['changeset']),
        })),
    ])
    .sort((a, b) => (a.stamp < b.stamp ? -1 : Number(a.stamp > b.stamp)));
}

/**
 * The changeset that made a row is not among its edits. The row's life stamp says by which chain and when; within a chain time never runs
 * backwards, so that halving finds the place, and the changesets around it are looked through: a clock corrected by the hub's stamps a
 * little beside its own time.
 */
const LOOK_AROUND = 32;

export function madeBy(db: Database, table: RecordName, id: Uint8Array, dictionaries: Dictionaries): PatchSeen[] {
  const stamp = db.get(`SELECT life_stamp FROM ${table} WHERE id = ?`, id)?.['life_stamp'];
  if (!(stamp instanceof Uint8Array)) return [];
  const chain = db.get('SELECT number FROM chain WHERE id = ?', stamp.subarray(8))?.['number'];
  if (chain === undefined) return [];
  const number = numberOf(chain);
  const from = Math.max(1, placeOf(db, number, stampMs(stamp), dictionaries) - LOOK_AROUND);
  const row = idFromBytes(id);
  for (const { local } of db.all(
    'SELECT local FROM changeset WHERE chain = ? AND n BETWEEN ? AND ? ORDER BY n',
    number,
    from,
    from + 2 * LOOK_AROUND,
  )) {
    const made = readText(db, numberOf(local), dictionaries)?.rows.find(
      (one) => one.op === 'insert' && one.table === table && one.id === row,
    );
    if (made !== undefined)
      return [
        {
          table,
          stamp: Buffer.from(stamp).toString('hex'),
          row: Buffer.from(id).toString('hex'),
          values: made.values,
          changeset: numberOf(local),
        },
      ];
  }
  return [];
}

/** The first number of a chain whose time is not before `at`; one that cannot be read counts as before. */
function placeOf(db: Database, chain: number, at: number, dictionaries: Dictionaries): number {
  let low = 1;
  let high = (numberOrNull(db.get('SELECT max(n) AS last FROM changeset WHERE chain = ?', chain)?.['last']) ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const local = db.get('SELECT local FROM changeset WHERE chain = ? AND n = ?', chain, middle)?.['local'];
    const text = local === undefined ? null : readText(db, numberOf(local), dictionaries);
    if (text !== null && text.at >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** As a person reads it: personal values by their text, other records by their name. */
function shown(db: Database, table: RecordName, column: string, value: Scalar): Scalar {
  if (value === null || SECRET.includes(column)) return null;
  const spec: Table = TABLES[table];
  const type = spec.columns[column]?.type;
  if (type === 'personal' && typeof value === 'string') return personalText(db, fromBase64Url(value));
  return type === 'id' && isId(value) ? nameById(db, value) : value;
}

function nameById(db: Database, id: Id): string | null {
  for (const table of NAMED_BY_ID) {
    const name = textOrNull(db.get(`SELECT name FROM ${table} WHERE id = ?`, idToBytes(id))?.['name']);
    if (name !== null) return name;
  }
  return null;
}

export interface Author {
  readonly at: number;
  readonly user: Id | null;
  readonly name: string;
  readonly kind: string;
}

/** Who wrote a changeset that is held here, and when by their clock. */
export function authorOf(db: Database, local: number, dictionaries: Dictionaries): Author | null {
  const text = readText(db, local, dictionaries);
  if (text === null) return null;
  const { at, user, kind } = text;
  return { at, user, kind, name: user === null ? '' : userName(db, idToBytes(user)) };
}

function readText(db: Database, local: number, dictionaries: Dictionaries): ChangesetText | null {
  const body = db.get('SELECT body FROM changeset WHERE local = ?', local)?.['body'];
  const opened = body instanceof Uint8Array ? openBody(body, dictionaries) : null;
  return opened?.state === 'text' ? opened.text : null;
}
