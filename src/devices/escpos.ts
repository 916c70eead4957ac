/**
 * Blocks of paper as ESC/POS, the language of receipt printers (Epson's "ESC/POS Command Reference"; others follow it). Only commands that
 * cheap printers know as well. Pure: bytes out, nothing sent.
 */
import { PAPERS, type PaperName } from '../domain/printer.ts';
import type { Block } from '../domain/receipt-blocks.ts';
import { encodeCharacter, FIRST_CODE_PAGE, plainText } from './code-pages.ts';
import type { Raster } from './raster.ts';

const ESC = 0x1b;
const GS = 0x1d;
const DLE = 0x10;
const LINE_FEED = 0x0a;
/** After DLE, what a printer obeys wherever it stands, in a picture too: tell your state, recover, kick the drawer or switch off. One dot is less. */
const HEARD_AT_ONCE: ReadonlySet<number> = new Set([0x04, 0x05, 0x14]);

/** Pulse on pin 2 of the drawer's plug for 50 ms, with 500 ms of rest: what drawers of every make answer to. */
export const KICK_DRAWER: readonly number[] = [ESC, 0x70, 0, 25, 250];

const BOLD = 0x08;
const TWICE_HIGH = 0x10;
const TWICE_WIDE = 0x20;

export interface PaperOptions {
  readonly paper: PaperName;
  readonly logo: Raster | null;
}

/** One sheet: from reset to cut. */
export function encodePaper(blocks: readonly Block[], { paper, logo }: PaperOptions): Uint8Array {
  const sheet = new Sheet(PAPERS[paper]);
  for (const block of blocks) sheet.put(block, logo);
  return sheet.end();
}

class Sheet {
  readonly #bytes: number[] = [ESC, 0x40, ESC, 0x74, FIRST_CODE_PAGE];
  readonly #size: { readonly columns: number; readonly dots: number };
  #page = FIRST_CODE_PAGE;

  constructor(size: { readonly columns: number; readonly dots: number }) {
    this.#size = size;
  }

  put(block: Block, logo: Raster | null): void {
    const { columns } = this.#size;
    switch (block.kind) {
      case 'text': {
        const wide = block.large === true && plainText(block.text).length <= columns / 2;
        this.#style({ bold: block.bold === true, large: block.large === true, wide, centred: block.align === 'center' });
        for (const line of wrapText(plainText(block.text), columns)) this.#line(line);
        return;
      }
      case 'row': {
        const [start, end] = [plainText(block.start), plainText(block.end)];
        const wide = block.large === true && start.length + end.length < columns / 2;
        this.#style({ bold: block.bold === true, large: block.large === true, wide, centred: false });
        for (const line of layRow(start, end, wide ? columns / 2 : columns)) this.#line(line);
        return;
      }
      case 'table':
        this.#style();
        for (const line of layTable(
          block.rows.map((cells) => cells.map(plainText)),
          columns,
        ))
          this.#line(line);
        return;
      case 'rule':
        this.#style();
        this.#line('-'.repeat(columns));
        return;
      case 'space':
        this.#style();
        this.#line('');
        return;
      case 'logo':
        if (logo !== null) this.#raster(logo);
        return;
      case 'barcode':
        this.#barcode(plainText(block.text));
    }
  }

  /** What hangs below the print head comes out, then a cut that leaves the sheet on a corner. */
  end(): Uint8Array {
    this.#bytes.push(GS, 0x56, 66, 3);
    return Uint8Array.from(this.#bytes);
  }

  #style({ bold = false, large = false, wide = false, centred = false } = {}): void {
    this.#bytes.push(ESC, 0x61, centred ? 1 : 0);
    this.#bytes.push(ESC, 0x21, (bold ? BOLD : 0) | (large ? TWICE_HIGH : 0) | (wide ? TWICE_WIDE : 0));
  }

