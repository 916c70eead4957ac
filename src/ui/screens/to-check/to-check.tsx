/** What wants a person: nothing here stops a sale, and everything says how it is mended. */
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { dateTime } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import './to-check.css';

export function ToCheck(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const list = useQuery({ queryKey: ['to-check'], queryFn: ({ signal }) => call('listToCheck', { signal }) });
  return (
    <Desk>
      <main className="list-page">
        <div className="page-head">
          <h1>{t('screen.to-check')}</h1>
          <p className="soft">{t('to-check.hint')}</p>
          <Problem error={list.error} />
        </div>
        {list.data?.rows.length === 0 ? (
          <div className="empty">
            <CircleCheck className="icon good" aria-hidden />
            <p className="soft">{t('to-check.none')}</p>
          </div>
        ) : (
          <ul className="rows" aria-label={t('screen.to-check')} tabIndex={0}>
            {list.data?.rows.map((row) => (
              <li key={row.id} className="row check-row">
                <span className="wait">
                  <TriangleAlert className="icon" aria-hidden />
                </span>
                <div>
                  <p className="strong">{row.title}</p>
                  <p>{row.detail}</p>
                  <p className="soft small">{t(`to-check.${row.kind}`)}</p>
                </div>
                <span className="soft small num">{dateTime(row.at, locale)}</span>
              </li>
            ))}
          </ul>
        )}
      </main>
    </Desk>
  );
}
