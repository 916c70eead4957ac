import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isScalePattern, readScaleLabel } from './scale-label.ts';

test('[ux 4] labels of scales by the shop’s pattern: a weight, a price, or neither', () => {
  const cases: [string, string, ReturnType<typeof readScaleLabel>][] = [
    ['2112345003122', '21IIIIIWWWWWC', { article: '2112345', weightMilli: 312, priceMinor: null }],
    ['2212345012503', '22IIIIIPPPPPC', { article: '2212345', weightMilli: null, priceMinor: 1250 }],
    ['2112345003123', '21IIIIIWWWWWC', null],
    ['2212345012503', '21IIIIIWWWWWC', null],
    ['5410000000019', '21IIIIIWWWWWC', null],
    ['42', '21IIIIIWWWWWC', null],
  ];
  for (const [code, pattern, expected] of cases) assert.deepEqual(readScaleLabel(code, pattern), expected, `${code} ${pattern}`);
  assert.equal(isScalePattern('21IIIIIXWWWWC'), true, 'a figure that is not read');
  for (const wrong of ['31IIIIIWWWWWC', '21IIIIIWWWWW', '21WWWWWWWWWWC', '21IIIIIIIIIIC', 7]) assert.equal(isScalePattern(wrong), false);
});
