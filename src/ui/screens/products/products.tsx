/** Every product of the shop: searched, added, edited, hidden. Edits made on any register show here by themselves. */
import { useQuery } from '@tanstack/react-query';
import { EyeOff, FileUp, FolderTree, ListChecks, Package, Plus, Star, Tags } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { categoryTree, indented } from '../../parts/category-tree.ts';
import { count, quantity, rate } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan, useLocale, useMoney } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { ExportButton, type Cell } from '../../parts/export-button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { CategoriesDialog } from './categories-dialog.tsx';
import { ManyDialog } from './many-dialog.tsx';
import { ProductForm } from './product-form.tsx';
import { ShelfLabels } from './shelf-labels.tsx';
import './products.css';

/** Products changed or labelled in one go; more is a file's work. */
const MOST_CHOSEN = 2_000;

export type ProductRow = Answer<'listProducts'>['rows'][number];

export function Products(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const [search, setSearch] = useState('');
  const [category, setCategory] = useState('');
  const [hidden, setHidden] = useState(false);
  const [edited, setEdited] = useState<ProductRow | 'new' | null>(null);
  const [chosen, setChosen] = useState<ReadonlyMap<string, ProductRow> | null>(null);
  const [shelving, setShelving] = useState(false);
  const [work, setWork] = useState<'edit' | 'labels' | null>(null);
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
                <button type="button" className="btn" onClick={() => setShelving(true)}>
                  <FolderTree className="icon" aria-hidden />
                  {t('products.categories')}
                </button>
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
              {categoryTree(categories.data?.rows ?? []).map((row) => (
                <option key={row.id} value={row.id}>
                  {indented(row)}
                </option>
              ))}
            </select>
            <button type="button" className="btn" aria-pressed={hidden} onClick={() => setHidden(!hidden)}>
              <EyeOff className="icon" aria-hidden />
              {t('products.hidden')}
            </button>
            {mayEdit ? (
              <button
                type="button"
                className="btn"
                aria-pressed={chosen !== null}
                onClick={() => setChosen(chosen === null ? new Map() : null)}
              >
                <ListChecks className="icon" aria-hidden />
                {t('products.choose')}
              </button>
            ) : null}
            <ExportButton name="products" pages={products} columns={COLUMNS} />
          </div>
          {chosen === null ? null : (
            <div className="page-tools chosen-tools">
              <span className="strong">{t('products.chosen', { count: chosen.size, shown: count(chosen.size, locale) })}</span>
              <button
                type="button"
                className="btn"
                onClick={() => setChosen(new Map(products.rows.slice(0, MOST_CHOSEN).map((row) => [row.id, row])))}
              >
                {t('products.choose-shown')}
              </button>
              <button type="button" className="btn" disabled={chosen.size === 0} onClick={() => setWork('labels')}>
                <Tags className="icon" aria-hidden />
                {t('products.labels')}
              </button>
              <button type="button" className="btn btn-primary" disabled={chosen.size === 0} onClick={() => setWork('edit')}>
                {t('products.edit')}
              </button>
            </div>
          )}
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
            {(row) =>
              chosen === null ? (
                <ProductLine row={row} onEdit={mayEdit ? () => setEdited(row) : null} />
              ) : (
                <ProductLine row={row} chosen={chosen.has(row.id)} onEdit={() => setChosen(toggled(chosen, row))} />
              )
            }
          </VirtualRows>
        )}
      </main>
      {edited === null ? null : <ProductForm product={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {shelving ? <CategoriesDialog onClose={() => setShelving(false)} /> : null}
      {chosen !== null && work === 'edit' ? (
        <ManyDialog
          ids={[...chosen.keys()]}
          onClose={() => setWork(null)}
          onDone={() => {
            setWork(null);
            setChosen(null);
          }}
        />
      ) : null}
      {chosen !== null && work === 'labels' ? <ShelfLabels rows={[...chosen.values()]} onDone={() => setWork(null)} /> : null}
    </Desk>
  );
}

function toggled(chosen: ReadonlyMap<string, ProductRow>, row: ProductRow): ReadonlyMap<string, ProductRow> {
  const next = new Map(chosen);
  if (!next.delete(row.id) && next.size < MOST_CHOSEN) next.set(row.id, row);
  return next;
}

/** As the import reads them again. */
const COLUMNS: Readonly<Record<string, (row: ProductRow) => Cell>> = {
  name: (row) => row.name,
  price: (row) => ({ minor: row.regularPriceMinor }),
  barcode: (row) => row.codes.join('|'),
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

interface LineProps {
  readonly row: ProductRow;
  /** While products are being chosen: whether this one is. */
  readonly chosen?: boolean;
  readonly onEdit: (() => void) | null;
}

function ProductLine({ row, chosen, onEdit }: LineProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount } = useMoney();
  const inside = (
    <>
      <span className="product-name clip">
        {chosen === undefined ? null : <span className={chosen ? 'tick tick-on' : 'tick'} aria-hidden />}
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
        {row.priceMinor < row.regularPriceMinor ? <s className="soft">{amount(row.regularPriceMinor)}</s> : null} {amount(row.priceMinor)}
        {row.unit === 'each' ? '' : ` / ${row.unit}`}
      </span>
    </>
  );
  if (onEdit === null) return <div className="row product-row">{inside}</div>;
  return (
    <button
      type="button"
      className={chosen === true ? 'row product-row row-button row-chosen' : 'row product-row row-button'}
      aria-pressed={chosen}
      onClick={onEdit}
    >
      {inside}
    </button>
  );
}
