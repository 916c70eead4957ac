/** The backups that were found in a place, one of them to be restored: at first launch and in Settings > Backups. */
import type { ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { count, dateTime } from '../../format/format.ts';
import { Field } from '../../parts/field.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';
import './backups.css';

export type FoundBackup = Answer<'findBackups'>['rows'][number];

/** Newest first; older ones are restored by the command line. */
const SHOWN = 30;

interface Props {
  readonly rows: readonly FoundBackup[];
  readonly chosen: FoundBackup | null;
  readonly onChoose: (row: FoundBackup) => void;
  /** The owner's, for an encrypted one. */
  readonly code: string;
  readonly onCode: (code: string) => void;
}

export function BackupChoices({ rows, chosen, onChoose, code, onCode }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="panel form restore-choices">
      <legend className="unseen">{t('wizard.restore-which')}</legend>
      <h2 aria-hidden>{t('wizard.restore-which')}</h2>
      {rows.slice(0, SHOWN).map((row) => (
        <label key={`${row.folder} ${row.name}`} className="row">
          <input type="radio" name="backup" checked={chosen === row} disabled={!row.complete} onChange={() => onChoose(row)} />
          <span>
            <span className="strong">
              <bdi>{row.shop.name}</bdi>, {row.register.code} <bdi>{row.register.name}</bdi>
            </span>
            <BackupWords row={row} />
          </span>
          <span className="backup-end">
            {row.encrypted ? <span className="badge">{t('backups.is-encrypted')}</span> : null}
            {row.complete ? null : <span className="badge bad">{t('backups.missing')}</span>}
          </span>
        </label>
      ))}
      {chosen?.encrypted === true ? <BackupCodeField code={code} onCode={onCode} /> : null}
    </fieldset>
  );
}

/** The recovery code that opens, or is to open, an encrypted backup. */
export function BackupCodeField({ code, onCode }: { readonly code: string; readonly onCode: (code: string) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Field
      label={t('backups.code')}
      hint={t('backups.code-hint')}
      className="code"
      value={code}
      spellCheck={false}
      onChange={(event) => onCode(event.target.value)}
    />
  );
}

type Row = Pick<Answer<'listBackups'>['rows'][number], 'madeAt' | 'counts' | 'salesUpTo'>;

/** When it was made, and up to which sale it goes. */
export function BackupWords({ row }: { readonly row: Row }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const sales = t('backups.sales', { count: row.counts.sales, shown: count(row.counts.sales, locale) });
  return (
    <div>
      <p className="strong num">{dateTime(row.madeAt, locale)}</p>
      <p className="small soft">
        {sales}
        {row.salesUpTo === null ? '' : ` · ${t('backups.up-to', { at: dateTime(row.salesUpTo, locale) })}`}
      </p>
    </div>
  );
}
