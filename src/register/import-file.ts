/** A CSV of products as a file: delimiter, encoding and columns are guessed, and every row is read or said to be wrong. Writes nothing. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { readPackCode, spellPackCode } from '../domain/barcode.ts';
import type { Id } from '../base/id.ts';
import type { Unit } from '../domain/cart.ts';
import { currencyDigits, parseAmount } from '../domain/money.ts';
import { toUnit } from '../store/queries/catalogue.ts';
import { readCurrency } from '../store/queries/shop.ts';
import type { Store } from '../store/store.ts';

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

export interface ImportPlan {
  readonly id: string;
  readonly file: string;
  readonly fileName: string;
  readonly layout: Layout;
  readonly total: number;
  /** What becomes of products whose code is there already: they stay as they are, or take what the file's columns say. */
  readonly known: 'leave' | 'update';
  readonly user: Id | null;
}

export interface ImportRow {
  readonly name: string;
  readonly priceMinor: number;
  /** As people write them, packs with their star; a file puts a stroke between. */
  readonly codes: readonly string[];
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
    const codes = (parsed.value?.codes ?? []).map((code) => readPackCode(code).code);
    const repeated = codes.find((code, at) => seen.has(code) || codes.indexOf(code) !== at);
    if (repeated === undefined) yield { row, cells, value: parsed.value, error: parsed.error === null ? null : { row, ...parsed.error } };
    else yield { row, cells, value: null, error: { row, column: 'barcode', value: repeated, problem: 'code-repeated' } };
    for (const code of codes) seen.add(code);
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
  const codes = cell('barcode')
    .split('|')
    .map((code) => spellPackCode(readPackCode(code)))
    .filter((code) => code !== '');
  if (codes.some((code) => code.length > LONGEST_CODE)) return failed('barcode', 'code-too-long');
  const rateText = cell('taxRate').replace('%', '').trim();
  const rate = rateText === '' ? null : Number(rateText.replace(',', '.'));
  if (rate !== null && !(rate >= 0 && rate <= 100)) return failed('taxRate', 'not-a-rate');
  const costText = cell('cost');
  const costMinor = costText === '' ? null : parseAmount(costText, digits);
  if (costText !== '' && costMinor === null) return failed('cost', 'not-a-price');
  const value = {
    name,
    priceMinor,
    codes,
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
