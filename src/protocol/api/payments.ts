/** Routes of paying beside cash: card terminals. */
import { z } from 'zod';
import { TERMINAL_KINDS } from '../../domain/terminal-setting.ts';
import { done, idText, minor, route } from './route.ts';
import { cart, receipt, tenders } from './selling.ts';

const attemptParams = z.object({ attempt: z.coerce.number().int() });

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
  swapTender: route({
    method: 'POST',
    path: '/api/sales/:uuid/swap-tender',
    access: 'swap-tender',
    summary: 'Correct how a sale was paid, while its drawer is open: recorded as cash, paid by card',
    params: z.object({ uuid: idText }),
    body: z.object({ tender: z.int(), method: idText }),
    answer: receipt,
  }),
} as const;
