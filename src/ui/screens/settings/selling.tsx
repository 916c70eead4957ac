/** How the shop sells: what holds at every register from the next cart on. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { exampleScaleLabel, isScalePattern, readScaleLabel } from '../../../domain/scale-label.ts';
import type { Answer, BodyInput } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { quantity, time } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

type Settings = Answer<'getSelling'>;
type Method = Answer<'listPaymentMethods'>['rows'][number];

const FLAGS = ['pricesIncludeTax', 'taxByLine', 'eatIn', 'ageChecks', 'voidReason', 'blindCount'] as const;
const PPM_OF_PERCENT = 10_000;

export function Selling(): ReactNode {
  const { t } = useTranslation();
  const selling = useQuery({ queryKey: ['selling'], queryFn: ({ signal }) => call('getSelling', { signal }) });
  const methods = useQuery({ queryKey: ['payment-methods'], queryFn: ({ signal }) => call('listPaymentMethods', { signal }) });
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('selling.title')}</h1>
        <p className="soft">{t('selling.say')}</p>
      </header>
      <Problem error={selling.error ?? methods.error} />
      {selling.data === undefined ? null : <SellingForm settings={selling.data} />}
      {methods.data === undefined ? null : (
        <section className="panel selling-part" aria-labelledby="rounding">
          <h2 id="rounding">{t('selling.rounding')}</h2>
          <p className="soft">{t('selling.rounding-say')}</p>
          {methods.data.rows
            .filter(({ active, kind }) => active && (kind === 'cash' || kind === 'card' || kind === 'other'))
            .map((method) => (
              <Rounding key={method.id} method={method} />
            ))}
        </section>
      )}
    </div>
  );
}

function SellingForm({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const [percent, setPercent] = useState(String(settings.discountLimitPpm / PPM_OF_PERCENT));
  const [pattern, setPattern] = useState(settings.scalePattern);
  const [dayEndsAt, setDayEndsAt] = useState(settings.dayEndsAt);
  const [flags, setFlags] = useState(settings);
  const ppm = readPercent(percent);
  const isWrong = ppm === null || !isScalePattern(pattern);
  const save = useMutation({
    mutationFn: (body: BodyInput<'setSelling'>) => call('setSelling', { body }),
    onSuccess: () => Promise.all(['selling', 'state', 'shift'].map((name) => queryClient.invalidateQueries({ queryKey: [name] }))),
  });
  return (
    <form
      className="panel selling-part"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWrong || save.isPending) return;
        const { pricesIncludeTax, taxByLine, eatIn, ageChecks, voidReason, blindCount } = flags;
        save.mutate({
          discountLimitPpm: ppm,
          scalePattern: pattern,
          dayEndsAt,
          pricesIncludeTax,
          taxByLine,
          eatIn,
          ageChecks,
          voidReason,
          blindCount,
        });
      }}
    >
      <Field
        label={t('selling.discount')}
        hint={t('selling.discount-hint')}
        className="num"
        inputMode="decimal"
        value={percent}
        onChange={(event) => setPercent(event.target.value)}
        error={ppm === null ? t('price.not-a-percent', { text: percent }) : null}
      />
      <Field
        label={t('selling.scale')}
        hint={<ScaleHint pattern={pattern} />}
        className="code"
        maxLength={13}
        value={pattern}
        onChange={(event) => setPattern(event.target.value.toUpperCase())}
        error={isScalePattern(pattern) ? null : t('selling.no-scale')}
      />
      <DayEnd minutes={dayEndsAt} onChange={setDayEndsAt} />
      {FLAGS.map((flag) => (
        <div key={flag} className="selling-flag">
          <label className="check">
            <input
              type="checkbox"
              aria-describedby={`say-${flag}`}
              checked={flags[flag]}
              onChange={(event) => setFlags({ ...flags, [flag]: event.target.checked })}
            />
            {t(`setting.${flag}`)}
          </label>
          <p className="field-hint" id={`say-${flag}`}>
            {t(`selling.${flag}-say`)}
          </p>
        </div>
      ))}
      <Problem error={save.error} />
      <button className="btn btn-primary" disabled={isWrong || save.isPending}>
        {t('do.save')}
      </button>
      {save.isSuccess ? (
        <p className="good" role="status">
          {t('selling.saved')}
        </p>
      ) : null}
    </form>
  );
}

const MINUTES_AN_HOUR = 60;
const HOURS_AFTER_MIDNIGHT = 12;

function DayEnd({ minutes, onChange }: { readonly minutes: number; readonly onChange: (minutes: number) => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const hours = Array.from({ length: HOURS_AFTER_MIDNIGHT + 1 }, (_, hour) => hour * MINUTES_AN_HOUR);
  const choices = [...new Set([...hours, minutes])].sort((a, b) => a - b);
  return (
    <SelectField
      label={t('setting.dayEndsAt')}
      hint={t('selling.dayEndsAt-say')}
      value={minutes}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {time(new Date(2000, 0, 1, 0, choice).getTime(), locale)}
        </option>
      ))}
    </SelectField>
  );
}

/** A label that the pattern makes, read as a scan would read it. */
function ScaleHint({ pattern }: { readonly pattern: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const code = exampleScaleLabel(pattern);
  const label = readScaleLabel(code, pattern);
  const read =
    label === null
      ? ''
      : label.weightMilli === null
        ? t('selling.scale-price', { article: label.article, price: money(label.priceMinor ?? 0) })
        : t('selling.scale-weight', { article: label.article, weight: quantity(label.weightMilli, locale) });
  return (
    <>
      {t('selling.scale-hint')} <span className="code">{code}</span>: {read}
    </>
  );
}

const STEPS = [1, 5, 10, 50, 100] as const;

function Rounding({ method }: { readonly method: Method }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const steps = [...new Set([...STEPS, method.roundingStepMinor ?? 1])].sort((a, b) => a - b);
  const save = useMutation({
    mutationFn: (stepMinor: number | null) => call('setRounding', { params: { id: method.id }, body: { stepMinor } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['payment-methods'] }),
  });
  return (
    <>
      <SelectField
        label={method.name}
        value={method.roundingStepMinor ?? 1}
        disabled={save.isPending}
        onChange={(event) => save.mutate(event.target.value === '1' ? null : Number(event.target.value))}
      >
        {steps.map((step) => (
          <option key={step} value={step}>
            {step === 1 ? t('products.not-rounded') : money(step)}
          </option>
        ))}
      </SelectField>
      <Problem error={save.error} />
    </>
  );
}

/** "10" or "7,5": parts per million, up to all of it; null for anything else. */
function readPercent(text: string): number | null {
  const ppm = parseTyped(text, 4);
  return ppm === null || ppm > 100 * PPM_OF_PERCENT ? null : ppm;
}
