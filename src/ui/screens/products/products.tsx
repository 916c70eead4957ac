/** Every product of the shop: searched, added, edited, hidden. Edits made on any register show here by themselves. */
import { useQuery } from '@tanstack/react-query';
import { EyeOff, FileUp, Package, Plus, Star } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, quantity, rate } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useMoney } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { ExportButton, type Cell } from '../../parts/export-button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { ProductForm } from './product-form.tsx';
import './products.css';

export type ProductRow = Answer<'listProducts'>['rows'][number];

export function Products(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const [search, setSearch] = useState('');
  const [category, setCategory] = useState('');
  const [hidden, setHidden] = useState(false);
  const [edited, setEdited] = useState<ProductRow | 'new' | null>(null);
  const products = usePages('products', { search, category, hidden }, ({ hidden: withHidden, ...filter }, signal) =>
    call('listProducts', { query: { ...filter, hidden: withHidden ? 'true' : 'false', limit: 200 }, signal }),
  );
  const categories = useQuery({ queryKey: ['categories'], queryFn: ({ signal }) => call('listCategories', { signal }) });
  const mayEdit = can('products');
  const nothing = products.loaded && products.rows.length === 0;
  return (
    <Desk>
      <main className="list-page">
        <div className="page-head">
          <div className="page-title">
            <h1>
              {t('screen.products')}{' '}
              {products.total === null ? null : <span className="soft title-count num">{count(products.total, locale)}</span>}
            </h1>
            <div className="actions">
              {can('import') ? (
                <a className="btn" href={linkTo('products', 'import')}>
                  <FileUp className="icon" aria-hidden />
                  {t('products.import')}
                </a>
              ) : null}
              {mayEdit ? (
                <button type="button" className="btn btn-primary" onClick={() => setEdited('new')}>
                  <Plus className="icon" aria-hidden />
                  {t('products.add')}
                </button>
              ) : null}
            </div>
          </div>
          <div className="page-tools">
            <SearchField label={t('products.search')} value={search} onChange={setSearch} />
            <select
              className="input"
              aria-label={t('products.category')}
              value={category}
              onChange={(event) => setCategory(event.target.value)}
            >
              <option value="">{t('products.all-categories')}</option>
              {categories.data?.rows.map((row) => (
                <option key={row.id} value={row.id}>
                  {row.name}
                </option>
              ))}
            </select>
            <button type="button" className="btn" aria-pressed={hidden} onClick={() => setHidden(!hidden)}>
              <EyeOff className="icon" aria-hidden />
              {t('products.hidden')}
            </button>
            <ExportButton name="products" pages={products} columns={COLUMNS} />
          </div>
          <Problem error={products.error} />
        </div>
        {nothing ? (
          <NoProducts searching={search !== '' || category !== '' || hidden} onAdd={mayEdit ? () => setEdited('new') : null} />
        ) : (
          <VirtualRows
            label={t('screen.products')}
            rows={products.rows}
            keyOf={(row) => row.id}
            rowHeight={60}
            more={products.more}
            onMore={products.onMore}
          >
            {(row) => <ProductLine row={row} onEdit={mayEdit ? () => setEdited(row) : null} />}
          </VirtualRows>
        )}
      </main>
      {edited === null ? null : <ProductForm product={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Desk>
  );
}

/** As the import reads them again. */
const COLUMNS: Readonly<Record<string, (row: ProductRow) => Cell>> = {
  name: (row) => row.name,
  price: (row) => ({ minor: row.regularPriceMinor }),
  barcode: (row) => row.codes.join(' '),
  tax_rate: (row) => (row.taxCategory === null ? null : String(row.taxCategory.ratePpm / 10_000)),
  category: (row) => row.category?.name ?? null,
  cost: (row) => (row.costMinor === null ? null : { minor: row.costMinor }),
  unit: (row) => row.unit,
  stock: (row) => (row.stockMilli === null ? null : { milli: row.stockMilli }),
};

function NoProducts({ searching, onAdd }: { readonly searching: boolean; readonly onAdd: (() => void) | null }): ReactNode {
  const { t } = useTranslation();
  if (searching) return <p className="empty soft">{t('products.none-found')}</p>;
  return (
    <div className="empty">
      <Package className="icon" aria-hidden />
      <p className="soft">{t('products.none')}</p>
      {onAdd === null ? null : (
        <div className="actions">
          <a className="btn" href={linkTo('products', 'import')}>
            {t('products.import')}
          </a>
          <button type="button" className="btn btn-primary" onClick={onAdd}>
            {t('products.add')}
          </button>
        </div>
      )}
    </div>
  );
}

function ProductLine({ row, onEdit }: { readonly row: ProductRow; readonly onEdit: (() => void) | null }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount } = useMoney();
  const inside = (
    <>
      <span className="product-name clip">
        {row.favourite ? <Star className="icon" aria-label={t('sell.favourites')} /> : null}
        <bdi className="strong">{row.name}</bdi>
        {row.active ? null : <span className="badge">{t('products.is-hidden')}</span>}
      </span>
      <span className="product-codes code small soft clip">{row.codes.join(', ')}</span>
      <span className="product-category soft clip">
        <bdi>{row.category?.name ?? ''}</bdi>
      </span>
      <span className="product-tax soft num">{row.taxCategory === null ? '' : rate(row.taxCategory.ratePpm, locale)}</span>
      <span className="product-stock soft">
        {row.stockMilli === null ? '' : t('products.in-stock', { quantity: quantity(row.stockMilli, locale) })}
      </span>
      <span className="product-price num strong">
        {amount(row.priceMinor)}
        {row.unit === 'each' ? '' : ` / ${row.unit}`}
      </span>
    </>
  );
  if (onEdit === null) return <div className="row product-row">{inside}</div>;
  return (
    <button type="button" className="row product-row row-button" onClick={onEdit}>
      {inside}
    </button>
  );
}
