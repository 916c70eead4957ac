/**
 * First launch: 1 language, 2 this register, 3 storage mode, then the shop and its products, or joining a master. Every step goes back;
 * the register hears of nothing before the last one. Then the work itself, step by step.
 */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { pinDigitsNeeded, RIGHTS } from '../../../domain/rights.ts';
import { call } from '../../api/call.ts';
import { refuseUnfit } from '../../parts/server-elsewhere.tsx';
import { useJobId } from '../../parts/use-job.ts';
import { CODE_LENGTH, emptyDraft, joinBody, readPort, setUpBody, splitAddress, type Draft } from './draft.ts';
import { JoinStep } from './join-step.tsx';
import { Restore } from './restore.tsx';
import { LanguageStep, ProductsStep, RegisterStep, ShopStep } from './simple-steps.tsx';
import { StorageStep } from './storage-step.tsx';
import { Work } from './work.tsx';
import { WizardFrame } from './wizard-frame.tsx';
import './wizard.css';

type StepName = 'language' | 'register' | 'storage' | 'shop' | 'products' | 'join';

const BEFORE: readonly StepName[] = ['language', 'register', 'storage'];
const OWNER_PIN_DIGITS = pinDigitsNeeded(RIGHTS);

export function Wizard({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [draft, setDraft] = useState(() => emptyDraft(i18n.language));
  const [at, setAt] = useState(0);
  const [tried, setTried] = useState(false);
  const [job, setJob] = useJobId('setup');
  const [restoring, setRestoring] = useState(false);
  const steps: readonly StepName[] = [...BEFORE, ...(draft.mode === 'slave' ? (['join'] as const) : (['shop', 'products'] as const))];
  const step = steps[at] ?? 'language';
  const problems = problemsOf(step, draft);
  const begin = useMutation({
    mutationFn: async () => {
      const body = draft.mode === 'slave' ? joinBody(draft) : null;
      return body === null ? call('setUp', { body: setUpBody(draft) }) : call('join', { body });
    },
    onSuccess: (started) => setJob(started.job),
  });

  /** A server that will not do is said here, where it was typed: nothing is set up before it would do. */
  const check = useMutation({ mutationFn: () => refuseUnfit(draft.server), onSuccess: () => setAt(at + 1) });

  if (restoring) return <Restore onBack={() => setRestoring(false)} />;
  if (job !== null) {
    return (
      <Work
        job={job}
        draft={draft}
        onDone={() => {
          setJob(null);
          onDone();
        }}
        onBack={() => {
          setJob(null);
          begin.reset();
        }}
      />
    );
  }

  const change = (part: Partial<Draft>): void => {
    check.reset();
    setDraft((before) => ({ ...before, ...part }));
  };
  const next = (): void => {
    if (begin.isPending || check.isPending) return;
    if (problems.length > 0) setTried(true);
    else if (step === 'storage' && draft.mode === 'master' && draft.server.url.trim() !== '') check.mutate();
    else if (at + 1 < steps.length) {
      setTried(false);
      setAt(at + 1);
    } else begin.mutate();
  };
  const shared = { draft, change, problems: tried ? problems : [] };
  const last = at + 1 === steps.length;
  const toGo = CODE_LENGTH - draft.code.length;
  return (
    <WizardFrame
      key={step}
      steps={steps}
      at={at}
      title={t(`wizard.${step}-title`)}
      hint={t(`wizard.${step}-hint`)}
      onBack={
        at === 0
          ? undefined
          : () => {
              setTried(false);
              setAt(at - 1);
            }
      }
      onNext={next}
      nextLabel={last ? t(draft.mode === 'slave' ? 'wizard.pair' : 'wizard.finish') : undefined}
      ready={problems.length === 0 && !begin.isPending && !check.isPending}
      footnote={step === 'join' && toGo > 0 ? t('wizard.to-go', { count: toGo }) : undefined}
      error={begin.error ?? check.error}
    >
      {step === 'language' ? (
        <>
          <LanguageStep {...shared} />
          <button type="button" className="btn btn-quiet restore-instead" onClick={() => setRestoring(true)}>
            {t('wizard.restore-instead')}
          </button>
        </>
      ) : null}
      {step === 'register' ? <RegisterStep {...shared} /> : null}
      {step === 'storage' ? <StorageStep {...shared} /> : null}
      {step === 'shop' ? <ShopStep {...shared} pinDigits={OWNER_PIN_DIGITS} /> : null}
      {step === 'products' ? <ProductsStep {...shared} /> : null}
      {step === 'join' ? <JoinStep {...shared} /> : null}
    </WizardFrame>
  );
}

/** Names of the fields that still want something. */
function problemsOf(step: StepName, draft: Draft): readonly (keyof Draft)[] {
  const empty = (...names: Exclude<keyof Draft, 'file' | 'server'>[]): (keyof Draft)[] => names.filter((name) => draft[name].trim() === '');
  switch (step) {
    case 'language':
      return [];
    case 'storage':
      return draft.mode === 'master' && readPort(draft.hubPort) === null ? ['hubPort'] : [];
    case 'register':
      return empty('registerName');
    case 'shop': {
      const wrong = empty('country', 'currency', 'shopName', 'ownerName');
      if (draft.pin.length < OWNER_PIN_DIGITS) wrong.push('pin');
      if (draft.pinAgain !== draft.pin) wrong.push('pinAgain');
      return wrong;
    }
    case 'products':
      return draft.catalogue === 'csv' && draft.file === null ? ['file'] : [];
    case 'join': {
      const wrong = empty('database');
      if (splitAddress(draft.masterAddress) === null) wrong.push('masterAddress');
      if (draft.code.length < CODE_LENGTH) wrong.push('code');
      return wrong;
    }
  }
}
