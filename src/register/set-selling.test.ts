import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { exampleScaleLabel, readScaleLabel } from '../domain/scale-label.ts';
import { makeShop } from '../../test/support/shop.ts';
import { listPaymentMethods, listProducts } from '../store/queries/catalogue.ts';
import { addProductLine, changeLine, dropLine, getCart } from './edit-cart.ts';
import { clearCart } from './hold-cart.ts';
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
    dayEndsAt: 0,
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

  // Less of a line, and the whole cart, are taken out as a line is.
  const three = present(unwrap(addProductLine(register, id, 3000)).lines[0], 'the line');
  const less = (reason: string | null) => changeLine(register, three.line, { quantityMilli: 1000 }, { reason, user: owner });
  for (const refused of [less(null), clearCart(register, { reason: null, user: owner })])
    assert.equal(refused.ok ? '' : refused.refusal.code, 'void.reason-needed');
  assert.equal(getCart(register).lines[0]?.quantityMilli, 3000, 'nothing was changed');
  unwrap(changeLine(register, three.line, { quantityMilli: 4000 }, { reason: null, user: owner }));
  unwrap(less('counted wrong'));
  unwrap(clearCart(register, { reason: 'left without paying', user: owner }));
  unwrap(clearCart(register, { reason: null, user: owner }));
  const entries = store.db
    .all("SELECT kind, detail FROM audit_entry WHERE kind IN ('void', 'abandoned-cart') ORDER BY id DESC LIMIT 2")
    .map(({ kind, detail }) => ({
      kind,
      ...(JSON.parse(String(detail)) as { reason: string; quantityMilli?: number; totalMinor: number }),
    }));
  assert.deepEqual(
    entries.map(({ kind, reason, quantityMilli, totalMinor }) => [kind, reason, quantityMilli, totalMinor]),
    [
      ['void', 'counted wrong', 3000, 3 * three.unitPriceMinor],
      ['abandoned-cart', 'left without paying', undefined, three.unitPriceMinor],
    ],
  );

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
