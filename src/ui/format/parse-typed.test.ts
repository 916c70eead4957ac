import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { parseTyped } from './parse-typed.ts';

test('an amount is read as people of any country type it', () => {
  const cases: readonly [string, number, number | null][] = [
    ['12.50', 2, 1250],
    ['12,5', 2, 1250],
    ['12', 2, 1200],
    ['.5', 2, 50],
    ['1 234,50', 2, 123_450],
    ['1,234.50', 2, 123_450],
    ["1'234.50", 2, 123_450],
    ['1.234.567', 2, 123_456_700],
    ['-3', 2, -300],
    ['-0', 2, 0],
    ['0,312', 3, 312],
    ['1,500', 0, 1500],
    ['12,5o', 2, null],
    ['', 2, null],
    ['.', 2, null],
    ['1.999', 2, null],
    ['99999999999999999', 2, null],
  ];
  for (const [text, digits, expected] of cases) assert.equal(parseTyped(text, digits), expected, `${text} with ${digits} digits`);
});
