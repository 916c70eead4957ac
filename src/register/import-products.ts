/**
 * Importing a CSV of products: guess delimiter, encoding and columns; check every row before one is written; then write in bounded chunks,
 * each one changeset, so that selling goes in between. How far it is lies in the store with the chunk itself: killed, it goes on from there
 * and ends once.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'csv-parse';
import type { Id } from '../base/id.ts';
import { ok, type Result } from '../base/result.ts';
import { normalBarcode } from '../domain/barcode.ts';
import type { Unit } from '../domain/cart.ts';
import { currencyDigits, parseAmount } from '../domain/money.ts';
import { commitWith, startDraft } from '../store/journal.ts';
import { textOrNull } from '../store/database.ts';
import { categoryNames, knownCodes, toUnit } from '../store/queries/catalogue.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import { readCurrency } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';
import { draftProduct, pricesIncludeTax } from './edit-product.ts';
import type { Register } from './register.ts';

export const IMPORT_FIELDS = ['name', 'price', 'barcode', 'taxRate', 'category', 'cost', 'unit'] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Headings people use, folded; the first match wins. */
const HEADINGS: Readonly<Record<ImportField, readonly string[]>> = {
  name: [
    'name',
    'product',
    'product name',
    'title',
    'description',
    'nom',
    'produit',
    'libelle',
    'designation',
    'article',
    'naam',
    'bezeichnung',
    'nombre',
  ],
  price: ['price', 'sale price', 'selling price', 'prix', 'prix de vente', 'prijs', 'preis', 'precio', 'price incl', 'pvp'],
  barcode: [
    'barcode',
    'ean',
    'ean13',
    'gtin',
    'upc',
    'code',
    'code barre',
    'code barres',
    'code-barres',
    'streepjescode',
    'strichcode',
    'codigo de barras',
  ],
  taxRate: ['tax_rate', 'tax rate', 'tax', 'vat', 'vat rate', 'tva', 'taux tva', 'btw', 'mwst', 'iva'],
  category: ['category', 'categorie', 'group', 'department', 'rayon', 'kategorie', 'categoria'],
  cost: ['cost', 'cout', 'cost price', 'purchase price', 'prix achat', "prix d'achat", 'inkoopprijs', 'einkaufspreis', 'coste'],
  unit: ['unit', 'unite', 'eenheid', 'einheit', 'unidad'],
};

export type Mapping = readonly (ImportField | null)[];

export interface Layout {
  readonly delimiter: string;
  readonly encoding: 'utf8' | 'latin1' | 'utf16le';
  readonly columns: readonly string[];
  readonly mapping: Mapping;
}

/** Bytes looked at for the layout. */
const SAMPLE_BYTES = 64 * 1024;

/** Delimiter, encoding, headings and a first mapping of a CSV file. The first row is the heading. */
export async function inspectFile(file: string): Promise<Layout> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
  await handle.close();
  const sample = buffer.subarray(0, bytesRead);
  const encoding = guessEncoding(sample);
  const [heading = ''] = sample
    .toString(encoding)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  const delimiter = [',', ';', '\t', '|'].reduce(
    (best, candidate) => (heading.split(candidate).length > heading.split(best).length ? candidate : best),
    ',',
  );
  const columns = heading.split(delimiter).map((column) => column.trim().replaceAll(/^"|"$/g, ''));
  return { delimiter, encoding, columns, mapping: guessMapping(columns) };
}

function guessEncoding(sample: Buffer): Layout['encoding'] {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf16le';
  // The last bytes may cut a character in two, which is no sign of another encoding.
  const text = new TextDecoder('utf-8').decode(sample.subarray(0, Math.max(0, sample.length - 4)));
  return text.includes('\uFFFD') ? 'latin1' : 'utf8';
}

function guessMapping(columns: readonly string[]): Mapping {
  const taken = new Set<ImportField>();
  return columns.map((column) => {
    const folded = column.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
    const field = IMPORT_FIELDS.find((candidate) => !taken.has(candidate) && HEADINGS[candidate].includes(folded)) ?? null;
    if (field !== null) taken.add(field);
    return field;
  });
}

export interface ImportRow {
  readonly name: string;
  readonly priceMinor: number;
  readonly code: string;
  readonly ratePpm: number | null;
  readonly category: string;
  readonly costMinor: number | null;
  readonly unit: Unit;
}

/** Why a row cannot be imported; the screens have the words. */
export type RowProblem = 'name-missing' | 'name-too-long' | 'not-a-price' | 'code-too-long' | 'code-repeated' | 'not-a-rate';

/** `value` is what the cell held, cut to a length that shows. */
export interface RowError {
  readonly row: number;
  readonly column: ImportField;
  readonly value: string;
  readonly problem: RowProblem;
}

/** Longest field, in characters; a quote left open would otherwise swallow the file. */
const MAX_FIELD = 10_000;
/** As the product's own form and the API have it. */
const LONGEST_NAME = 200;
const LONGEST_CODE = 80;

