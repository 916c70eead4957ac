/** Money as tables and properties: nothing is lost, nothing appears. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unwrap } from '../base/result.ts';
import { hasCheckDigit, normalBarcode } from './barcode.ts';
import { currencyDigits, multiplyDivide, parseAmount, plainAmount, priceOf, prorate, roundToStep } from './money.ts';
import { dueOf, taxLines, taxOf } from './tax.ts';
import { settle, type TenderMethod } from './tender.ts';

test('amounts as people write them', () => {
  const cases: [string, number, number | null][] = [
    ['12.50', 2, 1250],
    ['12,5', 2, 1250],
    ['1.234,50', 2, 123_450],
    ['1,234.50', 2, 123_450],
    ['1.234', 2, 123_400],
    ['0.312', 3, 312],
    ['1 234,5', 2, 123_450],
    ['500', 0, 500],
    ['12.500', 0, 12_500],
    ['-3', 2, -300],
    ['.5', 2, 50],
    ['12,5o', 2, null],
    ['', 2, null],
    ['1.23.4', 2, null],
    ['0.005', 2, null],
    ['99999999999999', 2, null],
    ['-0', 2, 0],
    ['NaN', 2, null],
    ['1e3', 2, null],
  ];
  for (const [text, digits, expected] of cases) assert.equal(parseAmount(text, digits), expected, text);
});

test('[fault 36] an amount written out and read again is the same amount', () => {
  fc.assert(
    fc.property(fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }), fc.constantFrom(0, 2, 3), (amount, digits) => {
      assert.equal(parseAmount(plainAmount(amount, digits), digits), amount);
    }),
  );
});

test('rounding rules at the half', () => {
  assert.equal(multiplyDivide(5, 1, 10, 'half-up'), 1);
  assert.equal(multiplyDivide(-5, 1, 10, 'half-up'), -1);
  assert.equal(multiplyDivide(5, 1, 10, 'half-even'), 0);
  assert.equal(multiplyDivide(15, 1, 10, 'half-even'), 2);
  assert.equal(multiplyDivide(19, 1, 10, 'down'), 1);
  assert.equal(priceOf(2490, 312), 777);
  assert.equal(roundToStep(1497, 5), 1495);
  assert.equal(roundToStep(1498, 5), 1500);
  assert.equal(currencyDigits('JPY'), 0);
  assert.equal(currencyDigits('TND'), 3);
});

test('[P5] parts of a split sum to the whole, each within one unit of its share', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 30 }),
      (total, weights) => {
        const parts = prorate(total, weights);
        const sum = weights.reduce((a, b) => a + b, 0);
        assert.equal(
          parts.reduce<number>((a, b) => a + b, 0),
          total,
        );
        parts.forEach((part, at) => assert.ok(Math.abs(part - (total * (weights[at] ?? 0)) / sum) <= 1));
      },
    ),
  );
});

const lineOf = fc.record({
  totalMinor: fc.integer({ min: 0, max: 1_000_000 }),
  taxRatePpm: fc.constantFrom(0, 60_000, 120_000, 210_000, 55_000),
  includesTax: fc.boolean(),
});

test('[P5] taxes of the lines sum per rate to the tax of the rate’s total', () => {
  fc.assert(
    fc.property(fc.array(lineOf, { maxLength: 40 }), (lines) => {
      const taxes = taxLines(lines, 'receipt');
      for (const rate of new Set(lines.map((line) => `${line.taxRatePpm} ${line.includesTax}`))) {
        const members = lines.flatMap((line, at) => (`${line.taxRatePpm} ${line.includesTax}` === rate ? [at] : []));
        const [first] = members;
        const line = lines[first ?? 0];
        assert.ok(line);
        const total = members.reduce((sum, at) => sum + (lines[at]?.totalMinor ?? 0), 0);
        assert.equal(
          members.reduce((sum, at) => sum + (taxes[at] ?? 0), 0),
          taxOf(total, line.taxRatePpm, line.includesTax),
        );
      }
      assert.ok(dueOf(lines.map((line, at) => ({ ...line, taxMinor: taxes[at] ?? 0 }))) >= 0);
    }),
  );
});

const CASH: TenderMethod = { name: 'Cash', givesChange: true, roundingStepMinor: 5 };
const CARD: TenderMethod = { name: 'Card', givesChange: false, roundingStepMinor: null };

test('[P5] total + rounding = tenders - change, for any payment that is taken', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 200_000 }),
      (total, card, cash) => {
        const settled = settle(total, [
          { method: CARD, amountMinor: card },
          { method: CASH, amountMinor: cash },
        ]);
        if (!settled.ok) return;
        const paid = settled.value.tenders.reduce((sum, tender) => sum + tender.amountMinor - tender.changeMinor, 0);
        assert.equal(paid, total + settled.value.roundingMinor);
        assert.ok(Math.abs(settled.value.roundingMinor) <= 2 && settled.value.changeMinor >= 0);
      },
    ),
  );
});

test('cash is rounded, cards are not; too little and too much are refused', () => {
  assert.equal(unwrap(settle(1498, [{ method: CASH, amountMinor: 2000 }])).changeMinor, 500);
  assert.equal(unwrap(settle(1498, [{ method: CARD, amountMinor: 1498 }])).roundingMinor, 0);
  const little = settle(1498, [{ method: CASH, amountMinor: 1000 }]);
  assert.ok(!little.ok && little.refusal.code === 'sale.not-settled');
  const much = settle(1498, [{ method: CARD, amountMinor: 2000 }]);
  assert.ok(!much.ok && much.refusal.code === 'sale.overpaid');
});

test('barcodes: check digits, and UPC-A as the EAN-13 that it is', () => {
  assert.ok(hasCheckDigit('3257981685505') && hasCheckDigit('96385074') && !hasCheckDigit('3257981685506'));
  assert.equal(normalBarcode(' 036000291452 '), '0036000291452');
  assert.equal(normalBarcode('ABC 12'), 'ABC12');
});

test('money back: amounts are negative, cash is rounded, and nothing is given twice', () => {
  assert.deepEqual(unwrap(settle(-1497, [{ method: CASH, amountMinor: -1495 }])).roundingMinor, 2);
  assert.equal(unwrap(settle(-1497, [{ method: CARD, amountMinor: -1497 }])).roundingMinor, 0);
  assert.equal(settle(-1497, [{ method: CARD, amountMinor: -1500 }]).ok, false);
  assert.equal(settle(-1497, [{ method: CASH, amountMinor: -1500 }]).ok, false);
  assert.equal(settle(-1497, [{ method: CARD, amountMinor: -1000 }]).ok, false);
  assert.equal(
    settle(-500, [
      { method: CARD, amountMinor: 100 },
      { method: CASH, amountMinor: -600 },
    ]).ok,
    false,
  );
  assert.deepEqual(unwrap(settle(0, [])).tenders, [], 'an even exchange needs no payment');
});
