/** What wants a person: nothing here stops a sale, and everything says how it is mended. */
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { dateTime } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useRegister } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { refusalText } from '../../texts/refusal-text.ts';
import { ProductForm } from '../products/product-form.tsx';
import { useExceptionWords, type Exception } from './exception-words.ts';
import { SettleDialog } from './settle-dialog.tsx';
import './to-check.css';

export function ToCheck(): ReactNode {
  const { t } = useTranslation();
  const [code, setCode] = useState<string | null>(null);
  const [settled, setSettled] = useState<Exception | null>(null);
  const list = useQuery({ queryKey: ['to-check'], queryFn: ({ signal }) => call('listToCheck', { signal }) });
  const { status } = useRegister();
  const backupTrouble = status?.backups.state === 'failing' || status?.backups.state === 'late';
  return (
    <Desk>
      <main className="list-page">
        <div className="page-head">
          <h1>{t('screen.to-check')}</h1>
          <p className="soft">{t('to-check.hint')}</p>
          <Problem error={list.error} />
        </div>
        {list.data?.rows.length === 0 && !backupTrouble ? (
          <div className="empty">
            <CircleCheck className="icon good" aria-hidden />
            <p className="soft">{t('to-check.none')}</p>
          </div>
        ) : (
          <ul className="rows" aria-label={t('screen.to-check')} tabIndex={0}>
            {backupTrouble ? <BackupRow /> : null}
            {list.data?.rows.map((row) => (
              <Row key={row.id} row={row} onAdd={setCode} onSettle={setSettled} />
            ))}
          </ul>
        )}
      </main>
      {settled === null ? null : <SettleDialog key={settled.id} row={settled} onClose={() => setSettled(null)} />}
      {code === null ? null : <ProductForm product={null} code={code} onClose={() => setCode(null)} />}
    </Desk>
  );
}

/** Not of the journal: it goes by itself once a backup is good again. */
function BackupRow(): ReactNode {
  const { t } = useTranslation();
  const { status } = useRegister();
  const problem = status?.backups.problem ?? null;
  const words = problem === null ? { message: t('backups.late'), action: t('backups.late-do') } : refusalText(problem);
  return (
    <li className="row check-row">
      <span className="wait">
        <TriangleAlert className="icon" aria-hidden />
      </span>
      <div>
        <p className="strong">{t('backups.title')}</p>
        <p>{words.message}</p>
        <p className="soft">{words.action}</p>
      </div>
      <div className="check-end">
        <a className="btn" href={linkTo('settings', 'backups')}>
          {t('banner.backup-do')}
        </a>
      </div>
    </li>
  );
}

interface RowProps {
  readonly row: Exception;
  readonly onAdd: (code: string) => void;
  readonly onSettle: (row: Exception) => void;
}

function Row({ row, onAdd, onSettle }: RowProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const { title, say, action } = useExceptionWords()(row);
  return (
    <li className="row check-row">
      <span className="wait">
        <TriangleAlert className="icon" aria-hidden />
      </span>
      <div>
        <p className="strong">{title}</p>
        <p>{say}</p>
        <p className="soft">{action}</p>
      </div>
      <div className="check-end">
        <span className="soft small num">{dateTime(row.at, locale)}</span>
        {row.kind === 'unknown-code' && can('products') ? (
          <button type="button" className="btn" onClick={() => onAdd(row.code)}>
            {t('products.add')}
          </button>
        ) : null}
        <button type="button" className="btn" onClick={() => onSettle(row)}>
          {t('to-check.settle')}
        </button>
      </div>
    </li>
  );
}
