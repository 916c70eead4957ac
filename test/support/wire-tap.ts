/** A tap on the cable to a hub: a TCP proxy that passes everything on, and keeps every byte of every connection, each way. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Capture {
  /** What came from the register, and from the hub. */
  readonly fromRegister: () => Buffer;
  readonly fromHub: () => Buffer;
}

export interface WireTap {
  readonly port: number;
  readonly captures: readonly Capture[];
  close(): Promise<void>;
}

export async function tapWire(hubPort: number): Promise<WireTap> {
  const captures: Capture[] = [];
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(hubPort, '127.0.0.1');
    captures.push({ fromRegister: passOn(near, far, ends), fromHub: passOn(far, near, ends) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    captures,
    close: async () => {
      for (const end of ends) end.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Returns what has passed so far. */
function passOn(from: Socket, to: Socket, ends: Set<Socket>): () => Buffer {
  const chunks: Buffer[] = [];
  ends.add(from);
  from.setNoDelay(true);
  from.on('data', (chunk: Buffer) => chunks.push(chunk));
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', () => {
    ends.delete(from);
    to.destroy();
  });
  return () => Buffer.concat(chunks);
}
