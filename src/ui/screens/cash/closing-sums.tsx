/** The figures of an X, a Z or a period. */
import type { ReactNode } from 'react';
import { sumTaxes } from '../../../domain/tax-parts.ts';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { count, rate } from '../../format/format.ts';
import { useLocale, useMoney } from '../../parts/register-context.ts';

type Sums = Pick<Answer<'xReport'>, 'totals' | 'names' | 'turnoverMinor'>;

export function ClosingSums({ sums }: { readonly sums: Sums }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const { totals, names } = sums;
  const noted = [
    [t('closing.no-sales'), totals.noSales],
    [t('closing.voids'), totals.voids],
    [t('closing.abandoned'), totals.abandonedCarts],
    [t('closing.reprints'), totals.reprints],
    [t('closing.training'), totals.training.count],
  ] as const;
  return (
    <div className="closing-sums">
      <Lines
        title={t('closing.turnover')}
        rows={[
          [`${t('closing.sales')} (${count(totals.sales.count, locale)})`, money(totals.sales.minor)],
          [`${t('closing.refunds')} (${count(totals.refunds.count, locale)})`, money(totals.refunds.minor)],
          [t('closing.turnover'), money(sums.turnoverMinor)],
          ...totals.beside.map(
            ({ kind, minor, count: times }) => [`${t(`closing.beside.${kind}`)} (${count(times, locale)})`, money(minor)] as const,
          ),
          ...(totals.discounts.count === 0 ? [] : [[t('closing.discounts'), money(totals.discounts.minor)] as const]),
          ...(totals.roundingMinor === 0 ? [] : [[t('closing.rounding'), money(totals.roundingMinor)] as const]),
        ]}
      />
      <TaxTable taxes={totals.taxes} />
      <Lines
        title={t('closing.tenders')}
        rows={totals.tenders.map(({ method, minor, count: times }) => [
          `${names[method]?.name ?? ''} (${count(times, locale)})`,
          money(minor),
        ])}
      />
      <Lines title={t('cash.movements')} rows={totals.movements.map(({ kind, minor }) => [t(`cash.kind.${kind}`), money(minor)])} />
      <Lines
        title={t('closing.receipts')}
        rows={totals.receipts.map(({ series, first, last }) => [series, `${count(first, locale)} – ${count(last, locale)}`])}
      />
      <Lines
        title={t('closing.noted')}
        rows={noted.filter(([, times]) => times > 0).map(([words, times]) => [words, count(times, locale)])}
      />
    </div>
  );
}

function Lines({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }): ReactNode {
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl className="cash-sums">
        {rows.map(([words, figure]) => (
          <div key={words}>
            <dt>
              <bdi>{words}</bdi>
            </dt>
            <dd className="num">{figure}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function TaxTable({ taxes }: { readonly taxes: Sums['totals']['taxes'] }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  if (taxes.length === 0) return null;
  return (
    <table className="cash-table">
      <thead>
        <tr>
          <th scope="col">{t('closing.tax-rate')}</th>
          <th scope="col">{t('closing.net')}</th>
          <th scope="col">{t('closing.tax')}</th>
        </tr>
      </thead>
      <tbody>
        {sumTaxes(taxes).map(({ name, ratePpm, netMinor, taxMinor }) => (
          <tr key={`${ratePpm} ${name ?? ''}`}>
            <th scope="row">
              {name === null ? null : <bdi>{name} </bdi>}
              <span className="num">{rate(ratePpm, locale)}</span>
            </th>
            <td>
              <span className="num">{money(netMinor)}</span>
            </td>
            <td>
              <span className="num">{money(taxMinor)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
