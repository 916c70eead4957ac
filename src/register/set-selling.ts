/** How the shop sells: settings that every register reads at the moment it needs them, so that a change holds at once. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { ageToCheck, type Cart } from '../domain/cart.ts';
import { isScalePattern } from '../domain/scale-label.ts';
import type { Patch } from '../protocol/tables.ts';
import type { Database } from '../store/database.ts';
import { commit } from '../store/journal.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readSetting } from '../store/queries/shop.ts';
import { draftSetting } from './draft-setting.ts';
import type { Changes, Register } from './register.ts';

export interface SellingSettings {
  /** What a cashier may take off without asking, parts per million. */
  readonly discountLimitPpm: number;
  /** How the labels of this shop's scales are laid out (domain/scale-label.ts). */
  readonly scalePattern: string;
  /** Whether carts may be eaten in, which has taxes of its own in some countries. */
  readonly eatIn: boolean;
  /** Whether the age a product asks for must be confirmed before anybody pays. */
  readonly ageChecks: boolean;
  /** Whether people count their drawer without seeing what is expected in it. */
  readonly blindCount: boolean;
  /** Whether prices of new products are with tax. */
  readonly pricesIncludeTax: boolean;
  /** Whether each line is taxed and rounded by itself, not the receipt's lines of one rate together. */
  readonly taxByLine: boolean;
  /** Whether a line is only taken out of a cart with a reason. */
  readonly voidReason: boolean;
  /** When a trading day ends, in minutes after midnight. */
  readonly dayEndsAt: number;
}

type Key = keyof SellingSettings;

/** A tenth; five figures of article and five of grams. */
const UNSET: SellingSettings = {
  discountLimitPpm: 100_000,
  scalePattern: '21IIIIIWWWWWC',
  eatIn: true,
  ageChecks: true,
  blindCount: false,
  pricesIncludeTax: true,
  taxByLine: false,
  voidReason: false,
  dayEndsAt: 0,
};

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
/** Until noon: a day has an evening of its own. */
const LATEST_DAY_END = 12 * 60;
const isDayEnd = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LATEST_DAY_END;
const isPpm = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1_000_000;

const IS_VALID: { readonly [K in Key]: (value: unknown) => value is SellingSettings[K] } = {
  discountLimitPpm: isPpm,
  scalePattern: isScalePattern,
  eatIn: isFlag,
  ageChecks: isFlag,
  blindCount: isFlag,
  pricesIncludeTax: isFlag,
  taxByLine: isFlag,
  voidReason: isFlag,
  dayEndsAt: isDayEnd,
};

const KEYS: readonly Key[] = [
  'discountLimitPpm',
  'scalePattern',
  'eatIn',
  'ageChecks',
  'blindCount',
  'pricesIncludeTax',
  'taxByLine',
  'voidReason',
  'dayEndsAt',
];

export function sellingSetting<K extends Key>(db: Database, key: K): SellingSettings[K] {
  return readSetting(db, key, UNSET[key], IS_VALID[key]);
}

export function readSelling(db: Database): SellingSettings {
  return {
    discountLimitPpm: sellingSetting(db, 'discountLimitPpm'),
    scalePattern: sellingSetting(db, 'scalePattern'),
    eatIn: sellingSetting(db, 'eatIn'),
    ageChecks: sellingSetting(db, 'ageChecks'),
    blindCount: sellingSetting(db, 'blindCount'),
    pricesIncludeTax: sellingSetting(db, 'pricesIncludeTax'),
    taxByLine: sellingSetting(db, 'taxByLine'),
    voidReason: sellingSetting(db, 'voidReason'),
    dayEndsAt: sellingSetting(db, 'dayEndsAt'),
  };
}

/** Writes what changes. Refuses with input.invalid. */
export function setSelling({ store }: Register, input: Changes<SellingSettings>, user: Id | null): Result<null> {
  const said = KEYS.filter((key) => input[key] !== undefined && input[key] !== sellingSetting(store.db, key));
  const wrong = said.find((key) => !IS_VALID[key](input[key]));
  if (wrong !== undefined) return refuse('input.invalid', { field: wrong, reason: 'it is not what this setting takes' });
  return commit(store, { kind: 'setting-changed', user }, (draft) => {
    for (const key of said) draftSetting(store, draft, key, input[key]);
    return ok(null);
  });
}

/** The age to look at before this cart is paid, where the shop looks at ages. */
export function ageAsked(db: Database, cart: Cart): number | null {
  return sellingSetting(db, 'ageChecks') ? ageToCheck(cart) : null;
}

/** The smallest step that a way to pay comes to: 5 where there are no coins of 1 and 2; null: to the last unit. Refuses with input.not-found. */
export function setRounding({ store }: Register, method: Id, stepMinor: number | null, user: Id | null): Result<null> {
  if (!listPaymentMethods(store.db).some(({ id }) => id === method)) return refuse('input.not-found', { what: 'payment method' });
  const values: Patch<'payment_method'> = { rounding_step_minor: stepMinor };
  return commit(store, { kind: 'payment-method-edited', user }, (draft) => {
    draft.patch('payment_method', method, values);
    return ok(null);
  });
}
