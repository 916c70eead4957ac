/** How much of a cart's total is tax, by the name that its taxes have together. */
import type { ReactNode } from 'react';
import { hasVat } from '../../domain/country.ts';
import type { Cart } from '../cart/preview.ts';
import { useTranslation } from '../texts/texts.tsx';
import { useMoney, useRegister } from './register-context.ts';

export function TaxIncluded({ cart }: { readonly cart: Cart }): ReactNode {
  const { t } = useTranslation();
  const { amount } = useMoney();
  const { shop } = useRegister();
  const isVat = hasVat(shop?.country ?? '') && cart.lines.every(({ taxParts }) => taxParts === null);
  return t(isVat ? 'sell.vat-included' : 'sell.taxes-included', { amount: amount(cart.taxMinor) });
}
