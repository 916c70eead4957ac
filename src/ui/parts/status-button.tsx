/** Where the register stands, always the item before the user; pressed, it says all there is to know. */
import { Printer, TriangleAlert, Unplug } from 'lucide-react';
import { memo, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import { systemClock } from '../../base/clock.ts';
import { ago, bytes, count, time } from '../format/format.ts';
import { apart } from './apart.ts';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';
import { Progress } from './progress.tsx';
import { useCan, useLocale, useRegister, type Status } from './register-context.ts';
import { goTo } from './route.ts';

const PrintJobs = apart(async () => (await import('./print-jobs.tsx')).PrintJobs);

export const StatusButton = memo(function StatusButton(): ReactNode {
  const { status } = useRegister();
  const [open, setOpen] = useState(false);
  if (status === null) return null;
  return (
    <>
      <button type="button" className={`btn btn-quiet status ${toneOf(status)}`} onClick={() => setOpen(true)}>
        <StatusWords status={status} />
        <PrintingWord status={status} />
      </button>
      {open ? <StatusDialog status={status} onClose={() => setOpen(false)} /> : null}
    </>
  );
});

function toneOf(status: Status): string {
  if (status.state === 'ended') return 'bad';
  return status.state === 'apart' ||
    status.problem !== null ||
    status.disk.level !== 'enough' ||
    status.restoring ||
    troubledPrinter(status) !== null
    ? 'wait'
    : '';
}

type PrinterStand = Status['printing'][number];

/** A printer that wants a person: nothing comes out, or something was broken off. */
function troubledPrinter(status: Status): PrinterStand | null {
  return status.printing.find(({ problem, waiting, cut }) => cut > 0 || (problem !== null && waiting > 0)) ?? null;
}

function PrintingWord({ status }: { readonly status: Status }): ReactNode {
  const { t } = useTranslation();
  const printer = troubledPrinter(status);
  if (printer === null) return null;
  return (
    <>
      <Printer className="icon" aria-hidden />
      <span className="status-word">{t(`printing.word-${printer.problem ?? 'cut-off'}`)}</span>
    </>
  );
}

function StatusWords({ status }: { readonly status: Status }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const word = <span className="status-word">{t(`status.${status.state}`)}</span>;
  switch (status.state) {
    case 'apart':
      return (
        <>
          <Unplug className="icon" aria-hidden />
          {word}
          {status.waitingSales > 0 ? <span className="badge wait num">{count(status.waitingSales, locale)}</span> : null}
        </>
      );
    case 'ended':
      return (
        <>
          <TriangleAlert className="icon" aria-hidden />
          {word}
        </>
      );
    case 'joining':
      return (
        <>
          <span className="dot wait" />
          {word}
        </>
      );
    case 'single':
    case 'online':
      return (
        <>
          <span className={status.problem === null ? 'dot good' : 'dot wait'} />
          {word}
        </>
      );
  }
}

function StatusDialog({ status, onClose }: { readonly status: Status; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const { version } = useRegister();
  const master = status.masterName ?? t('status.the-master');
  return (
    <Dialog
      title={t('status.title')}
      onClose={onClose}
      actions={
        <>
          {status.toCheck > 0 && can('to-check') ? (
            <button
              type="button"
              className="btn"
              onClick={() => {
                onClose();
                goTo('to-check');
              }}
            >
              {t('screen.to-check')} <span className="badge num">{count(status.toCheck, locale)}</span>
            </button>
          ) : null}
          <button type="button" className="btn btn-primary" onClick={onClose}>
            {t('do.close')}
          </button>
        </>
      }
    >
      <p>{t(`status.say-${status.state}`, { master, since: time(status.sinceMs, locale) })}</p>
      <Problem refusal={status.problem} />
      {status.catchingUp === null ? null : (
        <div>
          <p className="small soft">
            {t('status.catching-up', { done: count(status.catchingUp.done, locale), total: count(status.catchingUp.total, locale) })}
          </p>
          <Progress label={t('status.joining')} done={status.catchingUp.done} total={status.catchingUp.total} />
        </div>
      )}
      {status.printing.length === 0 ? null : (
        <Suspense>
          <PrintJobs />
        </Suspense>
      )}
      <dl className="facts">
        {status.state === 'single' ? null : (
          <>
            <dt>{t('status.waiting-sales')}</dt>
            <dd className="num">{count(status.waitingSales, locale)}</dd>
            <dt>{t('status.waiting-changes')}</dt>
            <dd className="num">{count(status.waitingChanges - status.waitingSales, locale)}</dd>
            <dt>{t('status.delay')}</dt>
            <dd className="num">{status.delayMs === null ? t('status.none') : t('status.ms', { ms: count(status.delayMs, locale) })}</dd>
            <dt>{t('status.full-copy')}</dt>
            <dd>{status.fullCopy ? t('do.yes') : t('status.not-yet')}</dd>
          </>
        )}
        <dt>{t('backups.last-proven')}</dt>
        <dd>{status.backups.lastProvenAt === null ? t('backups.never') : ago(status.backups.lastProvenAt, systemClock.nowMs(), locale)}</dd>
        <dt>{t('status.disk-left')}</dt>
        <dd className="num">{bytes(status.disk.freeBytes, locale)}</dd>
        <dt>{t('status.version')}</dt>
        <dd className="num">{version}</dd>
      </dl>
    </Dialog>
  );
}
