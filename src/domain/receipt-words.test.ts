import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES, speaks } from './language.ts';
import { receiptWords, type ReceiptWord } from './receipt-words.ts';

test('paper speaks every language, with what is filled in standing in each', () => {
  const filled: readonly (readonly [ReceiptWord, Readonly<Record<string, string>>])[] = [
    ['by', { user: 'Ada', register: 'Front' }],
    ['taxOf', { rate: '21 %', net: '10.00' }],
    ['namedTaxOf', { name: 'GST', rate: '5 %', net: '10.00' }],
    ['page', { page: '1', pages: '2' }],
    ['validUntil', { day: '1.1.2030' }],
  ];
  for (const language of LANGUAGES) {
    for (const [word, values] of filled) {
      const text = receiptWords(language)(word, values);
      for (const value of Object.values(values)) assert.ok(text.includes(value), `${language} ${word}: ${text}`);
      assert.doesNotMatch(text, /\{\{/);
    }
  }
  assert.deepEqual(
    ['en', 'fr-BE', 'nl', 'de-AT', 'xx'].map((language) => receiptWords(language)('invoice')),
    ['Invoice', 'Facture', 'Factuur', 'Rechnung', 'Invoice'],
  );
});

test('where the tax is no VAT, paper does not call it that', () => {
  const words = ['tax', 'taxOf', 'taxNumber', 'pricesInclude', 'pricesWithout', 'totalNet', 'totalTax'] as const;
  for (const language of LANGUAGES) {
    const spoken = (country: string): string => words.map((word) => receiptWords(language, country)(word)).join('\n');
    const vat = /\b(VAT|TVA|btw|MwSt|USt)\b/i;
    assert.match(spoken('BE'), vat);
    for (const country of ['CA', 'IN', 'US']) assert.doesNotMatch(spoken(country), vat);
  }
  assert.equal(receiptWords('en', 'US')('taxOf', { rate: '8 %', net: '10.00' }), 'Tax 8 % of 10.00');
});

test('a language is spoken by its first two letters; another is English', () => {
  assert.deepEqual(['nl-BE', 'de', '', 'null'].map(speaks), ['nl', 'de', 'en', 'en']);
});
