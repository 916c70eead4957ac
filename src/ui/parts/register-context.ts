/** What every screen behind the log-in knows: the register, the shop, who is logged in and what they may do. */
import { createContext, useContext } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { present } from '../../base/assert.ts';
import type { Right } from '../../domain/rights.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import { amount, digitsOfCurrency, money } from '../format/format.ts';

export type RegisterState = Answer<'getState'>;
export type Status = NonNullable<RegisterState['status']>;

export const RegisterContext = createContext<RegisterState | null>(null);

export function useRegister(): RegisterState {
  return present(useContext(RegisterContext), 'the register of this screen');
}

export function useCan(): (right: Right) => boolean {
  const { user } = useRegister();
  return (right) => user?.rights.includes(right) ?? false;
}

export function useLocale(): string {
  return useTranslation().i18n.language;
}

/** Money of the shop in the language of the screen. */
export function useMoney(): {
  currency: string;
  digits: number;
  /** With the currency's sign: totals and unit prices. */
  money: (minor: number) => string;
  /** Bare figures: rows. */
  amount: (minor: number, whole?: boolean) => string;
} {
  const locale = useLocale();
  const currency = useContext(RegisterContext)?.shop?.currency ?? 'EUR';
  return {
    currency,
    digits: digitsOfCurrency(currency),
    money: (minor) => money(minor, currency, locale),
    amount: (minor, whole) => amount(minor, currency, locale, whole),
  };
}
