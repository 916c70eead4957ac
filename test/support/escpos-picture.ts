/**
 * Reads ESC/POS as a receipt printer does and says what came out on the paper: an interpreter of its own, written from Epson's reference and
 * sharing nothing with the encoder but the tables of the code pages and of Code 128. Drawn by Chromium, dot for dot.
 */
import { code128Symbols } from '../../src/domain/code-128.ts';
import { CODE_PAGES } from '../../src/devices/code-pages.ts';

export interface PaperLine {
  readonly text: string;
  readonly align: 'start' | 'center';
  readonly bold: boolean;
  readonly wide: boolean;
  readonly high: boolean;
}

export type Mark =
  | ({ readonly kind: 'line' } & PaperLine)
  | {
      readonly kind: 'raster';
      readonly align: 'start' | 'center';
      readonly widthBytes: number;
      readonly height: number;
      readonly bits: Uint8Array;
    }
  | {
      readonly kind: 'barcode';
      readonly text: string;
      readonly widths: readonly number[];
      readonly moduleDots: number;
      readonly height: number;
    };

export interface Sheet {
  readonly marks: readonly Mark[];
}

export interface PrinterOutput {
  /** Cut off, one after another. */
  readonly sheets: Sheet[];
  /** What hangs out uncut. */
  readonly hanging: Mark[];
  readonly kicks: number;
  /** Commands that this printer does not know: a real one would print them as rubbish. */
  readonly unknown: string[];
}

const DOTS_A = 12;
const LINE_DOTS = 30;

/** Feed it bytes as they come; `onReal` hears the commands that want an answer at once. */
export class EscPosReader {
  readonly sheets: Sheet[] = [];
  kicks = 0;
  readonly unknown: string[] = [];
  #marks: Mark[] = [];
  #pending: number[] = [];
  #line: { character: string }[] = [];
  #style = { align: 'start' as 'start' | 'center', bold: false, wide: false, high: false };
  #page = 0;
  #barcode = { height: 162, moduleDots: 3 };
  readonly #onAsk: (command: 'dle-eot' | 'gs-r', n: number) => void;

  constructor(onAsk: (command: 'dle-eot' | 'gs-r', n: number) => void = () => {}) {
    this.#onAsk = onAsk;
  }

