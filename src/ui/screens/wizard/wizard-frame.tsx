/** The wizard's frame: where you are on top, one question in the middle, the way on at the end. */
import { ArrowLeft, Check } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Brand } from '../../parts/brand.tsx';
import { Problem } from '../../parts/problem.tsx';

interface Props {
  readonly steps: readonly string[];
  readonly at: number;
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
  readonly onBack?: (() => void) | undefined;
  readonly onNext?: (() => void) | undefined;
  readonly nextLabel?: string | undefined;
  readonly ready?: boolean;
  readonly footnote?: string | undefined;
  readonly error?: unknown;
}

export function WizardFrame(props: Props): ReactNode {
  const { steps, at, title, hint, children, onBack, onNext, nextLabel, ready = true, footnote, error } = props;
  const { t } = useTranslation();
  const wrong = useRef<HTMLDivElement>(null);
  // Below a long page it would not be seen.
  useEffect(() => {
    if (error !== undefined && error !== null) wrong.current?.scrollIntoView({ block: 'center' });
  }, [error]);
  return (
    <form
      className="wizard"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onNext?.();
      }}
    >
      <header className="topbar">
        <Brand />
        <ol className="steps" aria-label={t('wizard.steps')}>
          {steps.map((name, index) => (
            <li key={name} className={index < at ? 'done' : ''} aria-current={index === at ? 'step' : undefined}>
              <span className="mark num">{index < at ? <Check className="icon" aria-hidden /> : index + 1}</span>
              {t(`wizard.step-${name}`)}
              {index === at ? <span className="unseen"> {t('wizard.step-of', { at: at + 1, of: steps.length })}</span> : null}
            </li>
          ))}
        </ol>
      </header>
      <main className="ask">
        <h1>{title}</h1>
        {hint === undefined ? null : <p>{hint}</p>}
        {children}
        <div ref={wrong}>
          <Problem error={error} />
        </div>
      </main>
      <footer className="foot actions">
        {onBack === undefined ? null : (
          <button type="button" className="btn first" onClick={onBack}>
            <ArrowLeft className="icon icon-turns" aria-hidden />
            {t('do.back')}
          </button>
        )}
        {footnote === undefined ? null : <p className="soft">{footnote}</p>}
        {onNext === undefined ? null : (
          <button className="btn btn-primary" aria-disabled={!ready}>
            {nextLabel ?? t('do.continue')} <kbd>Enter</kbd>
          </button>
        )}
      </footer>
    </form>
  );
}
