/** What is on hand, what runs low, what it is worth; goods received, counted and put right. Other registers' sales come in by themselves. */
import { useQuery } from '@tanstack/react-query';
import { Boxes, ClipboardCheck, FileUp, PackagePlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, dateTime, quantity } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { ExportButton, type Cell } from '../../parts/export-button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { StockWorkDialog, type StockWork } from './stock-work.tsx';
import { StocktakeDialog } from './stocktake-dialog.tsx';
import './stock.css';

type Line = Answer<'listStock'>['rows'][number];
const FILTERS = ['counted', 'low', 'all'] as const;

export function Stock(): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>('counted');
  const [working, setWorking] = useState<StockWork | null>(null);
  const [taking, setTaking] = useState(false);
  const [chosen, setChosen] = useState<Line | null>(null);
  const stock = usePages('stock', { search, filter }, (query, signal) => call('listStock', { query: { ...query, limit: 200 }, signal }));
  const worth = useQuery({
    queryKey: ['stock', 'worth', search, filter],
    queryFn: ({ signal }) => call('listStock', { query: { search, filter, limit: 1 }, signal }),
  });
  const nothing = stock.loaded && stock.rows.length === 0;
  return (
    <Desk>
      <main className="list-page">
        <div className="page-head">
          <div className="page-title">
            <h1>
              {t('screen.stock')} {stock.total === null ? null : <span className="soft title-count num">{count(stock.total, locale)}</span>}
            </h1>
            <div className="stock-works">
              <button type="button" className="btn" onClick={() => setTaking(true)}>
                <FileUp className="icon" aria-hidden />
                {t('stock.from-file')}
              </button>
              <button type="button" className="btn" onClick={() => setWorking('counted')}>
                <ClipboardCheck className="icon" aria-hidden />
                {t('stock.count')}
              </button>
              <button type="button" className="btn btn-primary" onClick={() => setWorking('received')}>
                <PackagePlus className="icon" aria-hidden />
                {t('stock.receive')}
              </button>
            </div>
          </div>
          <div className="page-tools">
            <SearchField label={t('sell.search')} value={search} onChange={setSearch} />
            <select
              className="input"
              aria-label={t('stock.filter')}
              value={filter}
              onChange={(event) => setFilter(FILTERS.find((one) => one === event.target.value) ?? 'counted')}
            >
              {FILTERS.map((one) => (
                <option key={one} value={one}>
                  {t(`stock.${one}`)}
                </option>
              ))}
            </select>
            <ExportButton name="stock" pages={stock} columns={COLUMNS} />
            {worth.data === undefined || worth.data.valueMinor === 0 ? null : (
              <span className="soft stock-worth">{t('stock.worth', { amount: money(worth.data.valueMinor) })}</span>
            )}
          </div>
          <Problem error={stock.error} />
        </div>
        {nothing ? (
          <div className="empty">
            <Boxes className="icon" aria-hidden />
            <p className="soft">{t(search !== '' ? 'products.none-found' : filter === 'low' ? 'stock.none-low' : 'stock.none')}</p>
          </div>
        ) : (
          <VirtualRows
            label={t('screen.stock')}
            rows={stock.rows}
            keyOf={(row) => row.id}
            rowHeight={60}
            more={stock.more}
            onMore={stock.onMore}
          >
            {(row) => <StockRow row={row} onChoose={() => setChosen(row)} />}
          </VirtualRows>
        )}
      </main>
      {taking ? <StocktakeDialog onClose={() => setTaking(false)} /> : null}
      {working === null ? null : <StockWorkDialog work={working} product={null} onClose={() => setWorking(null)} />}
      {chosen === null ? null : <Movements line={chosen} onClose={() => setChosen(null)} />}
    </Desk>
  );
}

const COLUMNS: Readonly<Record<string, (row: Line) => Cell>> = {
  name: (row) => row.name,
  on_hand: (row) => ({ milli: row.onHandMilli }),
  unit: (row) => row.unit,
  minimum: (row) => (row.minimumMilli === null ? null : { milli: row.minimumMilli }),
  value: (row) => (row.valueMinor === null ? null : { minor: row.valueMinor }),
};

function StockRow({ row, onChoose }: { readonly row: Line; readonly onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const low = row.onHandMilli < (row.minimumMilli ?? 0);
  return (
    <button type="button" className="row stock-row row-button" onClick={onChoose}>
      <span className="strong clip">
        <bdi>{row.name}</bdi>
      </span>
      <span className={low ? 'wait' : 'soft'}>
        {low ? t('stock.is-low') : row.minimumMilli === null ? '' : t('stock.from', { quantity: quantity(row.minimumMilli, locale) })}
      </span>
      <span className="soft num">{row.valueMinor === null ? '' : money(row.valueMinor)}</span>
      <span className="amount num">
        {quantity(row.onHandMilli, locale)} {row.unit === 'each' ? '' : row.unit}
      </span>
    </button>
  );
}

function Movements({ line, onClose }: { readonly line: Line; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [working, setWorking] = useState<StockWork | null>(null);
  const moved = useQuery({
    queryKey: ['stock', line.id, 'movements'],
    queryFn: ({ signal }) => call('stockMovements', { params: { id: line.id }, signal }),
  });
  if (working !== null) return <StockWorkDialog work={working} product={line} onClose={onClose} />;
  return (
    <Dialog
      wide
      title={line.name}
      onClose={onClose}
      actions={
        <>
          {(['adjusted', 'counted', 'received'] as const).map((work) => (
            <button key={work} type="button" className="btn" onClick={() => setWorking(work)}>
              {t(`stock.do-${work}`)}
            </button>
          ))}
          <button type="button" className="btn btn-primary" onClick={onClose}>
            {t('do.close')}
          </button>
        </>
      }
    >
      <Problem error={moved.error} />
      <ul className="movements" tabIndex={0} aria-label={t('stock.movements')}>
        {moved.data === undefined || moved.data.soldMilli === 0 ? null : (
          <li className="row">
            <span>{t('stock.sold')}</span>
            <span className="amount num">{quantity(-moved.data.soldMilli, locale)}</span>
          </li>
        )}
        {moved.data?.rows.map((row) => (
          <li className="row" key={`${row.at} ${row.reason} ${row.quantityMilli}`}>
            <span>
              <span className="strong">{t(`stock.reason-${row.reason}`)}</span>{' '}
              <span className="small soft said">
                <span className="num">{dateTime(row.at, locale)}</span>, <bdi>{row.user}</bdi>
                {row.note === null ? null : (
                  <>
                    {' · '}
                    <bdi>{row.note}</bdi>
                  </>
                )}
              </span>
            </span>
            <span className="amount num">{quantity(row.quantityMilli, locale)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
