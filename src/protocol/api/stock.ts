/** Routes of the stock: what is on hand, what came, what was counted. */
import { z } from 'zod';
import { done, idText, instant, milli, minor, pageOf, pageQuery, route, withId } from './route.ts';

export const stockLine = z.object({
  id: idText,
  name: z.string(),
  unit: z.enum(['each', 'kg', 'l', 'm']),
  onHandMilli: milli,
  /** Fewer than these is low. */
  minimumMilli: milli.nullable(),
  costMinor: minor.nullable(),
  /** On hand at cost. */
  valueMinor: minor.nullable(),
});

const note = z.string().trim().max(200).nullable().default(null);

export const STOCK = {
  listStock: route({
    method: 'GET',
    path: '/api/stock',
    access: 'stock',
    summary: 'Stock by product name; `low` is what runs out, `counted` what somebody received or counted, with its value at cost',
    query: pageQuery.extend({ filter: z.enum(['counted', 'low', 'all']).default('counted') }),
    answer: pageOf(stockLine).extend({ valueMinor: minor }),
  }),
  stockMovements: route({
    method: 'GET',
    path: '/api/stock/:id/movements',
    access: 'stock',
    summary: 'What moved a product’s stock beside sales, newest first, with who and when',
    params: withId,
    answer: z.object({
      rows: z.array(
        z.object({
          at: instant,
          user: z.string(),
          reason: z.string(),
          quantityMilli: milli,
          unitCostMinor: minor.nullable(),
          note: z.string().nullable(),
        }),
      ),
      /** What sales and refunds took in all. */
      soldMilli: milli,
    }),
  }),
  moveStock: route({
    method: 'POST',
    path: '/api/stock',
    access: 'stock',
    summary: 'Goods received, counted, or put right; a count says how many there are, the others how many more',
    body: z.object({
      work: z.enum(['received', 'adjusted', 'counted']),
      rows: z
        .array(
          z.object({
            product: idText,
            quantityMilli: milli.min(-9_999_999).max(9_999_999),
            unitCostMinor: minor.nonnegative().nullable().default(null),
          }),
        )
        .min(1)
        .max(200),
      note,
    }),
    answer: done,
  }),
  /** The body is the file itself, content type text/csv. */
  openStocktake: route({
    method: 'PUT',
    path: '/api/stocktakes',
    access: 'stock',
    summary: 'Hand in a file of counts (text/csv): a code and how many there are, a row; answers what was found, nothing written',
    answer: z.object({
      id: z.string(),
      good: z.int(),
      bad: z.int(),
      problems: z.array(z.object({ row: z.int(), code: z.string(), problem: z.enum(['code-unknown', 'not-a-quantity', 'counted-twice']) })),
    }),
  }),
  applyStocktake: route({
    method: 'POST',
    path: '/api/stocktakes/:id/apply',
    access: 'stock',
    summary: 'Write the counts, in chunks that selling does not feel; progress as a job',
    params: z.object({ id: z.string() }),
    answer: z.object({ job: z.string() }),
  }),
} as const;
