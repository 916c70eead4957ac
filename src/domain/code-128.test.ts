import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { code128Widths } from './code-128.ts';

test('a receipt number as the standard draws it: start, characters, check, stop', () => {
  // R1-00004 worked out by hand: values 50 17 13 16 16 16 16 20, sum 104 + 50·1 + 17·2 + ... = 739, 739 mod 103 = 18.
  const widths = code128Widths('R1-00004').join('');
  const drawn = ['211214', '231131', '123221', '122132', '123122', '123122', '123122', '123122', '221231', '223211', '2331112'];
  assert.equal(widths, drawn.join(''));
});

test('every symbol is eleven modules wide, the stop thirteen, and the check tells two neighbours apart', () => {
  const sum = (text: string): number => code128Widths(text).reduce((all, width) => all + width, 0);
  for (const text of ['R1-000042', 'R12b-1234567', ' ', '~']) assert.equal(sum(text), 11 * (text.length + 2) + 13);
  assert.notDeepEqual(code128Widths('R1-000012'), code128Widths('R1-000021'));
});

test('what set B cannot spell is a bug, not a wrong barcode', () => {
  assert.throws(() => code128Widths('Ré-1'));
});
