/** What a user may do, each right by name. A role is a set of rights; three come built in. Pure. */

export const RIGHTS = [
  'sell',
  'discount',
  'price-override',
  'refund',
  'refund-without-receipt',
  'settle-payment',
  'swap-tender',
  'on-account',
  'history',
  'products',
  'stock',
  'reports',
  'customers',
  'customers.forget',
  'users',
  'registers',
  'settings',
  'storage',
  'import',
  'to-check',
  'shift',
  'cash-movement',
  'no-sale',
  'x-report',
  'closing',
] as const;

export type Right = (typeof RIGHTS)[number];

export type BuiltInRole = 'owner' | 'manager' | 'cashier';

/** Who works here, how the shop counts and where its data lies are the owner's. */
const OWNERS_ALONE: readonly Right[] = ['users', 'settings', 'storage'];

export const BUILT_IN_ROLES: Readonly<Record<BuiltInRole, readonly Right[]>> = {
  owner: RIGHTS,
  manager: RIGHTS.filter((right) => !OWNERS_ALONE.includes(right)),
  cashier: ['sell', 'history', 'customers', 'shift', 'cash-movement'],
};

/** Digits a PIN needs at least: whoever can change others' money or people needs more. */
export function pinDigitsNeeded(rights: readonly Right[]): number {
  return rights.every((right) => BUILT_IN_ROLES.cashier.includes(right)) ? 4 : 6;
}

/** What a built-in role may do follows from the program, so that an update brings its new rights to shops that are there. */
export function builtInRights(role: string | null): readonly Right[] | null {
  return role === 'owner' || role === 'manager' || role === 'cashier' ? BUILT_IN_ROLES[role] : null;
}

export function isRight(value: unknown): value is Right {
  return RIGHTS.some((right) => right === value);
}
