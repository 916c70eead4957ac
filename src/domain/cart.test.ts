/** Carts as tables and properties: whatever is said of lines, the parts sum to the whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isId, type Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { unwrap } from '../base/result.ts';
import {
  addToCart,
  ageToCheck,
  changeQuantity,
  editLine,
  emptyCart,
  PLAIN_LINE,
  priceCart,
  removeLine,
  type Cart,
  type Discount,
  type NewLine,
} from './cart.ts';
import { minor, priceOf } from './money.ts';

const id = (n: number): Id => {
  const text = `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  return isId(text) ? text : assert.fail(text);
};

function goods(n: number, unitPriceMinor: number, quantityMilli = 1000, more: Partial<NewLine> = {}): NewLine {
  return {
    product: id(n),
    code: null,
    name: `Product ${n}`,
    quantityMilli,
    unit: 'each',
    unitPriceMinor,
    unitCostMinor: null,
    taxCategory: null,
    taxRatePpm: 200_000,
    taxParts: null,
    includesTax: true,
    ...more,
  };
}

function cartOf(...lines: readonly NewLine[]): Cart {
  return lines.reduce((cart, line) => unwrap(addToCart(cart, line)), emptyCart(id(900), 0));
}

const BY = { reason: null, user: null, at: 5 };
const percent = (ppm: number): Discount => ({ kind: 'percent', ppm, reason: null, approvedBy: null });
const amountOff = (amountMinor: number): Discount => ({ kind: 'amount', amountMinor, reason: null, approvedBy: null });
const totals = (cart: Cart): number[] => priceCart(cart).lines.map(({ totalMinor }) => totalMinor);

test('the same product again is one line, unless something was said of it', () => {
  const two = cartOf(goods(1, 250), goods(1, 250));
  assert.deepEqual(
    two.lines.map(({ quantityMilli }) => quantityMilli),
    [2000],
  );
  const noted = unwrap(editLine(two, 1, { note: 'without ice' }));
  assert.equal(unwrap(addToCart(noted, goods(1, 250))).lines.length, 2);
  assert.equal(cartOf(goods(1, 250), goods(1, 260)).lines.length, 2, 'another price is another line');
});

test('a deposit comes and goes with its drink, and counts with it', () => {
  const deposit = goods(2, 25, 1000, { kind: 'deposit', name: 'Deposit' });
  let cart = unwrap(addToCart(emptyCart(id(900), 0), goods(1, 120), deposit));
  cart = unwrap(addToCart(cart, goods(1, 120), deposit));
  cart = unwrap(addToCart(cart, goods(3, 300)));
  assert.deepEqual(totals(cart), [50, 240, 300]);
  cart = unwrap(changeQuantity(cart, 1, 6000, BY));
  assert.deepEqual(totals(cart), [150, 720, 300]);
  assert.deepEqual(changeQuantity(cart, 2, 1000, BY), { ok: false, refusal: { code: 'cart.fixed-line', params: {} } });
  cart = unwrap(removeLine(cart, 1, { reason: null, user: null, at: 5 }));
  assert.deepEqual(totals(cart), [300]);
  assert.deepEqual(cart.voided, [{ name: 'Product 1', quantityMilli: 6000, totalMinor: 720, reason: null, user: null, at: 5 }]);
});

test('a lower quantity takes a part of the line out, at what it came to; a higher one takes nothing', () => {
  const cart = { ...cartOf(goods(1, 333, 3000)), discount: amountOff(100) };
  const fewer = unwrap(changeQuantity(cart, 1, 1000, { ...BY, reason: 'only one' }));
  assert.deepEqual(fewer.voided, [{ name: 'Product 1', quantityMilli: 2000, totalMinor: 666, reason: 'only one', user: null, at: 5 }]);
  assert.deepEqual(unwrap(changeQuantity(fewer, 1, 5000, BY)).voided, fewer.voided);
});

test('discounts and prices changed by hand, by line and by cart', () => {
  const cart = cartOf(goods(1, 1000), goods(2, 333, 3000), goods(3, 2490, 312, { unit: 'kg' }));
  assert.deepEqual(totals(cart), [1000, 999, 777]);
  assert.deepEqual(totals(unwrap(editLine(cart, 2, { discount: percent(100_000) }))), [1000, 899, 777]);
  assert.deepEqual(totals(unwrap(editLine(cart, 2, { discount: amountOff(5_000) }))), [1000, 0, 777], 'never more than the line');
  const changed = unwrap(editLine(cart, 1, { override: { unitPriceMinor: 800, reason: 'label', approvedBy: id(7) } }));
  assert.deepEqual(totals(changed), [800, 999, 777]);
  assert.deepEqual(totals(unwrap(editLine(changed, 1, { discount: percent(500_000) }))), [400, 999, 777]);
  const whole = { ...changed, discount: amountOff(100) };
  assert.deepEqual(totals(whole), [769, 960, 747]);
  assert.equal(priceCart(whole).discountMinor, 100);
});

test('a discount on the cart leaves deposits and what comes back alone', () => {
  const cart = cartOf(
    goods(1, 1000),
    goods(2, 25, 4000, { kind: 'deposit' }),
    goods(3, 25, -6000, { kind: 'deposit-return' }),
    goods(4, 400, -1000, { refund: { line: `${'0'.repeat(64)}:1`, label: 'R1-000001', totalMinor: -380, tax: null } }),
  );
  assert.deepEqual(totals({ ...cart, discount: percent(100_000) }), [900, 100, -150, -380]);
});

test('what gives back a sold line gives back the tax that was paid, whatever else is in the cart', () => {
  const parts = [
    { name: 'GST', ratePpm: 50_000, taxMinor: -17 },
    { name: 'PST', ratePpm: 70_000, taxMinor: -23 },
  ];
  const taxes = { taxRatePpm: 120_000, taxParts: parts, includesTax: false };
  const refund = {
    line: `${'0'.repeat(64)}:1`,
    label: 'R1-000001',
    totalMinor: -333,
    tax: { taxMinor: minor(-40), taxParts: parts },
  } as const;
  const cart = cartOf(goods(1, 333, -1000, { ...taxes, refund }), goods(1, 333, -1000, taxes), goods(1, 333, 1000, taxes));
  const priced = priceCart(cart);
  assert.deepEqual(priced.lines[0]?.taxParts, parts);
  assert.deepEqual(
    priced.lines.map(({ taxMinor }) => taxMinor),
    [-40, -40, 40],
  );
  assert.equal(priced.totalMinor, -373);
  assert.equal(
    cartOf(goods(1, 333, 1000, taxes), goods(1, 333, 1000, { ...taxes, taxParts: null })).lines.length,
    2,
    'other taxes, another line',
  );
});

test('an age is asked once, the highest, and not for what comes back', () => {
  const cart = cartOf(goods(1, 500, 1000, { minimumAge: 16 }), goods(2, 900, 1000, { minimumAge: 18 }));
  assert.equal(ageToCheck(cart), 18);
  assert.equal(ageToCheck({ ...cart, ageCheckedBy: id(7) }), null);
  assert.equal(ageToCheck(cartOf(goods(1, 500, -1000, { minimumAge: 16 }))), null);
});

const anyDiscount = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }).map(percent),
  fc.integer({ min: 0, max: 50_000 }).map(amountOff),
  fc.constant(null),
);
const anyLine = fc.record({
  product: fc.integer({ min: 1, max: 4 }),
  price: fc.integer({ min: 0, max: 20_000 }),
  quantity: fc.integer({ min: -5_000, max: 9_000 }).filter((milli) => milli !== 0),
  kind: fc.constantFrom('goods' as const, 'department' as const, 'deposit-return' as const),
  taxes: fc.constantFrom(
    { taxRatePpm: 0, taxParts: null },
    { taxRatePpm: 55_000, taxParts: null },
    { taxRatePpm: 200_000, taxParts: null },
    {
      taxRatePpm: 120_000,
      taxParts: [
        { name: 'GST', ratePpm: 50_000 },
        { name: 'PST', ratePpm: 70_000 },
      ],
    },
    { taxRatePpm: 50_000, taxParts: [{ name: 'GST', ratePpm: 50_000 }] },
  ),
  includesTax: fc.boolean(),
  discount: anyDiscount,
  override: fc.option(fc.integer({ min: 0, max: 20_000 })),
});

test('[P5] of any cart: price x quantity + adjustments = line, lines + tax on top = total, and nothing is given away twice', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { minLength: 1, maxLength: 12 }), anyDiscount, (lines, discount) => {
      const cart: Cart = {
        ...emptyCart(id(900), 0),
        discount,
        lines: lines.map((line, at) => ({
          ...PLAIN_LINE,
          ...goods(line.product, line.price, line.quantity, { kind: line.kind }),
          parent: null,
          line: at + 1,
          ...line.taxes,
          includesTax: line.includesTax,
          discount: line.discount,
          override: line.override === null ? null : { unitPriceMinor: line.override, reason: null, approvedBy: null },
        })),
      };
      const priced = priceCart(cart);
      let sum = 0;
      for (const line of priced.lines) {
        const adjusted = line.adjustments.reduce<number>(
          (all, { amountMinor }) => all + amountMinor,
          priceOf(line.unitPriceMinor, line.quantityMilli),
        );
        assert.equal(line.totalMinor, adjusted);
        if (line.taxParts !== null)
          assert.equal(
            line.taxParts.reduce((all, { taxMinor }) => all + taxMinor, 0),
            line.taxMinor,
          );
        assert.ok(line.totalMinor === 0 || Math.sign(line.totalMinor) === Math.sign(line.quantityMilli), 'no discount turns a line round');
        sum += line.totalMinor + (line.includesTax ? 0 : line.taxMinor);
      }
      assert.equal(priced.totalMinor, sum);
      assert.equal(
        priced.taxMinor,
        priced.lines.reduce<number>((all, { taxMinor }) => all + taxMinor, 0),
      );
      const wholeOff = priced.lines.reduce(
        (all, line, at) => all + (priceCart({ ...cart, discount: null }).lines[at]?.totalMinor ?? 0) - line.totalMinor,
        0,
      );
      if (discount?.kind === 'amount') assert.ok(wholeOff <= discount.amountMinor);
      if (discount === null) assert.equal(wholeOff, 0);
      assert.equal(present(priced.lines[0], 'a line').line, 1);
    }),
  );
});
