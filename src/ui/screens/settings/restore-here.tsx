/**
 * Settings > Backups: this register put back from a backup, its own or another's. Looks what is in a place, says what is in a backup and what is
 * newer here, asks plainly, then restores beside the selling; at the end the register starts anew, and whoever is there logs in.
 */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { count, dateTime } from '../../format/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useRegister } from '../../parts/register-context.ts';
import { useJob, useJobId } from '../../parts/use-job.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { BackupChoices, type FoundBackup } from './backup-choices.tsx';

/** `place`: where this register's own go. */
export function RestoreHere({ place }: { readonly place: string }): ReactNode {
  const { t } = useTranslation();
  const [job, setJob] = useJobId('restore');
  const [from, setFrom] = useState(place);
  const [chosen, setChosen] = useState<FoundBackup | null>(null);
  const [code, setCode] = useState('');
  const [asking, setAsking] = useState(false);
  const look = useMutation({ mutationFn: () => call('findBackups', { body: { from } }) });
  const rows = look.data === undefined ? [] : ownFirst(look.data.rows);
  if (job !== null) return <Restoring job={job} onBack={() => setJob(null)} />;
  return (
    <section className="panel about restore-here" aria-labelledby="restore-here">
      <h2 id="restore-here">{t('backups.restore')}</h2>
      <p className="soft">{t('backups.restore-say')}</p>
      <form
        className="restore-from"
        onSubmit={(event) => {
          event.preventDefault();
          if (from.trim() !== '' && !look.isPending) look.mutate();
        }}
      >
        <Field
          label={t('wizard.restore-from')}
          className="code"
          value={from}
          maxLength={1_000}
          spellCheck={false}
          onChange={(event) => {
            setFrom(event.target.value);
            setChosen(null);
            look.reset();
          }}
        />
        <button className="btn" disabled={look.isPending || from.trim() === ''}>
          {t('wizard.restore-look')}
        </button>
      </form>
      <Problem error={look.error} />
      {look.data === undefined ? null : <BackupChoices rows={rows} chosen={chosen} onChoose={setChosen} code={code} onCode={setCode} />}
      {chosen === null ? null : (
        <div className="actions">
          <button type="button" className="btn btn-primary" onClick={() => setAsking(true)}>
            {t('backups.restore-this')}
          </button>
        </div>
      )}
      {chosen !== null && asking ? <AskRestore backup={chosen} code={code} onClose={() => setAsking(false)} onStarted={setJob} /> : null}
    </section>
  );
}

/** Those of this very register before those of others that lie in the same place; each newest first. */
function ownFirst(rows: readonly FoundBackup[]): FoundBackup[] {
  const isOwn = (row: FoundBackup): boolean => row.newer.present === 'same';
  return [...rows.filter(isOwn), ...rows.filter((row) => !isOwn(row))];
}

interface AskProps {
  readonly backup: FoundBackup;
  readonly code: string;
  readonly onClose: () => void;
  readonly onStarted: (job: string) => void;
}

function AskRestore({ backup, code, onClose, onStarted }: AskProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { mode } = useRegister();
  const [without, setWithout] = useState(false);
  const { folder, name, newer, counts, register } = backup;
  const begin = useMutation({
    mutationFn: () => call('restoreBackup', { body: { folder, name, code, keepNewer: !without } }),
    onSuccess: ({ job }) => onStarted(job),
  });
  const isOwn = newer.present === 'same';
  const holds = {
    products: count(counts.products, locale),
    customers: count(counts.customers, locale),
    sales: count(counts.sales, locale),
  };
  return (
    <Dialog
      title={t('backups.ask', { at: dateTime(backup.madeAt, locale) })}
      onClose={onClose}
      onSubmit={() => {
        if (!begin.isPending) begin.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-danger" disabled={begin.isPending}>
            {t('backups.restore-do')}
          </button>
        </>
      }
    >
      <p>{t('backups.holds', holds)}</p>
      {newer.present === 'other' ? (
        <p className="strong">{t('backups.ask-other', { register: `${register.code} ${register.name}`, shop: backup.shop.name })}</p>
      ) : null}
      {isOwn && newer.sales > 0 ? (
        <p className="strong">{t('backups.ask-newer', { count: newer.sales, shown: count(newer.sales, locale) })}</p>
      ) : null}
      {isOwn && newer.sales === 0 ? <p>{t('backups.ask-level')}</p> : null}
      {isOwn && newer.changesets > 0 ? (
        <label className="check">
          <input type="checkbox" checked={without} onChange={(event) => setWithout(event.target.checked)} /> {t('backups.ask-without')}
        </label>
      ) : null}
      {mode === 'single' ? null : <p>{t('backups.ask-shop')}</p>}
      <p className="soft">{t('backups.ask-say')}</p>
      <Problem error={begin.error} />
    </Dialog>
  );
}

const LOOK_MS = 300;

function Restoring({ job: id, onBack }: { readonly job: string; readonly onBack: () => void }): ReactNode {
  const { t } = useTranslation();
  const job = useJob(id);
  const state = job.data?.state;
  // The register starts anew over the restored data, and knows nobody then: once it answers so, this page begins anew as well.
  const follow = useEffectEvent(() => {
    if (state !== 'done' && !job.isError) return undefined;
    const timer = window.setInterval(() => {
      call('getState').then(
        ({ user }) => {
          if (user !== null && state === 'done') return;
          onBack();
          if (user === null) window.location.reload();
        },
        () => {
          // Between its end and its beginning nothing answers.
        },
      );
    }, LOOK_MS);
    return () => window.clearInterval(timer);
  });
  useEffect(() => follow(), [state, job.isError]);
  return (
    <section className="panel about" aria-labelledby="restoring">
      <h2 id="restoring">{t('wizard.restoring')}</h2>
      <p className="soft">{t('backups.restoring-say')}</p>
      {job.data === undefined ? null : <JobView job={job.data} title={t('wizard.restoring')} />}
      {state === 'failed' ? (
        <div className="actions">
          <button type="button" className="btn" onClick={onBack}>
            {t('do.back')}
          </button>
        </div>
      ) : null}
    </section>
  );
}
