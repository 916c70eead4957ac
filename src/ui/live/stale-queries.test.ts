import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { staleQueries } from './stale-queries.ts';

test('a changed product makes every list that shows products stale, once', () => {
  assert.deepEqual([...staleQueries(['product', 'product_barcode'])].sort(), [
    'cart',
    'categories',
    'departments',
    'edits',
    'prices',
    'products',
    'search',
    'stock',
    'storage',
    'tiles',
    'to-check',
  ]);
});

test('a table of a newer program makes only the page of exceptions stale', () => {
  assert.deepEqual([...staleQueries(['hologram'])], ['to-check']);
  assert.deepEqual([...staleQueries(['constructor'])], ['to-check']);
});
