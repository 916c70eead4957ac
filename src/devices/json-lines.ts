/** JSON documents, a line each, over TCP: what simulated devices speak. */
import { createInterface } from 'node:readline';
import type { Socket } from 'node:net';

/** Longer than any document of ours; a line beyond it is not one. */
const LONGEST_LINE = 2_000;

export function writeLine(socket: Socket, document: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(document)}\n`);
}

/** Calls with what each line says; lines that are no JSON objects are passed over. */
export function readLines(socket: Socket, onDocument: (document: Readonly<Record<string, unknown>>) => void): void {
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => {
    const document = line.length > LONGEST_LINE ? null : parseObject(line);
    if (document !== null) onDocument(document);
  });
  // A line that broke: the socket's own close says so, and an error that nobody heard would end the program.
  lines.on('error', () => {});
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    // Not of this wire.
    return null;
  }
}
