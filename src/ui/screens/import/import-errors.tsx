/** Rows that cannot be imported, each with its reason, and the same as a file to mend by. */
import { Download } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { count } from '../../format/format.ts';
import { useLocale } from '../../parts/register-context.ts';
import { errorsAsCsv } from './errors-as-csv.ts';
import type { Answer } from '../../../protocol/api/routes.ts';

export type Preview = Answer<'openImport'>;

const SHOWN = 50;

export function ImportErrors({ preview }: { readonly preview: Preview }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([errorsAsCsv(preview.errors)], { type: 'text/csv' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [preview.errors]);
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
        {preview.errors.slice(0, SHOWN).map((error) => (
          <li key={`${error.row} ${error.column}`}>
            <span className="num strong">{t('import.row', { row: count(error.row, locale) })}</span>
            <span>
              <bdi>{error.column}</bdi>: <span className="code">{error.value}</span>
            </span>
            <span className="soft">{error.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
