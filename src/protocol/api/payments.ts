/** Routes of paying beside cash: card terminals, vouchers, tips, accounts, fiscal devices; and of correcting how a sale was paid. */
import { z } from 'zod';
import { FISCAL_DEVICES } from '../../domain/fiscal.ts';
import { TERMINAL_KINDS } from '../../domain/terminal-setting.ts';
import { done, idText, instant, minor, route, rowRef } from './route.ts';
import { cart, receipt } from './sale-views.ts';
import { tenders } from './selling.ts';

const attemptParams = z.object({ attempt: z.coerce.number().int() });

const code = z.string().trim().min(1).max(40);
const voucherTerms = z.object({ months: z.int().positive().max(1_200).nullable() });

const fiscal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('simulated'), host: z.string().trim().min(1).max(200), port: z.int().min(1).max(65_535) }),
]);

const terminal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('by-hand') }),
  z.object({
    kind: z.enum(TERMINAL_KINDS).exclude(['by-hand']),
    host: z.string().trim().min(1).max(200),
    port: z.int().min(1).max(65_535),
  }),
]);

export const PAYMENTS = {
  getTerminal: route({
    method: 'GET',
    path: '/api/terminal',
    access: 'sell',
    summary: 'The card terminal of this register',
    answer: z.object({ terminal }),
  }),
  setTerminal: route({
    method: 'PUT',
    path: '/api/terminal',
    access: 'settings',
    summary: 'Connect a card terminal to this register, or none: then the cashier confirms by hand',
    body: z.object({ terminal }),
    answer: done,
  }),
  askCard: route({
    method: 'POST',
    path: '/api/cart/card-payments',
    access: 'sell',
    summary: 'Ask the card terminal; answered at once, the cart shows what comes of it. An approval that covers the total makes the sale',
    body: z.object({
      cart: idText,
      totalMinor: minor,
      method: idText,
      /** Towards the total; negative where money goes back to the card. */
      amountMinor: minor,
      /** Given beside, for the sale that an approval makes. */
      tenders: tenders.default([]),
    }),
    answer: cart,
  }),
  cancelCard: route({
    method: 'POST',
    path: '/api/cart/card-payments/:attempt/cancel',
    access: 'sell',
    summary: 'Ask the terminal to stop; what it answers counts',
    params: attemptParams,
    answer: cart,
  }),
  giveBackCard: route({
    method: 'POST',
    path: '/api/cart/card-payments/:attempt/give-back',
    access: 'sell',
    summary: 'Give an approved payment of the open cart back to its card, through the terminal',
    params: attemptParams,
    answer: cart,
  }),
  settleCard: route({
    method: 'POST',
    path: '/api/cart/card-payments/:attempt/settle',
    access: 'settle-payment',
    summary: 'Say what the terminal shows, where its answer did not come: paid, or not',
    params: attemptParams,
    body: z.object({ paid: z.boolean() }),
    answer: cart,
  }),
  sellVoucher: route({
    method: 'POST',
    path: '/api/cart/vouchers',
    access: 'sell',
    summary: 'Sell a voucher: for anything, untaxed (multi); or for goods of one tax, taxed now (single)',
    body: z.discriminatedUnion('purpose', [
      z.object({ purpose: z.literal('multi'), valueMinor: minor.positive() }),
      z.object({ purpose: z.literal('single'), valueMinor: minor.positive(), taxCategory: idText }),
    ]),
    answer: cart,
  }),
  redeemVoucher: route({
    method: 'POST',
    path: '/api/cart/vouchers/redeem',
    access: 'sell',
    summary: 'Take a single-purpose voucher off the cart; a multi-purpose one is a payment',
    body: z.object({ code }),
    answer: cart,
  }),
  lookUpVoucher: route({
    method: 'GET',
    path: '/api/vouchers/:code',
    access: 'sell',
    summary: 'What is left of a voucher, and where it was used',
    params: z.object({ code }),
    answer: z.object({
      code: z.string(),
      purpose: z.enum(['single', 'multi']),
      balanceMinor: minor,
      expiresAt: instant.nullable(),
      expired: z.boolean(),
      movements: z.array(
        z.object({ kind: z.enum(['issued', 'redeemed', 'refunded']), amountMinor: minor, label: z.string(), at: instant }),
      ),
    }),
  }),
  getVoucherTerms: route({
    method: 'GET',
    path: '/api/voucher-terms',
    access: 'sell',
    summary: 'How many months a voucher lives; null: it does not end',
    answer: voucherTerms,
  }),
  setVoucherTerms: route({
    method: 'PUT',
    path: '/api/voucher-terms',
    access: 'settings',
    summary: 'How long vouchers sold from now on live',
    body: voucherTerms,
    answer: done,
  }),
  setTip: route({
    method: 'PUT',
    path: '/api/cart/tip',
    access: 'sell',
    summary: 'The tip of this cart, untaxed; nought takes it out',
    body: z.object({ amountMinor: minor.nonnegative() }),
    answer: cart,
  }),
  payOffAccount: route({
    method: 'PUT',
    path: '/api/cart/account-payment',
    access: 'sell',
    summary: 'What the customer of this cart pays off of their account; nought takes it out',
    body: z.object({ amountMinor: minor.nonnegative() }),
    answer: cart,
  }),
  getAccount: route({
    method: 'GET',
    path: '/api/customers/:id/account',
    access: 'customers',
    summary: 'What a customer owes, and since when',
    params: z.object({ id: idText }),
    answer: z.object({
      onAccount: z.boolean(),
      limitMinor: minor.nullable(),
      balanceMinor: minor,
      rows: z.array(z.object({ at: instant, amountMinor: minor, label: z.string() })),
    }),
  }),
  getFiscal: route({
    method: 'GET',
    path: '/api/fiscal-device',
    access: 'sell',
    summary: 'The fiscal device of this register, and what the country wants of it',
    answer: z.object({
      fiscal,
      rule: z
        .object({ device: z.enum(FISCAL_DEVICES), onOutage: z.enum(['marks-receipt', 'stops-sale']), givesNumber: z.boolean() })
        .nullable(),
    }),
  }),
  setFiscal: route({
    method: 'PUT',
    path: '/api/fiscal-device',
    access: 'settings',
    summary: 'Connect a fiscal device to this register, or none',
    body: z.object({ fiscal }),
    answer: done,
  }),
  swapTender: route({
    method: 'POST',
    path: '/api/sales/:uuid/swap-tender',
    access: 'swap-tender',
    summary: 'Correct how a sale was paid, while its drawer is open: recorded as cash, paid by card',
    params: z.object({ uuid: idText }),
    body: z.object({ tender: rowRef, method: idText }),
    answer: receipt,
  }),
} as const;
