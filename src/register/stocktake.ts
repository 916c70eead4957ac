/**
 * A whole stocktake from a file: a code and how many there are, a row. Every row is read before one is written; then they are written in
 * chunks, each one changeset, between which sales go through. A count is a movement by what it differs from the stock at that moment, so what
 * is sold meanwhile is not lost. How far it is lies in the store with the chunk itself: killed, it goes on from there and ends once.
 */
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { isId, type Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { readPackCode } from '../domain/barcode.ts';
import { MAX_QUANTITY_MILLI, parseAmount } from '../domain/money.ts';
import { textOf } from '../store/database.ts';
import { commitWith, startDraft } from '../store/journal.ts';
import { productsByCode } from '../store/queries/catalogue.ts';
import { stockAndCost } from '../store/queries/stock.ts';
import type { Store } from '../store/store.ts';
import { inspectFile } from './import-file.ts';
import type { Register } from './register.ts';

/** Movements a changeset: a commit that a sale next to it does not feel. */
const CHUNK_ROWS = 200;
/** Codes looked up in one question. */
const CODES_AT_ONCE = 500;
const MAX_PROBLEMS = 500;

export type CountProblem = 'code-unknown' | 'not-a-quantity' | 'counted-twice';

export interface CountedFile {
  readonly good: number;
  readonly bad: number;
  /** The first of them; `row` counts as a spreadsheet does. */
  readonly problems: readonly { readonly row: number; readonly code: string; readonly problem: CountProblem }[];
}

export interface StocktakePlan {
  readonly id: string;
  /** One line a product: its id and how many thousandths there are. */
  readonly file: string;
  readonly total: number;
  readonly user: Id | null;
}

/**
 * Reads a file of counts: the column with the codes by its heading as an import reads it (the first one, else), the counts in the column that
 * says so (the last one, else). Writes what is good to `into`, as a plan's file has it.
 */
export async function readCounts(store: Store, file: string, into: string): Promise<CountedFile> {
  const { delimiter, encoding, columns, mapping } = await inspectFile(file);
  const codeColumn = Math.max(0, mapping.indexOf('barcode'));
  const named = columns.findIndex((column) =>
    /^(count|counted|quantity|qty|stock|on.hand|quantit|anzahl|menge|aantal|bestand)/i.test(column),
  );
  const countColumn = named === -1 ? columns.length - 1 : named;
  const problems: { row: number; code: string; problem: CountProblem }[] = [];
  const counted = new Map<Id, number>();
  let bad = 0;
  let row = 0;
  let batch: { row: number; code: string; milli: number | null }[] = [];
  const take = (): void => {
    const products = productsByCode(
      store.db,
      batch.map(({ code }) => code),
    );
    for (const { row: at, code, milli } of batch) {
      const product = products.get(code);
      const problem =
        product === undefined ? 'code-unknown' : milli === null ? 'not-a-quantity' : counted.has(product) ? 'counted-twice' : null;
      if (product !== undefined && milli !== null && problem === null) counted.set(product, milli);
      else bad++;
      if (problem !== null && problems.length < MAX_PROBLEMS) problems.push({ row: at, code, problem });
    }
    batch = [];
  };
  const parser = createReadStream(file).pipe(
    parse({ delimiter, encoding, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true }),
  );
  for await (const record of parser) {
    row++;
    if (row === 1) continue;
    const cells = (record as unknown[]).map(String);
    const { code } = readPackCode(cells[codeColumn] ?? '');
    const milli = parseAmount(cells[countColumn] ?? '', 3);
    batch.push({ row, code: code.slice(0, 80), milli: milli === null || milli < 0 || milli > MAX_QUANTITY_MILLI ? null : milli });
    if (batch.length === CODES_AT_ONCE) take();
  }
  take();
  await writeFile(into, [...counted].map(([product, milli]) => `${product} ${milli}\n`).join(''), { mode: 0o600 });
  return { good: counted.size, bad, problems };
}

/** Writes a stocktake from where an earlier run was cut. `pause` is awaited between chunks: a turn for whoever wants to sell. */
export async function writeStocktake(
  register: Register,
  plan: StocktakePlan,
  onRows: (done: number) => void,
  pause: () => Promise<void>,
): Promise<Result<null>> {
  const { store } = register;
  const rows = (await readFile(plan.file, 'utf8')).split('\n').flatMap((text) => {
    const [product = '', milli = ''] = text.split(' ');
    return isId(product) ? [{ product, quantityMilli: Number(milli) }] : [];
  });
  for (let at = doneOf(store, plan.id); at < rows.length; at += CHUNK_ROWS) {
    const chunk = rows.slice(at, at + CHUNK_ROWS);
    const written = writeChunk(store, plan, chunk, at + chunk.length);
    if (!written.ok) return written;
    onRows(at + chunk.length);
    await pause();
  }
  store.db.transact('durable', () => ok(store.db.run('DELETE FROM job WHERE id = ?', plan.id)));
  return ok(null);
}

function doneOf(store: Store, id: string): number {
  const state = store.db.get('SELECT state FROM job WHERE id = ?', id)?.['state'];
  return typeof state === 'string' ? Number(state) : 0;
}

function writeChunk(
  store: Store,
  plan: StocktakePlan,
  rows: readonly { readonly product: Id; readonly quantityMilli: number }[],
  doneAfter: number,
): Result<null> {
  return commitWith(store, (append) => {
    const held = stockAndCost(
      store.db,
      rows.map(({ product }) => product),
    );
    const draft = startDraft(store);
    for (const { product, quantityMilli } of rows) {
      const { onHandMilli, costMinor } = held.get(product) ?? { onHandMilli: 0, costMinor: null };
      draft.insert('stock_movement', {
        product,
        quantity_milli: quantityMilli - onHandMilli,
        reason: 'counted',
        ...(costMinor === null ? {} : { unit_cost_minor: costMinor }),
      });
    }
    append(draft, { kind: 'stock-counted', user: plan.user });
    store.db.run(
      "INSERT INTO job (id, kind, content, state) VALUES (?, 'stocktake', ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
      plan.id,
      JSON.stringify(plan),
      String(doneAfter),
    );
    return ok(null);
  });
}

/** Stocktakes that a restart interrupted. */
export function unfinishedStocktakes(store: Store): StocktakePlan[] {
  return store.db.all("SELECT content FROM job WHERE kind = 'stocktake'").map((row) => JSON.parse(textOf(row['content'])) as StocktakePlan);
}
