import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { entriesOf } from './accounting-file.ts';
import { BROUGHT_IN, sumChangesets, sumDays, sumTotals, turnoverMinor, type TextRow } from './closing-totals.ts';
import { periodName, periodOf } from './period.ts';
import { sumTaxes } from './tax-parts.ts';

interface Sold {
  readonly kind: 'sale' | 'refund';
  readonly training: boolean;
  readonly lines: readonly {
    readonly ppm: number;
    readonly total: number;
    readonly tax: number;
    readonly includes: boolean;
    /** Of its tax, where it is of two taxes by name. */
    readonly cityMinor: number | null;
  }[];
  readonly rounding: number;
  readonly card: boolean;
}

const soldOf: fc.Arbitrary<Sold> = fc.record({
  kind: fc.constantFrom('sale', 'refund'),
  training: fc.boolean(),
  lines: fc.array(
    fc.record({
      ppm: fc.constantFrom(210_000, 60_000, 0),
      total: fc.integer({ min: -50_000, max: 50_000 }),
      tax: fc.integer({ min: -5_000, max: 5_000 }),
      includes: fc.boolean(),
      cityMinor: fc.option(fc.integer({ min: -1_000, max: 1_000 })),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  rounding: fc.integer({ min: -2, max: 2 }),
  card: fc.boolean(),
});

function partsOf(ppm: number, taxMinor: number, cityMinor: number): string {
  return JSON.stringify([
    { name: 'City', ratePpm: 10_000, taxMinor: cityMinor },
    { name: 'State', ratePpm: ppm - 10_000, taxMinor: taxMinor - cityMinor },
  ]);
}

/** A sale's changeset as the register writes it. */
function rowsOf(sold: Sold, number: number, day: number): TextRow[] {
  const total = sold.lines.reduce((sum, line) => sum + line.total + (line.includes ? 0 : line.tax), 0);
  const mode = sold.training ? 'training' : 'real';
  return [
    {
      table: 'sale',
      values: { kind: sold.kind, mode, total_minor: total, rounding_minor: sold.rounding, series: 'R1', number, trading_day: day },
    },
    ...sold.lines.map((line) => ({
      table: 'sale_line',
      values: {
        sale: 0,
        tax_rate_ppm: line.ppm,
        total_minor: line.total,
        tax_minor: line.tax,
        includes_tax: line.includes,
        ...(line.cityMinor === null ? {} : { tax_parts: partsOf(line.ppm, line.tax, line.cityMinor) }),
      },
    })),
    {
      table: 'tender',
      values: { sale: 0, payment_method: sold.card ? 'card' : 'cash', amount_minor: total + sold.rounding + 500, change_minor: 500 },
    },
  ];
}

test('[Z 1] turnover, taxes and tenders of any sales agree, and an accountant’s debit is the credit', () => {
  fc.assert(
    fc.property(fc.array(soldOf), fc.array(fc.integer({ min: -9_000, max: 9_000 })), (sales, moves) => {
      const movements = moves.map((amount_minor) => [{ table: 'cash_movement', values: { kind: 'paid-in', amount_minor } }]);
      const totals = sumChangesets([...sales.map((sold, at) => rowsOf(sold, at + 1, 20_261_128)), ...movements]);
      const taxed = totals.taxes.reduce((sum, { netMinor, taxMinor }) => sum + netMinor + taxMinor, 0);
      const paid = totals.tenders.reduce((sum, { minor }) => sum + minor, 0);
      assert.equal(taxed, turnoverMinor(totals));
      assert.equal(paid, turnoverMinor(totals) + totals.roundingMinor);
      const real = sales.filter(({ training }) => !training).flatMap(({ lines }) => lines);
      const city = sumTaxes(totals.taxes).filter(({ name }) => name === 'City');
      const ofCity = real.filter(({ cityMinor }) => cityMinor !== null);
      assert.equal(city.length, Math.min(1, ofCity.length));
      if (city[0] !== undefined)
        assert.deepEqual(
          [city[0].taxMinor, city[0].netMinor],
          [
            ofCity.reduce((sum, { cityMinor }) => sum + (cityMinor ?? 0), 0),
            ofCity.reduce((sum, { total, tax, includes }) => sum + total - (includes ? tax : 0), 0),
          ],
        );
      assert.equal(totals.training.count, sales.filter(({ training }) => training).length);
      const names = { cash: { name: 'Cash', kind: 'cash' }, card: { name: 'Card', kind: 'card' } };
      for (const country of ['BE', 'FR', 'JP']) {
        const entries = entriesOf({ tradingDay: 20_261_128, register: 'R1', number: 1, currency: 'EUR', totals, names }, country);
        assert.equal(
          entries.reduce((sum, { minor }) => sum + minor, 0),
          0,
        );
        const booked = entries.filter(({ text }) => text === 'Tax City 1 %');
        assert.equal(
          booked.reduce((sum, { minor }) => sum - minor, 0),
          city[0]?.taxMinor ?? 0,
        );
      }
    }),
  );
});

test('[Z 2] the sum of the days is the sum of the whole, and no changeset is in two days or in none', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(soldOf, fc.integer({ min: -1, max: 3 }))), (history) => {
      let day = 20_261_101;
      const stretch = history.map(([sold, step], at) => {
        // A clock that was set back for a while goes back no day.
        day = Math.max(20_261_101, day + step);
        return { n: at + 1, rows: step === 3 ? [{ table: 'audit_entry', values: { kind: 'void' } }] : rowsOf(sold, at + 1, day) };
      });
      const days = sumDays(stretch, 20_261_130);
      assert.deepEqual(sumTotals(days.map(({ totals }) => totals)), sumChangesets(stretch.map(({ rows }) => rows)));
      let next = 1;
      for (const { first, last } of days) {
        assert.equal(first.n, next);
        assert.ok(last.n >= first.n);
        next = last.n + 1;
      }
      assert.equal(next, stretch.length + 1);
      assert.deepEqual(
        days.map(({ tradingDay }) => tradingDay),
        [...new Set(days.map(({ tradingDay }) => tradingDay))].sort((a, b) => a - b),
      );
    }),
  );
});

