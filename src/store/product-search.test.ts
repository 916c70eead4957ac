/** The search over the catalogue, against a plain reading of its rule; and what it takes of memory and time is the bench's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold, ProductSearch, type SearchRow } from './product-search.ts';

const product = (row: number, name: string, codes = '', priceMinor = 100): SearchRow => ({ row, name, codes, priceMinor });

test('[ux 3] words in any order, parts of words, accents and case ignored, codes and prices', () => {
  const search = new ProductSearch(2);
  search.put(product(1, 'Crème brûlée à la vanille', '4006381333931', 349));
  search.put(product(2, 'Vanilla ice cream', '5000112637922', 499));
  search.put(product(3, 'Œufs frais', '', 275));
  assert.deepEqual(search.find('vanille CREME', 10), [1]);
  assert.deepEqual(search.find('nil', 10), [2, 1], 'the shorter name first');
  assert.deepEqual(search.find('oeuf', 10), [3]);
  assert.deepEqual(search.find('40063', 10), [1]);
  assert.deepEqual(search.find('4.99', 10), [2]);
  assert.deepEqual(search.find('  ', 10), []);
});

test('[ux 3] a name that begins so stands before one that only holds it', () => {
  const search = new ProductSearch(2);
  search.put(product(1, 'Coconut milk'));
  search.put(product(2, 'Milk chocolate bar'));
  search.put(product(3, 'Buttermilk'));
  assert.deepEqual(search.find('milk', 10), [2, 1, 3]);
});

test('after any puts and removals it finds what a plain look at the names finds', () => {
  const word = fc.constantFrom('tea', 'té', 'red', 'Bread', 'milk', 'oat', 'x');
  const step = fc.record({ row: fc.integer({ min: 1, max: 1_200 }), words: fc.option(fc.array(word, { minLength: 1, maxLength: 4 })) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), word, (steps, query) => {
      const search = new ProductSearch(2);
      const held = new Map<number, string>();
      for (const { row, words } of steps) {
        if (words === null) {
          search.remove(row);
          held.delete(row);
        } else {
          search.put(product(row, words.join(' ')));
          held.set(row, words.join(' '));
        }
      }
      const expected = [...held].filter(([, name]) => fold(name).includes(fold(query))).map(([row]) => row);
      assert.equal(search.size, held.size);
      assert.deepEqual(
        search.find(query, 2_000).toSorted((a, b) => a - b),
        expected.toSorted((a, b) => a - b),
      );
    }),
  );
});
