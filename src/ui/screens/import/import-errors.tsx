/** Rows that cannot be imported, each with its reason, and the same as a file to mend by. */
import { Download } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { count, typedAmount } from '../../format/format.ts';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { errorsAsCsv } from './errors-as-csv.ts';
import type { Answer } from '../../../protocol/api/routes.ts';

export type Preview = Answer<'openImport'>;

const SHOWN = 50;
const LONGEST_QUOTED = 40;
/** Like 12.50, in whatever decimals the currency has. */
const LIKE_MINOR = 1250;

export function ImportErrors({ preview }: { readonly preview: Preview }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency } = useMoney();
  const rows = useMemo(
    () =>
      preview.errors.map(({ row, column, value, problem }) => ({
        row,
        column: t(`import.field-${column}`),
        value,
        message: t(`import.problem.${problem}`, { value: value.slice(0, LONGEST_QUOTED), like: typedAmount(LIKE_MINOR, currency, locale) }),
      })),
    [preview.errors, t, currency, locale],
  );
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([errorsAsCsv(rows)], { type: 'text/csv' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [rows]);
  return (
    <section className="panel import-part" aria-labelledby="import-errors">
      <div className="page-title">
        <h2 id="import-errors">{t('import.errors')}</h2>
        <a className="btn" href={address} download={`${preview.fileName.replace(/\.\w+$/, '')}-errors.csv`}>
          <Download className="icon" aria-hidden />
          {t('import.download')}
        </a>
      </div>
      <ul className="import-errors">
        {rows.slice(0, SHOWN).map((error) => (
          <li key={error.row}>
            <span className="num strong">{t('import.row', { row: count(error.row, locale) })}</span>
            <span>
              {error.column}
              {error.value === '' ? null : (
                <>
                  {' '}
                  <bdi className="code">{error.value}</bdi>
                </>
              )}
            </span>
            <span className="soft">{error.message}</span>
          </li>
        ))}
      </ul>
      {preview.bad > Math.min(rows.length, SHOWN) ? (
        <p className="soft">
          {t('import.first-errors', {
            shown: count(Math.min(rows.length, SHOWN), locale),
            all: count(preview.bad, locale),
            inFile: count(rows.length, locale),
          })}
        </p>
      ) : null}
    </section>
  );
}
