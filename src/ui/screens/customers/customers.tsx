/** The people who buy here. Forgetting one erases them on every register and leaves the sales. */
import { useMutation } from '@tanstack/react-query';
import { Plus, UserRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count } from '../../format/format.ts';
import { queryClient } from '../../live/query-client.ts';
import { Desk } from '../../parts/desk.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale } from '../../parts/register-context.ts';
import { ExportButton, type Cell } from '../../parts/export-button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { goTo, linkTo } from '../../parts/route.ts';
import { CustomerForm } from './customer-form.tsx';
import { CustomerHistory } from './customer-history.tsx';
import './customers.css';

export type Customer = Answer<'listCustomers'>['rows'][number];

export function Customers({ chosen }: { readonly chosen: string | null }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const [search, setSearch] = useState('');
  const [edited, setEdited] = useState<Customer | 'new' | null>(null);
  const [forgetting, setForgetting] = useState<Customer | null>(null);
  const customers = usePages('customers', { search }, (filter, signal) =>
    call('listCustomers', { query: { ...filter, limit: 200 }, signal }),
  );
  return (
    <Desk>
      <div className={chosen === null ? 'list-beside' : 'list-beside list-beside-one'}>
        <main className="list-page">
          <div className="page-head">
            <div className="page-title">
              <h1>
                {t('screen.customers')}{' '}
                {customers.total === null ? null : <span className="soft title-count num">{count(customers.total, locale)}</span>}
              </h1>
              <button type="button" className="btn btn-primary" onClick={() => setEdited('new')}>
                <Plus className="icon" aria-hidden />
                {t('customers.add')}
              </button>
            </div>
            <div className="page-tools">
              <SearchField label={t('customers.search')} value={search} onChange={setSearch} />
              <ExportButton name="customers" pages={customers} columns={COLUMNS} />
            </div>
            <Problem error={customers.error} />
          </div>
          {customers.loaded && customers.rows.length === 0 ? (
            <div className="empty">
              <UserRound className="icon" aria-hidden />
              <p className="soft">{search === '' ? t('customers.none') : t('customers.none-found')}</p>
              {search === '' ? (
                <div className="actions">
                  <button type="button" className="btn" onClick={() => setEdited('new')}>
                    {t('customers.add')}
                  </button>
                </div>
              ) : null}
            </div>
          ) : (
            <VirtualRows
              label={t('screen.customers')}
              rows={customers.rows}
              keyOf={(row) => row.id}
              rowHeight={60}
              more={customers.more}
              onMore={customers.onMore}
            >
              {(row) => <CustomerLine row={row} chosen={row.id === chosen} />}
            </VirtualRows>
          )}
        </main>
        {chosen === null ? null : (
          <aside className="customer beside" aria-label={t('customers.chosen')} tabIndex={0}>
            <CustomerHistory id={chosen} onEdit={setEdited} />
          </aside>
        )}
      </div>
      {edited === null ? null : (
        <CustomerForm
          customer={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
          onForget={
            edited !== 'new' && can('customers.forget')
              ? () => {
                  setForgetting(edited);
                  setEdited(null);
                }
              : null
          }
        />
      )}
      {forgetting === null ? null : <Forget customer={forgetting} onClose={() => setForgetting(null)} />}
    </Desk>
  );
}

const COLUMNS: Readonly<Record<string, (row: Customer) => Cell>> = {
  name: (row) => row.name,
  phone: (row) => row.phone,
  email: (row) => row.email,
  address: (row) => row.address,
  tax_number: (row) => row.taxNumber,
  card: (row) => row.cardCode,
};

function CustomerLine({ row, chosen }: { readonly row: Customer; readonly chosen: boolean }): ReactNode {
  const { t } = useTranslation();
  if (row.forgotten) {
    return (
      <div className="row customer-row">
        <span className="soft">{t('customers.forgotten')}</span>
      </div>
    );
  }
  return (
    <a
      className={chosen ? 'row customer-row row-chosen' : 'row customer-row'}
      href={linkTo('customers', row.id)}
      aria-current={chosen ? 'true' : undefined}
    >
      <span className="strong clip">
        <bdi>{row.name}</bdi>
      </span>
      <span className="soft clip num">{row.phone}</span>
      <span className="soft clip">
        <bdi>{row.email}</bdi>
      </span>
      <span className="soft clip code">{row.cardCode}</span>
    </a>
  );
}

function Forget({ customer, onClose }: { readonly customer: Customer; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const forget = useMutation({
    mutationFn: () => call('forgetCustomer', { params: { id: customer.id } }),
    onSuccess: async () => {
      onClose();
      goTo('customers');
      await queryClient.invalidateQueries({ queryKey: ['customers'] });
    },
  });
  return (
    <Dialog
      title={t('customers.forget-title', { name: customer.name })}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button type="button" className="btn btn-danger" disabled={forget.isPending} onClick={() => forget.mutate()}>
            {t('customers.forget')}
          </button>
        </>
      }
    >
      <p>{t('customers.forget-say')}</p>
      <Problem error={forget.error} />
    </Dialog>
  );
}
