/** A whole stocktake from a file of a counting device or a spreadsheet: what was found in it, then written beside the selling. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { count } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { useJob, useJobId } from '../../parts/use-job.ts';

export function StocktakeDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [jobId, setJobId] = useJobId('stocktake');
  const job = useJob(jobId);
  const open = useMutation({ mutationFn: (file: File) => call('openStocktake', { file }) });
  const apply = useMutation({
    mutationFn: (id: string) => call('applyStocktake', { params: { id } }),
    onSuccess: ({ job: started }) => setJobId(started),
  });
  const found = open.data;
  const close = (): void => {
    if (job.data?.state !== 'running') setJobId(null);
    void queryClient.invalidateQueries({ queryKey: ['stock'] });
    onClose();
  };
  return (
    <Dialog
      title={t('stock.from-file')}
      onClose={close}
      actions={
        <>
          <button type="button" className="btn" onClick={close}>
            {t('do.close')}
          </button>
          {found === undefined || jobId !== null ? null : (
            <button
              type="button"
              className="btn btn-primary"
              disabled={found.good === 0 || apply.isPending}
              onClick={() => apply.mutate(found.id)}
            >
              {t('stock.post-counts', { count: found.good, shown: count(found.good, locale) })}
            </button>
          )}
        </>
      }
    >
      <Problem error={open.error ?? apply.error ?? job.error} />
      {jobId !== null ? (
        job.data === undefined ? null : (
          <JobView job={job.data} title={t('stock.from-file')} />
        )
      ) : (
        <>
          <p className="soft">{t('stock.from-file-hint')}</p>
          <Field
            label={t('import.file')}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            disabled={open.isPending}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) open.mutate(file);
            }}
          />
          {found === undefined || found.bad === 0 ? null : (
            <>
              <p className="bad strong">{t('stock.not-counted', { count: found.bad, shown: count(found.bad, locale) })}</p>
              <ul className="written">
                {found.problems.slice(0, PROBLEMS_SHOWN).map(({ row, code, problem }) => (
                  <li key={row} className="soft">
                    {t(`stock.${problem}`, { row, code })}
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Dialog>
  );
}

const PROBLEMS_SHOWN = 20;
