/** What wants a person follows from the set of changesets, in whatever order they came: lost edits, equal barcodes and names, unknown codes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64Url } from '../base/bytes.ts';
import { present } from '../base/assert.ts';
import { detach, type SealedChangeset } from '../protocol/changeset.ts';
import { add, believe, create, deliver, foreignChain, patch, snapshot, testId } from '../../test/support/foreign-chain.ts';
import { openTestStore } from '../../test/support/shop.ts';
import { admitDetached } from './archive.ts';
import { seenOf } from './exceptions.ts';
import { closeStore, type Store } from './store.ts';
import { verifyStore } from './verify.ts';

const P = testId(1);

function storeFor(...chains: readonly { key: Parameters<typeof believe>[1] }[]): Store {
  const store = openTestStore();
  believe(store, ...chains.map(({ key }) => key));
  return store;
}

function kinds(store: Store): string[] {
  return store.db.all('SELECT kind FROM exception ORDER BY id').map((row) => String(row['kind']));
}

test('a lost edit is a fact of the set of patches: raised when two did not see each other, gone when one turns out to have', () => {
  const [a, b] = [foreignChain(1), foreignChain(2)];
  const store = storeFor(a, b);
  const first = a.write([patch('product', P, 5, { price_minor: 10 })]);
  const last = b.write([patch('product', P, 9, { price_minor: 30 }, { price: [7, b.key] })]);
  deliver(store, first, last);
  assert.deepEqual(kinds(store), ['lost-edit']);
  deliver(store, b.write([patch('product', P, 7, { price_minor: 20 }, { price: [5, a.key] })]));
  assert.deepEqual(kinds(store), []);
  closeStore(store);
});

test('an exception that somebody let be is gone whichever came first, it or the entry; grown since, it is there', () => {
  const [a, b, c] = [foreignChain(1), foreignChain(2), foreignChain(3)];
  const first = a.write([patch('product', P, 5, { price_minor: 10 })]);
  const last = b.write([patch('product', P, 9, { price_minor: 30 }, { price: [7, b.key] })]);
  const seen = storeFor(a, b, c);
  deliver(seen, first, last);
  const { id, detail } = present(seen.db.get('SELECT id, detail FROM exception'), 'the lost edit');
  const entry = (of: string): SealedChangeset =>
    c.write([
      add('audit_entry', {
        kind: 'exception-settled',
        at: 10,
        subject: String(id),
        detail: JSON.stringify({ seen: seenOf('lost-edit', of), note: 'fine' }),
      }),
    ]);
  const other = entry('something else');
  const settled = entry(String(detail));
  deliver(seen, other);
  assert.deepEqual(kinds(seen), ['lost-edit'], 'what somebody saw was another');
  deliver(seen, settled);
  assert.deepEqual(kinds(seen), []);
  const late = storeFor(a, b, c);
  deliver(late, other, settled, last, first);
  assert.deepEqual(kinds(late), []);
  assert.equal(verifyStore(late.db).ok, true);
  closeStore(seen);
  closeStore(late);
});

test('[fault 45] equal barcodes are an exception with both products, gone when one code or one product goes', () => {
  const [a, b] = [foreignChain(1), foreignChain(2)];
  const store = storeFor(a, b);
  const make = (chain: typeof a, id: number): SealedChangeset =>
    chain.write([
      create('product', testId(id), 1, { name: `P${id}`, active: true }),
      create('product_barcode', testId(100 + id), 1, { product: testId(id), code: '540' }),
    ]);
  deliver(store, make(a, 1));
  deliver(store, make(b, 2), make(b, 3));
  const products = (): string[] =>
    JSON.parse(String(store.db.get("SELECT detail FROM exception WHERE id = 'equal-barcode:540'")?.['detail'] ?? '{}')).products;
  assert.deepEqual(products(), [testId(1), testId(2), testId(3)]);
  deliver(store, a.write([patch('product_barcode', testId(101), 5, { product: testId(1), code: '541' })]));
  assert.deepEqual(products(), [testId(2), testId(3)]);
  deliver(store, a.write([patch('product', testId(3), 5, { deleted: true })]));
  assert.deepEqual(kinds(store), []);
  closeStore(store);
});

test('[fault 45] users of one name are an exception, whatever comes first: rows, names, one forgotten; switched off or renamed ends it', () => {
  const [a, b] = [foreignChain(1), foreignChain(2)];
  const [store, straight] = [storeFor(a, b), storeFor(a, b)];
  const names = ['Sam ', 'sam', 'Sam', 'Kim'].map((name, at) => detach(name, Buffer.alloc(16, at)));
  const user = (id: number, name: number): ReturnType<typeof create> =>
    create('user', testId(id), 1, { name: toBase64Url(present(names[name], 'a name').hash), active: true });
  const subjects = (): unknown[] => store.db.all("SELECT detail FROM exception WHERE kind = 'equal-name'").map((row) => row['detail']);
  const [first, second, third] = [a.write([user(1, 0)]), b.write([user(2, 1)]), b.write([user(3, 2)])];
  deliver(store, second, third, first);
  assert.deepEqual(subjects(), [], 'their names are not here yet');
  admitDetached(store, names.slice(0, 2));
  assert.deepEqual(subjects(), [JSON.stringify({ users: [testId(1), testId(2)] })]);
  admitDetached(store, names);
  assert.deepEqual(subjects(), [JSON.stringify({ users: [testId(1), testId(2), testId(3)] })]);
  const off = a.write([patch('user', testId(1), 5, { active: false }, { active: [1, a.key] })]);
  deliver(store, off);
  assert.deepEqual(subjects(), [JSON.stringify({ users: [testId(2), testId(3)] })]);
  const forgotten = a.write([add('forgotten', { hash: toBase64Url(present(names[2], 'a name').hash), at: 1 })]);
  deliver(store, forgotten);
  assert.deepEqual(kinds(store), []);
  const on = a.write([patch('user', testId(1), 9, { active: true }, { active: [5, a.key] })]);
  deliver(store, on);
  assert.equal(subjects().length, 1);
  const renamed = b.write([patch('user', testId(2), 9, { name: toBase64Url(present(names[3], 'a name').hash) }, { name: [1, b.key] })]);
  deliver(store, renamed);
  assert.deepEqual(kinds(store), []);
  admitDetached(straight, names);
  deliver(straight, first, off, forgotten, on, second, third, renamed);
  assert.deepEqual(snapshot(store), snapshot(straight));
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  closeStore(straight);
});

test('a code sold without a product is an exception until a product has it, in whatever order the three came', () => {
  const [a, b] = [foreignChain(1), foreignChain(2)];
  const sale = a.write([
    add('sale', { uuid: testId(7), completed_at: 5 }),
    add('sale_line', { sale: 0, kind: 'department', code: '540', name: 'Dairy', unit_price_minor: 120 }),
  ]);
  const product = b.write([
    create('product', P, 1, { name: 'Milk', active: true }),
    create('product_barcode', testId(101), 1, { product: P, code: '540' }),
  ]);
  const recoded = b.write([patch('product_barcode', testId(101), 5, { product: P, code: '541' })]);
  for (const order of [
    [sale, product, recoded],
    [product, recoded, sale],
    [product, sale, recoded],
  ]) {
    const store = storeFor(a, b);
    const seen = order.map((changeset) => {
      deliver(store, changeset);
      return kinds(store).join();
    });
    assert.equal(seen.at(-1), 'unknown-code');
    if (order[0] === sale) assert.deepEqual(seen.slice(0, 2), ['unknown-code', '']);
    assert.deepEqual(JSON.parse(String(store.db.get('SELECT detail FROM exception')?.['detail'])), {
      times: 1,
      department: 'Dairy',
      priceMinor: 120,
    });
    closeStore(store);
  }
});
