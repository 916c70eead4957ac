/** The steps of the wizard that are plain questions: language, this register, the shop and its owner, the first products. */
import { FileSpreadsheet, PackageOpen, Sparkles } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { COUNTRIES, countryProfile } from '../../../domain/country.ts';
import { list, rateWords } from '../../format/format.ts';
import { Field, SelectField } from '../../parts/field.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { LANGUAGES } from '../../texts/i18n.ts';
import type { Catalogue, Draft } from './draft.ts';

export interface StepProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  /** Fields that want something, once Continue was pressed. */
  readonly problems: readonly (keyof Draft)[];
}

export function LanguageStep({ draft, change }: StepProps): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className="choices choices-small">
      <legend className="unseen">{t('wizard.language-title')}</legend>
      {LANGUAGES.map(({ code, name }) => (
        <label key={code} className="panel choice" lang={code}>
          <input
            type="radio"
            name="language"
            checked={draft.language === code}
            onChange={() => {
              change({ language: code });
              void i18n.changeLanguage(code);
            }}
          />
          <h2>{name}</h2>
          <span className="pick">
            <span className="off">{t('wizard.choose')}</span>
            <span className="on">{t('wizard.chosen')}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function RegisterStep({ draft, change, problems }: StepProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="panel form">
      <Field
        label={t('wizard.register-name')}
        hint={t('wizard.register-name-hint')}
        value={draft.registerName}
        maxLength={200}
        autoFocus
        onChange={(event) => change({ registerName: event.target.value })}
        error={problems.includes('registerName') ? t('wizard.needs-name') : null}
      />
    </div>
  );
}

export function ShopStep({ draft, change, problems, pinDigits }: StepProps & { readonly pinDigits: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="join">
      <section className="panel" aria-labelledby="shop">
        <h2 id="shop">{t('wizard.the-shop')}</h2>
        <CountryFields draft={draft} change={change} problems={problems} />
        <Field
          label={t('wizard.shop-name')}
          value={draft.shopName}
          maxLength={200}
          onChange={(event) => change({ shopName: event.target.value })}
          error={problems.includes('shopName') ? t('wizard.needs-name') : null}
        />
        <Field
          label={t('wizard.address')}
          hint={t('wizard.on-receipts')}
          value={draft.address}
          onChange={(event) => change({ address: event.target.value })}
        />
        <Field
          label={t('wizard.tax-number')}
          hint={t('wizard.on-receipts')}
          value={draft.taxNumber}
          maxLength={60}
          onChange={(event) => change({ taxNumber: event.target.value })}
        />
      </section>
      <section className="panel" aria-labelledby="owner">
        <h2 id="owner">{t('wizard.the-owner')}</h2>
        <p className="soft">{t('wizard.owner-hint')}</p>
        <Field
          label={t('wizard.owner-name')}
          value={draft.ownerName}
          maxLength={200}
          onChange={(event) => change({ ownerName: event.target.value })}
          error={problems.includes('ownerName') ? t('wizard.needs-name') : null}
        />
        <PinField
          label={t('wizard.pin')}
          hint={t('wizard.pin-hint', { digits: pinDigits })}
          value={draft.pin}
          onChange={(pin) => change({ pin })}
          error={problems.includes('pin') ? t('wizard.pin-short', { digits: pinDigits }) : null}
        />
        <PinField
          label={t('wizard.pin-again')}
          value={draft.pinAgain}
          onChange={(pinAgain) => change({ pinAgain })}
          error={problems.includes('pinAgain') ? t('wizard.pin-differs') : null}
        />
      </section>
    </div>
  );
}

/** Country first: it proposes the currency and names the taxes the shop will start with. */
function CountryFields({ draft, change, problems }: StepProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const countries = new Intl.DisplayNames(locale, { type: 'region' });
  const currencies = new Intl.DisplayNames(locale, { type: 'currency' });
  const sorted = COUNTRIES.map(({ country }) => ({ code: country, name: countries.of(country) ?? country })).sort((a, b) =>
    a.name.localeCompare(b.name, locale),
  );
  const known = [...new Set(COUNTRIES.map(({ currency }) => currency))].sort();
  const profile = draft.country === '' ? null : countryProfile(draft.country, draft.currency);
  const rates = profile?.taxes.map((tax) => rateWords(tax, locale)) ?? [];
  return (
    <div className="two">
      <SelectField
        label={t('wizard.country')}
        value={draft.country}
        onChange={(event) => change({ country: event.target.value, currency: countryProfile(event.target.value, 'EUR').currency })}
        error={problems.includes('country') ? t('wizard.needs-country') : null}
        hint={rates.length > 0 ? t('wizard.taxes', { rates: list(rates, locale) }) : t('wizard.country-hint')}
      >
        <option value="" disabled>
          {t('wizard.choose-country')}
        </option>
        {sorted.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('wizard.currency')}
        value={draft.currency}
        disabled={draft.country === ''}
        onChange={(event) => change({ currency: event.target.value })}
      >
        <option value="" disabled />
        {known.map((code) => (
          <option key={code} value={code}>
            {currencies.of(code)} ({code})
          </option>
        ))}
      </SelectField>
    </div>
  );
}

interface PinProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (pin: string) => void;
  readonly error: string | null;
}

function PinField({ onChange, ...rest }: PinProps): ReactNode {
  return (
    <Field
      {...rest}
      type="password"
      inputMode="numeric"
      autoComplete="new-password"
      className="num"
      maxLength={12}
      onChange={(event) => onChange(event.target.value.replace(/\D/g, ''))}
    />
  );
}

const CATALOGUES = [
  { name: 'demo', icon: Sparkles },
  { name: 'csv', icon: FileSpreadsheet },
  { name: 'empty', icon: PackageOpen },
] as const satisfies readonly { name: Catalogue; icon: unknown }[];

export function ProductsStep({ draft, change, problems }: StepProps): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset>
      <legend className="unseen">{t('wizard.products-title')}</legend>
      <div className="choices">
        {CATALOGUES.map(({ name, icon: Icon }) => (
          <label key={name} className="panel choice choice-icon">
            <input type="radio" name="catalogue" checked={draft.catalogue === name} onChange={() => change({ catalogue: name })} />
            <Icon className="icon" aria-hidden />
            <h2>{t(`wizard.catalogue-${name}`)}</h2>
            <p className="soft">{t(`wizard.catalogue-${name}-say`)}</p>
            <span className="pick">
              <span className="off">{t('wizard.choose')}</span>
              <span className="on">{t('wizard.chosen')}</span>
            </span>
          </label>
        ))}
      </div>
      {draft.catalogue === 'csv' ? (
        <div className="panel form file">
          <Field
            label={t('wizard.csv-file')}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            hint={draft.file === null ? t('wizard.csv-hint') : draft.file.name}
            onChange={(event) => change({ file: event.target.files?.[0] ?? null })}
            error={problems.includes('file') ? t('wizard.needs-file') : null}
          />
        </div>
      ) : null}
    </fieldset>
  );
}
