/** Taxes and their rates. A rate is never edited: a new one takes over from its date, and what was sold keeps the old one. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Service } from '../domain/cart.ts';
import { commit } from '../store/journal.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Register } from './register.ts';

export interface TaxRateInput {
  readonly taxCategory: Id;
  readonly ratePpm: number;
  readonly service: Service | 'any';
  /** UTC milliseconds: midnight of the shop's day, mostly. */
  readonly fromAt: number;
  /** Words that the law wants on an invoice: why it is exempt, or who owes the tax. */
  readonly exemptionReason?: string | null | undefined;
}

/** Refuses with input.not-found. */
export function addTaxRate(
  { store }: Register,
  { taxCategory, ratePpm, service, fromAt, exemptionReason }: TaxRateInput,
  user: Id,
): Result<Id> {
  if (!readTaxCategories(store.db, store.clock.nowMs()).some(({ id }) => id === taxCategory))
    return refuse('input.not-found', { what: 'tax' });
  return commit(store, { kind: 'tax-rate-added', user }, (draft) =>
    ok(
      draft.create('tax_rate', {
        tax_category: taxCategory,
        service,
        rate_ppm: ratePpm,
        from_at: fromAt,
        ...reasonOf(exemptionReason),
      }),
    ),
  );
}

export function addTax(
  { store }: Register,
  { name, ratePpm, exemptionReason }: { name: string } & Pick<TaxRateInput, 'ratePpm' | 'exemptionReason'>,
  user: Id,
): Result<Id> {
  return commit(store, { kind: 'tax-added', user }, (draft) => {
    const tax = draft.create('tax_category', { name, position: 1000 });
    draft.create('tax_rate', {
      tax_category: tax,
      service: 'any',
      rate_ppm: ratePpm,
      from_at: 0,
      ...reasonOf(exemptionReason),
    });
    return ok(tax);
  });
}

function reasonOf(reason: string | null | undefined): { exemption_reason?: string } {
  return reason === undefined || reason === null || reason === '' ? {} : { exemption_reason: reason };
}
