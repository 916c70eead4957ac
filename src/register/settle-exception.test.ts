import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { makeShop, type TestShop } from '../../test/support/shop.ts';
import { type Member, bringTogether, makeShopOfMany, makeTestHub } from '../../test/support/shop-of-many.ts';
import { commit } from '../store/journal.ts';
import { listDepartments, listPaymentMethods, readProduct } from '../store/queries/catalogue.ts';
import { listExceptions } from '../store/queries/shop.ts';
import { ok } from '../base/result.ts';
import { addDepartmentLine } from './add-department-line.ts';
import { completeSale } from './complete-sale.ts';
import { addProduct, editProduct } from './edit-product.ts';
import { addUser } from './edit-user.ts';
import { listRoles, readUser } from '../store/queries/people.ts';
import { settleException } from './settle-exception.ts';

const CODE = '5410000000019';

function sellUnknown(shop: TestShop): void {
  const { category, taxCategory } = present(listDepartments(shop.store.db, shop.clock.nowMs())[0], 'a department');
  const cart = unwrap(addDepartmentLine(shop.register, { category, taxCategory, code: CODE, priceMinor: 250, quantityMilli: 1000 }));
  const method = present(listPaymentMethods(shop.store.db)[0], 'cash').id;
  const { id, totalMinor } = cart;
  unwrap(completeSale(shop.register, { cart: id, totalMinor, tenders: [{ method, amountMinor: totalMinor + 5 }], user: shop.owner }));
}

test('what is let be goes, with who and why in the journal; grown, it comes back', async () => {
  const shop = await makeShop();
  const { register, store, owner } = shop;
  sellUnknown(shop);
  const { id } = present(listExceptions(store.db)[0], 'the exception');
  unwrap(settleException(register, id, { do: 'let-be', note: 'sold off' }, owner));
  assert.deepEqual(listExceptions(store.db), []);
  const entry = store.db.get("SELECT subject, detail FROM audit_entry WHERE kind = 'exception-settled'");
  assert.equal(entry?.['subject'], id);
  assert.equal((JSON.parse(String(entry?.['detail'])) as { note: string }).note, 'sold off');
  const gone = settleException(register, id, { do: 'let-be', note: 'again' }, owner);
  assert.equal(gone.ok ? '' : gone.refusal.code, 'input.not-found');
  sellUnknown(shop);
  assert.equal(listExceptions(store.db).length, 1);
  shop.close();
});

test('an equal barcode is kept by one product, equal users are renamed; both mends settle what they mend', async () => {
  const shop = await makeShop();
  const { register, store, owner, clock } = shop;
  const [jam, honey] = ['Jam', 'Honey'].map((name) => unwrap(addProduct(register, { name, priceMinor: 100 }, owner)).id);
  const [kept, other] = [present(jam, 'jam'), present(honey, 'honey')];
  unwrap(
    commit(store, { kind: 'product-edited', user: owner }, (draft) => {
      for (const product of [kept, other]) draft.create('product_barcode', { product, code: CODE });
      return ok(null);
    }),
  );
  unwrap(settleException(register, `equal-barcode:${CODE}`, { do: 'keep-code', product: kept }, owner));
  assert.deepEqual(
    [kept, other].map((product) => readProduct(store.db, product, clock.nowMs())?.codes),
    [[CODE], []],
  );
  const cashier = present(
    listRoles(store.db).find(({ builtIn }) => builtIn === 'cashier'),
    'the cashier role',
  );
  const twin = unwrap(await addUser(register, { name: 'Mina', pin: '4711', role: cashier.id }, owner));
  const equal = present(listExceptions(store.db)[0], 'the equal names');
  assert.equal(equal.kind, 'equal-name');
  const wrong = settleException(register, equal.id, { do: 'keep-code', product: kept }, owner);
  assert.equal(wrong.ok ? '' : wrong.refusal.code, 'input.invalid');
  unwrap(settleException(register, equal.id, { do: 'rename', user: twin.id, name: 'Mina B.' }, owner));
  assert.equal(readUser(store.db, twin.id)?.name, 'Mina B.');
  assert.deepEqual(listExceptions(store.db), []);
  shop.close();
});

test(
  '[P3] of two edits made apart the newer stands, and the other can be made again: on both registers, and told on neither any more',
  { timeout: 60_000 },
  async () => {
    const shop = await makeShopOfMany();
    const [one, two] = [present(shop.members[0], 'R1'), shop.join()];
    const hub = await makeTestHub();
    const together = (): Promise<void> => bringTogether([one, two], hub);
    const tea = unwrap(addProduct(one.register, { name: 'Tea', priceMinor: 250 }, one.owner)).id;
    await together();
    shop.clock.advance(1_000);
    unwrap(editProduct(one.register, tea, { priceMinor: 300 }, one.owner));
    shop.clock.advance(1_000);
    unwrap(editProduct(two.register, tea, { priceMinor: 280 }, two.owner));
    await together();
    const priceAt = ({ store, register }: Member): number | undefined =>
      readProduct(store.db, tea, register.store.clock.nowMs())?.priceMinor;
    const lost = present(listExceptions(one.store.db)[0], 'the lost edit');
    assert.equal(lost.kind, 'lost-edit');
    assert.deepEqual([priceAt(one), priceAt(two)], [280, 280]);
    shop.clock.advance(1_000);
    const wrong = settleException(one.register, lost.id, { do: 'keep-code', product: tea }, one.owner);
    assert.equal(wrong.ok ? '' : wrong.refusal.code, 'input.invalid');
    unwrap(settleException(one.register, lost.id, { do: 'take-overtaken' }, one.owner));
    await together();
    for (const till of [one, two]) {
      assert.equal(priceAt(till), 300);
      assert.deepEqual(listExceptions(till.store.db), []);
    }
    await hub.close();
  },
);
