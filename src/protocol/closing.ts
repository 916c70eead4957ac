/**
 * What a closing's column `totals` holds, as JSON: the figures (domain/closing-totals.ts), and what it is about. Closings of other registers
 * are read with these schemas, and what does not fit is no closing.
 */
import { z } from 'zod';

const count = z.int().nonnegative();
const minor = z.int();
const tally = z.object({ count, minor });
const list = <T extends z.ZodType>(row: T) => z.array(row).readonly();

export const closingTotals = z.object({
  sales: tally,
  refunds: tally,
  discounts: tally,
  roundingMinor: minor,
  taxes: list(
    z.object({
      ratePpm: z.int(),
      netMinor: minor,
      taxMinor: minor,
      /** Of lines with several taxes by name: what each came to. */
      parts: list(z.object({ name: z.string(), ratePpm: z.int(), taxMinor: minor })).exactOptional(),
    }),
  ),
  tenders: list(tally.extend({ method: z.string() })),
  /** None in closings of programs from before there were any. */
  beside: list(tally.extend({ kind: z.string() })).default([]),
  movements: list(tally.extend({ kind: z.string() })),
  receipts: list(z.object({ series: z.string(), first: z.int(), last: z.int() })),
  voids: count,
  noSales: count,
  reprints: count,
  abandonedCarts: count,
  training: tally,
});

/** Payment methods as they were called, by id. */
const names = z.record(z.string(), z.object({ name: z.string(), kind: z.string() }));

export const zTotals = closingTotals.extend({
  v: z.literal(1),
  currency: z.string(),
  /** Hex id of the chain that the range is of, and the hash of its last changeset. */
  chain: z.string().regex(/^[0-9a-f]{32}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  names,
});
export type ZTotals = z.output<typeof zTotals>;

export const periodTotals = closingTotals.extend({
  v: z.literal(1),
  currency: z.string(),
  names,
  /** First and last Z of each register that are in it, by register id; a Z of the period that is not came late. */
  covers: z.record(z.string(), z.tuple([z.int(), z.int()])),
  /** Codes of the registers whose day was missing. */
  missing: z.array(z.string()),
});
export type PeriodTotals = z.output<typeof periodTotals>;

export type MethodNames = z.output<typeof names>;

/** The value of this schema in a column, or null when the text is none. */
export function readTotals<T>(schema: z.ZodType<T>, text: string | null): T | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: another program's mistake, and no closing.
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
