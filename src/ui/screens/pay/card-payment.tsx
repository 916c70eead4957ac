/**
 * A card paid through the terminal: what it is doing, live, and the way out of it. While its answer is not known nothing else can be pressed
 * but to stop it, or to say what it shows. What cards have taken stands beside what else was given, and goes back through the terminal.
 */
import { useMutation, useQuery } from '@tanstack/react-query';
import { CreditCard, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { takenPayments, unsettledPayment } from '../../../domain/card-payment.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart } from '../../cart/preview.ts';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';
import type { Method } from './given.ts';
import type { TenderGiven } from './complete-sale.ts';

export type CardPayment = Cart['cardPayments'][number];

/** Whether this way to pay asks a terminal here; practice asks none. */
export function useAsksTerminal(): (method: Pick<Method, 'kind'>, cart: Pick<Cart, 'training'>) => boolean {
  const terminal = useQuery({ queryKey: ['terminal'], queryFn: ({ signal }) => call('getTerminal', { signal }) });
  const connected = terminal.data !== undefined && terminal.data.terminal.kind !== 'by-hand';
  return (method, cart) => connected && method.kind === 'card' && !cart.training;
}

/** Asks for what was settled on the register; the cart shows the rest. `tenders` is what was given beside. */
export async function askCard(method: string, amountMinor: number, tenders: readonly TenderGiven[]): Promise<void> {
  const cart = await cartStore.settled();
  if (cart === null) return;
  await cartStore.ask(() =>
    call('askCard', { body: { cart: cart.id, totalMinor: cart.totalMinor, method, amountMinor, tenders: [...tenders] } }),
  );
}

/** What nobody knows the end of yet; null when the cart may be paid. */
export function waitingFor(cart: Cart): CardPayment | null {
  return unsettledPayment(cart.cardPayments);
}

/** The terminal is at it, or did not answer. */
export function CardWait({ payment }: { readonly payment: CardPayment }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const params = { attempt: String(payment.attempt) };
  const cancel = useMutation({ mutationFn: () => cartStore.ask(() => call('cancelCard', { params })) });
  const settle = useMutation({
    mutationFn: (paid: boolean) => cartStore.ask(() => call('settleCard', { params, body: { paid } })),
  });
  const amount = money(Math.abs(payment.amountMinor));
  const back = payment.amountMinor < 0;
  return payment.state === 'asked' ? (
    <div className="card-wait" role="status">
      <CreditCard className="icon" aria-hidden />
      <h2>{t('card.asked')}</h2>
      <p className="strong num">{amount}</p>
      <p className="soft">{t(back ? 'card.asked-back' : 'card.asked-say')}</p>
      <button type="button" className="btn" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('card.stop')}
      </button>
      <Problem error={cancel.error} />
    </div>
  ) : (
    <div className="card-wait" role="alert">
      <TriangleAlert className="icon wait" aria-hidden />
      <h2>{t('card.unknown')}</h2>
      <p className="strong num">{amount}</p>
      <p>{t(back ? 'card.unknown-back' : 'card.unknown-say')}</p>
      <div className="card-settle">
        <button type="button" className="btn" disabled={settle.isPending} onClick={() => settle.mutate(false)}>
          {t(back ? 'card.not-given-back' : 'card.not-paid')}
        </button>
        <button type="button" className="btn btn-primary" disabled={settle.isPending} onClick={() => settle.mutate(true)}>
          {t(back ? 'card.given-back' : 'card.paid')}
        </button>
      </div>
      <Problem error={settle.error} />
    </div>
  );
}

/** The last thing the terminal said, while it was no. */
export function CardDeclined({ cart }: { readonly cart: Cart }): ReactNode {
  const { t, i18n } = useTranslation();
  const last = cart.cardPayments.at(-1);
  if (last?.state !== 'declined') return null;
  const reason = last.reference !== null && i18n.exists(`card.why.${last.reference}`) ? t(`card.why.${last.reference}`) : '';
  return (
    <div className="problem" role="alert">
      <CreditCard className="icon" aria-hidden />
      <p>
        <span className="strong">{t('card.declined')}</span> {reason}
      </p>
    </div>
  );
}

/** What cards have taken for the cart, each to be given back. */
export function CardTaken({ cart, nameOf }: { readonly cart: Cart; readonly nameOf: (method: string) => string }): ReactNode {
  const { t } = useTranslation();
  const { amount } = useMoney();
  const giveBack = useMutation({
    mutationFn: (attempt: number) => cartStore.ask(() => call('giveBackCard', { params: { attempt: String(attempt) } })),
  });
  return (
    <>
      {takenPayments(cart.cardPayments).map((payment) => (
        <li className="row" key={payment.attempt}>
          <span className="soft mark">
            <CreditCard className="icon" aria-hidden />
          </span>
          <p className="strong">
            <bdi>{nameOf(payment.method)}</bdi> <span className="badge good">{t('card.approved')}</span>
          </p>
          <span className="amount num">{amount(payment.amountMinor)}</span>
          <button
            type="button"
            className="btn btn-quiet btn-icon"
            aria-label={t('card.give-back', { amount: amount(payment.amountMinor) })}
            disabled={giveBack.isPending || waitingFor(cart) !== null}
            onClick={() => giveBack.mutate(payment.attempt)}
          >
            <X className="icon" aria-hidden />
          </button>
        </li>
      ))}
      {giveBack.error === null ? null : (
        <li>
          <Problem error={giveBack.error} />
        </li>
      )}
    </>
  );
}
