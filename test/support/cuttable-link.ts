/**
 * The cable between two registers, as a TCP proxy that a test can cut and mend. Cut, it is a network that went dead: what was connected
 * falls silent without a word, and nobody answers any more. Mended, the old connections are gone and new ones get through.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

export interface CuttableLink {
  readonly port: number;
  cut(): Promise<void>;
  /** Cut for good by itself once so much more has come from the target; `atOnce` in the same moment. */
  cutAfter(bytes: number, atOnce: () => void): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function makeCuttableLink(targetPort: number): Promise<CuttableLink> {
  const port = await freePort();
  const ends = new Set<Socket>();
  let room = Infinity;
  let whenCut = (): void => {};
  const onData = (bytes: number): void => {
    room -= bytes;
    if (room >= 0) return;
    room = Infinity;
    whenCut();
    drop();
    void stop();
  };
  let server = await listen(port, targetPort, ends, onData);
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const end of ends) end.unref();
    await Promise.race([closed, new Promise((resolve) => setImmediate(resolve))]);
  };
  const drop = (): void => {
    for (const end of ends) end.destroy();
    ends.clear();
  };
  return {
    port,
    cut: async () => {
      for (const end of ends) end.unpipe().pause();
      await stop();
    },
    cutAfter: (bytes, atOnce) => {
      [room, whenCut] = [bytes, atOnce];
    },
    mend: async () => {
      drop();
      server = await listen(port, targetPort, ends, onData);
    },
    close: async () => {
      drop();
      await stop();
    },
  };
}

/** `onData` hears of what comes before it is passed on. */
async function listen(port: number, targetPort: number, ends: Set<Socket>, onData: (bytes: number) => void): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    far.on('data', (chunk) => onData(chunk.length));
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.setNoDelay(true);
      end.pipe(other);
      // One side gone, the other goes too.
      end.on('error', () => other.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
