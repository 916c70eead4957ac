/**
 * Sends one job to a printer, over TCP or to a device file, and says how it ended. Until `onBegin` nothing of it has left this machine; after
 * it, a fault means that nobody here knows how much came out. Every wait has its limit. Never throws for what a printer does.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { PrinterAddress, PrinterProblem } from '../domain/printer.ts';
import { ASK_DONE, ASK_STATUS, kindOfByte, readProblem } from './printer-status.ts';

export interface SendInput {
  readonly address: PrinterAddress;
  /** Asked for once the printer is there. */
  bytes(): Uint8Array;
  readonly clock: Clock;
  /** The program ends: the connection is given up. */
  readonly signal: AbortSignal;
  /** The first byte is about to leave. */
  onBegin(): void;
  /** What the printer says while it works at this job; null when it is well again. */
  onProblem(problem: PrinterProblem | null): void;
}

/** Null: it is on paper, as far as this printer tells. */
export type Sent = PrinterProblem | null;

const CONNECT_MS = 3_000;
/** Printers answer within a few milliseconds; one that has not by now does not answer at all. */
const ANSWER_MS = 400;
/** Without taking a byte, or without word that it is printed: longer than a roll takes to be changed. */
const STALL_MS = 60_000;
const LOOK_MS = 1_000;
const CHUNK_BYTES = 4_096;

export function sendToPrinter(input: SendInput): Promise<Sent> {
  return input.address.kind === 'network' ? sendOverNetwork(input, input.address) : sendToDevice(input, input.address.path);
}

// ---- over the network

async function sendOverNetwork(input: SendInput, { host, port }: { host: string; port: number }): Promise<Sent> {
  const socket = await reach(host, port);
  if (socket === null) return 'not-reachable';
  const line = new Line(socket, input.clock);
  const giveUp = (): Socket => socket.destroy();
  input.signal.addEventListener('abort', giveUp);
  if (input.signal.aborted) giveUp();
  try {
    const before = await line.askStatus();
    if (before !== 'silent' && before !== null) return before;
    if (line.broken) return 'not-reachable';
    const bytes = input.bytes();
    input.onBegin();
    if (!(await line.write(bytes, input.onProblem))) return 'cut-off';
    if (before === 'silent') return (await line.hangUp()) ? null : 'cut-off';
    return (await line.waitUntilDone(input.onProblem)) ? null : 'cut-off';
  } finally {
    input.signal.removeEventListener('abort', giveUp);
    socket.destroy();
  }
}

function reach(host: string, port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    socket.setTimeout(CONNECT_MS, () => socket.destroy());
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      resolve(socket);
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(null));
  });
}

/** A connection to a printer and the bytes that come back on it. */
class Line {
  broken = false;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #statuses: number[] = [];
  #isDone = false;
  #changed: () => void = () => {};

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    const change = (): void => this.#changed();
    socket.on('data', (bytes: Buffer) => {
      for (const byte of bytes) {
        const kind = kindOfByte(byte);
        if (kind === 'status') this.#statuses.push(byte);
        else if (kind === 'done') this.#isDone = true;
      }
      change();
    });
    socket.on('drain', change);
    // A printer that goes away is told by `broken`; whoever waits is woken.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.broken = true;
      change();
    });
  }

  /** `silent` when the printer answers nothing. */
  async askStatus(): Promise<PrinterProblem | null | 'silent'> {
    this.#statuses.length = 0;
    this.#socket.write(Uint8Array.from(ASK_STATUS));
    await this.#until(() => this.#statuses.length >= 2, ANSWER_MS);
    const [offline, paper] = this.#statuses;
    return offline === undefined || paper === undefined ? 'silent' : readProblem(offline, paper);
  }

  /** In pieces, each once the one before has left; false when it broke off or nothing moved for too long. */
  async write(bytes: Uint8Array, onProblem: SendInput['onProblem']): Promise<boolean> {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      if (this.broken) return false;
      this.#socket.write(bytes.subarray(at, at + CHUNK_BYTES));
      if (!(await this.#watch(() => this.#socket.writableLength === 0, onProblem))) return false;
    }
    return !this.broken;
  }

  async waitUntilDone(onProblem: SendInput['onProblem']): Promise<boolean> {
    this.#isDone = false;
    this.#socket.write(Uint8Array.from(ASK_DONE));
    return this.#watch(() => this.#isDone, onProblem);
  }

  /** Of a printer that answers nothing: it took all of it and hung up in order. */
  async hangUp(): Promise<boolean> {
    let failed = false;
    this.#socket.once('error', () => (failed = true));
    this.#socket.end();
    await this.#until(() => this.broken, CONNECT_MS);
    return !failed;
  }

  /** Waits for it, looking after the printer every second; false when the line broke or it took too long. */
  async #watch(isThere: () => boolean, onProblem: SendInput['onProblem']): Promise<boolean> {
    const untilMs = this.#clock.monotonicMs() + STALL_MS;
    while (!isThere()) {
      if (this.broken || this.#clock.monotonicMs() > untilMs) return false;
      await this.#until(isThere, LOOK_MS);
      if (isThere() || this.broken) continue;
      const status = await this.askStatus();
      if (status !== 'silent') onProblem(status);
    }
    onProblem(null);
    return true;
  }

  /** Until it is so, the line broke, or the time is up. */
  async #until(isThere: () => boolean, ms: number): Promise<void> {
    const over = new AbortController();
    this.#changed = () => {
      if (isThere() || this.broken) over.abort();
    };
    this.#changed();
    await this.#clock.sleep(ms, over.signal);
    this.#changed = () => {};
  }
}

// ---- to a device file

/** Without waiting in the system, where a printer out of paper would hold a thread for as long as it is. */
const OPEN_FLAGS = constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);
const FULL_PAUSE_MS = 50;

async function sendToDevice(input: SendInput, path: string): Promise<Sent> {
  const file = await openDevice(path);
  if (file === 'not-reachable' || file === 'not-a-device') return file;
  try {
    const bytes = input.bytes();
    input.onBegin();
    return (await writeAll(file, bytes, input)) ? null : 'cut-off';
  } finally {
    await file.close().catch(() => {
      // The device went away: told by the write before.
    });
  }
}

async function openDevice(path: string): Promise<FileHandle | 'not-reachable' | 'not-a-device'> {
  try {
    const file = await open(path, OPEN_FLAGS);
    const kind = await file.stat();
    if (kind.isCharacterDevice() || kind.isFIFO()) return file;
    await file.close();
    return 'not-a-device';
  } catch {
    // Not there, switched off, or not ours to write to.
    return 'not-reachable';
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, { clock, signal }: SendInput): Promise<boolean> {
  let at = 0;
  let untilMs = clock.monotonicMs() + STALL_MS;
  while (at < bytes.length) {
    if (signal.aborted) return false;
    try {
      const { bytesWritten } = await file.write(bytes, at, Math.min(CHUNK_BYTES, bytes.length - at));
      at += bytesWritten;
      untilMs = clock.monotonicMs() + STALL_MS;
    } catch (error) {
      const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (!isFull || clock.monotonicMs() > untilMs) return false;
      await clock.sleep(FULL_PAUSE_MS);
    }
  }
  return true;
}
