/** A voucher by its code, scanned or typed: what is left of it, where it was used; and where a cart is to be paid, its use. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { date } from '../../format/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

interface Props {
  /** What was scanned already. */
  readonly code?: string;
  /** What there is to pay; null where a voucher is only looked at. */
  readonly leftMinor: number | null;
  readonly onUse?: (code: string, amountMinor: number) => void;
  readonly onClose: () => void;
}

export function VoucherDialog({ code = '', leftMinor, onUse, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const [typed, setTyped] = useState(code);
  const [asked, setAsked] = useState(code);
  const found = useQuery({
    queryKey: ['voucher', asked],
    queryFn: ({ signal }) => call('lookUpVoucher', { params: { code: asked }, signal }),
    enabled: asked !== '',
  });
  const takeOff = useMutation({
    mutationFn: () => cartStore.ask(() => call('redeemVoucher', { body: { code: asked } })),
    onSuccess: onClose,
  });
  const voucher = typed.trim() === asked ? found.data : undefined;
  const useMinor = voucher === undefined || leftMinor === null ? 0 : Math.min(voucher.balanceMinor, leftMinor);
  const isUsable = voucher !== undefined && !voucher.expired && useMinor > 0;
  const submit = (): void => {
    if (voucher === undefined) setAsked(typed.trim());
    else if (!isUsable || takeOff.isPending) return;
    else if (voucher.purpose === 'single') takeOff.mutate();
    else onUse?.(voucher.code, useMinor);
  };
  return (
    <Dialog
      title={t('voucher.title')}
      onClose={onClose}
      onSubmit={submit}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.close')}
          </button>
          {voucher === undefined ? (
            <button className="btn btn-primary" disabled={typed.trim() === '' || found.isFetching}>
              {t('voucher.look-up')}
            </button>
          ) : leftMinor === null ? null : (
            <button className="btn btn-primary" disabled={!isUsable || takeOff.isPending}>
              {t('voucher.use', { amount: money(useMinor) })}
            </button>
          )}
        </>
      }
    >
      <Field
        label={t('voucher.code')}
        hint={t('voucher.code-hint')}
        inputMode="numeric"
        maxLength={40}
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {voucher === undefined ? null : <VoucherFacts voucher={voucher} />}
      <Problem error={takeOff.error ?? (typed.trim() === asked ? found.error : null)} />
    </Dialog>
  );
}

function VoucherFacts({ voucher }: { readonly voucher: Answer<'lookUpVoucher'> }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  return (
    <div role="status">
      <p className="strong">{t('voucher.left', { amount: money(voucher.balanceMinor) })}</p>
      <p className="soft">
        {t(`voucher.${voucher.purpose}`)}{' '}
        {voucher.expiresAt === null
          ? null
          : t(voucher.expired ? 'voucher.expired' : 'voucher.until', { day: date(voucher.expiresAt, locale) })}
      </p>
      <ul className="voucher-movements">
        {voucher.movements.map(({ kind, amountMinor, label, at }) => (
          <li key={`${label} ${kind} ${amountMinor}`} className="small">
            <span className="num soft">{date(at, locale)}</span> {t(`voucher.kind.${kind}`)} <span className="num">{label}</span>{' '}
            <span className="num strong">{money(amountMinor)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
