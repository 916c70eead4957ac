/**
 * A receipt printer on the network: takes connections one at a time as printers do, understands ESC/POS, answers what is asked of its state,
 * runs out of paper, is slow, dies in the middle. What came out of it can be read, and drawn by Chromium.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import { PAPERS, type PaperName } from '../../src/domain/printer.ts';
import { EscPosReader, sheetAsHtml, type PrinterOutput, type Sheet } from './escpos-picture.ts';

export interface FakePrinter {
  readonly port: number;
  readonly output: PrinterOutput;
  paperOut: boolean;
  coverOpen: boolean;
  /** It takes what is sent and answers nothing, as cheap ones do. */
  mute: boolean;
  /** Goes dead after so many more bytes; null: never. */
  diesAfterBytes: number | null;
  /** Takes this many bytes each 10 ms; null: at once. */
  bytesPerTick: number | null;
  /** Connections that came in. */
  connections: number;
  bytesTaken: number;
  stop(): Promise<void>;
}

const TICK_MS = 10;
const DLE = 0x10;

export async function startFakePrinter(port = 0): Promise<FakePrinter> {
  let line: Socket | null = null;
  const reader = new EscPosReader((command, n) => {
    if (printer.mute || command === 'dle-eot') return;
    line?.write(Uint8Array.of(n === 1 && printer.paperOut ? 0x0c : 0));
  });
  const server = createServer((socket) => {
    printer.connections++;
    // One at a time: the next waits until the one before has gone.
    if (line === null) take(socket);
    else waiting.push(socket);
    socket.on('error', () => {});
  });
  const waiting: Socket[] = [];
  let held: number[] = [];
  const take = (socket: Socket): void => {
    line = socket;
    const timer = setInterval(() => pass(socket), TICK_MS);
    socket.on('data', (bytes) => {
      held.push(...answerAtOnce(socket, bytes));
      if (printer.bytesPerTick !== null && held.length > 4096) socket.pause();
      pass(socket);
    });
    socket.on('end', () => finish(socket));
    socket.on('close', () => {
      clearInterval(timer);
      line = null;
      const next = waiting.shift();
      if (next !== undefined && !next.destroyed) take(next);
    });
  };
  const finish = (socket: Socket): void => {
    if (held.length === 0) socket.end();
    else setTimeout(() => finish(socket), TICK_MS);
  };
  /** DLE EOT is heard even without paper; the rest waits its turn. */
  const answerAtOnce = (socket: Socket, bytes: Buffer): number[] => {
    const rest: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== DLE || bytes[at + 1] !== 4) {
        rest.push(bytes[at] ?? 0);
        continue;
      }
      const n = bytes[at + 2] ?? 0;
      at += 2;
      const byte = n === 2 ? 0x12 | (printer.coverOpen ? 0x04 : 0) | (printer.paperOut ? 0x20 : 0) : 0x12 | (printer.paperOut ? 0x60 : 0);
      if (!printer.mute) socket.write(Uint8Array.of(byte));
    }
    return rest;
  };
  const pass = (socket: Socket): void => {
    if (printer.paperOut || printer.coverOpen || held.length === 0) return;
    const now = held.slice(0, Math.min(held.length, printer.bytesPerTick ?? held.length, printer.diesAfterBytes ?? held.length));
    held = held.slice(now.length);
    printer.bytesTaken += now.length;
    reader.feed(now);
    if (printer.diesAfterBytes !== null) {
      printer.diesAfterBytes -= now.length;
      if (printer.diesAfterBytes <= 0) {
        held = [];
        printer.diesAfterBytes = null;
        socket.destroy();
      }
    }
    if (held.length <= 4096) socket.resume();
  };
  const printer: FakePrinter = {
    port: await listen(server, port),
    get output() {
      return reader.output;
    },
    paperOut: false,
    coverOpen: false,
    mute: false,
    diesAfterBytes: null,
    bytesPerTick: null,
    connections: 0,
    bytesTaken: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        line?.destroy();
        for (const socket of waiting) socket.destroy();
      }),
  };
  return printer;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** The sheet as it lies on the counter. */
export async function photograph(browser: Browser, sheet: Sheet, paper: PaperName): Promise<Buffer> {
  const { dots } = PAPERS[paper];
  const page = await browser.newPage({ viewport: { width: dots + 40, height: 400 } });
  await page.setContent(sheetAsHtml(sheet, dots));
  const picture = await page.screenshot({ fullPage: true });
  await page.close();
  return picture;
}