test('a training sale’s discount and tender stay out of the money; a later swap of a tender comes in', () => {
  const training = rowsOf(
    { kind: 'sale', training: true, lines: [{ ppm: 0, total: 900, tax: 0, includes: true, cityMinor: null }], rounding: 0, card: false },
    1,
    20_261_128,
  );
  const rows: TextRow[] = [...training, { table: 'line_adjustment', values: { sale_line: 1, kind: 'discount', amount_minor: 100 } }];
  const swap: TextRow = {
    table: 'tender',
    values: { sale: `${'0'.repeat(64)}:0`, payment_method: 'card', amount_minor: 900, change_minor: 0 },
  };
  const totals = sumChangesets([rows, [swap]]);
  assert.deepEqual(totals.discounts, { count: 0, minor: 0 });
  assert.deepEqual(totals.tenders, [{ method: 'card', count: 1, minor: 900 }]);
  assert.deepEqual(totals.training, { count: 1, minor: 900 });
});

test('periods by any day in them', () => {
  assert.deepEqual(periodOf('day', 20_261_128), { kind: 'day', first: 20_261_128, last: 20_261_128 });
  assert.deepEqual(periodOf('month', 20_261_128), { kind: 'month', first: 20_261_101, last: 20_261_131 });
  assert.deepEqual(periodOf('year', 20_261_128), { kind: 'year', first: 20_260_101, last: 20_261_231 });
  assert.deepEqual(
    (['day', 'month', 'year'] as const).map((kind) => periodName(periodOf(kind, 20_261_128))),
    ['2026-11-28', '2026-11', '2026'],
  );
});

test('what was sold in another store and brought in counts in no sum and begins no day; the shift that holds it neither', () => {
  const own = rowsOf(
    { kind: 'sale', training: false, lines: [{ ppm: 0, total: 500, tax: 0, includes: true, cityMinor: null }], rounding: 0, card: true },
    2,
    20260401,
  );
  const brought = own.map((row) =>
    row.table === 'sale' ? { ...row, values: { ...row.values, trading_day: 20260101, brought_from: 'R1-000001' } } : row,
  );
  const shift: TextRow[] = [{ table: 'shift_event', values: { kind: 'opened', trading_day: 20260402, detail: BROUGHT_IN } }];
  assert.deepEqual(sumChangesets([brought, own, shift]), sumChangesets([own]));
  const days = sumDays(
    [brought, own, shift].map((rows) => ({ rows })),
    20260403,
  );
  assert.deepEqual(
    days.map(({ tradingDay, totals }) => [tradingDay, totals.sales.count]),
    [[20260401, 1]],
  );
});
