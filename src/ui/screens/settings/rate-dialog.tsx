/** A tax, or a new rate of one: in per cent, or made of several taxes by name that goods bear at once. */
import { Plus, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import { MAX_TAX_NAME, MAX_TAX_PARTS } from '../../../domain/tax-parts.ts';
import type { Answer, BodyInput } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { dayText, startOfDay } from '../../format/days.ts';
import { rate } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';

type Tax = Answer<'listTaxCategories'>['rows'][number];
type Service = Answer<'listTaxRates'>['rows'][number]['service'];
const SERVICES = ['any', 'take-away', 'eat-in'] as const;
/** Decimals of a per cent, and what one of the last is in parts per million. */
const PERCENT_DIGITS = 3;
const STEP_PPM = 10;
const MOST_PPM = 1_000_000;

/** As typed. */
interface Part {
  /** Tells rows apart while they are typed. */
  readonly key: number;
  readonly name: string;
  readonly percent: string;
}

const ppmOf = (percent: string): number => (parseTyped(percent, PERCENT_DIGITS) ?? -1) * STEP_PPM;
const isRate = (ppm: number): boolean => ppm >= 0 && ppm <= MOST_PPM;
const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, { percent }) => sum + Math.max(0, ppmOf(percent)), 0);

export function RateDialog({ tax, onClose }: { readonly tax: Tax | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [percent, setPercent] = useState('');
  const [parts, setParts] = useState<readonly Part[]>(() =>
    (tax?.parts ?? []).map((part, key) => ({ key, name: part.name, percent: String(part.ratePpm / 10_000) })),
  );
  const [from, setFrom] = useState(dayText(systemClock.nowMs() + 86_400_000));
  const [reason, setReason] = useState('');
  const [service, setService] = useState<Service>('any');
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const isOne = parts.length === 0;
  const ratePpm = isOne ? ppmOf(percent) : sumOf(parts);
  // Midnight of that day where this register stands.
  const fromAt = startOfDay(from);
  const wrong = {
    name: tax === null && name.trim() === '',
    percent: !isRate(ratePpm),
    parts: parts.some((part) => partProblem(part, parts) !== null),
    from: tax !== null && fromAt === null,
  };
  const save = (): void => {
    setTried(true);
    if (Object.values(wrong).includes(true)) return;
    const said = {
      ratePpm,
      parts: isOne ? null : parts.map((part) => ({ name: part.name.trim(), ratePpm: ppmOf(part.percent) })),
      exemptionReason: reason,
    };
    const body = (taxCategory: string): BodyInput<'addTaxRate'> => ({ taxCategory, service, fromAt: fromAt ?? 0, ...said });
    const saved = tax === null ? call('addTax', { body: { name: name.trim(), ...said } }) : call('addTaxRate', { body: body(tax.id) });
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
      {isOne ? (
        <>
          <Field
            label={t('taxes.percent')}
            className="num"
            inputMode="decimal"
            autoFocus={tax !== null}
            value={percent}
            onChange={(event) => setPercent(event.target.value)}
            error={tried && wrong.percent ? t('taxes.not-a-rate', { text: percent }) : null}
          />
          <div>
            <button
              type="button"
              className="btn btn-quiet"
              onClick={() =>
                setParts([
                  { key: 0, name: '', percent },
                  { key: 1, name: '', percent: '' },
                ])
              }
            >
              {t('taxes.several')}
            </button>
          </div>
        </>
      ) : (
        <Parts parts={parts} tried={tried} onChange={setParts} />
      )}
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

function partProblem(part: Part, parts: readonly Part[]): 'needs-name' | 'same-name' | 'not-a-rate' | null {
  const named = part.name.trim();
  if (named === '') return 'needs-name';
  if (parts.some((other) => other.key !== part.key && other.name.trim() === named)) return 'same-name';
  return isRate(ppmOf(part.percent)) ? null : 'not-a-rate';
}

interface PartsProps {
  readonly parts: readonly Part[];
  readonly tried: boolean;
  readonly onChange: (parts: readonly Part[]) => void;
}

/** The taxes that a rate is made of, row by row, and what they come to. */
function Parts({ parts, tried, onChange }: PartsProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const set = (key: number, said: Partial<Part>): void => onChange(parts.map((part) => (part.key === key ? { ...part, ...said } : part)));
  return (
    <fieldset className="tax-parts">
      <legend>{t('taxes.parts')}</legend>
      {parts.map((part) => {
        const problem = tried ? partProblem(part, parts) : null;
        return (
          <div key={part.key} className="tax-part">
            <Field
              label={t('taxes.part-name')}
              placeholder="GST"
              maxLength={MAX_TAX_NAME}
              value={part.name}
              onChange={(event) => set(part.key, { name: event.target.value })}
              error={problem === 'needs-name' ? t('products.needs-name') : problem === 'same-name' ? t('taxes.same-name') : null}
            />
            <Field
              label={t('taxes.percent')}
              className="num"
              inputMode="decimal"
              value={part.percent}
              onChange={(event) => set(part.key, { percent: event.target.value })}
              error={problem === 'not-a-rate' ? t('taxes.not-a-rate', { text: part.percent }) : null}
            />
            <button
              type="button"
              className="btn btn-quiet btn-icon"
              aria-label={t('taxes.remove-part', { name: part.name })}
              onClick={() => onChange(parts.filter(({ key }) => key !== part.key))}
            >
              <X className="icon" aria-hidden />
            </button>
          </div>
        );
      })}
      <div className="tax-sum">
        <button
          type="button"
          className="btn btn-quiet"
          disabled={parts.length >= MAX_TAX_PARTS}
          onClick={() => onChange([...parts, { key: Math.max(...parts.map(({ key }) => key)) + 1, name: '', percent: '' }])}
        >
          <Plus className="icon" aria-hidden />
          {t('taxes.add-part')}
        </button>
        <output>
          {t('taxes.together')} <strong className="num">{rate(sumOf(parts), locale)}</strong>
        </output>
      </div>
    </fieldset>
  );
}
