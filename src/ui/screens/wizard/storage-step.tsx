/** The three ways to keep the shop's data, drawn: in blue, this register. The names are those people know from the manual. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { Field } from '../../parts/field.tsx';
import { ServerElsewhere } from '../../parts/server-elsewhere.tsx';
import type { Mode } from './draft.ts';
import type { StepProps } from './simple-steps.tsx';

const MODES: readonly Mode[] = ['single', 'master', 'slave'];

export function StorageStep({ draft, change, problems }: StepProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <fieldset>
        <legend className="unseen">{t('wizard.storage-mode')}</legend>
        <div className="choices">
          {MODES.map((mode) => (
            <label key={mode} className="panel choice choice-drawn">
              <input type="radio" name="mode" checked={draft.mode === mode} onChange={() => change({ mode })} />
              <svg className="diagram" viewBox="0 -4 200 104" aria-hidden="true">
                {DRAWINGS[mode]}
              </svg>
              <h2>{t(`mode.${mode}`)}</h2>
              <p className="soft">{t(`mode.${mode}-say`)}</p>
              <span className="pick">
                <span className="off">{t('wizard.choose')}</span>
                <span className="on">{t('wizard.chosen')}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <p className="legend">{t('wizard.legend')}</p>
      {draft.mode === 'master' ? (
        <>
          <details className="more" open={problems.includes('hubPort') || undefined}>
            <summary>{t('wizard.more')}</summary>
            <Field
              label={t('storage.port')}
              hint={t('storage.port-hint')}
              className="num"
              inputMode="numeric"
              value={draft.hubPort}
              onChange={(event) => change({ hubPort: event.target.value })}
              error={problems.includes('hubPort') ? t('storage.not-a-port', { text: draft.hubPort }) : null}
            />
          </details>
          <ServerElsewhere server={draft.server} onChange={(server) => change({ server })} />
        </>
      ) : null}
    </>
  );
}

const DRAWINGS: Readonly<Record<Mode, ReactNode>> = {
  single: (
    <>
      <g className="own">
        <rect x="66" y="30" width="36" height="26" rx="4" />
        <path d="M76 63h16M84 56v7" />
      </g>
      <g className="own">
        <ellipse cx="122" cy="38" rx="11" ry="4" />
        <path d="M111 38v13c0 2.2 5 4 11 4s11-1.8 11-4V38M111 44.5c0 2.2 5 4 11 4s11-1.8 11-4" />
      </g>
      <path className="own" d="M102 43h8" />
    </>
  ),
  master: (
    <>
      <g className="own">
        <rect x="34" y="30" width="36" height="26" rx="4" />
        <path d="M44 63h16M52 56v7" />
      </g>
      <g className="own">
        <ellipse cx="90" cy="38" rx="11" ry="4" />
        <path d="M79 38v13c0 2.2 5 4 11 4s11-1.8 11-4V38M79 44.5c0 2.2 5 4 11 4s11-1.8 11-4" />
      </g>
      <path className="own" d="M70 43h8" />
      <rect x="144" y="6" width="36" height="26" rx="4" />
      <path d="M154 39h16M162 32v7" />
      <rect x="144" y="56" width="36" height="26" rx="4" />
      <path d="M154 89h16M162 82v7" />
      <path className="wire" d="M102 42c24 0 18-22 40-22M102 46c24 0 18 23 40 23" />
    </>
  ),
  slave: (
    <>
      <rect x="14" y="30" width="36" height="26" rx="4" />
      <path d="M24 63h16M32 56v7" />
      <g>
        <ellipse cx="70" cy="38" rx="11" ry="4" />
        <path d="M59 38v13c0 2.2 5 4 11 4s11-1.8 11-4V38M59 44.5c0 2.2 5 4 11 4s11-1.8 11-4" />
      </g>
      <path d="M50 43h8" />
      <g className="own">
        <rect x="144" y="6" width="36" height="26" rx="4" />
        <path d="M154 39h16M162 32v7" />
      </g>
      <rect x="144" y="56" width="36" height="26" rx="4" />
      <path d="M154 89h16M162 82v7" />
      <path className="wire own" d="M82 42c26 0 28-22 60-22" />
      <path className="wire" d="M82 46c26 0 28 23 60 23" />
    </>
  ),
};
