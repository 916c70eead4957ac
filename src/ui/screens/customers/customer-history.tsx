/** One customer beside the list: who they are, what they bought in all, and every sale. */
import { useQuery } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, date, dateTime } from '../../format/format.ts';
import { EditHistory } from '../../parts/edit-history.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useMoney } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { usePages } from '../../parts/use-pages.ts';
import { useTranslation } from '../../texts/texts.tsx';

type Customer = Answer<'getCustomer'>['customer'];

interface Props {
  readonly id: string;
  readonly onEdit: (customer: Customer) => void;
}

export function CustomerHistory({ id, onEdit }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const can = useCan();
  const found = useQuery({ queryKey: ['customer', id], queryFn: ({ signal }) => call('getCustomer', { params: { id }, signal }) });
  if (found.data === undefined) return <Problem error={found.error} />;
  const { customer, sales, totalMinor, lastVisitAt } = found.data;
  const facts: readonly (readonly [string, string | null])[] = [
    [t('customers.phone'), customer.phone],
    [t('customers.email'), customer.email],
    [t('customers.address'), customer.address],
    [t('customers.taxNumber'), customer.taxNumber],
    [t('customers.cardCode'), customer.cardCode],
    [t('customers.bought'), `${money(totalMinor)}, ${t('customers.visits', { count: sales, shown: count(sales, locale) })}`],
    [t('customers.last-visit'), lastVisitAt === null ? t('customers.never') : date(lastVisitAt, locale)],
  ];
  return (
    <>
      <header className="page-title">
        <h2>
          <bdi>{customer.forgotten ? t('customers.forgotten') : customer.name}</bdi>
        </h2>
        {customer.forgotten ? null : (
          <button type="button" className="btn" onClick={() => onEdit(customer)}>
            <Pencil className="icon" aria-hidden />
            {t('customers.edit')}
          </button>
        )}
        <a className="btn beside-close" href={linkTo('customers')}>
          {t('do.close')}
        </a>
      </header>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
        )}
      </dl>
      {can('history') ? <Bought id={id} name={customer.name} /> : null}
      {customer.forgotten ? null : <EditHistory of="customer" id={id} />}
    </>
  );
}

function Bought({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const sales = usePages('customer-sales', { customer: id }, (filter, signal) => call('listSales', { query: filter, signal }));
  return (
    <section aria-labelledby="bought">
      <h3 id="bought">{t('customers.history', { name })}</h3>
      <Problem error={sales.error} />
      {sales.loaded && sales.rows.length === 0 ? <p className="soft">{t('customers.nothing-bought')}</p> : null}
      <ul className="panel">
        {sales.rows.map((sale) => (
          <li key={sale.uuid}>
            <a className="row bought-row" href={linkTo('sales', sale.uuid)}>
              <span className="strong num">{sale.label}</span>
              <span className="num">{money(sale.totalMinor)}</span>
              <span className="soft small num">{dateTime(sale.completedAt, locale)}</span>
              <span className="soft small clip">
                <bdi>{sale.summary}</bdi>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {sales.more ? (
        <button type="button" className="btn" onClick={sales.onMore}>
          {t('customers.more')}
        </button>
      ) : null}
    </section>
  );
}
