/** Files of products as a real register is handed them: malformed, hostile, far too large; and one whose import was cut by kill -9. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { present } from '../../src/base/assert.ts';
import { aurapos } from '../e2e/aurapos-command.ts';
import { temporaryFolder } from '../support/shop.ts';
import { eventually } from '../support/shop-of-many.ts';
import { OWNER_PIN, setUpTill, startTill, type Till } from '../support/till.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

let till: Till;
const folder = temporaryFolder();
before(async () => {
  till = await startTill(folder.path);
  await setUpTill(till, 'single');
});
after(async () => {
  await till.stop();
  folder.remove();
});

const productsOf = async (): Promise<number> => (await till.call('listProducts', { query: { limit: 1 } })).total;

test('[fault 34] a malformed file: marks, NUL, ragged rows, quotes that never end; every row is checked and none is written', async () => {
  const files: Readonly<Record<string, { readonly csv: Buffer; readonly found: string }>> = {
    'a mark at its beginning': { csv: Buffer.from('\uFEFFname;price\nFig;1,20\n'), found: '1 good, 0 bad' },
    'UTF-16': { csv: Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('name;price\r\nFig;1,20\r\n', 'utf16le')]), found: '1 good, 0 bad' },
    'bytes of nought, which are stripped': { csv: Buffer.from('name,price\nFi\0g,1.20\nDate,2\n'), found: '2 good, 0 bad' },
    'rows too short and too long': { csv: Buffer.from('name,price,barcode\nFig\nDate,2,40000001,more,and more\n'), found: '1 good, 1 bad' },
    'a quote that never ends': { csv: Buffer.from('name,price\n"Fig,1.20\nDate,2\n'), found: 'input.invalid' },
    'no rows': { csv: Buffer.from('name,price\n'), found: '0 good, 0 bad' },
    nothing: { csv: Buffer.alloc(0), found: '0 good, 0 bad' },
    'no text at all': {
      csv: Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 7919) % 256)),
      found: 'refused, or no row is good',
    },
  };
  for (const [what, { csv, found }] of Object.entries(files)) {
    const said = await till.call('openImport', { csv }).then(
      ({ good, bad }) => `${good} good, ${bad} bad`,
      (error: { code: string }) => error.code,
    );
    if (found.startsWith('refused')) assert.match(said, /^(0 good|input\.invalid)/, what);
    else assert.equal(said, found, what);
  }
  assert.equal(await productsOf(), 0);
});

/** Hands in a file that is made as it goes; resolves with the answer's status, however early it comes. */
async function handIn(sizeBytes: number): Promise<{ status: number; text: string }> {
  const login = await fetch(`http://127.0.0.1:${till.port}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pin: OWNER_PIN }),
  });
  const cookie = (login.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  const piece = Buffer.from('Fig,1.20\n'.repeat(116_508)).subarray(0, MIB);
  const file = function* (): Generator<Buffer> {
    yield Buffer.from('name,price\n');
    for (let sent = 0; sent < sizeBytes; sent += piece.length) yield piece;
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: till.port, method: 'PUT', path: '/api/imports', headers: { cookie, 'content-type': 'text/csv' } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    // The register stops reading and answers: what was still to be sent finds nobody.
    pipeline(Readable.from(file()), sent).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') reject(error);
    });
    sent.on('error', () => {});
  });
}

test(
  '[fault 34] a file of one gigabyte is refused with a word, the register sells meanwhile, and nothing of it stays',
  { timeout: 120_000 },
  async () => {
    const files = readdirSync(join(folder.path, 'imports'));
    const given = handIn(GIB);
    let longestMs = 0;
    for (let look = 0; look < 20; look++) {
      const startedMs = performance.now();
      await till.call('getCart');
      longestMs = Math.max(longestMs, performance.now() - startedMs);
    }
    const { status, text } = await given;
    assert.equal(status, 400);
    assert.match(text, /larger than 512 MB/);
    assert.ok(longestMs < 1_000, `the cart took ${longestMs} ms`);
    assert.deepEqual(readdirSync(join(folder.path, 'imports')), files);
  },
);

test(
  '[fault 34] killed in the middle of an import: it goes on at the next start, to its end, and no row is there twice',
  { timeout: 120_000 },
  async () => {
    const rows = 6_000;
    const csv = ['name,price,barcode', ...Array.from({ length: rows }, (_, at) => `Item ${at},1.00,${2_000_000_000_000 + at}`)].join('\n');
    const { id, good } = await till.call('openImport', { csv: Buffer.from(csv) });
    assert.equal(good, rows);
    await till.call('applyImport', { params: { id }, body: {} });
    for (let kill = 0; kill < 3; kill++) {
      const before = await productsOf();
      await eventually('some more rows are in', async () => (await productsOf()) > before);
      await till.kill();
      till = await startTill(folder.path);
    }
    const atStart = await productsOf();
    assert.ok(atStart > 0 && atStart < rows, `${atStart} of ${rows} rows were in when it was killed for the last time`);
    await eventually('all rows are in', async () => (await productsOf()) >= rows, 60_000);
    await eventually('the import has ended', async () => (await till.call('listImports')).rows.length === 1);
    assert.equal(await productsOf(), rows);
    for (const at of [0, 1, rows - 1]) {
      const found = await till.call('listProducts', { query: { search: String(2_000_000_000_000 + at) } });
      assert.equal(present(found.rows[0], 'the product').name, `Item ${at}`);
      assert.equal(found.total, 1);
    }
    assert.equal(((await aurapos(folder.path, 'verify')) as { ok: boolean }).ok, true);
  },
);

test('by command: the rows that cannot be imported are told one by one, and the others come in when that is wanted', async () => {
  const file = join(folder.path, 'words.csv');
  writeFileSync(file, 'name,price,barcode\nFig,1.20,40000101\nDate,dear,40000102\n,2,40000103\n');
  const before = await productsOf();
  const bin = join(import.meta.dirname, '../../bin/aurapos');
  const refused = spawnSync(bin, ['import', file, '--data', folder.path], { encoding: 'utf8' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^Row 3: “dear” is not a price\. Write it like 1\.99\.$/m);
  assert.match(refused.stderr, /^Row 4: The name is missing\.$/m);
  assert.equal(await productsOf(), before);
  assert.deepEqual(await aurapos(folder.path, 'import', file, '--skip-bad'), { imported: 1 });
  assert.equal(await productsOf(), before + 1);
});
