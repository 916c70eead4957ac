/**
 * Vouchers of the shop. A multi-purpose one is money: nothing is taxed when it is sold, and it pays like money. A single-purpose one is goods
 * of one known tax, taxed when it is sold; redeemed, it takes that amount and its tax off the receipt again. Pure. Source: Council Directive
 * (EU) 2016/1065, arts 30a and 30b.
 */
import { hasCheckDigit } from './barcode.ts';

export type VoucherPurpose = 'single' | 'multi';

/** Of GS1's numbers for use within a shop, which no goods carry. Products of the demo shop are 20, labels of scales 21. */
const PREFIX = '29';
const RANDOM_DIGITS = 10;

/** An EAN-13, so that every scanner reads it: ten figures of chance, and a check digit. */
export function voucherCode(randomBytes: Uint8Array): string {
  const figures = Array.from(randomBytes.subarray(0, RANDOM_DIGITS), (byte) => byte % 10).join('');
  const begun = PREFIX + figures;
  const check = Array.from({ length: 10 }, (_, digit) => `${begun}${digit}`).find(hasCheckDigit);
  return check ?? begun;
}

export const VOUCHER_RANDOM_BYTES = RANDOM_DIGITS;

/** True for what may be a voucher of the shop; whether it is one, its ledger says. */
export function isVoucherCode(code: string): boolean {
  return code.length === 13 && code.startsWith(PREFIX) && hasCheckDigit(code);
}

/** The instant that is so many months later; at the end of a shorter month, its last day. */
export function monthsLater(fromMs: number, months: number): number {
  const from = new Date(fromMs);
  const until = new Date(fromMs);
  until.setUTCDate(1);
  until.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth() + 1, 0)).getUTCDate();
  until.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return until.getTime();
}
