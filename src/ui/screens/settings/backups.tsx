/** Settings > Backups: how this register stands with them, making one and trying it out, where they go, which there are. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { systemClock } from '../../../base/clock.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { ago, bytes, count, dateTime, list } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useRegister } from '../../parts/register-context.ts';
import { useJob, useJobId } from '../../parts/use-job.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { BackupWords } from './backup-choices.tsx';
import { BackupPlace } from './backup-place.tsx';
import { RestoreHere } from './restore-here.tsx';
import './backups.css';

type State = Answer<'getBackups'>;

export function Backups(): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const { status } = useRegister();
  const backups = useQuery({ queryKey: ['backups'], queryFn: ({ signal }) => call('getBackups', { signal }) });
  return (
    <div className="page-narrow">
      <header>
        <h1>{t('backups.title')}</h1>
        <p className="soft">{t('backups.hint')}</p>
      </header>
      <Problem error={backups.error} />
      {status?.restoring === true ? <GoOn /> : null}
      {backups.data === undefined ? null : (
        <>
          <Stand state={backups.data} />
          {can('storage') ? <BackupPlace state={backups.data} /> : null}
          {can('storage') && backups.data.settings.target !== null ? <BackupList lastGoodAt={backups.data.stand.lastGoodAt} /> : null}
          {can('storage') ? <RestoreHere place={backups.data.settings.target ?? ''} /> : null}
        </>
      )}
    </div>
  );
}

/** A register of several that was put back and waits for the shop: a person may decide otherwise. */
function GoOn(): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const goOn = useMutation({
    mutationFn: () => call('goOnWithout'),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['state'] }),
  });
  return (
    <section className="panel about" aria-labelledby="waits">
      <h2 id="waits">{t('backups.waits')}</h2>
      <p>{t('backups.waits-say')}</p>
      <p className="soft">{t('backups.go-on-say')}</p>
      <Problem error={goOn.error} />
      <div className="actions">
        <button type="button" className="btn" disabled={!can('storage') || goOn.isPending} onClick={() => goOn.mutate()}>
          {t('backups.go-on')}
        </button>
      </div>
    </section>
  );
}