/** The rows of the file one by one: what they hold, or why they cannot be imported. `row` counts as a spreadsheet does. */
export async function* readRows(
  store: Store,
  file: string,
  layout: Layout,
): AsyncGenerator<{ row: number; cells: string[]; value: ImportRow | null; error: RowError | null }> {
  const digits = currencyDigits(readCurrency(store.db));
  const parser = createReadStream(file).pipe(
    parse({
      delimiter: layout.delimiter,
      encoding: layout.encoding,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: MAX_FIELD * 20,
    }),
  );
  let row = 0;
  const seen = new Set<string>();
  for await (const record of parser) {
    row++;
    if (row === 1) continue;
    const cells = (record as unknown[]).map(String);
    const parsed = parseRow(cells, layout, digits);
    const code = parsed.value?.code ?? '';
    if (code !== '' && seen.has(code))
      yield { row, cells, value: null, error: { row, column: 'barcode', value: code, problem: 'code-repeated' } };
    else yield { row, cells, value: parsed.value, error: parsed.error === null ? null : { row, ...parsed.error } };
    if (code !== '') seen.add(code);
  }
}

type CellError = Omit<RowError, 'row'>;

function parseRow(cells: readonly string[], layout: Layout, digits: number): { value: ImportRow | null; error: CellError | null } {
  const cell = (field: ImportField): string => {
    const at = layout.mapping.indexOf(field);
    return at === -1 ? '' : cleanText(cells[at] ?? '');
  };
  const failed = (column: ImportField, problem: RowProblem): { value: null; error: CellError } => ({
    value: null,
    error: { column, value: cell(column).slice(0, 100), problem },
  });
  const name = cell('name');
  if (name === '') return failed('name', 'name-missing');
  if (name.length > LONGEST_NAME) return failed('name', 'name-too-long');
  const priceMinor = parseAmount(cell('price'), digits);
  if (priceMinor === null || priceMinor < 0) return failed('price', 'not-a-price');
  const code = normalBarcode(cell('barcode'));
  if (code.length > LONGEST_CODE) return failed('barcode', 'code-too-long');
  const rateText = cell('taxRate').replace('%', '').trim();
  const rate = rateText === '' ? null : Number(rateText.replace(',', '.'));
  if (rate !== null && !(rate >= 0 && rate <= 100)) return failed('taxRate', 'not-a-rate');
  const costText = cell('cost');
  const costMinor = costText === '' ? null : parseAmount(costText, digits);
  if (costText !== '' && costMinor === null) return failed('cost', 'not-a-price');
  const value = {
    name,
    priceMinor,
    code,
    ratePpm: rate === null ? null : Math.round(rate * 10_000),
    category: cell('category').slice(0, 200),
    costMinor,
    unit: toUnit(cell('unit').toLowerCase()),
  };
  return { value, error: null };
}

/** Control characters have no place in a name; what is left is one line. */
function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .trim();
}

// ---- writing

/** Products a changeset: two rows each, and a commit short enough that a sale next to it feels nothing. */
const CHUNK_PRODUCTS = 200;

export interface ImportPlan {
  readonly id: string;
  readonly file: string;
  readonly layout: Layout;
  readonly total: number;
  readonly user: Id | null;
}

/**
 * Writes all good rows, from where an earlier run was cut; a product whose code is known already is left as it is. `pause` is awaited between
 * chunks: a turn for whoever wants to sell.
 */
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
  const flush = async (): Promise<Result<null>> => {
    const written = writeChunk(register, plan, batch, seen);
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
    if (batch.length < CHUNK_PRODUCTS) continue;
    const written = await flush();
    if (!written.ok) return written;
  }
  if (batch.length > 0) {
    const written = await flush();
    if (!written.ok) return written;
  }
  store.db.transact('durable', () => ok(store.db.run('DELETE FROM job WHERE id = ?', plan.id)));
  return ok({ rows: seen });
}

function readProgress(store: Store, id: string): number {
  const state = textOrNull(store.db.get('SELECT state FROM job WHERE id = ?', id)?.['state']);
  return state === null ? 0 : Number(state);
}

function writeChunk(register: Register, plan: ImportPlan, rows: readonly ImportRow[], doneAfter: number): Result<null> {
  const { store } = register;
  return commitWith(store, (append) => {
    const draft = startDraft(store);
    const places = placesFor(store, draft, rows);
    const includesTax = pricesIncludeTax(store);
    const known = knownCodes(
      store.db,
      rows.map(({ code }) => code),
    );
    for (const row of rows) {
      if (known.has(row.code)) continue;
      draftProduct(store, draft, {
        name: row.name,
        priceMinor: row.priceMinor,
        includesTax,
        codes: row.code === '' ? [] : [row.code],
        category: places.category(row.category),
        taxCategory: places.tax(row.ratePpm),
        costMinor: row.costMinor,
        unit: row.unit,
      });
    }
    if (draft.rows.length > 0) append(draft, { kind: 'products-imported', user: plan.user });
    store.db.run(
      "INSERT INTO job (id, kind, content, state) VALUES (?, 'import', ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
      plan.id,
      JSON.stringify(plan),
      String(doneAfter),
    );
    return ok(null);
  });
}

/** Categories and taxes by the words of the file; those that the shop lacks are made with the first row that names them. */
function placesFor(
  store: Store,
  draft: ReturnType<typeof startDraft>,
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
