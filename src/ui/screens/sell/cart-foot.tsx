/** What it comes to, and the ways on: exact cash and card in one press, Pay for everything else. Pay has nothing under it. */
import { Banknote, CreditCard } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Cart } from '../../cart/preview.ts';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { BigFigure } from '../../parts/big-figure.tsx';

interface Props {
  readonly cart: Cart;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onCash: () => void;
  readonly onCard: () => void;
  readonly onPay: () => void;
}

export function CartFoot({ cart, busy, problem, onCash, onCard, onPay }: Props): ReactNode {
  const { t } = useTranslation();
  const { amount, money } = useMoney();
  const nothing = cart.lines.length === 0;
  return (
    <div className="pay">
      <Problem error={problem} />
      <button type="button" className="btn" disabled={nothing || busy} onClick={onCash}>
        <Banknote className="icon" aria-hidden />
        {t('sell.exact-cash')} <kbd>F5</kbd>
      </button>
      <button type="button" className="btn" disabled={nothing || busy} onClick={onCard}>
        <CreditCard className="icon" aria-hidden />
        {t('sell.card')} <kbd>F6</kbd>
      </button>
      <div className="sum">
        <div>
          <p className="total">{t('sell.total')}</p>
          <p className="small soft">{t('sell.vat-included', { amount: amount(cart.taxMinor) })}</p>
        </div>
        <BigFigure className="total-figure" text={money(cart.totalMinor)} />
      </div>
      <button type="button" className="btn btn-primary pay-now" disabled={nothing || busy} onClick={onPay}>
        {t('sell.pay')} <kbd>F9</kbd>
      </button>
    </div>
  );
}
