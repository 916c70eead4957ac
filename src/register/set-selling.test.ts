import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { exampleScaleLabel, readScaleLabel } from '../domain/scale-label.ts';
import { makeShop } from '../../test/support/shop.ts';
import { listPaymentMethods, listProducts } from '../store/queries/catalogue.ts';
import { addProductLine, dropLine } from './edit-cart.ts';
import { addProduct, editProduct } from './edit-product.ts';
import { completeSale } from './complete-sale.ts';
import { readSelling, setRounding, setSelling } from './set-selling.ts';

test('a setting of how the shop sells holds from the next line on, and what is no setting is refused', async () => {
  const { register, store, owner, clock, close } = await makeShop();
  assert.deepEqual(readSelling(store.db), {
    discountLimitPpm: 100_000,
    scalePattern: '21IIIIIWWWWWC',
    eatIn: true,
    ageChecks: true,
    blindCount: false,
    pricesIncludeTax: true,
    taxByLine: false,
    voidReason: false,
  });
  const wrong = setSelling(register, { scalePattern: 'nonsense' }, owner);
  assert.equal(wrong.ok ? '' : wrong.refusal.code, 'input.invalid');
  unwrap(setSelling(register, { voidReason: true, pricesIncludeTax: false, ageChecks: false }, owner));

  const [milk] = listProducts(store.db, { category: null, hidden: false, sort: 'name', offset: 0, limit: 1, nowMs: clock.nowMs() }).rows;
  const { id } = present(milk, 'a product');
  unwrap(editProduct(register, id, { minimumAge: 18 }, owner));
  assert.equal(unwrap(addProduct(register, { name: 'Net', priceMinor: 100 }, owner)).includesTax, false);

  const cart = unwrap(addProductLine(register, id, 1000));
  assert.equal(cart.ageToCheck, null, 'the shop looks at no ages');
  const line = present(cart.lines[0], 'the line').line;
  const bare = dropLine(register, line, { reason: null, user: owner });
  assert.equal(bare.ok ? '' : bare.refusal.code, 'void.reason-needed');
  unwrap(dropLine(register, line, { reason: 'wrong one', user: owner }));
  const again = unwrap(addProductLine(register, id, 1000));
  const [cash] = listPaymentMethods(store.db);
  const method = present(cash, 'cash').id;
  unwrap(
    completeSale(register, {
      cart: again.id,
      totalMinor: again.totalMinor,
      tenders: [{ method, amountMinor: again.totalMinor + 5 }],
      user: owner,
    }),
  );
  const journal = store.db.get("SELECT detail FROM audit_entry WHERE kind = 'void'");
  assert.equal((JSON.parse(String(journal?.['detail'])) as { reason: string }).reason, 'wrong one');

  unwrap(setRounding(register, method, 10, owner));
  assert.equal(listPaymentMethods(store.db)[0]?.roundingStepMinor, 10);
  close();
});

test('the example of a label is one that a scan reads', () => {
  assert.deepEqual(readScaleLabel(exampleScaleLabel('21IIIIIWWWWWC'), '21IIIIIWWWWWC'), {
    article: '2100001',
    weightMilli: 312,
    priceMinor: null,
  });
  assert.equal(readScaleLabel(exampleScaleLabel('24IIIIXPPPPPC'), '24IIIIXPPPPPC')?.priceMinor, 450);
  assert.equal(exampleScaleLabel('nonsense'), '');
});
