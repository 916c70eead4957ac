/**
 * Undoing an import: products it made are removed, those it changed take back what they were, in chunks beside the selling. Only what was
 * not changed again since is taken back: somebody's later word stands. Killed, it goes on from where it was.
 */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Patch } from '../protocol/tables.ts';
import { textOf } from '../store/database.ts';
import { commitWith, startDraft, type Draft } from '../store/journal.ts';
import { barcodesOf, readProduct, type ProductRow } from '../store/queries/catalogue.ts';
import type { Store } from '../store/store.ts';
import { draftPriceChange } from './edit-price.ts';
import type { ImportPlan } from './import-file.ts';
import type { Register } from './register.ts';

/** Columns that a file may set. */
export type FilePatch = Pick<Patch<'product'>, 'name' | 'price_minor' | 'category' | 'tax_category' | 'cost_minor' | 'unit'>;

/** A product that an import touched: what its columns were and what they became; null for a product that it made. */
export interface UndoNote {
  readonly product: Id;
  readonly changed: { readonly before: FilePatch; readonly after: FilePatch } | null;
}

/** A product's columns as a file may set them. */
export function filePatchOf(product: ProductRow): FilePatch {
  return {
    name: product.name,
    price_minor: product.regularPriceMinor,
    category: product.category?.id ?? null,
    tax_category: product.taxCategory?.id ?? null,
    cost_minor: product.costMinor,
    unit: product.unit,
  };
}

export interface FinishedImport {
  readonly plan: ImportPlan;
  readonly at: number;
}

const CHUNK_NOTES = 100;

export function undoFileOf({ file }: Pick<ImportPlan, 'file'>): string {
  return `${file}.undo`;
}

/** Imports made on this register that can still be undone, newest first. */
export function finishedImports(store: Store): FinishedImport[] {
  return readJobs(store, 'imported')
    .map(({ plan, state }) => ({ plan, at: state }))
    .toReversed();
}

/** Undoings that a restart interrupted. */
export function unfinishedUndos(store: Store): ImportPlan[] {
  return readJobs(store, 'undo-import').map(({ plan }) => plan);
}

function readJobs(store: Store, kind: string): { plan: ImportPlan; state: number }[] {
  return store.db.all('SELECT content, state FROM job WHERE kind = ? ORDER BY id', kind).map((row) => ({
    plan: JSON.parse(textOf(row['content'])) as ImportPlan,
    state: Number(textOf(row['state'])),
  }));
}

/** Refuses with input.not-found for an import that was undone, or that another register made. */
export function beginUndo({ store }: Register, id: string): Result<ImportPlan> {
  const found = finishedImports(store).find(({ plan }) => plan.id === id);
  if (found === undefined) return refuse('input.not-found', { what: 'import' });
  return store.db.transact('durable', () => {
    store.db.run("UPDATE job SET kind = 'undo-import', state = '0' WHERE id = ?", id);
    return ok(found.plan);
  });
}

/** `pause` is awaited between chunks. */
export async function undoImport(
  register: Register,
  plan: ImportPlan,
  user: Id | null,
  onRows: (done: number) => void,
  pause: () => Promise<void>,
): Promise<Result<null>> {
  const { store } = register;
  const doneBefore = readJobs(store, 'undo-import').find(({ plan: { id } }) => id === plan.id)?.state ?? 0;
  let seen = 0;
  let batch: UndoNote[] = [];
  const flush = async (): Promise<Result<null>> => {
    const undone = undoChunk(register, plan.id, batch, seen, user);
    batch = [];
    onRows(seen);
    await pause();
    return undone;
  };
  for await (const line of createInterface({ input: createReadStream(undoFileOf(plan)) })) {
    seen++;
    if (seen <= doneBefore) continue;
    batch.push(JSON.parse(line) as UndoNote);
    if (batch.length < CHUNK_NOTES) continue;
    const undone = await flush();
    if (!undone.ok) return undone;
  }
  if (batch.length > 0) {
    const undone = await flush();
    if (!undone.ok) return undone;
  }
  store.db.transact('durable', () => ok(store.db.run('DELETE FROM job WHERE id = ?', plan.id)));
  await rm(undoFileOf(plan), { force: true });
  return ok(null);
}

function undoChunk({ store }: Register, id: string, notes: readonly UndoNote[], doneAfter: number, user: Id | null): Result<null> {
  return commitWith(store, (append) => {
    const draft = startDraft(store);
    for (const { product, changed } of notes) {
      const held = readProduct(store.db, product, store.clock.nowMs());
      if (held === null) continue;
      if (changed === null) removeProduct(store, draft, product);
      else takeBack(store, draft, held, changed);
    }
    if (draft.rows.length > 0) append(draft, { kind: 'import-undone', user });
    store.db.run('UPDATE job SET state = ? WHERE id = ?', String(doneAfter), id);
    return ok(null);
  });
}

function removeProduct(store: Store, draft: Draft, product: Id): void {
  for (const code of barcodesOf(store.db, product)) draft.remove('product_barcode', code.id);
  draft.remove('product', product);
}

/** Columns that still hold what the file said. */
function takeBack(store: Store, draft: Draft, product: ProductRow, { before, after }: NonNullable<UndoNote['changed']>): void {
  const now = filePatchOf(product);
  const columns = (Object.keys(after) as (keyof FilePatch)[]).filter((column) => now[column] === after[column]);
  if (columns.length === 0) return;
  if (columns.includes('price_minor')) draftPriceChange(store, draft, product.id, before.price_minor ?? 0);
  draft.patch('product', product.id, Object.fromEntries(columns.map((column) => [column, before[column]])));
}