  #line(text: string): void {
    for (const character of text) {
      const { page, byte } = encodeCharacter(character, this.#page);
      if (page !== this.#page) this.#bytes.push(ESC, 0x74, page);
      this.#page = page;
      this.#bytes.push(byte);
    }
    this.#bytes.push(LINE_FEED);
  }

  #raster({ widthBytes, height, bits }: Raster): void {
    this.#style({ centred: true });
    this.#bytes.push(GS, 0x76, 0x30, 0, widthBytes & 0xff, widthBytes >> 8, height & 0xff, height >> 8);
    for (const [at, byte] of bits.entries()) {
      const isCommand = bits[at - 1] === DLE && HEARD_AT_ONCE.has(byte);
      this.#bytes.push(isCommand ? byte ^ 0x02 : byte);
    }
    this.#bytes.push(LINE_FEED);
  }

  /** Code 128, as wide as the paper lets it be read with ease; nothing where it does not fit. The paper's own margins are its white. */
  #barcode(text: string): void {
    const { data, modules } = code128Data(text);
    const moduleDots = [3, 2].find((dots) => modules * dots <= this.#size.dots);
    this.#style({ centred: true });
    if (moduleDots !== undefined) {
      this.#bytes.push(GS, 0x68, BARCODE_DOTS, GS, 0x77, moduleDots, GS, 0x48, 0);
      this.#bytes.push(GS, 0x6b, 73, data.length, ...data);
    }
    this.#line(text);
  }
}

const BARCODE_DOTS = 64;
const SYMBOL_MODULES = 11;
/** Start, check and stop: 11, 11 and 13. */
const FRAME_MODULES = 35;
const CODE_B = [0x7b, 0x42];
const CODE_C = [0x7b, 0x43];

/** What `GS k 73` takes: set B for the letters, and pairs of figures in set C at the end, where they take half the room. */
function code128Data(text: string): { readonly data: readonly number[]; readonly modules: number } {
  const figures = /(?:\d\d)+$/.exec(text)?.[0] ?? '';
  const pairs = figures.length >= 4 ? (figures.match(/\d\d/g) ?? []) : [];
  const letters = pairs.length === 0 ? text : text.slice(0, -figures.length);
  const data = [
    ...(letters === '' ? [] : [...CODE_B, ...Array.from(letters, (letter) => letter.charCodeAt(0))]),
    ...(pairs.length === 0 ? [] : [...CODE_C, ...pairs.map(Number)]),
  ];
  const switches = letters !== '' && pairs.length > 0 ? 1 : 0;
  return { data, modules: (letters.length + pairs.length + switches) * SYMBOL_MODULES + FRAME_MODULES };
}

/** Breaks at spaces; a word longer than the line is cut. What a line is indented by, its next lines are too. */
export function wrapText(text: string, columns: number): string[] {
  const indent = /^ */.exec(text)?.[0].slice(0, columns / 2) ?? '';
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trim().split(/ +/)) {
    for (let rest = word; rest !== '';) {
      const room = columns - line.length - (line.trim() === '' ? 0 : 1);
      if (rest.length <= room) {
        line += (line.trim() === '' ? '' : ' ') + rest;
        rest = '';
      } else if (line.trim() === '') {
        lines.push(line + rest.slice(0, room));
        rest = rest.slice(room);
      } else {
        lines.push(line);
        line = indent;
      }
    }
  }
  return line.trim() === '' && lines.length > 0 ? lines : [...lines, line];
}

/** The amount stands at the end of the first line; a long name goes on below, clear of the amounts. */
export function layRow(start: string, end: string, columns: number): string[] {
  const room = Math.max(1, columns - end.length - 1);
  const [first = '', ...rest] = wrapText(start, room);
  return [first + end.padStart(columns - first.length), ...rest];
}

/** The first column to the left, the others to the right, what room is left shared between them. The last ones go where they do not fit. */
export function layTable(rows: readonly (readonly string[])[], columns: number): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  const needed = widths.reduce((sum, width) => sum + width + 1, -1);
  if (needed > columns && widths.length > 1)
    return layTable(
      rows.map((cells) => cells.slice(0, -1)),
      columns,
    );
  const spare = Math.floor((columns - needed) / Math.max(1, widths.length - 1));
  return rows.map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(columns - spread(widths.slice(1), spare)) : cell.padStart((widths[at] ?? 0) + 1 + spare)))
      .join(''),
  );
}

function spread(widths: readonly number[], spare: number): number {
  return widths.reduce((sum, width) => sum + width + 1 + spare, 0);
}
