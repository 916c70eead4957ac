/**
 * Writing a CSV's products: in bounded chunks, each one changeset, so that selling goes in between. How far it is lies in the store with the
 * chunk itself: killed, it goes on from there and ends once. What was there before is noted in a file beside, by which it can be undone.
 */
import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { readPackCode } from '../domain/barcode.ts';
import { chunk, commitWith, startDraft, type Draft } from '../store/journal.ts';
import { textOrNull } from '../store/database.ts';
import { categoryNames, productsByCode, readProduct } from '../store/queries/catalogue.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Store } from '../store/store.ts';
import { draftPriceChange } from './edit-price.ts';
import { draftProduct, pricesIncludeTax } from './edit-product.ts';
import { readRows, type ImportPlan, type ImportRow, type Layout } from './import-file.ts';
import { filePatchOf, undoFileOf, type FilePatch, type UndoNote } from './undo-import.ts';
import type { Register } from './register.ts';

/** Products a changeset: new ones are two rows each, changed ones up to three. */
const CHANGESET_PRODUCTS = 150;
/** How long a transaction may keep the selling thread before its commit: a sale next to it feels nothing. */
const CHUNK_MS = 25;
const MAX_CHUNK_PRODUCTS = 6 * CHANGESET_PRODUCTS;

/** Writes all good rows, from where an earlier run was cut. `pause` is awaited between chunks: a turn for whoever wants to sell. */
export async function writeImport(
  register: Register,
  plan: ImportPlan,
  onRows: (done: number) => void,
  pause: () => Promise<void>,
): Promise<Result<{ readonly rows: number }>> {
  const { store } = register;
  const doneBefore = readProgress(store, plan.id);
  let seen = 0;
  let batch: ImportRow[] = [];
  let size = CHANGESET_PRODUCTS;
  const flush = async (): Promise<Result<null>> => {
    const startedMs = store.clock.monotonicMs();
    const written = writeChunk(register, plan, batch, seen);
    // Each chunk waits for the disk twice, so it is as large as this machine writes in time.
    const fitting = (batch.length * CHUNK_MS) / (store.clock.monotonicMs() - startedMs);
    size = Math.round(Math.min(MAX_CHUNK_PRODUCTS, Math.max(CHANGESET_PRODUCTS, (size + fitting) / 2)));
    batch = [];
    onRows(seen);
    await pause();
    return written;
  };
  for await (const { value } of readRows(store, plan.file, plan.layout)) {
    if (value === null) continue;
    seen++;
    if (seen <= doneBefore) continue;
    batch.push(value);
    if (batch.length < size) continue;
    const written = await flush();
    if (!written.ok) return written;
  }
  if (batch.length > 0) {
    const written = await flush();
    if (!written.ok) return written;
  }
  store.db.transact('durable', () =>
    ok(store.db.run("UPDATE job SET kind = 'imported', state = ? WHERE id = ?", String(store.clock.nowMs()), plan.id)),
  );
  return ok({ rows: seen });
}

function readProgress(store: Store, id: string): number {
  const state = textOrNull(store.db.get('SELECT state FROM job WHERE id = ?', id)?.['state']);
  return state === null ? 0 : Number(state);
}

function writeChunk(register: Register, plan: ImportPlan, rows: readonly ImportRow[], doneAfter: number): Result<null> {
  const { store } = register;
  return commitWith(store, (append) => {
    const notes: UndoNote[] = [];
    for (const part of chunk(rows, CHANGESET_PRODUCTS)) {
      const draft = startDraft(store);
      notes.push(...draftRows(store, draft, plan, part));
      if (draft.rows.length > 0) append(draft, { kind: 'products-imported', user: plan.user });
    }
    if (notes.length > 0) noteBefore(plan, notes);
    store.db.run(
      "INSERT INTO job (id, kind, content, state) VALUES (?, 'import', ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
      plan.id,
      JSON.stringify(plan),
      String(doneAfter),
    );
    return ok(null);
  });
}

