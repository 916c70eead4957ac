/**
 * A card terminal without cards, for demo shops and tests: a small server that takes requests as a real one would and behaves as told, or as
 * the last two figures of the amount say. It keeps what it took in a journal, as a real one prints it at the end of the day.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readLines, writeLine } from '../json-lines.ts';
import type { FromTerminal } from './simulated-wire.ts';

export const BEHAVIOURS = ['approve', 'decline', 'silent', 'late', 'twice', 'hang-up'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** By the last two figures of the amount: 12.01 is declined. Any other is approved. */
const BY_AMOUNT: Readonly<Record<number, Behaviour>> = { 1: 'decline', 2: 'silent', 3: 'late', 4: 'twice', 5: 'hang-up' };

export interface SimulatorOptions {
  readonly port: number;
  /** Null: by the amount. */
  readonly behaviour: Behaviour | null;
  /** How long a card takes; a late answer takes `lateMs`. */
  readonly thinkMs: number;
  readonly lateMs: number;
  readonly onTaken?: (entry: JournalEntry) => void;
}

export interface JournalEntry {
  readonly id: string;
  readonly amountMinor: number;
  readonly reference: string;
}

export interface Simulator {
  readonly port: number;
  readonly journal: readonly JournalEntry[];
  /** Of the next requests. */
  behave(behaviour: Behaviour | null): void;
  stop(): Promise<void>;
}

interface Request {
  readonly id: string;
  readonly amountMinor: number;
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const journal: JournalEntry[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let behaviour = options.behaviour;

  const after = (ms: number, work: () => void): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
    return timer;
  };
  const take = ({ id, amountMinor }: Request): FromTerminal => {
    const entry = { id, amountMinor, reference: `SIM-${String(journal.length + 1).padStart(6, '0')}` };
    journal.push(entry);
    options.onTaken?.(entry);
    return { type: 'answer', id, state: 'approved', reference: entry.reference };
  };
  /** Returns what is still to come, which a cancel takes away. */
  const serve = (socket: Socket, request: Request): NodeJS.Timeout | null => {
    const approve = (): FromTerminal => {
      const answer = take(request);
      writeLine(socket, answer);
      return answer;
    };
    switch (behaviour ?? BY_AMOUNT[Math.abs(request.amountMinor) % 100] ?? 'approve') {
      case 'approve':
        return after(options.thinkMs, approve);
      case 'decline':
        return after(options.thinkMs, () =>
          writeLine(socket, { type: 'answer', id: request.id, state: 'declined', reference: 'card-refused' }),
        );
      case 'late':
        return after(options.lateMs, approve);
      case 'twice':
        return after(options.thinkMs, () => {
          const answer = approve();
          after(options.thinkMs, () => writeLine(socket, answer));
        });
      case 'hang-up':
        return after(options.thinkMs, () => {
          take(request);
          socket.destroy();
        });
      case 'silent':
        return null;
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    let underway: { readonly request: Request; readonly timer: NodeJS.Timeout | null } | null = null;
    // The register hung up; what was begun goes on, as at a real terminal.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    readLines(socket, ({ type, id, amountMinor }) => {
      if (type === 'pay' && underway === null && typeof id === 'string' && typeof amountMinor === 'number') {
        const request = { id, amountMinor };
        underway = { request, timer: serve(socket, request) };
      } else if (type === 'cancel' && underway?.timer !== null && underway?.timer !== undefined && timers.delete(underway.timer)) {
        clearTimeout(underway.timer);
        writeLine(socket, { type: 'answer', id: underway.request.id, state: 'declined', reference: 'cancelled' });
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    journal,
    behave: (next) => {
      behaviour = next;
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
