/**
 * Fiscal devices without a law behind them, one of each kind: Germany's counts transactions from the cart's first line, Belgium's counts
 * tickets, Italy's numbers documents by its day's closure. Each signs what it is told with a secret of its own, and the same request once.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { FiscalDeviceKind } from '../../domain/fiscal.ts';
import { readLines, writeLine } from '../json-lines.ts';

export interface FiscalSimulator {
  readonly port: number;
  /** What it signed, oldest first. */
  readonly journal: readonly { readonly what: string; readonly cart: string; readonly number: string | null }[];
  /** What it was asked, oldest first, whatever it did. */
  readonly asked: readonly string[];
  /** hang: takes requests and does nothing. mute: signs, and nobody hears of it. */
  behave(how: 'answer' | 'hang' | 'mute'): void;
  stop(): Promise<void>;
}

/** Italy's number is that of the day's closure and of the document in it; a simulated day does not end. */
const CLOSURE = '0001';

export async function startFiscalSimulator(
  kind: FiscalDeviceKind,
  port: number,
  onSigned: (line: string) => void = () => {},
): Promise<FiscalSimulator> {
  const secret = randomBytes(32);
  const device = `${kind.toUpperCase()}-${secret.toString('hex', 0, 4)}`;
  const journal: { what: string; cart: string; number: string | null }[] = [];
  const asked: string[] = [];
  const signed = new Map<string, object>();
  const transactions = new Map<string, string>();
  const sockets = new Set<Socket>();
  let behaviour: 'answer' | 'hang' | 'mute' = 'answer';

  const numberFor = (what: string, cart: string): string | null => {
    const finished = journal.filter((entry) => entry.what === 'finish').length;
    switch (kind) {
      case 'tse': {
        const number = transactions.get(cart) ?? String(transactions.size + 1);
        transactions.set(cart, number);
        return number;
      }
      case 'fdm':
        return what === 'finish' ? String(finished + 1) : null;
      case 'rt':
        return what === 'finish' ? `${CLOSURE}-${String(finished + 1).padStart(4, '0')}` : null;
    }
  };
  const sign = (what: string, cart: string, text: string): object => {
    const held = signed.get(text);
    if (held !== undefined) return held;
    const number = numberFor(what, cart);
    const signature = createHmac('sha256', secret).update(`${journal.length} ${text}`).digest('base64url');
    journal.push({ what, cart, number });
    onSigned(`${what} ${number ?? '-'}`);
    const answer = { device, number, signature };
    signed.set(text, answer);
    return answer;
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    // The register hung up; what was signed stays signed.
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    readLines(socket, (request) => {
      const { what, cart } = request;
      asked.push(String(what));
      if (behaviour === 'hang' || typeof what !== 'string' || typeof cart !== 'string') return;
      const answer = sign(what, cart, JSON.stringify(request));
      if (behaviour === 'answer') writeLine(socket, answer);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    journal,
    asked,
    behave: (how) => {
      behaviour = how;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
