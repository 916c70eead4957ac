/** Zs, and the days, months and years they make: a list, and one of them beside it. */
import { useMutation } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, tradingDay } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { goTo, linkTo, type Route } from '../../parts/route.ts';
import { usePages } from '../../parts/use-pages.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import type { ClosingName } from './closing-files.tsx';
import { ClosingSheet } from './closing-sheet.tsx';

type ClosingRow = Answer<'listClosings'>['rows'][number];

const KINDS = ['z', 'day', 'month', 'year'] as const;
type Kind = (typeof KINDS)[number];

interface Props {
  readonly tabs: ReactNode;
  /** Kind, then what names the chosen one: a register and number, or a day. */
  readonly part: Route;
}

export function Closings({ tabs, part }: Props): ReactNode {
  const { t } = useTranslation();
  const kind = KINDS.find((one) => one === part[0]) ?? 'z';
  const chosen = chosenOf(kind, part);
  const closings = usePages('closings', { kind }, (filter, signal) => call('listClosings', { query: { ...filter, limit: 200 }, signal }));
  const close = useMutation({
    mutationFn: () => call('closeDay'),
    onSuccess: async ({ register, number }) => {
      await queryClient.invalidateQueries({ queryKey: ['closings'] });
      goTo('cash', 'closings', 'z', register, String(number));
    },
  });
  return (
    <div className={chosen === null ? 'closings' : 'closings closings-one'}>
      <main className="list-page">
        <div className="page-head">
          <div className="page-title">
            <h1>{t('screen.cash')}</h1>
            {tabs}
          </div>
          <div className="page-tools">
            <nav className="tabs" aria-label={t('closing.kinds')}>
              {KINDS.map((one) => (
                <a key={one} className="tab" href={linkTo('cash', 'closings', one)} aria-current={one === kind ? 'page' : undefined}>
                  {t(`closing.kind-${one}`)}
                </a>
              ))}
            </nav>
            <button type="button" className="btn btn-primary" disabled={close.isPending} onClick={() => close.mutate()}>
              {t('closing.make-z')}
            </button>
          </div>
          <Problem error={close.error ?? closings.error} />
        </div>
        {closings.loaded && closings.rows.length === 0 ? (
          <div className="empty">
            <ScrollText className="icon" aria-hidden />
            <p className="soft">{t('closing.none')}</p>
          </div>
        ) : (
          <VirtualRows
            label={t('closing.title')}
            rows={closings.rows}
            keyOf={keyOf}
            rowHeight={64}
            more={closings.more}
            onMore={closings.onMore}
          >
            {(row) => <ClosingLine row={row} isChosen={chosen !== null && keyOf(row) === keyOfName(chosen)} />}
          </VirtualRows>
        )}
      </main>
      <aside className="closing-side" aria-label={t('closing.chosen')}>
        {chosen === null ? <p className="empty soft">{t('closing.choose')}</p> : <ClosingSheet key={keyOfName(chosen)} name={chosen} />}
      </aside>
    </div>
  );
}

function chosenOf(kind: Kind, [, second, third]: Route): ClosingName | null {
  if (second === undefined) return null;
  if (kind === 'z') return third === undefined ? null : { kind, register: second, number: Number(third) };
  return { kind, day: Number(second) };
}

function keyOf(row: ClosingRow): string {
  return row.register === null ? `${row.kind} ${row.day}` : `z ${row.register.id} ${row.number}`;
}

function keyOfName(name: ClosingName): string {
  return name.kind === 'z' ? `z ${name.register} ${name.number}` : `${name.kind} ${name.day}`;
}

function ClosingLine({ row, isChosen }: { readonly row: ClosingRow; readonly isChosen: boolean }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const place =
    row.register === null
      ? linkTo('cash', 'closings', row.kind, String(row.day))
      : linkTo('cash', 'closings', 'z', row.register.id, String(row.number));
  return (
    <a className={`row closing-row ${isChosen ? 'row-chosen' : ''}`} href={place} aria-current={isChosen ? 'true' : undefined}>
      <span className="what">
        <span className="strong">{tradingDay(row.day, row.kind === 'z' ? 'day' : row.kind, locale)}</span>
        {row.late ? <span className="badge wait">{t('closing.late')}</span> : null}
      </span>
      <span className="who small soft clip">
        {row.register === null ? (
          <>
            {t('closing.zs', { count: row.zs, shown: count(row.zs, locale) })}
            {row.closed ? <>, {t('closing.is-closed')}</> : null}
          </>
        ) : (
          <>
            <span className="num">
              {row.register.code} Z {count(row.number ?? 0, locale)}
            </span>
            , <bdi>{row.register.name}</bdi>
          </>
        )}
      </span>
      <span className="total num">{money(row.turnoverMinor)}</span>
    </a>
  );
}
