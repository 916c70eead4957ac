/** The X: what this register has done since its last Z, at any time. It closes nothing. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { PrintButton } from '../../parts/print-button.tsx';
import { Problem } from '../../parts/problem.tsx';
import { ClosingSums } from './closing-sums.tsx';

export function XDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const report = useQuery({ queryKey: ['x'], queryFn: ({ signal }) => call('xReport', { signal }) });
  return (
    <Dialog
      title={t('cash.x')}
      wide
      onClose={onClose}
      actions={
        <>
          <PrintButton print={() => call('printX')} />
          <button type="button" className="btn btn-primary" onClick={onClose}>
            {t('do.close')}
          </button>
        </>
      }
    >
      <p>{t('cash.x-say')}</p>
      <Problem error={report.error} />
      {report.data === undefined ? null : <ClosingSums sums={report.data} />}
    </Dialog>
  );
}
