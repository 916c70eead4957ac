/** One closing: its figures, who is missing, what came late, and the files for the inspector and the accountant. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { dateTime, tradingDay } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { ClosingFiles, type ClosingName } from './closing-files.tsx';
import { ClosingSums } from './closing-sums.tsx';

type Closing = Answer<'getClosing'>;

export function ClosingSheet({ name }: { readonly name: ClosingName }): ReactNode {
  const { t } = useTranslation();
  const closing = useQuery({ queryKey: ['closing', name], queryFn: ({ signal }) => call('getClosing', { query: name, signal }) });
  return (
    <>
      <div className="closing-paper" tabIndex={0} role="region" aria-label={t('closing.chosen')}>
        <Problem error={closing.error} />
        {closing.data === undefined ? null : <Sheet closing={closing.data} />}
      </div>
      <div className="actions">
        <a className="btn closing-back" href={linkTo('cash', 'closings', name.kind)}>
          {t('do.close')}
        </a>
        {closing.data === undefined ? null : <ClosingFiles name={name} />}
        {closing.data === undefined || closing.data.closed || name.kind === 'z' ? null : <ClosePeriod kind={name.kind} day={name.day} />}
      </div>
    </>
  );
}

function Sheet({ closing }: { readonly closing: Closing }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const { register, number, kind } = closing;
  return (
    <div className="panel cash-panel">
      <div>
        <h2>
          {register === null
            ? tradingDay(closing.day, kind === 'z' ? 'day' : kind, locale)
            : t('closing.z-of', { code: register.code, number })}
        </h2>
        <p className="soft">
          {register === null ? null : (
            <>
              {tradingDay(closing.day, 'day', locale)}, <bdi>{register.name}</bdi>
              {closing.closedAt === null ? null : <>, {t('closing.closed-at', { at: dateTime(closing.closedAt, locale) })}</>}
            </>
          )}
          {register === null && closing.closed ? t('closing.closed-say') : null}
        </p>
      </div>
      {closing.missing.length === 0 ? null : <Missing missing={closing.missing} />}
      <p className="cash-figure">
        <span className="num">{money(closing.turnoverMinor)}</span>
      </p>
      <ClosingSums sums={closing} />
      <dl className="cash-sums">
        <div>
          <dt>{t('closing.perpetual')}</dt>
          <dd className="num strong">{money(closing.perpetualMinor)}</dd>
        </div>
      </dl>
      {register === null ? <ZList zs={closing.zs} /> : null}
    </div>
  );
}

function Missing({ missing }: { readonly missing: Closing['missing'] }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="cash-note wait">
      <CircleAlert className="icon" aria-hidden />
      <ul>
        {missing.map(({ code, name, state }) => (
          <li key={code}>{t(`closing.missing-${state}`, { register: `${code} ${name}` })}</li>
        ))}
      </ul>
    </div>
  );
}

function ZList({ zs }: { readonly zs: Closing['zs'] }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  return (
    <section>
      <h3>{t('closing.kind-z')}</h3>
      <ul className="cash-movements">
        {zs.map((z) => (
          <li key={`${z.register} ${z.number}`}>
            <a className="num" href={linkTo('cash', 'closings', 'z', z.register, String(z.number))}>
              {t('closing.z-of', { code: z.code, number: z.number })}
            </a>
            <span className="small soft">
              {tradingDay(z.tradingDay, 'day', locale)} {z.late ? <span className="badge wait">{t('closing.late')}</span> : null}
            </span>
            <span className="num">{money(z.turnoverMinor)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ClosePeriod({ kind, day }: { readonly kind: 'day' | 'month' | 'year'; readonly day: number }): ReactNode {
  const { t } = useTranslation();
  const close = useMutation({
    mutationFn: () => call('closePeriod', { body: { kind, day } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['closing'] });
      await queryClient.invalidateQueries({ queryKey: ['closings'] });
    },
  });
  return (
    <>
      <Problem error={close.error} />
      <button type="button" className="btn" disabled={close.isPending} onClick={() => close.mutate()}>
        {t(`closing.close-${kind}`)}
      </button>
    </>
  );
}
