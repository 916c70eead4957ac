/** Routes of settings that are the whole shop's and have no matter of their own. */
import { z } from 'zod';
import { done, minor, route, withId } from './route.ts';

const selling = z.object({
  /** What may be taken off without asking, parts per million. */
  discountLimitPpm: z.int().min(0).max(1_000_000),
  /** Thirteen signs: figures as they stand, I the article, W grams, P the price, C the check digit. */
  scalePattern: z.string().max(13),
  eatIn: z.boolean(),
  ageChecks: z.boolean(),
  blindCount: z.boolean(),
  pricesIncludeTax: z.boolean(),
  taxByLine: z.boolean(),
  voidReason: z.boolean(),
  /** When a trading day ends, in minutes after midnight. */
  dayEndsAt: z.int().min(0).max(720),
});

export const SETTINGS = {
  getSelling: route({
    method: 'GET',
    path: '/api/settings/selling',
    access: 'settings',
    summary: 'How the shop sells',
    answer: selling,
  }),
  setSelling: route({
    method: 'PATCH',
    path: '/api/settings/selling',
    access: 'settings',
    summary: 'Change how the shop sells; it holds at once on every register',
    body: selling.partial(),
    answer: done,
  }),
  setRounding: route({
    method: 'PUT',
    path: '/api/payment-methods/:id/rounding',
    access: 'settings',
    summary: 'The smallest step that a way to pay comes to; null: to the last unit',
    params: withId,
    body: z.object({ stepMinor: minor.positive().max(10_000).nullable() }),
    answer: done,
  }),
};
