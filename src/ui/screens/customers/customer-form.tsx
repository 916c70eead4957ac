/** One person. Only the name is needed; what is left empty is not kept. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { LANGUAGES } from '../../texts/i18n.ts';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { plainAmount } from '../../../domain/money.ts';
import { date } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useMoney } from '../../parts/register-context.ts';

type Customer = Answer<'addCustomer'>;

interface Props {
  readonly customer: Customer | null;
  /** What was searched for before adding. */
  readonly name?: string;
  readonly onClose: () => void;
  readonly onSaved?: (customer: Customer) => void;
  readonly onForget?: (() => void) | null;
}

const DETAILS = ['phone', 'email', 'address', 'taxNumber', 'cardCode'] as const;
const TYPES: Readonly<Record<(typeof DETAILS)[number], string>> = {
  phone: 'tel',
  email: 'email',
  address: 'text',
  taxNumber: 'text',
  cardCode: 'text',
};

export function CustomerForm({ customer, name = '', onClose, onSaved, onForget = null }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [fields, setFields] = useState({
    name: customer?.name ?? name,
    phone: customer?.phone ?? '',
    email: customer?.email ?? '',
    address: customer?.address ?? '',
    taxNumber: customer?.taxNumber ?? '',
    cardCode: customer?.cardCode ?? '',
    language: customer?.language ?? '',
  });
  const can = useCan();
  const { digits, money } = useMoney();
  const [onAccount, setOnAccount] = useState(customer?.onAccount ?? false);
  const heldLimit = customer?.accountLimitMinor ?? null;
  const [limit, setLimit] = useState(heldLimit === null ? '' : plainAmount(heldLimit, digits));
  const limitMinor = limit.trim() === '' ? null : parseTyped(limit, digits);
  const limitIsWrong = limit.trim() !== '' && (limitMinor === null || limitMinor < 0);
  const account = useQuery({
    queryKey: ['account', customer?.id],
    queryFn: ({ signal }) => call('getAccount', { params: { id: customer?.id ?? '' }, signal }),
    enabled: customer !== null && customer.onAccount,
  });
  const [tried, setTried] = useState(false);
  const nameless = fields.name.trim() === '';
  const save = useMutation({
    mutationFn: () => {
      const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
      const body = {
        name: fields.name.trim(),
        phone: orNull(fields.phone),
        email: orNull(fields.email),
        address: orNull(fields.address),
        taxNumber: orNull(fields.taxNumber),
        cardCode: orNull(fields.cardCode),
        language: LANGUAGES.find(({ code }) => code === fields.language)?.code ?? null,
        ...(can('on-account') ? { onAccount, accountLimitMinor: limitMinor } : {}),
      };
      return customer === null ? call('addCustomer', { body }) : call('editCustomer', { params: { id: customer.id }, body });
    },
    onSuccess: async (saved) => {
      onSaved?.(saved);
      onClose();
      await Promise.all(['customers', 'customer'].map((list) => queryClient.invalidateQueries({ queryKey: [list] })));
    },
  });
  return (
    <Dialog
      title={customer === null ? t('customers.new') : customer.name}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (!nameless && !limitIsWrong && !save.isPending) save.mutate();
      }}
      actions={
        <>
          {onForget === null ? null : (
            <button type="button" className="btn btn-danger first" onClick={onForget}>
              {t('customers.forget')}
            </button>
          )}
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.save')}</button>
        </>
      }
    >
      <Problem error={save.error} />
      <Field
        label={t('customers.name')}
        value={fields.name}
        maxLength={200}
        autoFocus
        onChange={(event) => setFields({ ...fields, name: event.target.value })}
        error={tried && nameless ? t('customers.needs-name') : null}
      />
      {DETAILS.map((detail) => (
        <Field
          key={detail}
          label={t(`customers.${detail}`)}
          type={TYPES[detail]}
          maxLength={200}
          value={fields[detail]}
          onChange={(event) => setFields({ ...fields, [detail]: event.target.value })}
        />
      ))}
      <SelectField
        label={t('customers.language')}
        value={fields.language}
        onChange={(event) => setFields({ ...fields, language: event.target.value })}
      >
        <option value="">{t('customers.shop-language')}</option>
        {LANGUAGES.map(({ code, name: own }) => (
          <option key={code} value={code} lang={code}>
            {own}
          </option>
        ))}
      </SelectField>
      {account.data === undefined ? null : (
        <div>
          <p className="strong">{t('account.owes', { amount: money(account.data.balanceMinor) })}</p>
          <ul>
            {account.data.rows.map(({ at, amountMinor, label }) => (
              <li key={`${label} ${amountMinor}`} className="small">
                <span className="num soft">{date(at, locale)}</span> <span className="num">{label}</span>{' '}
                <span className="num strong">{money(amountMinor)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {can('on-account') ? (
        <>
          <label className="check">
            <input type="checkbox" checked={onAccount} onChange={(event) => setOnAccount(event.target.checked)} /> {t('account.on-account')}
          </label>
          {onAccount ? (
            <Field
              label={t('account.limit')}
              hint={t('account.limit-hint')}
              className="num"
              inputMode="decimal"
              value={limit}
              onChange={(event) => setLimit(event.target.value)}
              error={limitIsWrong ? t('voucher.no-value') : null}
            />
          ) : null}
        </>
      ) : null}
    </Dialog>
  );
}
