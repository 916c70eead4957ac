/** Where this register's backups go, how often, which are kept, and whether they are encrypted. */
import { useMutation } from '@tanstack/react-query';
import { Printer } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';
import { BackupCodeField } from './backup-choices.tsx';

const KINDS = ['daily', 'monthly', 'yearly'] as const;

export function BackupPlace({ state: { settings, hasCode } }: { readonly state: Answer<'getBackups'> }): ReactNode {
  const { t } = useTranslation();
  const [target, setTarget] = useState(settings.target ?? '');
  const [every, setEvery] = useState(String(settings.everyHours));
  const [keep, setKeep] = useState<Readonly<Record<(typeof KINDS)[number], string>>>({
    daily: String(settings.keep.daily),
    monthly: String(settings.keep.monthly),
    yearly: String(settings.keep.yearly),
  });
  const [encrypted, setEncrypted] = useState(settings.encrypted);
  const [code, setCode] = useState('');
  const [shown, setShown] = useState<string | null>(null);
  const refresh = (): void => {
    for (const key of ['backups', 'backup-list']) void queryClient.invalidateQueries({ queryKey: [key] });
  };
  const save = useMutation({
    mutationFn: () =>
      call('setBackups', {
        body: {
          target: target.trim() === '' ? null : target.trim(),
          everyHours: Number(every),
          keep: { daily: Number(keep.daily), monthly: Number(keep.monthly), yearly: Number(keep.yearly) },
          encrypted,
          ...(code === '' ? {} : { code }),
        },
      }),
    onSuccess: ({ recoveryCode }) => {
      if (recoveryCode === null) refresh();
      else setShown(recoveryCode);
    },
  });
  return (
    <form
      className="panel selling-part"
      aria-labelledby="place"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending) save.mutate();
      }}
    >
      <h2 id="place">{t('backups.where')}</h2>
      <Field
        label={t('backups.target')}
        hint={t('backups.target-hint')}
        className="code"
        value={target}
        maxLength={1_000}
        spellCheck={false}
        onChange={(event) => setTarget(event.target.value)}
      />
      <Field
        label={t('backups.every')}
        hint={t('backups.every-hint')}
        className="num"
        type="number"
        min={1}
        max={168}
        value={every}
        onChange={(event) => setEvery(event.target.value)}
      />
      <div className="backup-keep">
        {KINDS.map((kind) => (
          <Field
            key={kind}
            label={t(`backups.${kind}`)}
            className="num"
            type="number"
            min={kind === 'daily' ? 1 : 0}
            value={keep[kind]}
            onChange={(event) => setKeep({ ...keep, [kind]: event.target.value })}
          />
        ))}
      </div>
      <div className="selling-flag">
        <label className="check">
          <input
            type="checkbox"
            aria-describedby="say-encrypted"
            checked={encrypted}
            onChange={(event) => setEncrypted(event.target.checked)}
          />
          {t('backups.encrypted')}
        </label>
        <p className="field-hint" id="say-encrypted">
          {t('backups.encrypted-hint')}
        </p>
      </div>
      {encrypted && !settings.encrypted && hasCode ? <BackupCodeField code={code} onCode={setCode} /> : null}
      <Problem error={save.error} />
      <button className="btn btn-primary" disabled={save.isPending}>
        {t('do.save')}
      </button>
      {save.isSuccess ? (
        <p className="good" role="status">
          {t('backups.saved')}
        </p>
      ) : null}
      {shown === null ? null : (
        <CodeDialog
          code={shown}
          onClose={() => {
            setShown(null);
            refresh();
          }}
        />
      )}
    </form>
  );
}

/** The owner's code, once: whoever loses it reads no encrypted backup on another machine. */
function CodeDialog({ code, onClose }: { readonly code: string; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [kept, setKept] = useState(false);
  return (
    <Dialog
      title={t('recovery.title')}
      onClose={() => {
        if (kept) onClose();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={() => window.print()}>
            <Printer className="icon" aria-hidden />
            {t('recovery.print')}
          </button>
          <button type="button" className="btn btn-primary" disabled={!kept} onClick={onClose}>
            {t('do.close')}
          </button>
        </>
      }
    >
      <p>{t('backups.code-made')}</p>
      <p className="recovery-code" data-recovery-code>
        {code}
      </p>
      <label className="check">
        <input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} />
        {t('backups.kept')}
      </label>
      {createPortal(
        <div className="print-only">
          <h1>AuraPOS</h1>
          <h2>{t('recovery.title')}</h2>
          <p>{t('backups.code-made')}</p>
          <p className="recovery-code">{code}</p>
        </div>,
        document.body,
      )}
    </Dialog>
  );
}
