/** What a user may do, each right by name. A role is a set of rights; three come built in. Pure. */

export const RIGHTS = [
  'sell',
  'discount',
  'price-override',
  'refund',
  'refund-without-receipt',
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
] as const;

export type Right = (typeof RIGHTS)[number];

export type BuiltInRole = 'owner' | 'manager' | 'cashier';

export const BUILT_IN_ROLES: Readonly<Record<BuiltInRole, readonly Right[]>> = {
  owner: RIGHTS,
  manager: [
    'sell',
    'discount',
    'price-override',
    'refund',
    'refund-without-receipt',
    'history',
    'products',
    'stock',
    'reports',
    'customers',
    'customers.forget',
    'import',
    'to-check',
    'registers',
  ],
  cashier: ['sell', 'history', 'customers'],
};

/** Digits a PIN needs at least: whoever can change others' money or people needs more. */
export function pinDigitsNeeded(rights: readonly Right[]): number {
  return rights.some((right) => right !== 'sell' && right !== 'history' && right !== 'customers') ? 6 : 4;
}

export function isRight(value: unknown): value is Right {
  return RIGHTS.some((right) => right === value);
}
