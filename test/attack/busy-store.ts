/** A store that has seen some of everything: products, sales, edits, customers, other registers' changesets good and bad, work half done. */
import { toBase64Url } from '../../src/base/bytes.ts';
import { ok, unwrap } from '../../src/base/result.ts';
import { detach } from '../../src/protocol/changeset.ts';
import { addCustomer, editCustomer, forgetCustomer } from '../../src/register/edit-customer.ts';
import { addProduct, draftProduct, editProduct } from '../../src/register/edit-product.ts';
import { addProductLine } from '../../src/register/edit-cart.ts';
import { logIn } from '../../src/register/log-in.ts';
import { setSent, writeFeedMark } from '../../src/store/archive.ts';
import { commit } from '../../src/store/journal.ts';
import { add, believe, create, deliver, foreignChain, patch, testId } from '../support/foreign-chain.ts';
import { makeShop, sellSome, seededRandom, type TestShop } from '../support/shop.ts';

const IMPORTED = 200;
const ADDED = 40;
const EDITS = 40;
const SALES = 100;
const CUSTOMERS = 40;

/** Makes the store in this file and closes it. */
export async function makeBusyStore(file: string): Promise<void> {
  const shop = await makeShop({ file, random: seededRandom(7) });
  const { register, store, owner } = shop;
  unwrap(
    commit(store, { kind: 'products-imported', user: owner }, (draft) => {
      for (let at = 0; at < IMPORTED; at++)
        draftProduct(store, draft, { name: `Jar of jam no. ${at}`, priceMinor: 300 + at, codes: [`40000${at}`] });
      return ok(null);
    }),
  );
  const products = Array.from({ length: ADDED }, (_, at) =>
    unwrap(addProduct(register, { name: `Loaf ${at}`, priceMinor: 200 + at, codes: [`50000${at}`] }, owner)),
  );
  for (const product of products.slice(0, EDITS)) unwrap(editProduct(register, product.id, { priceMinor: product.priceMinor + 10 }, owner));
  for (let at = 0; at < SALES; at++) {
    shop.clock.advance(60_000);
    sellSome(shop, 1 + (at % 5));
  }
  keepCustomers(shop);
  hearOthers(shop);
  await leaveThingsOpen(shop);
  shop.close();
}

function keepCustomers({ register, owner }: TestShop): void {
  for (let at = 0; at < CUSTOMERS; at++) {
    const { id } = unwrap(addCustomer(register, { name: `Customer ${at}`, phone: `0470 ${at}`, email: `c${at}@example.org` }, owner));
    if (at % 3 === 0) unwrap(editCustomer(register, id, { phone: `0480 ${at}` }, owner));
    if (at % 20 === 0) unwrap(forgetCustomer(register, id, owner));
  }
}

/** Two registers that edited one product apart, a fork, one code twice, something ill-signed, something unknown, a value still to come. */
function hearOthers({ store }: TestShop): void {
  const [a, b, stranger] = [foreignChain(11), foreignChain(12), foreignChain(13)];
  believe(store, a.key, b.key);
  const tea = testId(1);
  const ms = store.clock.nowMs();
  const made = a.write([
    create('product', tea, ms, { name: 'Tea', active: true }),
    add('audit_entry', { kind: 'void', at: 1, mood: 'calm' }),
  ]);
  deliver(store, made, a.write([patch('product', tea, ms + 2, { name: 'Green tea' })]));
  deliver(store, b.write([patch('product', tea, ms + 3, { name: 'Black tea' })]));
  deliver(store, b.write([create('product_barcode', testId(2), ms, { product: tea, code: '500001' })]));
  deliver(store, a.write([add('audit_entry', { kind: 'void', at: 2 })], { after: made }));
  deliver(store, { ...b.write([add('audit_entry', { kind: 'void', at: 3 })]), signature: Buffer.alloc(64, 5) });
  const value = detach('Ada Lind', Buffer.alloc(16, 4));
  deliver(store, a.write([create('customer', testId(3), ms, { name: toBase64Url(value.hash) })]));
  deliver(store, stranger.write([add('audit_entry', { kind: 'void', at: 4 })]));
}

/** A cart, a wrong PIN, an import cut short, a hub half way; and pages given back. */
async function leaveThingsOpen({ register, store }: TestShop): Promise<void> {
  unwrap(addProductLine(register, testId(1), 1000));
  await logIn(register, { pin: '000000' });
  const addJob = (id: string, content: string): void => {
    store.db.run("INSERT INTO job (id, kind, content, state) VALUES (?, 'import', ?, '40')", id, content);
  };
  addJob('large', JSON.stringify({ file: 'x'.repeat(60_000) }));
  addJob('small', JSON.stringify({ file: 'products.csv', total: 90 }));
  store.db.run("DELETE FROM job WHERE id = 'large'");
  store.db.transact('durable', () => ok(writeFeedMark(store, { position: 77, running: Buffer.alloc(32, 9) })));
  const own = store.own;
  if (own !== null) setSent(store, own.key.chain, own.n - 20);
}
