/** Taxes: each with its rates from their dates on. A rate is never changed; a new one takes over at midnight of its day, on every register. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import type { Answer, BodyInput } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { date, rate } from '../../format/format.ts';
import { dayText, startOfDay } from '../../format/days.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale } from '../../parts/register-context.ts';

type Tax = Answer<'listTaxCategories'>['rows'][number];
type Service = Answer<'listTaxRates'>['rows'][number]['service'];
const SERVICES = ['any', 'take-away', 'eat-in'] as const;
/** Of a per cent, in parts per million. */
const HUNDREDTH_PPM = 100;
const MOST_PPM = 1_000_000;

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
                  <span className="num strong">{rate(row.ratePpm, locale)}</span>{' '}
                  <span className="soft">
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

function RateDialog({ tax, onClose }: { readonly tax: Tax | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [percent, setPercent] = useState('');
  const [from, setFrom] = useState(dayText(systemClock.nowMs() + 86_400_000));
  const [reason, setReason] = useState('');
  const [service, setService] = useState<Service>('any');
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const ratePpm = (parseTyped(percent, 2) ?? -1) * HUNDREDTH_PPM;
  // Midnight of that day where this register stands.
  const fromAt = startOfDay(from);
  const wrong = {
    name: tax === null && name.trim() === '',
    percent: ratePpm < 0 || ratePpm > MOST_PPM,
    from: tax !== null && fromAt === null,
  };
  const save = (): void => {
    setTried(true);
    if (Object.values(wrong).includes(true)) return;
    const body = (taxCategory: string): BodyInput<'addTaxRate'> => ({
      taxCategory,
      service,
      ratePpm,
      fromAt: fromAt ?? 0,
      exemptionReason: reason,
    });
    const saved =
      tax === null
        ? call('addTax', { body: { name: name.trim(), ratePpm, exemptionReason: reason } })
        : call('addTaxRate', { body: body(tax.id) });
    saved.then(async () => {
      await queryClient.invalidateQueries({ queryKey: ['taxes'] });
      onClose();
    }, setProblem);
  };
  return (
    <Dialog
      title={tax === null ? t('taxes.add') : t('taxes.new-rate-of', { name: tax.name })}
      onClose={onClose}
      onSubmit={save}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.save')}</button>
        </>
      }
    >
      {tax === null ? (
        <Field
          label={t('products.name')}
          autoFocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={tried && wrong.name ? t('products.needs-name') : null}
        />
      ) : null}
      <Field
        label={t('taxes.percent')}
        className="num"
        inputMode="decimal"
        autoFocus={tax !== null}
        value={percent}
        onChange={(event) => setPercent(event.target.value)}
        error={tried && wrong.percent ? t('taxes.not-a-rate', { text: percent }) : null}
      />
      {tax === null ? null : (
        <>
          <Field
            label={t('taxes.from')}
            type="date"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            error={tried && wrong.from ? t('taxes.not-a-day') : null}
          />
          <SelectField
            label={t('taxes.for')}
            value={service}
            onChange={(event) => setService(SERVICES.find((one) => one === event.target.value) ?? 'any')}
          >
            {SERVICES.map((one) => (
              <option key={one} value={one}>
                {t(`taxes.${one}`)}
              </option>
            ))}
          </SelectField>
        </>
      )}
      {ratePpm === 0 ? (
        <Field
          label={t('taxes.reason')}
          hint={t('taxes.reason-hint')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      ) : null}
      <Problem error={problem} />
    </Dialog>
  );
}
