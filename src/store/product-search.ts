/**
 * Search as you type over the whole catalogue: words in any order, parts of words, accents and case ignored, codes and prices too. The
 * catalogue lies in memory as a few hundred plain strings that indexOf runs through; a hundred thousand products are searched within
 * a few milliseconds, a changed product rebuilds one string. Decision 0003 says why this and not SQLite's FTS5.
 */
import { fromHex, toHex } from '../base/bytes.ts';
import { idFromBytes, type Id } from '../base/id.ts';
import { plainAmount } from '../domain/money.ts';
import type { SearchRow } from './queries/catalogue.ts';

/** Products a string: small enough to rebuild in passing. */
const CHUNK = 512;
/** Matches looked at before ranking; a query as wide as this wants another letter. */
const MAX_CANDIDATES = 3_000;
const SEPARATOR = '\n';

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly name: string;
}

interface Chunk {
  readonly entries: Entry[];
  text: string;
  /** Where each entry begins in the text. */
  starts: number[];
  stale: boolean;
}

export class ProductSearch {
  readonly #chunks: Chunk[] = [];
  readonly #places = new Map<string, Chunk>();
  readonly #digits: number;

  constructor(currencyDigits: number) {
    this.#digits = currencyDigits;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Adds a product or replaces what was known of it. */
  put(row: SearchRow): void {
    const id = toHex(row.id);
    const name = fold(row.name);
    const entry = { id, name, text: ` ${name} ${row.codes} ${plainAmount(row.priceMinor, this.#digits)}` };
    const held = this.#places.get(id);
    if (held !== undefined) {
      const at = held.entries.findIndex((candidate) => candidate.id === id);
      held.entries[at] = entry;
      held.stale = true;
      return;
    }
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.entries.length >= CHUNK) {
      chunk = { entries: [], text: '', starts: [], stale: true };
      this.#chunks.push(chunk);
    }
    chunk.entries.push(entry);
    chunk.stale = true;
    this.#places.set(id, chunk);
  }

  remove(id: Uint8Array): void {
    const key = toHex(id);
    const chunk = this.#places.get(key);
    if (chunk === undefined) return;
    chunk.entries.splice(
      chunk.entries.findIndex((entry) => entry.id === key),
      1,
    );
    chunk.stale = true;
    this.#places.delete(key);
  }

  /** Ids of the products that hold every word of the query, best first. */
  find(query: string, limit: number): Id[] {
    const words = fold(query).split(' ').filter(Boolean);
    const rarest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
    if (rarest === '') return [];
    const found: { entry: Entry; rank: number }[] = [];
    for (const chunk of this.#chunks) {
      refresh(chunk);
      collect(chunk, rarest, words, found);
      if (found.length >= MAX_CANDIDATES) break;
    }
    found.sort((a, b) => a.rank - b.rank || a.entry.name.length - b.entry.name.length || (a.entry.name < b.entry.name ? -1 : 1));
    return found.slice(0, limit).map(({ entry }) => idFromBytes(fromHex(entry.id)));
  }
}

function refresh(chunk: Chunk): void {
  if (!chunk.stale) return;
  let at = 0;
  chunk.starts = chunk.entries.map((entry) => {
    const start = at;
    at += entry.text.length + 1;
    return start;
  });
  chunk.text = chunk.entries.map((entry) => entry.text).join(SEPARATOR);
  chunk.stale = false;
}

function collect(chunk: Chunk, rarest: string, words: readonly string[], found: { entry: Entry; rank: number }[]): void {
  let from = 0;
  for (;;) {
    const hit = chunk.text.indexOf(rarest, from);
    if (hit === -1) return;
    const at = entryAt(chunk.starts, hit);
    const entry = chunk.entries[at];
    if (entry === undefined) return;
    if (words.every((word) => entry.text.includes(word))) found.push({ entry, rank: rankOf(entry, words) });
    from = (chunk.starts[at] ?? hit) + entry.text.length;
  }
}

/** The last start at or before this place. */
function entryAt(starts: readonly number[], place: number): number {
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
function rankOf(entry: Entry, words: readonly string[]): number {
  const [first = ''] = words;
  let rank = entry.name.startsWith(first) ? 0 : 1;
  for (const word of words) {
    if (entry.text.includes(` ${word}`)) rank += 0;
    else if (entry.name.includes(word)) rank += 2;
    else rank += 4;
  }
  return rank;
}

/** Lower case, accents off, one space between words. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
