/**
 * Code 128 (ISO/IEC 15417) in its set B, the printable characters of ASCII: what a receipt's number is made of. Pure: answers widths of bars
 * and gaps, draws nothing. Never larger than the text needs; digits are not packed in pairs, which a receipt's nine characters do not need.
 */
import { assert } from '../base/assert.ts';

/** Per value bar, gap, bar, gap, bar, gap in modules (table 1 of the standard); the three starts are the last. */
const SYMBOLS = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 ' +
  '223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 ' +
  '112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 ' +
  '311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 ' +
  '122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 ' +
  '214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232'
).split(' ');
const START_B = 104;
const STOP = '2331112';
const CHECKED_BY = 103;
const FIRST_CHARACTER = 0x20;

/** Widths in modules, bar first, then gap and bar in turn. `text` is printable ASCII. */
export function code128Widths(text: string): number[] {
  const values = Array.from(text, (character) => (character.codePointAt(0) ?? 0) - FIRST_CHARACTER);
  assert(
    values.every((value) => value >= 0 && value < 95),
    'printable ASCII',
  );
  return code128Symbols([START_B, ...values]);
}

/** The same for symbol values of whatever sets, the start first; check and stop are added. */
export function code128Symbols(values: readonly number[]): number[] {
  const check = values.reduce((sum, value, at) => sum + value * Math.max(1, at), 0) % CHECKED_BY;
  return [...values, check].flatMap((value) => Array.from(SYMBOLS[value] ?? '', Number)).concat(Array.from(STOP, Number));
}
