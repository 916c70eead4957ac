import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { errorsAsCsv } from './errors-as-csv.ts';

test('errors go into a file that no spreadsheet runs', () => {
  const csv = errorsAsCsv([
    { row: 3, column: 'price', value: '12,5o', message: 'This is not a price.' },
    { row: 9, column: 'name', value: '=cmd|"/c calc"', message: 'Two\nlines' },
  ]);
  assert.equal(csv, 'row,column,value,message\r\n3,price,"12,5o",This is not a price.\r\n9,name,"\'=cmd|""/c calc""","Two\nlines"\r\n');
});
