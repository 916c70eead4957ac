import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldName, matchCustomers, matchProducts } from './match-records.ts';

const product = (id: string, ...codes: string[]) => ({ id, name: id, priceMinor: 100, codes });
const customer = (id: string, name: string, phone: string | null) => ({ id, name, phone });

test('products are the same when one of their barcodes is', () => {
  const match = matchProducts([product('water', '5400000000027', '5400000000034'), product('milk', '036000291452'), product('bag')]);
  assert.equal(match(product('a', '5400000000034'))?.id, 'water');
  assert.equal(match(product('b', '4006381333931', '5400000000027'))?.id, 'water', 'any of its codes');
  assert.equal(match(product('c', '0036000291452'))?.id, 'milk', 'UPC-A and EAN-13 are one code');
  assert.equal(match(product('d', ' 5400000000027 '))?.id, 'water', 'spaces say nothing');
  assert.equal(match(product('e', '4006381333931')), null);
  assert.equal(match(product('bag')), null, 'without a barcode nothing is the same, whatever its name');
});

test('of two products of the shop with one barcode the first is taken', () => {
  const match = matchProducts([product('first', '5400000000027'), product('second', '5400000000027')]);
  assert.equal(match(product('a', '5400000000027'))?.id, 'first');
});

test('customers are the same when name and phone are', () => {
  const match = matchCustomers([
    customer('ada', 'Ada  Löve', '+32 470 12 34 56'),
    customer('bob', 'Bob', null),
    customer('cleo', 'Cleo', '12'),
    customer('none', '', '0470123456'),
  ]);
  assert.equal(match(customer('1', 'ada love', '0470/12.34.56'))?.id, 'ada', 'case, accents, spaces and the country’s prefix say nothing');
  assert.equal(match(customer('2', 'Ada Love', '0470123457')), null, 'another phone');
  assert.equal(match(customer('3', 'Adam Love', '0470123456')), null, 'another name');
  assert.equal(match(customer('4', 'Bob', null)), null, 'a name alone is nobody');
  assert.equal(match(customer('5', 'Cleo', '12')), null, 'an extension is no phone');
  assert.equal(match(customer('6', '', '0470123456')), null);
});

test('names are folded alike, whatever letters they were typed with', () => {
  assert.equal(foldName('  Café   DE l’Été '), foldName('cafe\u0301 de l’e\u0301te\u0301'));
});
