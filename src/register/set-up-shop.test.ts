import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES } from '../domain/language.ts';
import { makeShop } from '../../test/support/shop.ts';
import { listCategories, listPaymentMethods, listProducts } from '../store/queries/catalogue.ts';

test('a demo shop, and its ways to pay, are named in the language it is set up in', async () => {
  const made: unknown[] = [];
  for (const language of LANGUAGES) {
    const shop = await makeShop({ language });
    const products = listProducts(shop.store.db, {
      limit: 500,
      offset: 0,
      category: null,
      hidden: false,
      sort: 'name',
      nowMs: shop.clock.nowMs(),
    });
    made.push([
      listPaymentMethods(shop.store.db).map(({ name }) => name),
      listCategories(shop.store.db)[0]?.name,
      products.rows.length,
      products.rows.some(({ name }) => name === { en: 'Whole milk', fr: 'Lait entier', nl: 'Volle melk', de: 'Vollmilch' }[language]),
    ]);
    shop.close();
  }
  assert.deepEqual(made, [
    [['Cash', 'Card'], 'Bakery', 34, true],
    [['Espèces', 'Carte'], 'Boulangerie', 34, true],
    [['Contant', 'Kaart'], 'Bakkerij', 34, true],
    [['Bar', 'Karte'], 'Backwaren', 34, true],
  ]);
});
