import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { findPages } from './find-pages.ts';

const PAGES = [
  { page: 'taxes', title: 'Taxes', labels: ['Nouveau taux', 'Mention sur les factures'] },
  { page: 'selling', title: 'Vente', labels: ['Étiquettes de balance', 'Remise sans demander', 'Encore {{left}} remises'] },
];
const found = (search: string): unknown[] => findPages(PAGES, search).map(({ page, labels }) => [page, labels]);

test('a search finds pages by their titles and by what stands on them, whatever the accents, the case and the order of words', () => {
  assert.deepEqual(found('  '), [
    ['taxes', []],
    ['selling', []],
  ]);
  assert.deepEqual(found('VENTE'), [['selling', []]]);
  assert.deepEqual(found('balance etiq'), [['selling', ['Étiquettes de balance']]]);
  assert.deepEqual(found('remise'), [['selling', ['Remise sans demander']]]);
  assert.deepEqual(found('imprimante'), []);
});
