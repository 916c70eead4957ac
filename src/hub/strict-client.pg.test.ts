/** Attacks on the handshake: rogue TLS servers of ours between the strict client and a real PostgreSQL, or in its place. */
import assert from 'node:assert/strict';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { unwrap } from '../base/result.ts';
import { issueServerCertificate, makeCertificateAuthority } from './certificate-authority.ts';
import { makeHubClient } from './hub-client.ts';
import { connectHub, type HubAddress } from './pg-link.ts';
import { refusalCode, startTestHub, tools, type TestHub } from './testing/test-hub.ts';

let shop: TestHub;
let address: HubAddress;
before(async () => {
  shop = await startTestHub();
  address = await shop.registerAddress();
});
after(() => shop.end());

const rogue = issueServerCertificate(makeCertificateAuthority(tools.random), tools.random);
const heard: Buffer[] = [];

/** Answers SSLRequest with S, shows its own certificate, then does as `talk` says. */
async function rogueServer(talk: (socket: TLSSocket) => void | Promise<void>): Promise<{ port: number; close(): void }> {
  const open = new Set<Socket>();
  const server: Server = createServer((raw) => {
    open.add(raw);
    raw.on('error', () => undefined);
    raw.once('data', () => {
      raw.write('S');
      const socket = new TLSSocket(raw, {
        isServer: true,
        secureContext: createSecureContext({ key: rogue.key, cert: rogue.certificate }),
      });
      socket.on('error', () => undefined);
      socket.on('data', (data) => heard.push(data));
      socket.once('data', () => void talk(socket));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const sasl = (...mechanisms: readonly string[]): Buffer => message('R', int32(10), ...mechanisms.map((name) => `${name}\0`), '\0');
const ok = message('R', int32(0));
const ready = message('Z', 'I');

/** Unpinned, as while pairing: only the password exchange stands between the client and the rogue. */
async function attack(talk: (socket: TLSSocket) => void | Promise<void>): Promise<string> {
  heard.length = 0;
  const server = await rogueServer(talk);
  try {
    return refusalCode(await connectHub({ ...address, port: server.port, authority: null }, tools));
  } finally {
    server.close();
    const all = Buffer.concat(heard).toString('latin1');
    assert.ok(!all.includes(address.password), 'the password was given away');
  }
}

test('the true hub is reached, pinned and unpinned', async () => {
  for (const authority of [address.authority, null]) {
    const link = unwrap(await connectHub({ ...address, authority }, tools));
    assert.equal((await makeHubClient(link).greet()).role, address.user);
    await link.close();
  }
});

test('[fault 39] a server under another CA is not spoken to, nor one under another name', async () => {
  const server = await rogueServer(() => undefined);
  assert.equal(refusalCode(await connectHub({ ...address, port: server.port }, tools)), 'hub.not-trusted');
  server.close();
  const other = makeCertificateAuthority(tools.random);
  assert.equal(refusalCode(await connectHub({ ...address, authority: other.certificate }, tools)), 'hub.not-trusted');
});

test('[fault 39] relay: the exchange passed on to the true hub under another certificate fails', async () => {
  const code = await attack(async (socket) => {
    const raw = createConnection(address.port, '127.0.0.1');
    await once(raw, 'connect');
    raw.write(Buffer.concat([int32(8), int32(80877103)]));
    await once(raw, 'data');
    const upstream = connectTls({ socket: raw, rejectUnauthorized: false });
    upstream.on('error', () => undefined);
    await once(upstream, 'secureConnect');
    upstream.write(Buffer.concat(heard));
    socket.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => socket.write(data));
    upstream.on('close', () => socket.destroy());
  });
  // The true hub sees a binding to a certificate that is not its own, and says so; the client then trusts nobody either.
  assert.ok(['hub.not-trusted', 'pairing.wrong-code', 'pairing.revoked'].includes(code), code);
});

test('[fault 39] an offer stripped of channel binding is refused', async () => {
  assert.equal(await attack((socket) => void socket.write(sasl('SCRAM-SHA-256'))), 'hub.not-trusted');
});

test('[fault 39] a cleartext or MD5 password, and every other way to log in, is refused', async () => {
  assert.equal(await attack((socket) => void socket.write(message('R', int32(3)))), 'hub.not-trusted');
  assert.equal(await attack((socket) => void socket.write(message('R', int32(5), 'salt'))), 'hub.not-trusted');
  for (const kind of [2, 6, 7, 9, 99])
    assert.equal(await attack((socket) => void socket.write(message('R', int32(kind)))), 'hub.not-trusted');
});

test('[fault 39] a fake AuthenticationOk is refused, before, within and instead of the exchange', async () => {
  assert.equal(await attack((socket) => void socket.write(Buffer.concat([ok, ready]))), 'hub.not-trusted');
  assert.equal(await attack((socket) => void socket.write(ready)), 'hub.not-trusted');
  assert.equal(await attack((socket) => void socket.write(Buffer.concat([sasl('SCRAM-SHA-256-PLUS'), ok, ready]))), 'hub.not-trusted');
  assert.equal(
    await attack((socket) => {
      socket.once('data', () => socket.write(Buffer.concat([message('R', int32(12), 'v=AAAA'), ok, ready])));
      socket.write(sasl('SCRAM-SHA-256-PLUS'));
    }),
    'hub.not-trusted',
  );
});

/** Plays the server's side as far as it can without the password. */
function exchange(iterations: number, final: string) {
  return (socket: TLSSocket): void => {
    socket.once('data', (first) => {
      const nonce = /r=([^,]+)$/.exec(first.toString('latin1'))?.[1] ?? '';
      socket.once('data', () => socket.write(Buffer.concat([message('R', int32(12), final), ok, ready])));
      socket.write(message('R', int32(11), `r=${nonce}abcdef,s=${Buffer.alloc(16, 1).toString('base64')},i=${iterations}`));
    });
    socket.write(sasl('SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'));
  };
}

test('[fault 39] fewer or more iterations than agreed are refused before a proof is given', async () => {
  for (const iterations of [1, 4095, 4097, 100_000]) {
    assert.equal(await attack(exchange(iterations, 'v=AAAA')), 'hub.not-trusted');
    assert.ok(!Buffer.concat(heard).includes(',p='), 'a proof was given');
  }
});

test('[fault 39] a server that does not know the password cannot finish', async () => {
  assert.equal(await attack(exchange(4096, `v=${Buffer.alloc(32).toString('base64')}`)), 'hub.not-trusted');
  assert.ok(Buffer.concat(heard).includes(',p='));
  assert.equal(await attack(exchange(4096, 'e=other-error')), 'hub.not-trusted');
});

test('[fault 39] garbage, floods and lies about lengths end the connection, not the program', async () => {
  assert.equal(await attack((socket) => void socket.write(Buffer.alloc(200_000, 0x41))), 'hub.not-trusted');
  assert.equal(await attack((socket) => void socket.write(message('N', Buffer.alloc(100_000, 0x20)))), 'hub.not-trusted');
  assert.equal(await attack((socket) => void socket.write(message('T', Buffer.alloc(3)))), 'hub.not-trusted');
  // Texts that never end: pg's parser would look for their end for ever.
  for (const endless of [
    message('N', 'Sendless'),
    message('E', 'Sendless\0C'),
    message('S', 'name\0value'),
    message('R', int32(10), 'SCRAM'),
  ]) {
    assert.equal(await attack((socket) => void socket.write(endless)), 'hub.not-trusted');
  }
  assert.equal(await attack((socket) => void socket.write(Buffer.concat([Buffer.from('N'), int32(-1)]))), 'hub.not-trusted');
  assert.equal(await attack((socket) => void socket.write(Buffer.concat([Buffer.from('N'), int32(1)]))), 'hub.not-trusted');
  assert.ok(['hub.not-aurapos', 'hub.not-trusted'].includes(await attack((socket) => void socket.destroy())));
});
