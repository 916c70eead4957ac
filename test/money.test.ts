/** docs/money.md as it stands: each row of its tables is counted by the program's own functions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { present } from '../src/base/assert.ts';
import { isId } from '../src/base/id.ts';
import { unwrap } from '../src/base/result.ts';
import { emptyCart, PLAIN_LINE, priceCart, type CartLine, type Discount } from '../src/domain/cart.ts';
import { sumChangesets, type TextRow } from '../src/domain/closing-totals.ts';
import { currencyDigits, parseAmount } from '../src/domain/money.ts';
import { shareBack } from '../src/domain/refund.ts';
import type { TaxedPart } from '../src/domain/tax.ts';
import { settle } from '../src/domain/tender.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/money.md'), 'utf8');

/** Rows of the table under a heading, by column. */
function tableUnder(heading: string): Record<string, string>[] {
  const part = present(page.split(`## ${heading}\n`)[1], heading).split('\n## ')[0] ?? '';
  const [head = [], , ...rows] = part
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])));
}

const amountIn = (currency: string) => {
  const digits = currencyDigits(currency);
  return (text: string): number => present(parseAmount(text, digits), `${text} as an amount`);
};
const listed = (text: string): string[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
const millionths = (percent: string): number => Math.round(Number(percent) * 10_000);

function discountOf(text: string, amount: (text: string) => number): Discount | null {
  const by = { reason: null, approvedBy: null };
  if (text === '') return null;
  return text.endsWith('%')
    ? { kind: 'percent', ppm: millionths(text.slice(0, -1)), ...by }
    : { kind: 'amount', amountMinor: amount(text), ...by };
}

/** A rate, or taxes by name: 21, GST 5 + PST 7. */
const TAXES = String.raw`[\d.]+|\w+ [\d.]+(?: \+ \w+ [\d.]+)*`;
const LINE = new RegExp(String.raw`^(back )?([\d.]+) x ([\d.]+) @ (${TAXES})(\+)?(?: -([\d.]+%?))?$`);
const BESIDE = new RegExp(String.raw`^(sell|take off|tip|paid off)(?: (single|multi))? ([\d.]+)(?: @ (${TAXES}))?$`);

function taxesOf(text: string): Pick<CartLine, 'taxRatePpm' | 'taxParts'> {
  if (/^[\d.]+$/.test(text)) return { taxRatePpm: millionths(text), taxParts: null };
  const taxParts = text.split(' + ').map((part) => {
    const [name = '', rate = ''] = part.split(' ');
    return { name, ratePpm: millionths(rate) };
  });
  return { taxRatePpm: taxParts.reduce((sum, { ratePpm }) => sum + ratePpm, 0), taxParts };
}

function lineOf(text: string, line: number, amount: (text: string) => number): CartLine {
  const match = LINE.exec(text);
  assert.ok(match, `${text} is a line`);
  const [, back, quantity = '', price = '', rate = '', onTop, off = ''] = match;
  return {
    ...PLAIN_LINE,
    line,
    product: null,
    code: null,
    name: text,
    quantityMilli: Math.round(Number(quantity) * 1000) * (back === undefined ? 1 : -1),
    unit: 'each',
    unitPriceMinor: amount(price),
    unitCostMinor: null,
    taxCategory: null,
    ...taxesOf(rate),
    includesTax: onTop === undefined,
    discount: discountOf(off, amount),
  };
}

const CART = '01890000-0000-7000-8000-000000000001';

for (const { heading, taxRounding, atLeast } of [
  { heading: 'Carts', taxRounding: 'receipt', atLeast: 15 },
  { heading: 'Carts, taxed line by line', taxRounding: 'line', atLeast: 5 },
] as const)
  test(`docs/money.md, ${heading}: every cart comes to the total and the taxes that stand beside it`, () => {
    const rows = tableUnder(heading);
    assert.ok(rows.length >= atLeast);
    for (const { what, currency = '', lines = '', off = '', total = '', tax = '' } of rows) {
      const amount = amountIn(currency);
      assert.ok(isId(CART));
      const cart = {
        ...emptyCart(CART, 0),
        lines: listed(lines).map((text, at) => lineOf(text, at + 1, amount)),
        discount: discountOf(off, amount),
        taxRounding,
      };
      const priced = priceCart(cart);
      assert.equal(priced.totalMinor, amount(total), what);
      const rates = [...new Set(priced.lines.map(({ taxRatePpm }) => taxRatePpm))].sort((a, b) => b - a);
      assert.deepEqual(
        rates.map((rate) => priced.lines.reduce((sum, line) => sum + (line.taxRatePpm === rate ? line.taxMinor : 0), 0)),
        listed(tax).map(amount),
        `tax: ${what}`,
      );
    }
  });

test('docs/money.md, Carts of several taxes: every cart comes to the total and to each tax that stands beside it', () => {
  const rows = tableUnder('Carts of several taxes');
  assert.ok(rows.length >= 12);
  for (const { what, currency = '', rounding, lines = '', off = '', total = '', tax = '' } of rows) {
    const amount = amountIn(currency);
    assert.ok(isId(CART) && (rounding === 'receipt' || rounding === 'line'));
    const priced = priceCart({
      ...emptyCart(CART, 0),
      lines: listed(lines).map((text, at) => lineOf(text, at + 1, amount)),
      discount: discountOf(off, amount),
      taxRounding: rounding,
    });
    assert.equal(priced.totalMinor, amount(total), what);
    assert.deepEqual(
      byName(priced.lines.flatMap(({ taxParts }) => taxParts ?? [])),
      new Map(listed(tax).map((text) => [text.split(' ')[0], amount(text.split(' ')[1] ?? '')])),
      `tax: ${what}`,
    );
    for (const { taxMinor, taxParts } of priced.lines)
      assert.equal(
        taxParts?.reduce((sum, part) => sum + part.taxMinor, 0),
        taxMinor,
        `parts: ${what}`,
      );
  }
});

function byName(parts: readonly TaxedPart[]): Map<string, number> {
  return parts.reduce((sums, { name, taxMinor }) => sums.set(name, (sums.get(name) ?? 0) + taxMinor), new Map<string, number>());
}

test('docs/money.md, Given back in parts: each part gives back what stands beside it, and all of them what was paid', () => {
  const rows = tableUnder('Given back in parts');
  assert.ok(rows.length >= 5);
  for (const { what, currency = '', sold = '', back = '', total = '', tax = '' } of rows) {
    const amount = amountIn(currency);
    assert.ok(isId(CART));
    const priced = priceCart({ ...emptyCart(CART, 0), lines: [lineOf(sold, 1, amount)] });
    const line = present(priced.lines[0], 'a line');
    const cost = { quantityMilli: line.quantityMilli, totalMinor: line.totalMinor, tax: line };
    const given: ReturnType<typeof shareBack>[] = [];
    let untilMilli = 0;
    for (const count of listed(back)) given.push(shareBack(cost, given, (untilMilli += Number(count) * 1000)));
    const onTop = (taxMinor: number): number => (line.includesTax ? 0 : taxMinor);
    const totals = given.map((part) => 0 - part.totalMinor - onTop(part.tax.taxMinor));
    assert.deepEqual(totals, listed(total).map(amount), what);
    assert.deepEqual(
      given.map((part) => part.tax.taxParts?.map(({ name, taxMinor }) => [name, 0 - taxMinor]) ?? 0 - part.tax.taxMinor),
      listed(tax).map((text) =>
        /^[\d.]+$/.test(text) ? amount(text) : text.split(', ').map((part) => [part.split(' ')[0], amount(part.split(' ')[1] ?? '')]),
      ),
      `tax: ${what}`,
    );
    assert.equal(
      totals.reduce((sum, minor) => sum + minor, 0),
      priced.totalMinor,
      `in all: ${what}`,
    );
  }
});

/** A line of the table of vouchers: sold or taken off, a tip, what is paid off, or goods. */
function besideLineOf(text: string, line: number, amount: (text: string) => number): CartLine {
  const match = BESIDE.exec(text);
  if (match === null) return lineOf(text, line, amount);
  const [, verb = '', purpose, value = '', rate = '0'] = match;
  assert.ok(isId(CART));
  return {
    ...lineOf(`1 x ${value} @ ${rate}`, line, amount),
    kind: verb === 'tip' ? 'tip' : verb === 'paid off' ? 'account-payment' : 'voucher-issued',
    quantityMilli: verb === 'take off' ? -1000 : 1000,
    voucher: purpose === undefined ? null : { id: CART, code: '', purpose: purpose === 'single' ? 'single' : 'multi', expiresAt: null },
  };
}

test('docs/money.md: vouchers, tips and accounts are taxed and counted as it stands beside them', () => {
  const rows = tableUnder('Vouchers');
  assert.ok(rows.length >= 7);
  for (const { what, currency = '', lines = '', total = '', tax = '', 'beside turnover': beside = '' } of rows) {
    const amount = amountIn(currency);
    assert.ok(isId(CART));
    const priced = priceCart({ ...emptyCart(CART, 0), lines: listed(lines).map((text, at) => besideLineOf(text, at + 1, amount)) });
    assert.equal(priced.totalMinor, amount(total), what);
    const rates = [...new Set(priced.lines.map(({ taxRatePpm }) => taxRatePpm))].sort((a, b) => b - a);
    assert.deepEqual(
      rates.map((rate) => priced.lines.reduce((sum, line) => sum + (line.taxRatePpm === rate ? line.taxMinor : 0), 0)),
      listed(tax).map(amount),
      `tax: ${what}`,
    );
    const changeset: TextRow[] = [
      ...priced.lines.map(({ kind, totalMinor }) => ({ table: 'sale_line', values: { kind, total_minor: totalMinor } })),
      ...priced.lines.flatMap(({ voucher }, at) =>
        voucher === null ? [] : [{ table: 'voucher_movement', values: { purpose: voucher.purpose, sale_line: at } }],
      ),
    ];
    const totals = sumChangesets([changeset]);
    assert.equal(
      totals.beside.reduce((sum, { minor }) => sum + minor, 0),
      amount(beside),
      `beside turnover: ${what}`,
    );
  }
});

test('docs/money.md: every payment leaves the rounding and the change that stand beside it', () => {
  const rows = tableUnder('Paying');
  assert.ok(rows.length >= 8);
  for (const { what, currency = '', total = '', coin = '', given = '', rounding = '', change = '' } of rows) {
    const amount = amountIn(currency);
    const step = coin === '' ? null : amount(coin);
    const tenders = listed(given).map((text) => {
      const [kind, sum = ''] = text.split(' ');
      const method = { name: kind ?? '', givesChange: kind === 'cash', roundingStepMinor: kind === 'cash' ? step : null };
      return { method, amountMinor: amount(sum) };
    });
    const settled = unwrap(settle(amount(total), tenders));
    assert.deepEqual([settled.roundingMinor, settled.changeMinor], [amount(rounding), amount(change)], what);
  }
});
