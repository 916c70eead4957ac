/** What a web page elsewhere can do to a register on 127.0.0.1, and what anybody can without a login: nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'node:http';
import { temporaryFolder } from '../support/shop.ts';
import { setUpTill, startTill, type Till } from '../support/till.ts';
import { ROUTES } from '../../src/protocol/api/routes.ts';
import { checksumStore } from '../../src/store/checksum.ts';
import { Database } from '../../src/store/database.ts';
import { join } from 'node:path';

let till: Till;
const folder = temporaryFolder();
before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single', { catalogue: 'demo' });
});
after(async () => {
  await till.stop();
  folder.remove();
});

interface Asked {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function ask(method: string, path: string, headers: Readonly<Record<string, string>>, body = '{}'): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: till.port, method, path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const fillIn = (path: string): string => path.replaceAll(/:(\w+)/g, '01890000-0000-7000-8000-000000000000');
const own = (): string => `127.0.0.1:${till.port}`;

function sums(): string {
  const db = new Database(join(folder.path, 'store.db'), { readOnly: true });
  const sum = JSON.stringify(checksumStore(db));
  db.close();
  return sum;
}

test('[P7] [fault 38] hosts x origins x types: every route without a login, and nothing changes', async () => {
  const sumsBefore = sums();
  let asked = 0;
  for (const host of [
    own(),
    `localhost:${till.port}`,
    'evil.example',
    `evil.example:${till.port}`,
    '127.0.0.1',
    '127.0.0.1.evil.example',
  ]) {
    for (const origin of ['', `http://${own()}`, 'http://evil.example', 'null']) {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/csv', '']) {
        for (const [name, route] of Object.entries(ROUTES)) {
          if (route.method === 'GET' && type !== 'application/json') continue;
          const { status, text } = await ask(route.method, fillIn(route.path), {
            host,
            ...(type === '' ? {} : { 'content-type': type }),
            ...(origin === '' ? {} : { origin }),
          });
          asked++;
          const open = (host === own() || host === `localhost:${till.port}`) && name === 'getState';
          if (open) continue;
          assert.ok(status >= 400, `${name} from ${host}, ${origin}, ${type}: ${status} ${text.slice(0, 100)}`);
        }
      }
    }
  }
  assert.ok(asked > 1_000);
  assert.equal(sums(), sumsBefore);
});

test('[P7] without a login no row is read: the state names the shop and nothing else', async () => {
  const { text } = await ask('GET', '/api/state', { host: own() }, '');
  const state = JSON.parse(text) as { user: unknown; status: unknown };
  assert.equal(state.user, null);
  assert.equal(state.status, null);
  assert.ok(!text.includes('Mina'));
});

test('pages carry a strict content policy and no CORS', async () => {
  const { headers } = await ask('GET', '/', { host: own() }, '');
  assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  assert.equal(headers['access-control-allow-origin'], undefined);
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('[fault 37] five wrong PINs, then a pause that a restart does not end', async () => {
  const login = (): Promise<Asked> =>
    ask('POST', '/api/login', { host: own(), 'content-type': 'application/json' }, JSON.stringify({ pin: '111111' }));
  const answers = [];
  for (let at = 0; at < 7; at++) answers.push((await login()).status);
  assert.deepEqual(answers.slice(0, 4), [401, 401, 401, 401]);
  assert.equal(answers.at(-1), 429);
  await till.stop();
  till = await startTill(folder.path);
  assert.equal((await login()).status, 429);
});

test('[fault 35] hostile names are kept as text, found again, and spelled as they were', async () => {
  for (const name of [
    "Robert'); DROP TABLE sale;--",
    '<script>alert(1)</script>',
    '=cmd|/c calc',
    '\u202Eright to left',
    'a'.repeat(200),
  ]) {
    const added = await till.call('addProduct', { body: { name, priceMinor: 100 } });
    assert.equal(added.name, name);
    const found = await till.call('listProducts', { query: { search: name.slice(0, 20) } });
    assert.ok(
      found.rows.some((row) => row.id === added.id),
      name,
    );
  }
  await assert.rejects(till.call('addProduct', { body: { name: 'x'.repeat(10_000), priceMinor: 1 } }), /input\.invalid/);
  await assert.rejects(till.call('addProduct', { body: { name: 'lone \uD800 surrogate', priceMinor: 1 } }));
  await assert.rejects(till.call('addProduct', { body: { name: 'nul \0 byte', priceMinor: 1 } }));
});

test('[fault 36] amounts that overflow, fractions of a cent and minus zero are refused', async () => {
  for (const priceMinor of [1e15, 1.5, -1, Number.MAX_SAFE_INTEGER])
    await assert.rejects(till.call('addProduct', { body: { name: 'x', priceMinor } }), `${priceMinor}`);
});

test('openapi describes every route', async () => {
  const { text } = await ask('GET', '/api/openapi.json', { host: own() }, '');
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  for (const route of Object.values(ROUTES)) assert.ok(paths[route.path.replaceAll(/:(\w+)/g, '{$1}')], route.path);
});