  get output(): PrinterOutput {
    return { sheets: this.sheets, hanging: this.#marks, kicks: this.kicks, unknown: this.unknown };
  }

  feed(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#pending.push(byte);
    let used = 0;
    for (let length = this.#command(used); length > 0; length = this.#command(used)) used += length;
    this.#pending.splice(0, used);
  }

  /** Carries out the command at `at`; its length, or 0 when it is not all there. */
  #command(at: number): number {
    const bytes = this.#pending;
    const have = bytes.length - at;
    const b = (offset: number): number => bytes[at + offset] ?? 0;
    const need = (length: number, work: () => void): number => {
      if (have < length) return 0;
      work();
      return length;
    };
    if (have === 0) return 0;
    switch (b(0)) {
      case 0x0a:
        return need(1, () => this.#feedLine());
      case 0x10:
        return need(3, () => {
          if (b(1) === 4) this.#onAsk('dle-eot', b(2));
          else this.unknown.push(`DLE ${b(1)}`);
        });
      case 0x1b:
        return have < 2 ? 0 : this.#escape(b, need);
      case 0x1d:
        return have < 2 ? 0 : this.#group(b, have, need, (from, length) => Uint8Array.from(bytes.slice(at + from, at + from + length)));
      default:
        return need(1, () => this.#print(b(0)));
    }
  }

  #escape(b: (offset: number) => number, need: (length: number, work: () => void) => number): number {
    switch (b(1)) {
      case 0x40:
        return need(2, () => {
          this.#style = { align: 'start', bold: false, wide: false, high: false };
          this.#page = 0;
          this.#line = [];
        });
      case 0x74:
        return need(3, () => (this.#page = b(2)));
      case 0x61:
        return need(3, () => (this.#style = { ...this.#style, align: b(2) === 1 ? 'center' : 'start' }));
      case 0x21:
        return need(3, () => {
          this.#style = { ...this.#style, bold: (b(2) & 8) !== 0, high: (b(2) & 16) !== 0, wide: (b(2) & 32) !== 0 };
        });
      case 0x70:
        return need(5, () => this.kicks++);
      default:
        return need(2, () => this.unknown.push(`ESC ${b(1)}`));
    }
  }

  #group(
    b: (offset: number) => number,
    have: number,
    need: (length: number, work: () => void) => number,
    take: (from: number, length: number) => Uint8Array,
  ): number {
    switch (b(1)) {
      case 0x68:
        return need(3, () => (this.#barcode = { ...this.#barcode, height: b(2) }));
      case 0x77:
        return need(3, () => (this.#barcode = { ...this.#barcode, moduleDots: b(2) }));
      case 0x48:
        return need(3, () => {});
      case 0x72:
        return need(3, () => this.#onAsk('gs-r', b(2)));
      case 0x56:
        return need(4, () => this.#cut());
      case 0x6b:
        return have < 4 ? 0 : need(4 + b(3), () => this.#drawBarcode(b(2), take(4, b(3))));
      case 0x76: {
        if (have < 8) return 0;
        const [widthBytes, height] = [b(4) + b(5) * 256, b(6) + b(7) * 256];
        return need(8 + widthBytes * height, () => {
          this.#marks.push({ kind: 'raster', align: this.#style.align, widthBytes, height, bits: take(8, widthBytes * height) });
        });
      }
      default:
        return need(2, () => this.unknown.push(`GS ${b(1)}`));
    }
  }

  #print(byte: number): void {
    const page = CODE_PAGES.find(({ number }) => number === this.#page);
    const character =
      byte < 0x80 ? String.fromCharCode(byte) : ([...(page?.bytes ?? [])].find(([, code]) => code === byte)?.[0] ?? '\ufffd');
    if (byte < 0x20) this.unknown.push(`byte ${byte}`);
    this.#line.push({ character });
  }

  #feedLine(): void {
    const text = this.#line.map(({ character }) => character).join('');
    this.#marks.push({ kind: 'line', text, ...this.#style });
    this.#line = [];
  }

  #drawBarcode(symbology: number, data: Uint8Array): void {
    if (symbology !== 73) {
      this.unknown.push(`GS k ${symbology}`);
      return;
    }
    const { text, values } = readCode128(data);
    this.#marks.push({ kind: 'barcode', text, widths: code128Symbols(values), ...this.#barcode });
  }

  #cut(): void {
    if (this.#line.length > 0) this.#feedLine();
    this.sheets.push({ marks: this.#marks });
    this.#marks = [];
  }
}

/** `{B` and `{C` as Epson writes them, to symbol values and to what a scanner would read. */
function readCode128(data: Uint8Array): { text: string; values: number[] } {
  const values: number[] = [];
  let text = '';
  let set = '';
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] ?? 0;
    if (byte === 0x7b) {
      at++;
      const next = String.fromCharCode(data[at] ?? 0);
      values.push(set === '' ? (next === 'C' ? 105 : 104) : next === 'C' ? 99 : 100);
      set = next;
    } else if (set === 'C') {
      values.push(byte);
      text += String(byte).padStart(2, '0');
    } else {
      values.push(byte - 0x20);
      text += String.fromCharCode(byte);
    }
  }
  return { text, values };
}

export function linesOf({ marks }: Sheet): string[] {
  return marks.flatMap((mark) => (mark.kind === 'line' ? [mark.text] : []));
}

export function barcodeOf({ marks }: Sheet): string | null {
  return marks.flatMap((mark) => (mark.kind === 'barcode' ? [mark.text] : []))[0] ?? null;
}

/** The strip of paper as a page to be photographed: every character in its cell, every dot in its place. */
export function sheetAsHtml({ marks }: Sheet, dots: number): string {
  let y = 10;
  const parts: string[] = [];
  for (const mark of marks) {
    if (mark.kind === 'line') {
      const [cell, row] = [mark.wide ? DOTS_A * 2 : DOTS_A, mark.high ? LINE_DOTS * 2 - 6 : LINE_DOTS];
      const characters = Array.from(mark.text);
      const x = mark.align === 'center' ? Math.floor((dots - characters.length * cell) / 2) : 0;
      for (const [at, character] of characters.entries())
        if (character !== ' ')
          parts.push(
            `<text x="${(x + at * cell) / (mark.wide ? 2 : 1)}" y="${(y + row - 8) / (mark.high ? 2 : 1)}" transform="scale(${mark.wide ? 2 : 1} ${mark.high ? 2 : 1})" font-weight="${mark.bold ? 700 : 400}">${character.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`,
          );
      y += row;
    } else if (mark.kind === 'raster') {
      const x = mark.align === 'center' ? Math.floor((dots - mark.widthBytes * 8) / 2) : 0;
      let path = '';
      for (let py = 0; py < mark.height; py++)
        for (let px = 0; px < mark.widthBytes * 8; px++)
          if (((mark.bits[py * mark.widthBytes + (px >> 3)] ?? 0) & (0x80 >> (px & 7))) !== 0) path += `M${x + px} ${y + py}h1v1h-1z`;
      parts.push(`<path d="${path}"/>`);
      y += mark.height;
    } else {
      const width = mark.widths.reduce((sum, module) => sum + module, 0) * mark.moduleDots;
      let x = Math.floor((dots - width) / 2);
      for (const [at, module] of mark.widths.entries()) {
        if (at % 2 === 0) parts.push(`<rect x="${x}" y="${y}" width="${module * mark.moduleDots}" height="${mark.height}"/>`);
        x += module * mark.moduleDots;
      }
      y += mark.height + 4;
    }
  }
  return `<!doctype html><meta charset="utf-8"><body style="margin:0;background:#fff"><svg xmlns="http://www.w3.org/2000/svg" width="${dots + 40}" height="${y + 40}" viewBox="-20 0 ${dots + 40} ${y + 40}" font-family="DejaVu Sans Mono, Liberation Mono, monospace" font-size="19.5" shape-rendering="crispEdges">${parts.join('')}</svg>`;
}
