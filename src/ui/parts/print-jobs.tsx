/** What waits for a printer and what was broken off, with what to do about it. Nothing is printed twice unless somebody says so here. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Answer } from '../../protocol/api/routes.ts';
import { call } from '../api/call.ts';
import { time } from '../format/format.ts';
import { queryClient } from '../live/query-client.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Problem } from './problem.tsx';
import { useLocale } from './register-context.ts';

type Job = Answer<'listPrintJobs'>['rows'][number];

export function PrintJobs(): ReactNode {
  const { t } = useTranslation();
  const jobs = useQuery({ queryKey: ['print-jobs'], queryFn: ({ signal }) => call('listPrintJobs', { signal }) });
  const printers = useQuery({ queryKey: ['printers'], queryFn: ({ signal }) => call('listPrinters', { signal }) });
  if (jobs.data?.rows.length === 0) return null;
  return (
    <section className="print-jobs" aria-labelledby="print-jobs">
      <h3 id="print-jobs">{t('printing.waiting')}</h3>
      <Problem error={jobs.error ?? printers.error} />
      <ul>
        {jobs.data?.rows.map((job) => (
          <JobRow key={job.id} job={job} others={printers.data?.rows.filter(({ id }) => id !== job.printer) ?? []} />
        ))}
      </ul>
    </section>
  );
}

function JobRow({ job, others }: { readonly job: Job; readonly others: Answer<'listPrinters'>['rows'] }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [problem, setProblem] = useState<unknown>(null);
  const change = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: async () => {
      await Promise.all(['print-jobs', 'unprinted'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
    },
    onError: setProblem,
  });
  const params = { id: job.id };
  const busy = change.isPending || job.state === 'sending';
  return (
    <li>
      <p>
        <span className="strong">{job.label ?? t('printing.test-page')}</span>{' '}
        <span className="soft">
          {time(job.createdAt, locale)}, <bdi>{job.printerName}</bdi>
        </span>
        <br />
        {job.problem === null ? t(`printing.job-${job.state}`) : t(`printing.say-${job.problem}`)}
      </p>
      <div className="actions">
        <button
          type="button"
          className="btn"
          disabled={busy}
          onClick={() => change.mutate(() => call('retryPrintJob', { params, body: {} }))}
        >
          {t(job.state === 'cut' ? 'printing.again' : 'printing.now')}
        </button>
        {others.map((printer) => (
          <button
            key={printer.id}
            type="button"
            className="btn"
            disabled={busy}
            onClick={() => change.mutate(() => call('retryPrintJob', { params, body: { printer: printer.id } }))}
          >
            {t('printing.on', { printer: printer.name })}
          </button>
        ))}
        <button type="button" className="btn" disabled={busy} onClick={() => change.mutate(() => call('dropPrintJob', { params }))}>
          {t('printing.give-up')}
        </button>
      </div>
      <Problem error={problem} />
    </li>
  );
}
