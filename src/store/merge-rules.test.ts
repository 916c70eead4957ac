/** Each rule of the merge by itself: stamps, groups, tombstones, forks, what is unknown, what waits, what is erased. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { toBase64Url } from '../base/bytes.ts';
import { idToBytes } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { systemRandom } from '../base/random.ts';
import { unwrap } from '../base/result.ts';
import { issueChainCertificate, makeCertificateAuthority } from '../hub/certificate-authority.ts';
import { detach, sealChangeset, stampMs, type SealedChangeset } from '../protocol/changeset.ts';
import { FIRST_DICTIONARY } from '../protocol/dictionary.ts';
import { SCHEMA_VERSION } from '../protocol/tables.ts';
import { addProduct, editProduct } from '../register/edit-product.ts';
import { add, believe, create, deliver, foreignChain, patch, refTo, snapshot, testId } from '../../test/support/foreign-chain.ts';
import { makeShop, openTestStore, sellSome, temporaryFolder } from '../../test/support/shop.ts';
import { admitDetached } from './archive.ts';
import { readHeads } from './heads.ts';
import { bytesOf } from './database.ts';
import { openStore } from './open-store.ts';
import { sealSchema } from './schema-seal.ts';
import { closeStore, findLocal, quickCheck, writeMeta, type Store } from './store.ts';
import { verifyStore } from './verify.ts';

const P = testId(1);

function storeFor(...chains: readonly { key: Parameters<typeof believe>[1] }[]): Store {
  const store = openTestStore();
  believe(store, ...chains.map(({ key }) => key));
  return store;
}

function product(store: Store): Record<string, unknown> {
  return store.db.get('SELECT * FROM product WHERE id = ?', idToBytes(P)) ?? {};
}

function kinds(store: Store): string[] {
  return store.db.all('SELECT kind FROM exception ORDER BY id').map((row) => String(row['kind']));
}

function stateOf(store: Store, changeset: SealedChangeset): unknown {
  return store.db.get('SELECT state FROM changeset WHERE local = ?', findLocal(store.db, changeset.hash) ?? 0)?.['state'];
}

test('[fault 14] stamps beat clocks: an edit by a register whose clock is behind wins over what it saw', async () => {
  const shop = await makeShop({ catalogue: 'empty' });
  const soap = unwrap(addProduct(shop.register, { name: 'Soap', priceMinor: 100 }, shop.owner));
  const ahead = foreignChain(5);
  believe(shop.store, ahead.key);
  const farMs = shop.clock.nowMs() + 40 * 86_400_000;
  deliver(shop.store, ahead.write([patch('product', soap.id, farMs, { price_minor: 900, price_includes_tax: true })]));
  unwrap(editProduct(shop.register, soap.id, { priceMinor: 120 }, shop.owner));
  const row = present(shop.store.db.get('SELECT price_minor, price_stamp FROM product WHERE id = ?', idToBytes(soap.id)), 'soap');
  assert.equal(row['price_minor'], 120);
  assert.equal(stampMs(bytesOf(row['price_stamp'])), farMs + 1);
  assert.ok(kinds(shop.store).includes('stamp-ahead'));
  shop.close();
});

test('[fault 22] what means something together merges together: price with its tax, never one of each', () => {
  const [a, b] = [foreignChain(1), foreignChain(2)];
  const store = storeFor(a, b);
  deliver(store, a.write([create('product', P, 1, { name: 'Tea', price_minor: 1, price_includes_tax: true })]));
  const mine = a.write([
    patch('product', P, 5, { price_minor: 10, price_includes_tax: true }),
    patch('product', P, 9, { name: 'Green tea' }),
  ]);
  const theirs = b.write([patch('product', P, 7, { price_minor: 20, price_includes_tax: false })]);
  deliver(store, theirs);
  deliver(store, mine);
  const { name, price_minor, price_includes_tax } = product(store);
  assert.deepEqual({ name, price_minor, price_includes_tax }, { name: 'Green tea', price_minor: 20, price_includes_tax: 0 });
  closeStore(store);
});

test('[fault 23] a tombstone is a group: it stays when older edits come, and what was edited stays beneath it', () => {
  const a = foreignChain(1);
  const store = storeFor(a);
  const made = a.write([create('product', P, 1, { name: 'Tea', price_minor: 1, active: true })]);
  const removed = a.write([patch('product', P, 9, { deleted: true })]);
  const edited = a.write([patch('product', P, 5, { price_minor: 7 })]);
  deliver(store, edited);
  deliver(store, removed);
  deliver(store, made);
  const { deleted, price_minor, name } = product(store);
  assert.deepEqual({ deleted, price_minor, name }, { deleted: 1, price_minor: 7, name: 'Tea' });
  closeStore(store);
});

test('[fault 15] two changesets of one number: both kept and merged, one exception, two ends', () => {
  const a = foreignChain(1);
  const store = storeFor(a);
  const first = a.write([create('product', P, 1, { name: 'Tea' })]);
  const one = a.write([add('sale', { uuid: testId(7), series: 'R1', number: 1, completed_at: 5 })]);
  const other = a.write([add('sale', { uuid: testId(8), series: 'R1', number: 1, completed_at: 6 })], { after: first });
  deliver(store, other);
  deliver(store, one, first);
  assert.equal(store.db.all('SELECT 1 FROM sale').length, 2);
  assert.deepEqual(kinds(store), ['clone', 'doubled-number']);
  assert.equal(readHeads(store)[0]?.tips.length, 2);
  closeStore(store);
});

test('[fault 21] unknown tables and columns are kept, and played when the program is new enough', () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const a = foreignChain(1);
  let store = openTestStore(file);
  believe(store, a.key);
  const made = a.write([
    create('product', P, 5, { name: 'Tea', cost_minor: 40, active: true }),
    add('audit_entry', { kind: 'void', at: 1, subject: 'x', mood: 'calm' }),
    add('cash_movement', { kind: 'float', amount_minor: 500 }),
  ]);
  deliver(store, made, a.write([patch('product', P, 9, { cost_minor: 55, supplier: null })]));
  assert.equal(stateOf(store, made), 6, 'merged, and marked as not wholly understood');
  const whole = snapshot(store).tables;
  // The same store as a program would have it that knew neither the group `cost`, nor the subject of an audit, nor cash movements.
  store.db.sqlite.exec(`ALTER TABLE product DROP COLUMN cost_minor; ALTER TABLE product DROP COLUMN cost_stamp;
    DROP INDEX audit_entry_printed; ALTER TABLE audit_entry DROP COLUMN subject; DROP TABLE cash_movement; UPDATE changeset SET state = 6`);
  writeMeta(store.db, 'schema', SCHEMA_VERSION - 1);
  sealSchema(store.db);
  closeStore(store);
  store = openTestStore(file);
  assert.deepEqual(snapshot(store).tables, whole);
  assert.deepEqual(
    store.db.all('SELECT state FROM changeset ORDER BY n').map((row) => row['state']),
    [6, 0],
  );
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  folder.remove();
});

test('a newer store refuses an older program with a word, and is not touched', () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const store = openTestStore(file);
  writeMeta(store.db, 'schema', SCHEMA_VERSION + 1);
  closeStore(store);
  const opened = openStore(file, { clock: store.clock, random: store.random });
  assert.equal(opened.ok ? 'opened' : opened.refusal.code, 'store.newer');
  folder.remove();
});

test('[fault 28] a damaged page is found by the quick check', () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const a = foreignChain(1);
  let store = openTestStore(file);
  believe(store, a.key);
  for (let n = 0; n < 40; n++) deliver(store, a.write([create('product', testId(n), 1, { name: `Product ${n}` })]));
  const { rootpage } = store.db.get("SELECT rootpage FROM sqlite_schema WHERE name = 'product'") ?? {};
  assert.ok(quickCheck(store.db).ok);
  closeStore(store);
  const bytes = readFileSync(file);
  bytes.fill(0xff, (Number(rootpage) - 1) * 4096, (Number(rootpage) - 1) * 4096 + 64);
  writeFileSync(file, bytes);
  store = openTestStore(file);
  assert.equal(quickCheck(store.db).ok, false);
  assert.notEqual(verifyStore(store.db).problem, null);
  closeStore(store);
  folder.remove();
});

test('[FIELD 6] an ill-signed changeset is set aside with a word, and those of other chains behind it flow', () => {
  const [a, b] = [foreignChain(1), foreignChain(2)];
  const store = storeFor(a, b);
  const bad = { ...a.write([create('product', P, 1, { name: 'Forged' })]), signature: Buffer.alloc(64, 3) };
  deliver(store, bad, b.write([create('product', testId(2), 1, { name: 'Honest' })]));
  assert.equal(stateOf(store, bad), 2);
  assert.deepEqual(kinds(store), ['set-aside']);
  assert.equal(store.db.all('SELECT 1 FROM product').length, 1);
  closeStore(store);
});

test('[P3] what its chain’s key signed after an ill-signed changeset vouches for it, together or apart', () => {
  const a = foreignChain(1);
  const bad = { ...a.write([create('product', P, 1, { name: 'Tea' })]), signature: Buffer.alloc(64, 3) };
  const good = a.write([patch('product', P, 2, { name: 'Green tea' })]);
  const [together, apart, reversed] = [storeFor(a), storeFor(a), storeFor(a)];
  deliver(together, bad, good);
  deliver(apart, bad);
  deliver(apart, good);
  deliver(reversed, good);
  deliver(reversed, bad);
  assert.deepEqual(snapshot(apart), snapshot(together));
  assert.deepEqual(snapshot(reversed), snapshot(together));
  assert.deepEqual(kinds(apart), []);
  for (const store of [together, apart, reversed]) {
    assert.equal(verifyStore(store.db).problem, null);
    closeStore(store);
  }
});

test('a certificate that comes late: what waited for it is merged, and its successors with it', () => {
  const authority = makeCertificateAuthority(systemRandom);
  const [master, slave, next] = [foreignChain(1), foreignChain(2), foreignChain(3)];
  const register = testId(9);
  const store = storeFor(master);
  writeMeta(store.db, 'authority', authority.certificate);
  store.authority = authority.certificate;
  const sold = slave.write([add('audit_entry', { kind: 'void', at: 1 })]);
  deliver(store, sold);
  const start = {
    register,
    public_key: toBase64Url(next.key.publicKey),
    series: 'R2b-0000',
    predecessor: toBase64Url(slave.key.chain),
    predecessor_signature: toBase64Url(sign(null, next.key.publicKey, slave.key.privateKey)),
  };
  const successor = next.write([add('chain_start', start)]);
  deliver(store, successor);
  assert.deepEqual([stateOf(store, sold), stateOf(store, successor)], [4, 4]);
  const der = issueChainCertificate(authority, systemRandom, { register, pairing: register }, slave.key.publicKey);
  deliver(store, master.write([add('certificate', { chain: toBase64Url(slave.key.chain), register, der: toBase64Url(der) })]));
  assert.equal(stateOf(store, sold), 0);
  assert.equal(stateOf(store, successor), 0);
  closeStore(store);
});

test('a dictionary that comes late: what waited for it is merged, by a foreign hand and after a restart alike', () => {
  const a = foreignChain(1);
  const store = storeFor(a);
  const content = Buffer.from('a dictionary of another time: audit_entry void kind at'.repeat(4));
  const written = a.write([add('audit_entry', { kind: 'void', at: 1 })], { dictionary: { number: 2, content } });
  deliver(store, written);
  assert.equal(stateOf(store, written), 5);
  deliver(store, a.write([add('dictionary', { number: 2, content: toBase64Url(content) })]));
  assert.equal(stateOf(store, written), 0);
  assert.equal(store.db.all('SELECT 1 FROM audit_entry').length, 1);
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
});

test('[fault 46] a detached value is missing, present, erased: each is legal, in any order', () => {
  const a = foreignChain(1);
  const store = storeFor(a);
  const person = detach('Ada Lind', Buffer.alloc(16, 4));
  const count = (table: string): number => store.db.all(`SELECT 1 FROM ${table}`).length;
  deliver(store, a.write([create('customer', P, 1, { name: toBase64Url(person.hash) })]));
  assert.deepEqual([count('wanted'), count('detached')], [1, 0]);
  admitDetached(store, [{ ...person, value: 'Eve' }]);
  assert.deepEqual([count('wanted'), count('detached')], [1, 0], 'a value that does not give its hash is not taken');
  admitDetached(store, [person]);
  assert.deepEqual([count('wanted'), count('detached')], [0, 1]);
  deliver(store, a.write([add('forgotten', { hash: toBase64Url(person.hash), at: 1 })]));
  admitDetached(store, [person]);
  assert.deepEqual([count('wanted'), count('detached')], [0, 0]);
  closeStore(store);
});

test('[FIELD 7] a sale arrives before the customer and the shift that it names', () => {
  const a = foreignChain(1);
  const [store, straight] = [storeFor(a), storeFor(a)];
  const shift = a.write([add('shift_event', { kind: 'opened', register: testId(9), at: 1 })]);
  const customer = a.write([create('customer', P, 1, { name: null })]);
  const sale = a.write([add('sale', { uuid: testId(3), shift: refTo(shift, 0), customer: P, series: 'R1', number: 1 })]);
  deliver(store, sale);
  assert.equal(store.db.all('SELECT 1 FROM sale').length, 1);
  deliver(store, customer);
  deliver(store, shift);
  deliver(straight, shift, customer, sale);
  assert.deepEqual(snapshot(store), snapshot(straight));
  closeStore(store);
  closeStore(straight);
});

test('a changeset 1 that follows only the half of the genesis that is the chain’s name is no beginning of it', () => {
  const a = foreignChain(1);
  const store = storeFor(a);
  const real = a.write([add('audit_entry', { kind: 'void', at: 1 })]);
  const genesis = Buffer.from(a.key.genesis);
  genesis.writeUInt8(genesis.readUInt8(31) ^ 1, 31);
  const text = { at: 1, user: null, kind: 'test', rows: [add('audit_entry', { kind: 'void', at: 2 })] };
  const false1 = sealChangeset(a.key, 1, genesis, text, FIRST_DICTIONARY);
  deliver(store, false1);
  deliver(store, real);
  assert.deepEqual([stateOf(store, false1), stateOf(store, real)], [2, 0]);
  assert.equal(store.db.all('SELECT 1 FROM audit_entry').length, 1);
  closeStore(store);
});

test('verify names what is wrong, in whatever table it is', async () => {
  const shop = await makeShop();
  const tea = unwrap(addProduct(shop.register, { name: 'Tea', priceMinor: 100 }, shop.owner));
  unwrap(editProduct(shop.register, tea.id, { priceMinor: 120 }, shop.owner));
  sellSome(shop);
  sellSome(shop);
  const { db } = shop.store;
  assert.equal(verifyStore(db).problem, null);
  const wrongs: readonly [string, RegExp][] = [
    ['UPDATE product SET price_minor = price_minor + 1 WHERE row = 1', /table product/],
    ['DELETE FROM sale_line WHERE id = (SELECT max(id) FROM sale_line)', /table sale_line/],
    ["UPDATE changeset SET body = CAST(body || x'00' AS BLOB) WHERE n = 2", /changeset 2/],
    ['UPDATE changeset SET signature = zeroblob(64) WHERE n = 3', /changeset 3/],
    ['UPDATE changeset SET state = 2 WHERE n = 3', /table changeset/],
    ['UPDATE stock SET on_hand_milli = on_hand_milli + 1', /stock/],
    ['UPDATE stock SET counted = 1 - counted', /stock/],
    ['UPDATE edit SET "values" = \'{}\'', /table edit/],
    ['DELETE FROM tip', /table tip/],
    ["INSERT INTO exception VALUES ('lost-edit:x', 'lost-edit', 1, 'x', '{}')", /table exception/],
    ["INSERT INTO wanted VALUES (x'00')", /table wanted/],
    ["UPDATE chain SET series = 'R9'", /table chain/],
    ['UPDATE chain SET private_key = (SELECT body FROM changeset)', /store|chain/],
    ['UPDATE chain SET public_key = zeroblob(32)', /chain/],
    ['CREATE INDEX more ON sale (user)', /file/],
    ["UPDATE detached SET value = value || '!'", /personal value/],
  ];
  for (const [sql, where] of wrongs) {
    db.sqlite.exec('SAVEPOINT whole');
    db.sqlite.exec(sql);
    const { problem } = verifyStore(db);
    db.sqlite.exec('ROLLBACK TO whole; RELEASE whole');
    assert.match(`${problem?.where}: ${problem?.what}`, where, sql);
  }
  shop.close();
});
