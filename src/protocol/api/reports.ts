/** The owner's figures. */
import { z } from 'zod';
import { idText, instant, milli, minor, route } from './route.ts';
import { taxSum } from './taxes.ts';

const row = z.object({ id: idText.nullable(), name: z.string(), count: z.int(), totalMinor: minor });

export const REPORTS = {
  reportSales: route({
    method: 'GET',
    path: '/api/reports/sales',
    access: 'reports',
    summary:
      'What was sold in a time: sums by hour, day or month, by register, user, way to pay, tax, product and category; training left out',
    query: z.object({
      fromMs: z.coerce.number().int().nonnegative(),
      /** Not counted itself. */
      untilMs: z.coerce.number().int().nonnegative(),
      by: z.enum(['hour', 'day', 'month']).default('hour'),
      products: z.coerce.number().int().min(1).max(200).default(12),
    }),
    answer: z.object({
      sales: z.int(),
      refunds: z.int(),
      totalMinor: minor,
      taxMinor: minor,
      discountMinor: minor,
      /** Beyond cost, tax taken out, of products with a cost. */
      marginMinor: minor,
      /** Hour of the day, trading day (yyyymmdd) or month (yyyymm). */
      buckets: z.array(z.object({ at: z.int(), sales: z.int(), totalMinor: minor })),
      registers: z.array(row),
      users: z.array(row),
      tips: z.array(row),
      methods: z.array(row),
      taxes: z.array(taxSum),
      products: z.array(row.extend({ quantityMilli: milli, marginMinor: minor })),
      categories: z.array(row),
      takenAt: instant,
    }),
  }),
} as const;
