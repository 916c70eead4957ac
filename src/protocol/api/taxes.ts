/** Shapes of taxes, as rates are made of them and as papers and reports sum them. */
import { z } from 'zod';
import { MAX_TAX_NAME, MAX_TAX_PARTS } from '../../domain/tax-parts.ts';
import { minor } from './route.ts';

export const ratePpm = z.int().min(0).max(1_000_000);

/** Several taxes at once, by name; null: one. */
export const taxParts = z
  .array(z.object({ name: z.string(), ratePpm: z.int() }))
  .readonly()
  .nullable();

/** As an owner writes them; they sum to the rate they are of. */
export const newTaxParts = z
  .array(z.object({ name: z.string().trim().min(1).max(MAX_TAX_NAME), ratePpm }))
  .min(1)
  .max(MAX_TAX_PARTS)
  .readonly()
  .nullable()
  .default(null);

/** What one tax comes to, and on how much: of goods with several, each on the same. Without a name it goes by its rate. */
export const taxSum = z.object({ name: z.string().nullable(), ratePpm: z.int(), netMinor: minor, taxMinor: minor });
