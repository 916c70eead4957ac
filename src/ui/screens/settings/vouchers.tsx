/** How long vouchers of the shop live. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

export function Vouchers(): ReactNode {
  const { t } = useTranslation();
  const terms = useQuery({ queryKey: ['voucher', 'terms'], queryFn: ({ signal }) => call('getVoucherTerms', { signal }) });
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('vouchers.title')}</h1>
        <p className="soft">{t('vouchers.say')}</p>
      </header>
      <Problem error={terms.error} />
      {terms.data === undefined ? null : <TermsForm months={terms.data.months} />}
    </div>
  );
}

function TermsForm({ months }: { readonly months: number | null }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const [typed, setTyped] = useState(months === null ? '' : String(months));
  const isWrong = typed.trim() !== '' && !/^[1-9]\d{0,2}$/.test(typed.trim());
  const save = useMutation({
    mutationFn: () => call('setVoucherTerms', { body: { months: typed.trim() === '' ? null : Number(typed) } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['voucher'] }),
  });
  return (
    <form
      className="panel selling-part"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) save.mutate();
      }}
    >
      <Field
        label={t('vouchers.months')}
        hint={t('vouchers.months-hint')}
        inputMode="numeric"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={isWrong ? t('vouchers.no-months') : null}
      />
      <Problem error={save.error} />
      <button className="btn btn-primary" disabled={!can('settings') || save.isPending}>
        {t('do.save')}
      </button>
      {save.isSuccess ? (
        <p className="good" role="status">
          {t('vouchers.saved')}
        </p>
      ) : null}
    </form>
  );
}
