/** Long work on the screen: every step with what it did, rows done of rows, time left, and what went wrong if it did. */
import { Check, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';
import type { Answer } from '../../protocol/api/routes.ts';
import { count } from '../format/format.ts';
import { Problem } from './problem.tsx';
import { Progress } from './progress.tsx';
import { useLocale } from './register-context.ts';

export type Job = Answer<'getJob'>;

export function JobView({ job, title }: { readonly job: Job; readonly title: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="job">
      {job.rowsTotal > 0 ? (
        <div>
          <div className="figures">
            <p>
              <b className="num">{count(job.rowsDone, locale)}</b>{' '}
              <span className="soft">{t(`job.of-${job.kind}`, { total: count(job.rowsTotal, locale) })}</span>
            </p>
            {job.secondsLeft === null || job.state !== 'running' ? null : (
              <p>
                <b className="num">{timeLeft(job.secondsLeft, locale)}</b> <span className="soft">{t('job.left')}</span>
              </p>
            )}
          </div>
          <Progress label={title} done={job.rowsDone} total={job.rowsTotal} />
        </div>
      ) : null}
      {job.steps.length > 0 ? (
        <ol className="stages" aria-live="polite">
          {job.steps.map((step) => (
            <Stage key={step.step} step={step} />
          ))}
        </ol>
      ) : null}
      <Problem refusal={job.problem} />
    </div>
  );
}

function Stage({ step }: { readonly step: Job['steps'][number] }): ReactNode {
  const { t, i18n } = useTranslation();
  const key = `step.${step.step}`;
  const name = i18n.exists(key) ? t(key) : step.step;
  // A word of ours (made, adopted ...), or a figure or a name as it is.
  const detail = i18n.exists(`did.${step.detail}`) ? t(`did.${step.detail}`) : step.detail;
  switch (step.state) {
    case 'done':
      return (
        <li>
          <span className="good">
            <Check className="icon" aria-hidden />
          </span>
          <span>{name}</span>
          <span className="soft">{detail}</span>
        </li>
      );
    case 'failed':
      return (
        <li>
          <span className="bad">
            <X className="icon" aria-hidden />
          </span>
          <span>{name}</span>
          <span className="soft">{detail}</span>
        </li>
      );
    case 'running':
      return (
        <li className="now" aria-current="step">
          <span className="dot" />
          <span>{name}</span>
          <span>{detail}</span>
        </li>
      );
    case 'waiting':
      return (
        <li className="later soft">
          <span className="dot" />
          <span>{name}</span>
          <span>{detail}</span>
        </li>
      );
  }
}

function timeLeft(seconds: number, locale: string): string {
  const [value, unit] = seconds >= 90 ? [Math.round(seconds / 60), 'minute'] : [seconds, 'second'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}
