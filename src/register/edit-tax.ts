/** Taxes and their rates. A rate is never edited: a new one takes over from its date, and what was sold keeps the old one. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Service } from '../domain/cart.ts';
import type { TaxPart } from '../domain/tax.ts';
import { taxPartsFault } from '../domain/tax-parts.ts';
import type { Insert } from '../protocol/tables.ts';
import { commit } from '../store/journal.ts';
import { readTaxCategories } from '../store/queries/taxes.ts';
import type { Register } from './register.ts';

export interface TaxRateInput {
  readonly taxCategory: Id;
  readonly ratePpm: number;
  /** The taxes it is made of, which sum to it; null: one. */
  readonly parts?: readonly TaxPart[] | null | undefined;
  readonly service: Service | 'any';
  /** UTC milliseconds: midnight of the shop's day, mostly. */
  readonly fromAt: number;
  /** Words that the law wants on an invoice: why it is exempt, or who owes the tax. */
  readonly exemptionReason?: string | null | undefined;
}

/** Refuses with input.not-found, input.invalid (its taxes do not make the rate). */
export function addTaxRate({ store }: Register, { taxCategory, service, fromAt, ...rate }: TaxRateInput, user: Id): Result<Id> {
  if (!readTaxCategories(store.db, store.clock.nowMs()).some(({ id }) => id === taxCategory))
    return refuse('input.not-found', { what: 'tax' });
  const values = rateOf(rate);
  if (!values.ok) return values;
  return commit(store, { kind: 'tax-rate-added', user }, (draft) =>
    ok(
      draft.create('tax_rate', {
        tax_category: taxCategory,
        service,
        from_at: fromAt,
        ...values.value,
      }),
    ),
  );
}

type RateInput = Pick<TaxRateInput, 'ratePpm' | 'parts' | 'exemptionReason'>;

/** Refuses with input.invalid. */
export function addTax({ store }: Register, { name, ...rate }: { name: string } & RateInput, user: Id): Result<Id> {
  const values = rateOf(rate);
  if (!values.ok) return values;
  return commit(store, { kind: 'tax-added', user }, (draft) => {
    const tax = draft.create('tax_category', { name, position: 1000 });
    draft.create('tax_rate', {
      tax_category: tax,
      service: 'any',
      from_at: 0,
      ...values.value,
    });
    return ok(tax);
  });
}

function rateOf({
  ratePpm,
  parts = null,
  exemptionReason,
}: RateInput): Result<Pick<Insert<'tax_rate'>, 'rate_ppm' | 'parts' | 'exemption_reason'>> {
  const fault = parts === null ? null : taxPartsFault(parts, ratePpm);
  if (fault !== null) return refuse('input.invalid', { field: 'parts', reason: fault });
  return ok({
    rate_ppm: ratePpm,
    ...(parts === null ? {} : { parts: JSON.stringify(parts) }),
    ...(exemptionReason === undefined || exemptionReason === null || exemptionReason === '' ? {} : { exemption_reason: exemptionReason }),
  });
}
