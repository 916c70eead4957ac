/** Customers: adding, editing, and forgetting, which erases every value ever written of a person, here now and elsewhere at sync. */
import { toBase64Url } from '../base/bytes.ts';
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { commit } from '../store/journal.ts';
import { customerHashes, readCustomer, type CustomerRow } from '../store/queries/people.ts';
import type { Patch } from '../protocol/tables.ts';
import { needMethod } from './lasting-method.ts';
import type { Changes, Register } from './register.ts';

type OptionalText = string | null | undefined;

export interface CustomerInput {
  readonly name: string;
  readonly phone?: OptionalText;
  readonly email?: OptionalText;
  readonly address?: OptionalText;
  readonly taxNumber?: OptionalText;
  readonly cardCode?: OptionalText;
  readonly language?: OptionalText;
  /** Whether they may pay later, and the most they may owe. */
  readonly onAccount?: boolean | undefined;
  readonly accountLimitMinor?: number | null | undefined;
}

export function addCustomer(register: Register, input: CustomerInput, user: Id | null): Result<CustomerRow> {
  const { store } = register;
  const added = commit(store, { kind: 'customer-added', user }, (draft) => {
    if (input.onAccount === true) needMethod(store, draft, 'account');
    return ok(draft.create('customer', { ...toValues(input), name: input.name }));
  });
  return added.ok ? ok(present(readCustomer(store.db, added.value), 'the new customer')) : added;
}

/** What is left out stays; null or an empty text takes a value out. Refuses with input.not-found. */
export function editCustomer(register: Register, id: Id, input: Changes<CustomerInput>, user: Id | null): Result<CustomerRow> {
  const { store } = register;
  const held = readCustomer(store.db, id);
  if (held === null || held.forgotten) return refuse('input.not-found', { what: 'customer' });
  const values = toValues(input);
  const edited = commit(store, { kind: 'customer-edited', user }, (draft) => {
    if (input.onAccount === true) needMethod(store, draft, 'account');
    if (Object.keys(values).length > 0) draft.patch('customer', id, values);
    return ok(null);
  });
  return edited.ok ? ok(present(readCustomer(store.db, id), 'the edited customer')) : edited;
}

function toValues(input: Changes<CustomerInput>): Patch<'customer'> {
  const values = {
    name: input.name,
    phone: input.phone,
    email: input.email,
    address: input.address,
    tax_number: input.taxNumber,
    card_code: input.cardCode,
    language: input.language,
    on_account: input.onAccount,
    account_limit_minor: input.accountLimitMinor,
  };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => [column, value === '' ? null : value]),
  );
}

/** Erases a person. The hashes stay in the chains, so every chain still verifies; their values are gone and stay gone. */
export function forgetCustomer(register: Register, id: Id, user: Id | null): Result<null> {
  const { store } = register;
  if (readCustomer(store.db, id) === null) return refuse('input.not-found', { what: 'customer' });
  return commit(store, { kind: 'customer-forgotten', user }, (draft) => {
    draft.remove('customer', id);
    for (const hash of customerHashes(store.db, id))
      draft.insert('forgotten', { hash: toBase64Url(hash), at: store.clock.nowMs(), reason: 'asked' });
    return ok(null);
  });
}
