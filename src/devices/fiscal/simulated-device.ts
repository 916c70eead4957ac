/** The register's end of a simulated fiscal device (fiscal-simulator.ts): one request a connection, and a time after which it is out. */
import { connect } from 'node:net';
import { readLines, writeLine } from '../json-lines.ts';
import type { AskFiscal, FiscalAnswer } from './fiscal-device.ts';

/** A device signs in well under a second; somebody stands at the counter meanwhile. */
const ANSWERS_WITHIN_MS = 3_000;

export function askSimulatedDevice({ host, port }: { readonly host: string; readonly port: number }): AskFiscal {
  return (request) =>
    new Promise<FiscalAnswer>((resolve) => {
      const socket = connect({ host, port });
      const end = (answer: FiscalAnswer): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(answer);
      };
      const timer = setTimeout(() => end({ state: 'outage', reason: 'no-answer' }), ANSWERS_WITHIN_MS);
      socket.once('connect', () => writeLine(socket, request));
      readLines(socket, ({ device, number, signature }) => {
        if (typeof device !== 'string' || typeof signature !== 'string') end({ state: 'outage', reason: 'refused' });
        else end({ state: 'signed', device, number: typeof number === 'string' ? number : null, signature });
      });
      socket.once('error', () => end({ state: 'outage', reason: 'not-reached' }));
      socket.once('close', () => end({ state: 'outage', reason: 'hung-up' }));
    });
}
