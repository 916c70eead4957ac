/** Taxes: each with its rates from their dates on. A rate is never changed; a new one takes over at midnight of its day, on every register. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { date, rate, rateWords } from '../../format/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale } from '../../parts/register-context.ts';
import { RateDialog } from './rate-dialog.tsx';

type Tax = Answer<'listTaxCategories'>['rows'][number];

export function Taxes(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const [adding, setAdding] = useState<Tax | 'new' | null>(null);
  const taxes = useQuery({ queryKey: ['taxes'], queryFn: ({ signal }) => call('listTaxCategories', { signal }) });
  const rates = useQuery({ queryKey: ['taxes', 'rates'], queryFn: ({ signal }) => call('listTaxRates', { signal }) });
  const nowMs = systemClock.nowMs();
  return (
    <div className="page-narrow">
      <div className="page-title">
        <h1>{t('taxes.title')}</h1>
        {can('settings') ? (
          <button type="button" className="btn" onClick={() => setAdding('new')}>
            {t('taxes.add')}
          </button>
        ) : null}
      </div>
      <p className="soft">{t('taxes.say')}</p>
      <Problem error={taxes.error ?? rates.error} />
      {taxes.data?.rows.map((tax) => (
        <section key={tax.id} className="tax">
          <header className="page-title">
            <h2>
              <bdi>{tax.name}</bdi> {/\d/.test(tax.name) ? null : <span className="num soft">{rate(tax.ratePpm, locale)}</span>}
            </h2>
            {can('settings') ? (
              <button type="button" className="btn" onClick={() => setAdding(tax)}>
                {t('taxes.new-rate')}
              </button>
            ) : null}
          </header>
          <ul>
            {rates.data?.rows
              .filter(({ taxCategory }) => taxCategory === tax.id)
              .map((row) => (
                <li key={row.id}>
                  <bdi className="num strong">{row.parts?.length === 1 ? rateWords(row, locale) : rate(row.ratePpm, locale)}</bdi>{' '}
                  <span className="soft">
                    {row.parts === null || row.parts.length === 1 ? null : (
                      <>
                        <bdi className="num">{rateWords(row, locale)}</bdi> ·{' '}
                      </>
                    )}
                    {row.fromAt === 0
                      ? t('taxes.always')
                      : t(row.fromAt > nowMs ? 'taxes.from-then' : 'taxes.since', { day: date(row.fromAt, locale) })}
                    {row.service === 'any' ? '' : `, ${t(`taxes.${row.service}`)}`}
                    {row.exemptionReason === null ? '' : ` · ${row.exemptionReason}`}
                  </span>
                </li>
              ))}
          </ul>
        </section>
      ))}
      {adding === null ? null : <RateDialog tax={adding === 'new' ? null : adding} onClose={() => setAdding(null)} />}
    </div>
  );
}
