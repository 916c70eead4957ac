/** Set-up or joining at work, then what the owner must keep: the recovery code, once, and how to add a register. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Printer } from 'lucide-react';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { JobView } from '../../parts/job-view.tsx';
import { Problem } from '../../parts/problem.tsx';
import { keepLogIn } from '../../live/query-client.ts';
import { goTo } from '../../parts/route.ts';
import { useJob } from '../../parts/use-job.ts';
import type { Draft } from './draft.ts';
import { leaveFile } from './pending-file.ts';
import { WizardFrame } from './wizard-frame.tsx';

interface Props {
  readonly job: string;
  readonly draft: Draft;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

export function Work({ job: id, draft, onDone, onBack }: Props): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const job = useJob(id);
  const done = job.data?.state === 'done';
  const code = job.data?.recoveryCode ?? null;
  const [entered, setEntered] = useState(false);
  const failed = job.data?.state === 'failed' || job.data?.state === 'cancelled';
  // What failed came after the shop was set up: it sells, and the rest is done in Settings.
  const state = useQuery({ queryKey: ['state', id], queryFn: ({ signal }) => call('getState', { signal }), enabled: failed });

  const leave = (): void => {
    if (draft.catalogue === 'csv' && draft.file !== null) {
      leaveFile(draft.file);
      goTo('products', 'import');
    } else goTo('sell');
    onDone();
  };
  /** The owner typed the PIN a minute ago; whoever joined, or reloaded this page, is asked for theirs. */
  const enter = async (): Promise<void> => {
    try {
      if (draft.pin !== '') await keepLogIn(await call('login', { body: { pin: draft.pin } }));
      else await client.invalidateQueries({ queryKey: ['state'] });
    } catch {
      await client.invalidateQueries({ queryKey: ['state'] });
    }
    if (code === null) leave();
    else setEntered(true);
  };
  const whenDone = useEffectEvent(() => {
    if (done) void enter();
  });
  useEffect(() => whenDone(), [done]);

  // Its page asks what only somebody may who is logged in.
  if (entered && code !== null) return <Recovery code={code} shop={draft.shopName} onDone={leave} />;
  const isSetUp = state.data?.setUp === true;
  const title = t(draft.mode === 'slave' ? 'wizard.joining' : 'wizard.setting-up');
  return (
    <WizardFrame
      steps={[]}
      at={0}
      title={title}
      hint={t('wizard.work-hint')}
      onBack={(failed && state.data?.setUp === false) || job.isError ? onBack : undefined}
      onNext={failed && isSetUp ? () => void enter() : undefined}
      nextLabel={t('wizard.go-on')}
    >
      <div className="panel work">
        {job.data === undefined ? null : <JobView job={job.data} title={title} />}
        <Problem error={job.error} />
        {failed && isSetUp ? <p>{t('wizard.is-single')}</p> : null}
      </div>
    </WizardFrame>
  );
}

function Recovery({ code, shop, onDone }: { readonly code: string; readonly shop: string; readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const [kept, setKept] = useState(false);
  const [tried, setTried] = useState(false);
  const printed = useMutation({ mutationFn: () => call('recoveryCodePrinted', { body: { code } }), onSettled: onDone });
  const finish = (): void => {
    if (!printed.isPending) printed.mutate();
  };
  const storage = useQuery({ queryKey: ['storage', 'set-up'], queryFn: ({ signal }) => call('getStorage', { signal }), retry: false });
  return (
    <WizardFrame
      steps={[]}
      at={0}
      title={t('recovery.title')}
      hint={t('recovery.hint')}
      ready={kept}
      onNext={() => (kept ? finish() : setTried(true))}
      nextLabel={t('recovery.start')}
    >
      <div className="panel recovery">
        <p className="recovery-code" data-recovery-code>
          {code}
        </p>
        <div className="actions">
          <label className="check grow">
            <input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} />
            {t('recovery.kept')}
          </label>
          <button type="button" className="btn" onClick={() => window.print()}>
            <Printer className="icon" aria-hidden />
            {t('recovery.print')}
          </button>
        </div>
        {tried && !kept ? <p className="field-error">{t('recovery.keep-first')}</p> : null}
        <h2>{t('recovery.add-register')}</h2>
        <ol className="soft">
          <li>{t('pairing.how-1')}</li>
          <li>{t('pairing.how-2')}</li>
          <li>{t('recovery.how-3')}</li>
        </ol>
        {storage.data === undefined ? null : (
          <p>
            {t('recovery.addresses')} <span className="code">{storage.data.addresses.join(', ')}</span>
          </p>
        )}
      </div>
      {createPortal(
        <div className="print-only">
          <h1>AuraPOS — {shop}</h1>
          <h2>{t('recovery.title')}</h2>
          <p>{t('recovery.hint')}</p>
          <p className="recovery-code">{code}</p>
        </div>,
        document.body,
      )}
    </WizardFrame>
  );
}
