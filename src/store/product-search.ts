/**
 * Search as you type over the whole catalogue: words in any order, parts of words, accents and case ignored, codes and prices too. The
 * catalogue lies in memory as a few hundred plain strings that indexOf runs through; a hundred thousand products take about ten
 * megabytes and a few milliseconds, a changed product rebuilds one string. Decision 0003 says why this and not SQLite's FTS5.
 */
import { assert } from '../base/assert.ts';
import { plainAmount } from '../domain/money.ts';

/** A product as the search sees it; `row` is its local row number in the store. */
export interface SearchRow {
  readonly row: number;
  readonly name: string;
  readonly priceMinor: number;
  readonly codes: string;
}

/** Products a string: small enough to rebuild in passing. Row numbers are dense, so they also say which string. */
const CHUNK = 512;
/** Matches looked at before ranking; a query as wide as this wants another letter. */
const MAX_CANDIDATES = 3_000;
const SEPARATOR = '\n';
/** In hardly any line. */
const NOWHERE = '\0';

interface Chunk {
  /** One line a product: a space, its name, its codes, its price. */
  text: string;
  /** For each line: whose it is, where it begins, where its name ends. */
  readonly rows: number[];
  readonly starts: number[];
  readonly nameEnds: number[];
}

interface Found {
  readonly row: number;
  readonly name: string;
  readonly rank: number;
}

export class ProductSearch {
  readonly #chunks = new Map<number, Chunk>();
  readonly #digits: number;
  #writing: Chunk | null = null;
  #size = 0;

  constructor(currencyDigits: number) {
    this.#digits = currencyDigits;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a product or replaces what was known of it. */
  put(product: SearchRow): void {
    const name = fold(product.name);
    const line = ` ${name} ${product.codes} ${plainAmount(product.priceMinor, this.#digits)}${SEPARATOR}`;
    const key = Math.floor(product.row / CHUNK);
    const chunk = this.#chunks.get(key) ?? { text: '', rows: [], starts: [], nameEnds: [] };
    this.#chunks.set(key, chunk);
    if (chunk !== this.#writing) makeWhole(this.#writing);
    this.#writing = chunk;
    const held = chunk.rows.indexOf(product.row);
    if (held === -1) this.#size++;
    setLine(chunk, held === -1 ? chunk.rows.length : held, { row: product.row, line, nameLength: name.length });
  }

  remove(row: number): void {
    const chunk = this.#chunks.get(Math.floor(row / CHUNK));
    const at = chunk?.rows.indexOf(row) ?? -1;
    if (chunk === undefined || at === -1) return;
    setLine(chunk, at, null);
    this.#size--;
  }

  /** Row numbers of the products that hold every word of the query, best first. */
  find(query: string, limit: number): number[] {
    const words = fold(query).split(' ').filter(Boolean);
    const rarest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
    if (rarest === '') return [];
    const found: Found[] = [];
    for (const chunk of this.#chunks.values()) {
      collect(chunk, rarest, words, found);
      if (found.length >= MAX_CANDIDATES) break;
    }
    found.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return found.slice(0, limit).map(({ row }) => row);
  }
}

/** A string that is built line by line keeps all its pieces, three times its size, until it is searched: done with one, it is. */
function makeWhole(chunk: Chunk | null): void {
  if (chunk?.text.includes(NOWHERE) === true) chunk.text = chunk.text.replaceAll(NOWHERE, ' ');
}

/** Puts a line in place of the one there (or behind the last), or takes it out; what follows moves along. */
function setLine(
  chunk: Chunk,
  at: number,
  fresh: { readonly row: number; readonly line: string; readonly nameLength: number } | null,
): void {
  const start = chunk.starts[at] ?? chunk.text.length;
  const end = chunk.starts[at + 1] ?? chunk.text.length;
  chunk.text = chunk.text.slice(0, start) + (fresh?.line ?? '') + chunk.text.slice(end);
  const moved = (fresh?.line.length ?? 0) - (end - start);
  for (let after = at + 1; after < chunk.rows.length; after++) {
    chunk.starts[after] = (chunk.starts[after] ?? 0) + moved;
    chunk.nameEnds[after] = (chunk.nameEnds[after] ?? 0) + moved;
  }
  const parts = fresh === null ? null : { row: fresh.row, start, nameEnd: start + 1 + fresh.nameLength };
  chunk.rows.splice(at, 1, ...(parts === null ? [] : [parts.row]));
  chunk.starts.splice(at, 1, ...(parts === null ? [] : [parts.start]));
  chunk.nameEnds.splice(at, 1, ...(parts === null ? [] : [parts.nameEnd]));
}

function collect({ text, rows, starts, nameEnds }: Chunk, rarest: string, words: readonly string[], found: Found[]): void {
  let from = 0;
  for (;;) {
    const hit = text.indexOf(rarest, from);
    if (hit === -1) return;
    const at = lineAt(starts, hit);
    const [row, start, nameEnd] = [rows[at], starts[at], nameEnds[at]];
    assert(row !== undefined && start !== undefined && nameEnd !== undefined, 'a hit lies in a line');
    from = starts[at + 1] ?? text.length;
    const line = text.slice(start, from);
    if (!words.every((word) => line.includes(word))) continue;
    const name = text.slice(start + 1, nameEnd);
    found.push({ row, name, rank: rankOf(name, line, words) });
  }
}

/** The last start at or before this place. */
function lineAt(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lower is better: the name begins so, a word of it begins so, it stands somewhere in the name, it is a code or a price. */
function rankOf(name: string, line: string, words: readonly string[]): number {
  const [first = ''] = words;
  let rank = name.startsWith(first) ? 0 : 1;
  for (const word of words) {
    if (line.includes(` ${word}`)) rank += 0;
    else if (name.includes(word)) rank += 2;
    else rank += 4;
  }
  return rank;
}

const PLAIN_ASCII = /^[ -~]*$/;

/** Lower case, accents off, one space between words. */
export function fold(text: string): string {
  const plain = PLAIN_ASCII.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFD')
        .replaceAll(/\p{M}/gu, '')
        .toLowerCase()
        .replaceAll('œ', 'oe')
        .replaceAll('æ', 'ae')
        .replaceAll('ß', 'ss')
        .replaceAll('ø', 'o');
  return plain.replaceAll(/\s+/g, ' ').trim();
}
