/** What a customer pays off of their account: a line of the cart, paid like any other. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart } from '../../cart/preview.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

export function PayOffDialog({
  customer,
  onClose,
}: {
  readonly customer: NonNullable<Cart['customer']>;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { digits, money } = useMoney();
  const [typed, setTyped] = useState('');
  const account = useQuery({
    queryKey: ['account', customer.id],
    queryFn: ({ signal }) => call('getAccount', { params: { id: customer.id }, signal }),
  });
  const owedMinor = account.data?.balanceMinor ?? 0;
  const amountMinor = typed === '' ? Math.max(0, owedMinor) : parseTyped(typed, digits);
  const payOff = useMutation({
    mutationFn: (minor: number) => cartStore.ask(() => call('payOffAccount', { body: { amountMinor: minor } })),
    onSuccess: onClose,
  });
  return (
    <Dialog
      title={t('account.pay-off-of', { name: customer.name })}
      onClose={onClose}
      onSubmit={() => {
        if (amountMinor !== null && amountMinor > 0 && !payOff.isPending) payOff.mutate(amountMinor);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={amountMinor === null || amountMinor <= 0 || payOff.isPending}>
            {t('sell.to-cart')}
          </button>
        </>
      }
    >
      <p className="strong" role="status">
        {t('account.owes', { amount: money(owedMinor) })}
      </p>
      <Field
        label={t('account.amount')}
        hint={t('account.amount-hint')}
        className="num"
        inputMode="decimal"
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Problem error={payOff.error ?? account.error} />
    </Dialog>
  );
}
