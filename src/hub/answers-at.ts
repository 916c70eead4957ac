/** Whether anything at all still takes connections at an address. Says nothing about who, sends nothing, and never throws. */
import { connect } from 'node:net';

/** False once `withinMs` have passed without an answer, or when the answer is no. */
export function answersAt(host: string, port: number, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: withinMs });
    const end = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', end(true));
    socket.once('timeout', end(false));
    socket.once('error', end(false));
  });
}