function Stand({ state }: { readonly state: State }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const { stand, settings } = state;
  const [work, setWork] = useJobId('backups');
  const now = useMutation({ mutationFn: () => call('backUpNow'), onSuccess: ({ job }) => setWork(job) });
  const trial = useMutation({ mutationFn: () => call('tryBackup', { body: {} }), onSuccess: ({ job }) => setWork(job) });
  const mayWork = can('storage') && settings.target !== null;
  const lose = t('backups.could-lose', { count: stand.couldLose, shown: count(stand.couldLose, locale) });
  const when = (at: number | null): string => (at === null ? t('backups.never') : dateTime(at, locale));
  return (
    <section className="panel about" aria-labelledby="stand">
      <h2 id="stand">{t('backups.stand')}</h2>
      <StandWords state={state} lose={lose} />
      <Problem refusal={stand.problem} />
      {settings.target === null ? null : (
        <dl className="facts backup-facts">
          <dt>{t('backups.last-good')}</dt>
          <dd className="num">{when(stand.lastGoodAt)}</dd>
          <dt>{t('backups.last-proven')}</dt>
          <dd className="num">{when(stand.lastProvenAt)}</dd>
          {stand.lastBytes === null || stand.lastNewBytes === null ? null : (
            <>
              <dt>{t('backups.size')}</dt>
              <dd className="num">
                {t('backups.size-of', { all: bytes(stand.lastBytes, locale), new: bytes(stand.lastNewBytes, locale) })}
              </dd>
            </>
          )}
        </dl>
      )}
      {work === null ? null : <Working id={work} onEnd={() => void queryClient.invalidateQueries({ queryKey: ['backups'] })} />}
      <Problem error={now.error ?? trial.error} />
      {settings.target === null ? null : (
        <>
          <p className="soft small">{t('backups.try-say')}</p>
          <div className="actions">
            <button
              type="button"
              className="btn"
              disabled={!mayWork || stand.lastGoodAt === null || trial.isPending}
              onClick={() => trial.mutate()}
            >
              {t('backups.try')}
            </button>
            <button type="button" className="btn btn-primary" disabled={!mayWork || now.isPending} onClick={() => now.mutate()}>
              {t('backups.now')}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function StandWords({ state: { stand, settings }, lose }: { readonly state: State; readonly lose: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const proven = stand.lastProvenAt;
  const isGood = stand.state === 'good' && proven !== null;
  const Icon = isGood ? CircleCheck : TriangleAlert;
  const say =
    settings.target === null
      ? t('backups.is-off')
      : stand.state === 'late'
        ? t('backups.late')
        : proven === null
          ? t(stand.lastGoodAt === null ? 'backups.is-none' : 'backups.is-unproven')
          : t('backups.proven-at', { ago: ago(proven, systemClock.nowMs(), locale) });
  const more = settings.target === null ? t('backups.is-off-do') : stand.state === 'late' ? t('backups.late-do') : '';
  return (
    <p className="backup-stand" role="status">
      <Icon className={`icon ${isGood ? 'good' : 'wait'}`} aria-hidden />
      <span>
        <span className="strong">{say}</span> {more} {lose}
      </span>
    </p>
  );
}

/** A backup or a trial at work, then what became of it. */
function Working({ id, onEnd }: { readonly id: string; readonly onEnd: () => void }): ReactNode {
  const { t } = useTranslation();
  const job = useJob(id);
  const ended = job.data !== undefined && job.data.state !== 'running';
  const tell = useEffectEvent(() => {
    if (ended) onEnd();
  });
  useEffect(() => tell(), [ended]);
  if (job.data === undefined) return null;
  const { kind, state } = job.data;
  if (state === 'failed') return null;
  if (state === 'done')
    return (
      <p className="good strong" role="status">
        {t(kind === 'backup' ? 'backups.made' : 'backups.tried')}
      </p>
    );
  return <JobView job={withoutFigures(job.data)} title={t(kind === 'backup' ? 'backups.making' : 'backups.trying')} />;
}

/** Bytes and changes are counted for the bar; as figures they tell a shop nothing. */
function withoutFigures(job: Answer<'getJob'>): Answer<'getJob'> {
  return { ...job, steps: job.steps.map((step) => ({ ...step, detail: '' })) };
}

/** Of backups that look whole this many are shown; the folder has the rest. */
const SHOWN = 60;

function BackupList({ lastGoodAt }: { readonly lastGoodAt: number | null }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const found = useQuery({
    queryKey: ['backup-list', lastGoodAt],
    queryFn: ({ signal }) => call('listBackups', { signal }),
    placeholderData: (before) => before,
    retry: false,
  });
  const rows = found.data?.rows.slice(0, SHOWN) ?? [];
  return (
    <section className="panel about" aria-labelledby="there-are">
      <h2 id="there-are">{t('backups.list')}</h2>
      <Problem error={found.error} />
      {found.data !== undefined && rows.length === 0 ? <p className="soft">{t('backups.list-none')}</p> : null}
      <ul className="backup-rows">
        {rows.map((row) => (
          <li key={row.name} className="row">
            <BackupWords row={row} />
            <div className="backup-end">
              {row.encrypted ? <span className="badge">{t('backups.is-encrypted')}</span> : null}
              {row.complete ? null : <span className="badge bad">{t('backups.missing')}</span>}
              <span className="num">{bytes(row.bytes, locale)}</span>
            </div>
          </li>
        ))}
      </ul>
      {found.data === undefined || found.data.unreadable.length === 0 ? null : (
        <p className="bad">{t('backups.unreadable', { files: list(found.data.unreadable, locale) })}</p>
      )}
    </section>
  );
}
