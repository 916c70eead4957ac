/** Money that goes back, or an even exchange: as it was paid by one press, or all of it another way. */
import { useMutation } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { roundToStep } from '../../../domain/money.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart } from '../../cart/preview.ts';
import { BigFigure } from '../../parts/big-figure.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { askCard, CardDeclined, CardTaken, CardWait, useAsksTerminal, waitingFor } from './card-payment.tsx';
import { completeSale, TO_THE_NEXT, type TenderGiven } from './complete-sale.ts';
import type { Method } from './given.ts';
import { WayMark } from './way-mark.tsx';

interface Props {
  readonly cart: Cart;
  readonly ways: readonly Method[];
}

export function PayBack({ cart, ways }: Props): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const complete = useMutation({
    mutationFn: async (tenders: readonly TenderGiven[]) => {
      const settled = await cartStore.settled();
      if (settled !== null) await completeSale(settled, tenders);
    },
  });
  const asksTerminal = useAsksTerminal();
  const waiting = waitingFor(cart);
  const leftMinor = cart.totalMinor - cart.takenMinor;
  /** What goes back to a card goes through the terminal, where there is one; the rest goes with it. */
  const ask = useMutation({
    mutationFn: async (tenders: readonly TenderGiven[]) => {
      const isCard = ({ method }: TenderGiven): boolean => ways.some(({ id, kind }) => id === method && kind === 'card');
      const cards = tenders.filter(isCard);
      await askCard(
        cards[0]?.method ?? '',
        cards.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
        tenders.filter((tender) => !isCard(tender)),
      );
    },
  });
  const giveBack = (tenders: readonly TenderGiven[]): void => {
    const throughTerminal = tenders.some(({ method }) => ways.some((way) => way.id === method && asksTerminal(way, cart)));
    if (throughTerminal) ask.mutate(tenders);
    else complete.mutate(tenders, TO_THE_NEXT);
  };
  const busy = complete.isPending || ask.isPending;
  const even = leftMinor === 0;
  const asPaid = even ? [] : cart.takenMinor === 0 ? asItWasPaid(cart, ways) : null;
  const nameOf = (id: string): string => ways.find((way) => way.id === id)?.name ?? '';
  return (
    <>
      <section className="due" aria-label={t('pay.to-give-back')}>
        <h2>{t(even ? 'pay.even' : 'pay.to-give-back')}</h2>
        <BigFigure className="due-figure" text={money(-leftMinor || 0)} />
        <ul className="given">
          <CardTaken cart={cart} nameOf={nameOf} />
          {asPaid?.map(({ method, amountMinor }) => (
            <li className="row" key={method}>
              <span className="soft mark">
                <Undo2 className="icon icon-turns" aria-hidden />
              </span>
              <p className="strong">
                <bdi>{nameOf(method)}</bdi>
              </p>
              <span className="amount num">{money(-amountMinor)}</span>
            </li>
          ))}
        </ul>
      </section>
      {waiting === null ? null : (
        <section className="tender" aria-label={t('pay.how')}>
          <CardWait payment={waiting} />
        </section>
      )}
      <section className="tender" aria-label={t('pay.how')} hidden={waiting !== null}>
        {even ? null : (
          <div className="ways" role="group" aria-label={t('pay.all-back-by')}>
            {ways.map((way) => (
              <button
                key={way.id}
                type="button"
                className="btn way"
                disabled={busy}
                onClick={() => giveBack([{ method: way.id, amountMinor: backBy(way, leftMinor) }])}
              >
                <WayMark kind={way.kind} />
                <bdi>{way.name}</bdi>
              </button>
            ))}
          </div>
        )}
        <p className="soft small">{even ? t('pay.even-say') : t('pay.back-say')}</p>
        <Problem error={complete.error ?? ask.error} />
        <CardDeclined cart={cart} />
        <span className="grow" />
        <button
          type="button"
          className="btn btn-primary finish"
          autoFocus
          disabled={busy || asPaid === null}
          onClick={() => giveBack(asPaid ?? [])}
        >
          {t(even ? 'pay.finish' : 'pay.as-paid')} <kbd>Enter</kbd>
        </button>
      </section>
    </>
  );
}

function backBy(way: Pick<Method, 'givesChange' | 'roundingStepMinor'>, totalMinor: number): number {
  const step = way.givesChange ? way.roundingStepMinor : null;
  return step === null ? totalMinor : roundToStep(totalMinor, step);
}

/** Tenders that give all of it back as it was paid; null when that is not known here. What is in cash is rounded to the coin. */
export function asItWasPaid(cart: Pick<Cart, 'totalMinor' | 'payBack'>, ways: readonly Method[]): readonly TenderGiven[] | null {
  const known = cart.payBack.flatMap(({ method, amountMinor, voucher }) => {
    const way = ways.find(({ id }) => id === method);
    return way === undefined ? [] : [{ way, amountMinor: -amountMinor, voucher }];
  });
  const sum = known.reduce((all, { amountMinor }) => all + amountMinor, 0);
  if (sum !== cart.totalMinor) return null;
  return known.map(({ way, amountMinor, voucher }) => ({
    method: way.id,
    amountMinor: backBy(way, amountMinor),
    ...(voucher === null ? {} : { voucher }),
  }));
}
