/** First launch, the other way: this machine takes the place of a register that was backed up. Looks first, then restores, then starts anew. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { Field } from '../../parts/field.tsx';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useJob } from '../../parts/use-job.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { BackupChoices, type FoundBackup } from '../settings/backup-choices.tsx';
import { WizardFrame } from './wizard-frame.tsx';

export function Restore({ onBack }: { readonly onBack: () => void }): ReactNode {
  const { t } = useTranslation();
  const [from, setFrom] = useState('');
  const [chosen, setChosen] = useState<FoundBackup | null>(null);
  const [code, setCode] = useState('');
  const [job, setJob] = useState<string | null>(null);
  const look = useMutation({
    mutationFn: () => call('findBackups', { body: { from } }),
    onSuccess: ({ rows }) => setChosen(rows.find(({ complete }) => complete) ?? null),
  });
  const begin = useMutation({
    mutationFn: (row: FoundBackup) => call('restoreBackup', { body: { folder: row.folder, name: row.name, code } }),
    onSuccess: (started) => setJob(started.job),
  });
  if (job !== null)
    return (
      <Restoring
        job={job}
        onBack={() => {
          setJob(null);
          begin.reset();
        }}
      />
    );
  const next = (): void => {
    if (chosen === null) {
      if (from.trim() !== '' && !look.isPending) look.mutate();
    } else if (!begin.isPending) begin.mutate(chosen);
  };
  return (
    <WizardFrame
      steps={[]}
      at={0}
      title={t('wizard.restore')}
      hint={t('wizard.restore-hint')}
      onBack={onBack}
      onNext={next}
      nextLabel={t(chosen === null ? 'wizard.restore-look' : 'wizard.restore-begin')}
      ready={from.trim() !== '' && !look.isPending && !begin.isPending}
      error={look.error ?? begin.error}
    >
      <div className="panel form">
        <Field
          label={t('wizard.restore-from')}
          hint={t('backups.target-hint').split('.')[0]}
          className="code"
          value={from}
          maxLength={1_000}
          spellCheck={false}
          autoFocus
          onChange={(event) => {
            setFrom(event.target.value);
            setChosen(null);
            look.reset();
          }}
        />
      </div>
      {look.data === undefined ? null : (
        <BackupChoices rows={look.data.rows} chosen={chosen} onChoose={setChosen} code={code} onCode={setCode} />
      )}
    </WizardFrame>
  );
}

const LOOK_MS = 300;

function Restoring({ job: id, onBack }: { readonly job: string; readonly onBack: () => void }): ReactNode {
  const { t } = useTranslation();
  const job = useJob(id);
  const done = job.data?.state === 'done';
  // The register starts anew over the restored data: once it answers as one that is set up, so does this page.
  const follow = useEffectEvent(() => {
    if (!done) return undefined;
    const timer = window.setInterval(() => {
      call('getState').then(
        ({ setUp }) => {
          if (setUp) window.location.reload();
        },
        () => {
          // Between its end and its beginning nothing answers.
        },
      );
    }, LOOK_MS);
    return () => window.clearInterval(timer);
  });
  useEffect(() => follow(), [done]);
  const failed = job.data?.state === 'failed';
  return (
    <WizardFrame steps={[]} at={0} title={t('wizard.restoring')} hint={t('wizard.work-hint')} onBack={failed ? onBack : undefined}>
      <div className="panel work">
        {job.data === undefined ? null : <JobView job={job.data} title={t('wizard.restoring')} />}
        {done ? null : <Problem error={job.error} />}
      </div>
    </WizardFrame>
  );
}
