import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalMark, writeCsv } from './csv.ts';

test('columns, quotes, and what a spreadsheet would run', () => {
  const rows = [
    ['name', 'amount'],
    ['=cmd()', '-1.50'],
    ['say "hi", twice', '2'],
    ['-dash', '@a'],
    ['two\nlines', ''],
  ];
  assert.equal(writeCsv(rows, '.'), 'name,amount\r\n\'=cmd(),-1.50\r\n"say ""hi"", twice",2\r\n\'-dash,\'@a\r\n"two\nlines",\r\n');
  assert.equal(writeCsv([['a,b', 'c;d']], ','), 'a,b;"c;d"\r\n');
});

test('the decimal mark is the country’s', () => {
  assert.deepEqual(['BE', 'FR', 'DE', 'CH', 'GB', 'US', ''].map(decimalMark), [',', ',', ',', '.', '.', '.', '.']);
});
