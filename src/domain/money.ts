/**
 * Money: whole minor units of the shop's currency (cents, yen, millimes), never a float. Quantities are whole thousandths, rates whole
 * parts per million. The one rounding function lives here; each call names its rule. Pure.
 */
import { assert } from '../base/assert.ts';

declare const minorBrand: unique symbol;
/** Safe integer of minor units. */
export type Minor = number & { readonly [minorBrand]: true };

/** Largest amount a register counts with; leaves room for sums over a lifetime within safe integers. */
export const MAX_MINOR = 999_999_999_999;
/** 9,999.999 pieces, kg or litres a line. */
export const MAX_QUANTITY_MILLI = 9_999_999;

export function minor(value: number): Minor {
  assert(Number.isSafeInteger(value) && !Object.is(value, -0), `${value} is a whole number of minor units`);
  return value as Minor;
}

export function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && Math.abs(value) <= MAX_MINOR;
}

/** half-up: halves away from zero, as people and most tax laws round. half-even: to the even neighbour. down: towards zero. */
export type Rounding = 'half-up' | 'half-even' | 'down';

/** a * b / divisor, rounded once; the product may exceed what a safe integer holds. */
export function multiplyDivide(a: number, b: number, divisor: number, rule: Rounding): Minor {
  const product = BigInt(a) * BigInt(b);
  const by = BigInt(divisor);
  const quotient = product / by;
  const rest = product % by;
  return minor(Number(quotient + roundUp(quotient, rest < 0n ? -rest : rest, by, rule, product < 0n)));
}

function roundUp(quotient: bigint, rest: bigint, by: bigint, rule: Rounding, negative: boolean): bigint {
  if (rule === 'down' || rest * 2n < by) return 0n;
  if (rest * 2n === by && rule === 'half-even' && quotient % 2n === 0n) return 0n;
  return negative ? -1n : 1n;
}

/** Price times quantity: unit price in minor units, quantity in thousandths. */
export function priceOf(unitPriceMinor: number, quantityMilli: number): Minor {
  return multiplyDivide(unitPriceMinor, quantityMilli, 1000, 'half-up');
}

/** To the nearest multiple of `stepMinor`, halves up: cash where the smallest coin is larger than the unit. */
export function roundToStep(amountMinor: number, stepMinor: number): Minor {
  return minor(multiplyDivide(amountMinor, 1, stepMinor, 'half-up') * stepMinor);
}

/**
 * Splits a total over parts in proportion to their weights so that the parts sum to it exactly: each part is rounded down, what is left
 * goes one unit each to the parts with the largest remainders, the first of equals first. All weights of one sign, or all zero.
 */
export function prorate(totalMinor: number, weights: readonly number[]): Minor[] {
  const sum = weights.reduce((a, b) => a + BigInt(b), 0n);
  if (weights.length === 0) return [];
  if (sum === 0n) return weights.map((_, at) => minor(at === 0 ? totalMinor : 0));
  const total = BigInt(totalMinor);
  const exact = weights.map((weight) => total * BigInt(weight));
  const parts = exact.map((value) => floorDivide(value, sum));
  let left = total - parts.reduce((a, b) => a + b, 0n);
  const order = weights.map((_, at) => at).sort((a, b) => Number(remainder(exact[b], sum) - remainder(exact[a], sum)) || a - b);
  for (const at of order) {
    if (left === 0n) break;
    parts[at] = (parts[at] ?? 0n) + 1n;
    left--;
  }
  return parts.map((part) => minor(Number(part)));
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function remainder(value: bigint | undefined, sum: bigint): bigint {
  const v = value ?? 0n;
  const rest = v - floorDivide(v, sum) * sum;
  return rest < 0n ? -rest : rest;
}

/** Intl takes longer to say it than a sale has for it, and always says the same. */
const digitsOf = new Map<string, number>();

/** Digits after the point of a currency's minor unit (ISO 4217, by Intl). */
export function currencyDigits(currency: string): number {
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  digitsOf.set(currency, digits);
  return digits;
}

/** "12.50" of minor units, for codes, files and search; screens use Intl. */
export function plainAmount(amountMinor: number, digits: number): string {
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return amountMinor < 0 ? `-${whole}` : whole;
}

/**
 * Minor units of "12.50", "12,5" or "1.234,50"; null when it is not an amount or has more digits than the currency. What follows the last
 * point or comma are decimals, unless it is three digits in a currency of fewer: then it was a thousands mark.
 */
export function parseAmount(text: string, digits: number): Minor | null {
  const bare = text.trim().replaceAll(/[ '\u00A0\u202F]/g, '');
  const match = /^(-?)([\d.,]*?)(?:[.,](\d*))?$/.exec(bare);
  if (match === null || !/\d/.test(bare)) return null;
  const [, sign = '', whole = '', tail = ''] = match;
  const isThousands = tail.length === 3 && digits !== 3 && /^[1-9]/.test(whole);
  const groups = isThousands ? `${whole}.${tail}` : whole;
  if (groups !== '' && !/^(\d+|\d{1,3}([.,]\d{3})+)$/.test(groups)) return null;
  const decimals = isThousands ? '' : tail;
  if (/[1-9]/.test(decimals.slice(digits))) return null;
  const value = Number(groups.replaceAll(/\D/g, '') + decimals.slice(0, digits).padEnd(digits, '0'));
  if (!isAmount(value)) return null;
  return minor(sign === '-' && value !== 0 ? -value : value);
}
