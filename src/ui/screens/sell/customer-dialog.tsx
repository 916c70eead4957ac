/** Whose cart this is: found by name, phone or card; nobody is an answer too. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { CustomerForm } from '../customers/customer-form.tsx';

const SHOWN = 8;

export function CustomerDialog({ hasCustomer, onClose }: { readonly hasCustomer: boolean; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [adding, setAdding] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const found = useQuery({
    queryKey: ['customers', { search, limit: SHOWN }],
    queryFn: ({ signal }) => call('listCustomers', { query: { search, limit: SHOWN }, signal }),
    placeholderData: keepPreviousData,
  });
  const choose = (id: string | null): void => {
    cartStore.setCustomer(id).then(onClose, setError);
  };
  if (adding)
    return <CustomerForm customer={null} name={search} onClose={() => setAdding(false)} onSaved={(customer) => choose(customer.id)} />;
  return (
    <Dialog
      title={t('sell.customer')}
      onClose={onClose}
      actions={
        <>
          {hasCustomer ? (
            <button type="button" className="btn" onClick={() => choose(null)}>
              {t('sell.no-customer')}
            </button>
          ) : null}
          <button type="button" className="btn" onClick={() => setAdding(true)}>
            {t('customers.add')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </>
      }
    >
      <div className="search">
        <Search className="icon" aria-hidden />
        <input
          className="input"
          type="search"
          aria-label={t('customers.search')}
          placeholder={t('customers.search')}
          autoFocus
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Problem error={error ?? found.error} />
      <ul className="choose-list panel">
        {found.data?.rows.map((customer) => (
          <li key={customer.id}>
            <button type="button" className="row row-button" onClick={() => choose(customer.id)}>
              <span className="strong">
                <bdi>{customer.name}</bdi>
              </span>
              <span className="soft num">{customer.phone ?? customer.email ?? ''}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.data?.rows.length === 0 ? <p>{t(search.trim() === '' ? 'customers.none' : 'customers.none-found')}</p> : null}
    </Dialog>
  );
}
