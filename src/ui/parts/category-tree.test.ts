import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { testId } from '../../../test/support/foreign-chain.ts';
import { categoryTree, indented, type Category } from './category-tree.ts';

const row = (at: number, name: string, parent: number | null): Category => ({
  id: testId(at),
  name,
  parent: parent === null ? null : testId(parent),
  icon: null,
  position: at,
  products: 0,
});

test('parents before what lies in them, rings and orphans at the top, each once', () => {
  const rows = [row(1, 'Dark', 2), row(2, 'Beers', 3), row(3, 'Drinks', null), row(4, 'A', 5), row(5, 'B', 4), row(6, 'Lost', 99)];
  assert.deepEqual(
    categoryTree(rows).map(({ name, depth }) => [name, depth]),
    [
      ['Drinks', 0],
      ['Beers', 1],
      ['Dark', 2],
      ['Lost', 0],
      ['A', 0],
      ['B', 1],
    ],
  );
  assert.deepEqual(categoryTree(rows).slice(0, 2).map(indented), ['Drinks', '\u2003Beers']);
});
