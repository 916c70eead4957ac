/** What it comes to, and the ways on: exact cash and card in one press, Pay for everything else. Pay has nothing under it. */
import { Banknote, CreditCard } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Cart } from '../../cart/preview.ts';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { TaxIncluded } from '../../parts/tax-included.tsx';
import { BigFigure } from '../../parts/big-figure.tsx';

interface Props {
  readonly cart: Cart;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onAge: () => void;
  readonly onCash: () => void;
  readonly onCard: () => void;
  readonly onPay: () => void;
}

export function CartFoot({ cart, busy, problem, onAge, onCash, onCard, onPay }: Props): ReactNode {
  const { t } = useTranslation();
  const { amount, money } = useMoney();
  const nothing = cart.lines.length === 0;
  const back = cart.totalMinor < 0;
  // What goes back, and what nobody may have yet, takes more than one press.
  const notAtOnce = nothing || busy || cart.totalMinor <= 0 || cart.ageToCheck !== null;
  return (
    <div className="pay">
      <Problem error={problem} />
      {cart.ageToCheck === null ? null : (
        <div className="age-check" role="alert">
          <p className="strong">{t('cart.age', { age: cart.ageToCheck })}</p>
          <button type="button" className="btn" onClick={onAge}>
            {t('cart.age-looked')}
          </button>
        </div>
      )}
      <button type="button" className="btn" disabled={notAtOnce} onClick={onCash}>
        <Banknote className="icon" aria-hidden />
        {t('sell.exact-cash')} <kbd>F5</kbd>
      </button>
      <button type="button" className="btn" disabled={notAtOnce} onClick={onCard}>
        <CreditCard className="icon" aria-hidden />
        {t('sell.card')} <kbd>F6</kbd>
      </button>
      <div className="sum">
        <div>
          <p className="total">{t('sell.total')}</p>
          <p className="small soft">
            {cart.discountMinor === 0 ? null : <>{t('price.off', { amount: amount(cart.discountMinor) })} · </>}
            <TaxIncluded cart={cart} />
          </p>
        </div>
        <BigFigure className="total-figure" text={money(cart.totalMinor)} />
      </div>
      <button type="button" className="btn btn-primary pay-now" disabled={nothing || busy || cart.ageToCheck !== null} onClick={onPay}>
        {back ? t('cart.give-back') : t('sell.pay')} <kbd>F9</kbd>
      </button>
    </div>
  );
}
