import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { answersAt } from './answers-at.ts';

test('a port that listens answers, one that does not says so at once', async () => {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  assert.equal(await answersAt('127.0.0.1', address.port, 1_000), true);
  server.close();
  await once(server, 'close');
  assert.equal(await answersAt('127.0.0.1', address.port, 1_000), false);
});
