/** The measured round trips to the shop's database: begun by a button, drawn while they come, graded at the end. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { CheckRow, type Check } from './check-row.tsx';

type LinkView = Answer<'getLink'>;

const SECONDS = 30;
const LOOK_MS = 500;
const PER_SECOND = 10;
const UNMEASURED: Check = { id: 'link', finding: 'none', level: 'unknown', params: {}, refusal: null, mend: null };

/** What was measured last, and how it goes now; nothing where there is no way to measure. */
export function useLink(enabled: boolean): LinkView | undefined {
  const view = useQuery({
    queryKey: ['diagnosis-link'],
    queryFn: ({ signal }) => call('getLink', { signal }),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? LOOK_MS : false),
    enabled,
  });
  return view.data;
}

export function LinkMeter({ link }: { readonly link: LinkView }): ReactNode {
  const { t } = useTranslation();
  const begin = useMutation({
    mutationFn: () => call('measureLink', { body: { seconds: SECONDS } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['diagnosis-link'] }),
  });
  return (
    <CheckRow check={link.check ?? UNMEASURED}>
      {link.state === 'none' ? <p className="soft">{t('diagnosis.not-measured')}</p> : null}
      {link.state === 'running' ? (
        <p className="soft">
          {t('diagnosis.measuring', { done: Math.min(link.seconds, Math.floor(link.asked / PER_SECOND)), seconds: link.seconds })}
        </p>
      ) : null}
      {link.asked > 1 ? <Plot link={link} /> : null}
      <Problem error={begin.error} />
      <button type="button" className="btn" disabled={link.state === 'running' || begin.isPending} onClick={() => begin.mutate()}>
        <Activity className="icon" aria-hidden />
        {t('diagnosis.measure')}
      </button>
    </CheckRow>
  );
}

const WIDTH = 600;
const HEIGHT = 96;
/** A calm line stays low. */
const FULL_SCALE_AT_LEAST_MS = 20;

/** A line of round trips; one without an answer is a gap with a mark across it. */
function Plot({ link }: { readonly link: LinkView }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const answered = link.samples.filter((ms) => ms !== null);
  const most = Math.max(FULL_SCALE_AT_LEAST_MS, ...answered);
  const step = WIDTH / Math.max(1, Math.max(link.seconds * PER_SECOND, link.samples.length) - 1);
  const runs: string[][] = [[]];
  const gaps: number[] = [];
  for (const [at, ms] of link.samples.entries()) {
    if (ms === null) {
      gaps.push(at * step);
      runs.push([]);
    } else runs.at(-1)?.push(`${(at * step).toFixed(1)},${(HEIGHT - (ms / most) * (HEIGHT - 4)).toFixed(1)}`);
  }
  const words = { p50: count(link.p50Ms ?? 0, locale), most: count(Math.max(0, ...answered), locale), lost: link.lost, asked: link.asked };
  return (
    <figure>
      <svg className="diagnosis-plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {gaps.map((x) => (
          <line key={x} x1={x} x2={x} y1={0} y2={HEIGHT} />
        ))}
        {runs
          .filter((run) => run.length > 1)
          .map((run) => (
            <polyline key={run[0]} points={run.join(' ')} />
          ))}
      </svg>
      <figcaption className="soft small">{t('diagnosis.plot', words)}</figcaption>
    </figure>
  );
}
