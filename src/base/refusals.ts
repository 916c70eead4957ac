/**
 * Every refusal of the product, in one table: what is true, what this person does next, the HTTP status, and whether waiting may help.
 * A code has a test. Other languages translate by code (ui and receipts: locales/*.json, key `refusal.CODE.message`).
 * {{name}} stands for a parameter of the refusal.
 */
import { COUNTER_REFUSALS } from './counter-refusals.ts';
import { entry, type RefusalEntry } from './refusal-entry.ts';
import { STORAGE_REFUSALS } from './storage-refusals.ts';

export const REFUSALS = {
  // A mistake of the program, or a fault that nobody foresaw: caught at the edges only.
  bug: entry(500, 'Something in AuraPOS went wrong.', 'Try again; the log has the details. Nothing was half done.', true),
  ...COUNTER_REFUSALS,
  ...STORAGE_REFUSALS,
} as const satisfies Record<string, RefusalEntry>;

export type RefusalCode = keyof typeof REFUSALS;
