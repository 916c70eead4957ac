/** The shop at a glance: what was sold, against the time before, by hour, register, cashier, product, and every sum's parts. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, percentChange, quantity, rate } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney, useRegister } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { Bars, type Bar } from './bars.tsx';
import { PERIODS, spansOf, type Period, type Span, type Spans } from './periods.ts';
import './reports.css';

type Report = Answer<'reportSales'>;

/** Today's figures move with the clock. */
const AGAIN_MS = 60_000;

export function Reports(): ReactNode {
  const { t } = useTranslation();
  const [period, setPeriod] = useState<Period>('today');
  const dayEndsAt = useRegister().selling?.dayEndsAt ?? 0;
  const spans = spansOf(period, Math.floor(systemClock.nowMs() / AGAIN_MS) * AGAIN_MS, dayEndsAt);
  const now = useReport(spans.now, spans.by);
  const before = useReport(spans.before, spans.by);
  return (
    <Desk>
      <main className="list-page reports">
        <div className="page-head">
          <div className="page-title">
            <h1>{t('screen.reports')}</h1>
          </div>
          <div className="page-tools" role="group" aria-label={t('reports.period')}>
            {PERIODS.map((one) => (
              <button key={one} type="button" className="btn" aria-pressed={one === period} onClick={() => setPeriod(one)}>
                {t(`reports.${one}`)}
              </button>
            ))}
          </div>
          <Problem error={now.error ?? before.error} />
        </div>
        {now.data === undefined ? null : (
          <Figures report={now.data} before={before.data ?? null} spans={spans} period={period} dayEndsAt={dayEndsAt} />
        )}
      </main>
    </Desk>
  );
}

function useReport({ fromMs, untilMs }: Span, by: Spans['by']): UseQueryResult<Report> {
  return useQuery({
    queryKey: ['report', fromMs, untilMs, by],
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) => call('reportSales', { query: { fromMs, untilMs, by }, signal }),
  });
}

interface FiguresProps {
  readonly report: Report;
  readonly before: Report | null;
  readonly spans: Spans;
  readonly period: Period;
  readonly dayEndsAt: number;
}

function Figures({ report, before, spans, period, dayEndsAt }: FiguresProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const average = (one: Report): number => (one.sales === 0 ? 0 : Math.round(one.totalMinor / one.sales));
  return (
    <div className="reports-body" tabIndex={0} role="region" aria-label={t('screen.reports')}>
      <dl className="figures">
        <Figure label={t('reports.turnover')} value={money(report.totalMinor)} change={changeOf(report.totalMinor, before?.totalMinor)} />
        <Figure label={t('reports.sales')} value={count(report.sales, locale)} change={changeOf(report.sales, before?.sales)} />
        <Figure
          label={t('reports.average')}
          value={money(average(report))}
          change={before === null ? null : changeOf(average(report), average(before))}
        />
        <Figure label={t('reports.margin')} value={money(report.marginMinor)} change={changeOf(report.marginMinor, before?.marginMinor)} />
        <Figure label={t('reports.discounts')} value={money(report.discountMinor)} change={null} />
        <Figure label={t('reports.refunds')} value={count(report.refunds, locale)} change={null} />
      </dl>
      {report.sales + report.refunds === 0 ? (
        <p className="soft">{t('reports.none')}</p>
      ) : (
        <>
          <section className="report-part report-wide">
            <h2>
              {t(`reports.by-${spans.by}`)} <span className="soft small">{t(`reports.against-${period}`)}</span>
            </h2>
            <Bars caption={t(`reports.by-${spans.by}`)} bars={barsOf(report, before, spans, Math.floor(dayEndsAt / 60), locale, money)} />
          </section>
          <Part
            title={t('reports.products')}
            rows={report.products.map((row) => ({ ...row, more: quantity(row.quantityMilli, locale) }))}
          />
          <Part title={t('reports.categories')} rows={report.categories.map((row) => ({ ...row, more: null }))} />
          <Part title={t('reports.registers')} rows={report.registers.map((row) => ({ ...row, more: count(row.count, locale) }))} />
          <Part title={t('reports.tips')} rows={report.tips.map((row) => ({ ...row, more: count(row.count, locale) }))} />
          <Part title={t('reports.users')} rows={report.users.map((row) => ({ ...row, more: count(row.count, locale) }))} />
          <Part title={t('reports.methods')} rows={report.methods.map((row) => ({ ...row, more: count(row.count, locale) }))} />
          <Part
            title={t('reports.taxes')}
            rows={report.taxes.map(({ name, ratePpm, netMinor, taxMinor }) => ({
              id: null,
              name: t('reports.tax-on', {
                rate: name === null ? rate(ratePpm, locale) : `${name} ${rate(ratePpm, locale)}`,
                net: money(netMinor),
              }),
              totalMinor: taxMinor,
              more: null,
            }))}
          />
        </>
      )}
      <p>
        <a className="btn" href={linkTo('sales')}>
          {t('reports.to-sales')}
        </a>
      </p>
    </div>
  );
}