function draftRows(store: Store, draft: Draft, plan: ImportPlan, rows: readonly ImportRow[]): UndoNote[] {
  const places = placesFor(store, draft, rows);
  const includesTax = pricesIncludeTax(store);
  const known = productsByCode(
    store.db,
    rows.flatMap(({ codes }) => codes.map((code) => readPackCode(code).code)),
  );
  return rows.flatMap((row) => {
    const held = row.codes.map((code) => known.get(readPackCode(code).code)).find((id) => id !== undefined);
    if (held !== undefined) return plan.known === 'update' ? updateProduct(store, draft, held, row, plan.layout, places) : [];
    const added = draftProduct(store, draft, {
      name: row.name,
      priceMinor: row.priceMinor,
      includesTax,
      codes: row.codes,
      category: places.category(row.category),
      taxCategory: places.tax(row.ratePpm),
      costMinor: row.costMinor,
      unit: row.unit,
    });
    return [{ product: added, changed: null }];
  });
}

/** Before the chunk is on disk: a note of what then was not written undoes nothing. */
function noteBefore(plan: ImportPlan, notes: readonly UndoNote[]): void {
  const file = openSync(undoFileOf(plan), 'a', 0o600);
  try {
    appendFileSync(file, notes.map((note) => `${JSON.stringify(note)}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What the file's columns say of a product that is there, where it differs; and what it was. */
function updateProduct(
  store: Store,
  draft: Draft,
  id: Id,
  row: ImportRow,
  { mapping }: Layout,
  places: ReturnType<typeof placesFor>,
): UndoNote[] {
  const held = readProduct(store.db, id, store.clock.nowMs());
  if (held === null) return [];
  const has = (field: (typeof mapping)[number]): boolean => mapping.includes(field);
  const before = filePatchOf(held);
  const said: FilePatch = {
    name: row.name,
    ...(has('price') ? { price_minor: row.priceMinor } : {}),
    ...(has('category') && row.category !== '' ? { category: places.category(row.category) } : {}),
    ...(has('taxRate') && row.ratePpm !== null ? { tax_category: places.tax(row.ratePpm) } : {}),
    ...(has('cost') && row.costMinor !== null ? { cost_minor: row.costMinor } : {}),
    ...(has('unit') ? { unit: row.unit } : {}),
  };
  const columns = (Object.keys(said) as (keyof FilePatch)[]).filter((column) => before[column] !== said[column]);
  if (columns.length === 0) return [];
  const after: FilePatch = Object.fromEntries(columns.map((column) => [column, said[column]]));
  if (typeof after.price_minor === 'number') draftPriceChange(store, draft, id, after.price_minor);
  draft.patch('product', id, after);
  return [{ product: id, changed: { before, after } }];
}

/** Categories and taxes by the words of the file; those that the shop lacks are made with the first row that names them. */
function placesFor(
  store: Store,
  draft: Draft,
  rows: readonly ImportRow[],
): { category(name: string): Id | null; tax(ratePpm: number | null): Id | null } {
  const categories = new Map(categoryNames(store.db).map(({ name, id }) => [name.toLowerCase(), id]));
  const taxes = readTaxCategories(store.db, store.clock.nowMs());
  const byRate = new Map(taxes.toReversed().map(({ ratePpm, id }) => [ratePpm, id]));
  for (const { category, ratePpm } of rows) {
    const key = category.toLowerCase();
    if (key !== '' && !categories.has(key)) categories.set(key, draft.create('category', { name: category, position: categories.size }));
    if (ratePpm === null || byRate.has(ratePpm)) continue;
    const made = draft.create('tax_category', { name: `${ratePpm / 10_000} %`, code: `rate-${ratePpm}`, position: 100 });
    draft.create('tax_rate', { tax_category: made, service: 'any', rate_ppm: ratePpm, from_at: 0 });
    byRate.set(ratePpm, made);
  }
  return {
    category: (name) => categories.get(name.toLowerCase()) ?? null,
    tax: (ratePpm) => (ratePpm === null ? (taxes[0]?.id ?? null) : (byRate.get(ratePpm) ?? null)),
  };
}

/** Imports that a restart interrupted. */
export function unfinishedImports(store: Store): ImportPlan[] {
  return store.db
    .all("SELECT content FROM job WHERE kind = 'import'")
    .map((row) => JSON.parse(textOrNull(row['content']) ?? '{}') as ImportPlan);
}
