/** The listening end: HTTP on the loopback only, and a note in the data folder by which the command line finds the running register. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { ok, refuse, type Result } from '../base/result.ts';
import { makeApp } from './app.ts';
import { RUNNING_FILE } from './running-file.ts';
import type { Runtime } from './runtime.ts';

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Refuses with port.taken. Port 0 takes any free one. */
export async function startHttpServer(runtime: Runtime, port: number): Promise<Result<HttpServer>> {
  let actual = port;
  const app = makeApp(runtime, () => actual);
  const server = await listen(app.fetch, port);
  if (server === null) return refuse('port.taken', { port });
  const address = server.address();
  if (typeof address === 'object' && address !== null) actual = address.port;
  const note = join(runtime.dataFolder, RUNNING_FILE);
  writeFileSync(note, JSON.stringify({ port: actual, pid: process.pid, token: runtime.sessions.commandLineToken }), { mode: 0o600 });
  return ok({
    port: actual,
    stop: () =>
      new Promise((resolve) => {
        rmSync(note, { force: true });
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  });
}

function listen(fetch: Parameters<typeof serve>[0]['fetch'], port: number): Promise<ServerType | null> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server));
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
  });
}
