/** Money as tables and properties: nothing is lost, nothing appears. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import { hasCheckDigit, normalBarcode } from './barcode.ts';
import { currencyDigits, minor, multiplyDivide, parseAmount, plainAmount, priceOf, prorate, roundToStep } from './money.ts';
import { shareBack } from './refund.ts';
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

/** One tax, or several by name: those of two names are of the same rate in some lines and of another in others. */
const taxesOf = fc.oneof(
  fc.constantFrom(0, 60_000, 120_000, 210_000, 55_000).map((taxRatePpm) => ({ taxRatePpm, taxParts: null })),
  fc
    .uniqueArray(fc.record({ name: fc.constantFrom('GST', 'PST', 'City'), ratePpm: fc.constantFrom(0, 25_000, 50_000, 70_000, 99_750) }), {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 3,
    })
    .map((taxParts) => ({ taxRatePpm: taxParts.reduce((sum, { ratePpm }) => sum + ratePpm, 0), taxParts })),
);
const lineOf = fc
  .record({ totalMinor: fc.integer({ min: 0, max: 1_000_000 }), taxes: taxesOf, includesTax: fc.boolean() })
  .map(({ taxes, ...line }) => ({ ...line, ...taxes }));

test('[P5] taxes of the lines sum per rate to the tax of the rate’s total', () => {
  fc.assert(
    fc.property(fc.array(lineOf, { maxLength: 40 }), (lines) => {
      const taxed = taxLines(lines, 'receipt').map((tax, at) => ({ ...present(lines[at], 'a line'), ...tax }));
      const plain = taxed.filter(({ taxParts }) => taxParts === null);
      for (const { taxRatePpm, includesTax } of plain) {
        const members = plain.filter((line) => line.taxRatePpm === taxRatePpm && line.includesTax === includesTax);
        assert.equal(sumOf(members, 'taxMinor'), taxOf(sumOf(members, 'totalMinor'), taxRatePpm, includesTax));
      }
      assert.ok(dueOf(taxed) >= 0);
    }),
  );
});

function sumOf<K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number {
  return rows.reduce((sum, row) => sum + row[key], 0);
}

test('[P5] of several taxes at once each is counted by itself, on top for all lines together, and they sum to the line’s', () => {
  fc.assert(
    fc.property(fc.array(lineOf, { maxLength: 40 }), fc.constantFrom('receipt' as const, 'line' as const), (lines, rounding) => {
      const taxed = taxLines(lines, rounding);
      const shares = taxed.flatMap(({ taxMinor, taxParts }, at) => {
        const line = present(lines[at], 'a line');
        assert.equal(taxParts === null, line.taxParts === null);
        if (taxParts !== null) assert.equal(sumOf(taxParts, 'taxMinor'), taxMinor);
        if (rounding === 'line' && taxParts === null) assert.equal(taxMinor, taxOf(line.totalMinor, line.taxRatePpm, line.includesTax));
        return (taxParts ?? []).map((part) => ({ ...part, line }));
      });
      for (const { name, ratePpm, line } of shares) {
        const alike = shares.filter((other) => other.name === name && other.ratePpm === ratePpm && !other.line.includesTax);
        if (line.includesTax || rounding === 'line') continue;
        const totalMinor = alike.reduce((sum, other) => sum + other.line.totalMinor, 0);
        assert.equal(sumOf(alike, 'taxMinor'), taxOf(totalMinor, ratePpm, false));
      }
      if (rounding === 'line')
        for (const { ratePpm, taxMinor, line } of shares)
          assert.equal(taxMinor, taxOf(line.totalMinor, ratePpm, line.includesTax, line.taxRatePpm));
    }),
  );
});

test('[P5] in whatever parts a line comes back, its total and each of its taxes go back exactly, and no part takes more than there is', () => {
  fc.assert(
    fc.property(lineOf, fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 9 }), (line, parts) => {
      const tax = present(taxLines([line], 'receipt')[0], 'its tax');
      const sold = { quantityMilli: parts.reduce((sum, part) => sum + part, 0), totalMinor: line.totalMinor, tax };
      const given: ReturnType<typeof shareBack>[] = [];
      let untilMilli = 0;
      for (const part of parts) given.push(shareBack(sold, given, (untilMilli += part)));
      for (const one of given) {
        assert.ok(one.totalMinor <= 0 && one.tax.taxMinor <= 0);
        if (one.tax.taxParts !== null) assert.equal(sumOf(one.tax.taxParts, 'taxMinor'), one.tax.taxMinor);
      }
      assert.equal(sumOf(given, 'totalMinor') + sold.totalMinor, 0);
      assert.equal(
        sumOf(
          given.map((one) => one.tax),
          'taxMinor',
        ) + tax.taxMinor,
        0,
      );
      for (const { name, taxMinor } of tax.taxParts ?? [])
        assert.equal(
          given.reduce((sum, one) => sum + (one.tax.taxParts?.find((part) => part.name === name)?.taxMinor ?? 0), taxMinor),
          0,
        );
    }),
  );
});

test('what a register of an older program gave back without names counts for each tax, and the rest goes back', () => {
  const taxParts = [
    { name: 'GST', ratePpm: 50_000, taxMinor: 50 },
    { name: 'PST', ratePpm: 70_000, taxMinor: 70 },
  ];
  const sold = { quantityMilli: 3000, totalMinor: 999, tax: { taxMinor: minor(120), taxParts } };
  const older = { totalMinor: -333, tax: { taxMinor: minor(-40), taxParts: null } };
  const rest = shareBack(sold, [older], 3000);
  assert.equal(rest.totalMinor, -666);
  assert.deepEqual([rest.tax.taxMinor, rest.tax.taxParts?.map(({ taxMinor }) => taxMinor)], [-80, [-33, -47]]);
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
