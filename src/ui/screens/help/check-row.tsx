/** One line of a diagnosis: its mark, what is true, what it means for selling, and the one button or command that mends it. */
import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { linkTo } from '../../parts/route.ts';
import { refusalText } from '../../texts/refusal-text.ts';
import { useTranslation } from '../../texts/texts.tsx';

export type Check = Answer<'diagnose'>['checks'][number];

export function CheckRow({ check, children = null }: { readonly check: Check; readonly children?: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { is, so, mend } = useCheckWords(check);
  const isGood = check.level === 'good';
  return (
    <li className="row diagnosis-row">
      <LevelMark level={check.level} />
      <div>
        <p>
          <span className="strong">{t(`diagnosis.check.${check.id}`)}</span>{' '}
          <span className={isGood ? 'unseen' : 'soft'}>{t(`diagnosis.level.${check.level}`)}</span>
        </p>
        <p>{is}</p>
        {isGood || so === '' ? null : <p className="soft">{so}</p>}
        {isGood || mend === '' ? null : <p className="soft">{mend}</p>}
        {check.mend?.kind === 'command' && !isGood ? (
          <p className="code" aria-label={t('diagnosis.run-this')}>
            {check.mend.command}
          </p>
        ) : null}
        {children}
      </div>
      <MendButton check={check} />
    </li>
  );
}

function MendButton({ check: { level, mend } }: { readonly check: Check }): ReactNode {
  const { t } = useTranslation();
  if (mend === null || level === 'good') return null;
  if (mend.kind === 'screen')
    return (
      <a className="btn" href={linkTo(...mend.screen)}>
        {t('diagnosis.go-there')}
      </a>
    );
  return (
    <button type="button" className="btn" onClick={() => void navigator.clipboard.writeText(mend.command)}>
      {t('diagnosis.copy')}
    </button>
  );
}

const MARKS = {
  good: { Icon: CircleCheck, className: 'good' },
  poor: { Icon: TriangleAlert, className: 'wait' },
  bad: { Icon: CircleX, className: 'bad' },
  unknown: { Icon: CircleHelp, className: 'soft' },
} as const;

function LevelMark({ level }: Pick<Check, 'level'>): ReactNode {
  const { Icon, className } = MARKS[level];
  return (
    <span className={className}>
      <Icon className="icon" aria-hidden />
    </span>
  );
}

function useCheckWords({ id, finding, params, refusal }: Check): { readonly is: string; readonly so: string; readonly mend: string } {
  const { t, i18n } = useTranslation();
  const say = (key: string): string => (i18n.exists(key) ? t(key, params) : '');
  if (refusal !== null) {
    const { message, action } = refusalText(refusal);
    return { is: message, so: say(`diagnosis.refused.${id}.so`), mend: action };
  }
  const key = `diagnosis.${id}.${finding}`;
  return { is: say(`${key}.is`), so: say(`${key}.so`), mend: say(`${key}.do`) };
}
