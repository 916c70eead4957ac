import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { makeShop } from '../../test/support/shop.ts';
import { readProduct } from '../store/queries/catalogue.ts';
import { categoryTiles, variantTiles } from '../store/queries/tiles.ts';
import { addVariants } from './add-variants.ts';
import { addCategory } from './edit-category.ts';
import { addProduct, editProduct } from './edit-product.ts';

test('[ux 17] a product in sizes: one tile on its shelf, its sizes behind it, each with a code and a price of its own', async () => {
  const { register, store, owner, clock } = await makeShop();
  const shirts = unwrap(addCategory(register, { name: 'Shirts' }, owner));
  const shirt = unwrap(addProduct(register, { name: 'Shirt', priceMinor: 2_500, category: shirts }, owner)).id;
  unwrap(addVariants(register, shirt, ['S', 'M', 'L', 'M'], owner));
  unwrap(addVariants(register, shirt, ['M', 'XL'], owner));
  const sizes = variantTiles(store.db, shirt, clock.nowMs());
  assert.deepEqual(
    sizes.map(({ name, priceMinor }) => [name, priceMinor]),
    ['S', 'M', 'L', 'XL'].map((size) => [`Shirt, ${size}`, 2_500]),
  );
  const medium = present(sizes[1], 'M').id;
  unwrap(editProduct(register, medium, { priceMinor: 2_700, codes: ['5400000000010'] }, owner));
  unwrap(editProduct(register, present(sizes[0], 'S').id, { active: false }, owner));
  const [tile, more] = categoryTiles(store.db, { category: shirts, nowMs: clock.nowMs() });
  assert.deepEqual([tile?.name, tile?.variants, more], ['Shirt', 3, undefined]);
  const row = present(readProduct(store.db, medium, clock.nowMs()), 'the medium');
  assert.deepEqual([row.variantOf, row.variant, row.priceMinor, row.codes], [shirt, 'M', 2_700, ['5400000000010']]);
  const deeper = addVariants(register, medium, ['blue'], owner);
  assert.equal(deeper.ok ? '' : deeper.refusal.code, 'input.invalid');
});
