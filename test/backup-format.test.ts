/**
 * docs/backup-format.md, followed by a reader that has nothing of this program: it opens an encrypted backup with the age format's own library,
 * node's zstd, SQLite and hashes, and gets at every sale and every name.
 */
import { strict as assert } from 'node:assert';
import { createHash, hkdfSync, type BinaryLike } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { bech32 } from '@scure/base';
import { Decrypter } from 'age-encryption';
import { identityOfCode, recipientOf } from '../src/backup/encryption.ts';
import { systemRandom } from '../src/base/random.ts';
import { unwrap } from '../src/base/result.ts';
import { makeRecoveryCode } from '../src/hub/recovery-code.ts';
import { addCustomer } from '../src/register/edit-customer.ts';
import { makeBackedUpShop } from './support/backed-up-shop.ts';
import { sellSome } from './support/shop.ts';

const sha256 = (...parts: readonly BinaryLike[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The page's own words: 28 characters, 5 bits each, 128 bits and 12 of check. */
function identityByThePage(code: string): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let bits = 0n;
  for (const character of code.replaceAll('-', '')) bits = (bits << 5n) | BigInt(alphabet.indexOf(character));
  const bytes = Buffer.from((bits >> 12n).toString(16).padStart(32, '0'), 'hex');
  const key = new Uint8Array(hkdfSync('sha256', bytes, Buffer.alloc(0), 'aurapos backup identity 1', 32));
  return bech32.encodeFromBytes('age-secret-key-', key).toUpperCase();
}

interface NamedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}
interface Written {
  readonly base: NamedFile;
  readonly segments: readonly NamedFile[];
  readonly values: readonly NamedFile[];
  readonly local: NamedFile;
  readonly counts: { readonly sales: number };
}
interface Line {
  readonly n: number;
  readonly previous: string;
  readonly hash: string;
  readonly body: string;
}

test('an encrypted backup is read by docs/backup-format.md alone', async () => {
  const backedUp = await makeBackedUpShop();
  const scratch = mkdtempSync(join(tmpdir(), 'aurapos-format-'));
  try {
    const code = makeRecoveryCode(systemRandom);
    const recipients = [await recipientOf(unwrap(identityOfCode(code)))];
    sellSome(backedUp.shop);
    await backedUp.make({ recipients });
    const sold = sellSome(backedUp.shop);
    unwrap(addCustomer(backedUp.shop.register, { name: 'Mia Kovač' }, backedUp.shop.owner));
    await backedUp.make({ recipients });

    const newest = readdirSync(join(backedUp.folder, 'backups')).toSorted().at(-1) ?? '';
    const manifest = JSON.parse(readFileSync(join(backedUp.folder, 'backups', newest), 'utf8')) as Written;
    const decrypter = new Decrypter();
    decrypter.addIdentity(identityByThePage(code));
    const read = async ({ file, bytes, sha256: said }: NamedFile): Promise<Buffer> => {
      const stored = readFileSync(join(backedUp.folder, file));
      assert.equal(stored.length, bytes);
      assert.equal(sha256(stored).toString('hex'), said);
      return zstdDecompressSync(await decrypter.decrypt(stored));
    };
    const linesOf = async (file: NamedFile | undefined): Promise<unknown[]> => {
      assert.ok(file);
      const text = (await read(file)).toString('utf8');
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    };
    writeFileSync(join(scratch, 'base.db'), await read(manifest.base));
    const db = new DatabaseSync(join(scratch, 'base.db'), { readOnly: true });
    assert.equal(db.prepare('SELECT count(*) AS sales FROM sale').get()?.['sales'], 1);
    db.close();

    const local = JSON.parse((await read(manifest.local)).toString('utf8')) as { dictionaries: { number: number; content: string }[] };
    const dictionaries = new Map(local.dictionaries.map(({ number, content }) => [number, Buffer.from(content, 'base64url')]));
    const texts = (await linesOf(manifest.segments[0])).map((value) => {
      const { n, previous, hash, body: spelt } = value as Line;
      const body = Buffer.from(spelt, 'base64url');
      const number = Buffer.alloc(8);
      number.writeBigUInt64BE(BigInt(n));
      assert.equal(sha256(Buffer.from(previous, 'hex'), number, sha256(body)).toString('hex'), hash);
      const dictionary = dictionaries.get(body[0] ?? 0);
      assert.ok(dictionary);
      return zstdDecompressSync(body.subarray(1), { dictionary }).toString('utf8');
    });
    const rows = texts.flatMap((text) => (JSON.parse(text) as { rows: { table: string; values: Record<string, unknown> }[] }).rows);
    const [sale] = rows.filter(({ table }) => table === 'sale');
    assert.equal(sale?.values['total_minor'], sold.totalMinor);
    assert.equal(1 + rows.filter(({ table }) => table === 'sale').length, manifest.counts.sales);

    const [value] = (await linesOf(manifest.values[0])) as { hash: string; salt: string; value: string }[];
    assert.ok(value);
    assert.equal(value.value, 'Mia Kovač');
    assert.equal(sha256(Buffer.from(value.salt, 'hex'), Buffer.from(value.value, 'utf8')).toString('hex'), value.hash);
    const [customer] = rows.filter(({ table }) => table === 'customer');
    assert.equal(customer?.values['name'], Buffer.from(value.hash, 'hex').toString('base64url'));
  } finally {
    backedUp.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
});
