/** The register's end of a simulated terminal (simulator.ts): what a protocol of a real one has to do, over a real connection. */
import { connect } from 'node:net';
import type { Ask } from './terminal.ts';
import { readLines, writeLine } from '../json-lines.ts';
import type { ToTerminal } from './simulated-wire.ts';

/** A terminal on the shop's own network answers the knock at once, or it is switched off. */
const CONNECTS_WITHIN_MS = 3_000;

export function askSimulated({ host, port }: { readonly host: string; readonly port: number }): Ask {
  return (request, hear) => {
    const socket = connect({ host, port });
    let asked = false;
    let answered = false;
    let hungUp = false;
    let why = 'not-reached';
    const knock = setTimeout(() => socket.destroy(new Error('it does not answer')), CONNECTS_WITHIN_MS);
    socket.setKeepAlive(true, 1_000);
    socket.once('connect', () => {
      clearTimeout(knock);
      asked = true;
      writeLine(socket, { type: 'pay', ...request } satisfies ToTerminal);
    });
    readLines(socket, ({ type, id, state, reference }) => {
      if (hungUp || type !== 'answer' || id !== request.id || (state !== 'approved' && state !== 'declined')) return;
      answered = true;
      hear({ state, reference: typeof reference === 'string' ? reference : '' });
    });
    // What went wrong is in the close that follows.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(knock);
      if (hungUp || answered) return;
      // Never reached, it took nothing; once asked, nobody here knows.
      hear(asked ? { state: 'unknown', reference: null } : { state: 'declined', reference: why });
    });
    return {
      cancel: () => {
        why = 'cancelled';
        if (asked) writeLine(socket, { type: 'cancel', id: request.id } satisfies ToTerminal);
        else socket.destroy();
      },
      hangUp: () => {
        hungUp = true;
        clearTimeout(knock);
        socket.destroy();
      },
    };
  };
}