const HOURS_A_DAY = 24;

function monthName(month: number, locale: string): string {
  return new Date(2000, month - 1, 1).toLocaleDateString(locale, { month: 'short' });
}

/** Of 1: 0.12 is twelve per cent more. Null where there was nothing to compare with. */
function changeOf(now: number, before: number | undefined): number | null {
  return before === undefined || before <= 0 ? null : (now - before) / before;
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly change: number | null;
}

function Figure({ label, value, change }: FigureProps): ReactNode {
  const locale = useLocale();
  return (
    <div className="figure">
      <dt className="soft small">{label}</dt>
      <dd className="num">{value}</dd>
      {change === null ? null : <dd className={`small num ${change < 0 ? 'wait' : 'good'}`}>{percentChange(change, locale)}</dd>}
    </div>
  );
}

interface PartProps {
  readonly title: string;
  readonly rows: readonly {
    readonly id: string | null;
    readonly name: string;
    readonly totalMinor: number;
    readonly more: string | null;
  }[];
}

function Part({ title, rows }: PartProps): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  return (
    <section className="report-part">
      <h2>{title}</h2>
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id ?? row.name}>
              <th scope="row">
                <bdi>{row.name === '' ? t('reports.other') : row.name}</bdi>
              </th>
              <td className="soft num">{row.more}</td>
              <td className="num">{money(row.totalMinor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Hours stand in the order in which they are sold in: from `firstHour` on. */
function barsOf(
  report: Report,
  before: Report | null,
  { by }: Spans,
  firstHour: number,
  locale: string,
  money: (minor: number) => string,
): Bar[] {
  const place = (at: number): number => (by === 'hour' ? (at + HOURS_A_DAY - firstHour) % HOURS_A_DAY : at % 100);
  const [now, then] = [report, before].map((one) => new Map((one?.buckets ?? []).map((bucket) => [place(bucket.at), bucket.totalMinor])));
  const places = [...(now?.keys() ?? []), ...(by === 'day' ? [] : (then?.keys() ?? []))];
  const [first, last] = [Math.min(...places), Math.max(...places)];
  // A week may run over the end of a month: then only the days that sold are shown, in their order.
  const shown = by === 'day' ? [...(now?.keys() ?? [])] : Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const thenInOrder = [...(then?.values() ?? [])];
  return shown.map((at, index) => {
    const value = now?.get(at) ?? 0;
    const earlier = by === 'day' ? (thenInOrder[index] ?? 0) : (then?.get(at) ?? 0);
    const label = by === 'hour' ? String((at + firstHour) % HOURS_A_DAY) : by === 'month' ? monthName(at, locale) : String(at);
    return { key: at, label, value, before: earlier, say: `${money(value)} / ${money(earlier)}` };
  });
}
