/** Help > Diagnosis: a line a check, the worst first: what is true, what it means for selling, and the one thing that mends it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useRegister } from '../../parts/register-context.ts';
import { saveFile } from '../../parts/save-file.ts';
import { CheckRow, type Check } from './check-row.tsx';
import { LinkMeter, useLink } from './link-meter.tsx';
import './help.css';

const WORST_FIRST = ['bad', 'poor', 'unknown', 'good'] as const;

export function Diagnosis(): ReactNode {
  const { t } = useTranslation();
  const { mode } = useRegister();
  const can = useCan();
  const looked = useQuery({ queryKey: ['diagnosis'], queryFn: ({ signal }) => call('diagnose', { signal }), staleTime: 0 });
  const support = useMutation({
    mutationFn: () => call('getSupportFile'),
    onSuccess: (file) => saveFile('aurapos-support.json', new Blob([JSON.stringify(file, null, 1)], { type: 'application/json' })),
  });
  const isAlone = mode === 'single' || mode === undefined;
  const link = useLink(!isAlone);
  const checks = looked.data?.checks.toSorted((a, b) => WORST_FIRST.indexOf(a.level) - WORST_FIRST.indexOf(b.level)) ?? [];
  const wanting = checks.filter(isWanting);
  const count = wanting.length + (link?.check != null && isWanting(link.check) ? 1 : 0);
  return (
    <Desk>
      <main className="list-page diagnosis">
        <div className="page-head">
          <h1>{t('diagnosis.title')}</h1>
          <p className="soft">{t('diagnosis.hint')}</p>
          <div className="diagnosis-buttons">
            <button type="button" className="btn" disabled={looked.isFetching} onClick={() => void looked.refetch()}>
              <RefreshCw className="icon" aria-hidden />
              {t('diagnosis.again')}
            </button>
            {can('settings') ? (
              <button
                type="button"
                className="btn"
                title={t('diagnosis.support-say')}
                disabled={support.isPending}
                onClick={() => support.mutate()}
              >
                <Download className="icon" aria-hidden />
                {t('diagnosis.support')}
              </button>
            ) : null}
            <p className="soft" role="status">
              {looked.isFetching
                ? t('diagnosis.looking')
                : looked.data === undefined
                  ? ''
                  : count === 0
                    ? t('diagnosis.all-good')
                    : t('diagnosis.to-mend', { count })}
            </p>
          </div>
          <Problem error={looked.error ?? support.error} />
        </div>
        <ul className="rows" aria-label={t('diagnosis.checks')} tabIndex={0}>
          <CheckRows checks={wanting} />
          {link === undefined || looked.data === undefined ? null : <LinkMeter link={link} />}
          <CheckRows checks={checks.filter((check) => !isWanting(check))} />
        </ul>
      </main>
    </Desk>
  );
}

function isWanting({ level }: Check): boolean {
  return level === 'bad' || level === 'poor';
}

function CheckRows({ checks }: { readonly checks: readonly Check[] }): ReactNode {
  return checks.map((check) => <CheckRow key={`${check.id} ${check.params['name'] ?? ''}`} check={check} />);
}
