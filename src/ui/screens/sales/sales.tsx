/** The history of the whole shop, newest first, and one sale beside it as its receipt. Other registers' sales come in by themselves. */
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, Check, Clock4, Printer, ReceiptText, Undo2 } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { systemClock } from '../../../base/clock.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { count, day, list, time } from '../../format/format.ts';
import { Desk } from '../../parts/desk.tsx';
import { Invoices } from '../../parts/invoices.tsx';
import { PrintReceipt } from '../../parts/print-receipt.tsx';
import { Problem } from '../../parts/problem.tsx';
import { ReceiptPaper } from '../../parts/receipt-paper.tsx';
import { useLocale, useMoney, useRegister } from '../../parts/register-context.ts';
import { linkTo } from '../../parts/route.ts';
import { ExportButton, type Cell } from '../../parts/export-button.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { usePages } from '../../parts/use-pages.ts';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { openReceipt } from '../sell/open-receipt.ts';
import { useKeys } from '../sell/use-keys.ts';
import { RefundDialog } from './refund-dialog.tsx';
import { mayBeWrong, SwapDialog } from './swap-dialog.tsx';
import './sales.css';

type SaleRow = Answer<'listSales'>['rows'][number];

/** How long the words "just now" stay on a row. */
const JUST_NOW_MS = 60_000;

export function Sales({ chosen }: { readonly chosen: string | null }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const [search, setSearch] = useState('');
  const [register, setRegister] = useState('');
  const openedAt = useMemo(() => systemClock.nowMs(), []);
  const sales = usePages('sales', { search, register }, (filter, signal) => call('listSales', { query: filter, signal }));
  const registers = useQuery({ queryKey: ['registers'], queryFn: ({ signal }) => call('listRegisters', { signal }) });
  // A receipt's barcode opens its sale, wherever the focus is.
  useKeys({
    scan: (code) => {
      void openReceipt(code).then((opened) => setSearch(opened ? '' : code));
    },
    anywhere: () => false,
    outside: () => false,
  });
  const nothing = sales.loaded && sales.rows.length === 0;
  return (
    <Desk>
      <div className={chosen === null ? 'sales' : 'sales sales-one'}>
        <main className="list">
          <div className="page-head">
            <div className="page-title">
              <h1>{t('screen.sales')}</h1>
              {sales.total === null ? null : (
                <p className="soft">{t('sales.count', { count: sales.total, shown: count(sales.total, locale) })}</p>
              )}
            </div>
            <div className="page-tools">
              <SearchField label={t('sales.search')} value={search} onChange={setSearch} scans />
              <select
                className="input"
                aria-label={t('sales.register')}
                value={register}
                onChange={(event) => setRegister(event.target.value)}
              >
                <option value="">{t('sales.all-registers')}</option>
                {registers.data?.rows.map((row) => (
                  <option key={row.id} value={row.code}>
                    {row.code} {row.name}
                  </option>
                ))}
              </select>
              <ExportButton name="sales" pages={sales} columns={COLUMNS} />
            </div>
            <Problem error={sales.error} />
          </div>
          {nothing ? (
            <div className="empty">
              <ReceiptText className="icon" aria-hidden />
              <p className="soft">{search === '' && register === '' ? t('sales.none') : t('sales.none-found')}</p>
            </div>
          ) : (
            <VirtualRows
              label={t('sales.label')}
              rows={sales.rows}
              keyOf={(row) => row.uuid}
              rowHeight={64}
              more={sales.more}
              onMore={sales.onMore}
            >
              {(row) => <SaleLine row={row} chosen={row.uuid === chosen} openedAt={openedAt} />}
            </VirtualRows>
          )}
        </main>
        <aside className="sale" aria-label={t('sales.chosen')}>
          {chosen === null ? <p className="empty soft">{t('sales.choose')}</p> : <OneSale uuid={chosen} />}
        </aside>
      </div>
    </Desk>
  );
}

const COLUMNS: Readonly<Record<string, (row: SaleRow) => Cell>> = {
  receipt: (row) => row.label,
  completed_at: (row) => ({ at: row.completedAt }),
  register: (row) => row.register,
  user: (row) => row.user,
  customer: (row) => row.customer,
  kind: (row) => row.kind,
  items: (row) => String(row.items),
  paid_by: (row) => row.methods.join(' + '),
  total: (row) => ({ minor: row.totalMinor }),
};

interface LineProps {
  readonly row: SaleRow;
  readonly chosen: boolean;
  readonly openedAt: number;
}

function SaleLine({ row, chosen, openedAt }: LineProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount } = useMoney();
  const { register } = useRegister();
  const now = systemClock.nowMs();
  const other = row.register !== register?.code;
  // Came in while somebody looked: made elsewhere, and known here only since this list was opened.
  const arrived = other && row.state === 'arrived' && row.knownAt > openedAt;
  const justNow = arrived && now - row.knownAt < JUST_NOW_MS;
  const today = new Date(now).toDateString() === new Date(row.completedAt).toDateString();
  return (
    <a
      className={`row sale-row ${arrived ? 'row-arrived' : ''} ${chosen ? 'row-chosen' : ''}`}
      href={linkTo('sales', row.uuid)}
      aria-current={chosen ? 'true' : undefined}
    >
      <span className="time num soft">{time(row.completedAt, locale)}</span>
      <span className="id">
        <span className="strong num">{row.label}</span>
        {row.training ? <span className="badge training-word">{t('sales.training')}</span> : null}
        {row.kind === 'sale' ? null : <span className="badge">{t(`sales.${row.kind}`)}</span>}
        {justNow ? <span className="badge">{t('sales.just-now', { register: row.register })}</span> : null}
        {today ? null : <span className="small soft">{day(row.completedAt, locale)}</span>}
        <SaleState state={row.state} />
      </span>
      <span className="what small soft clip">
        {t('sell.items', { count: row.items, shown: count(row.items, locale) })}
        {row.methods.length > 0 ? <>, {list(row.methods, locale)}</> : null}
        {row.summary === '' ? null : (
          <>
            {' · '}
            <bdi>{row.summary}</bdi>
          </>
        )}
      </span>
      <span className="total num">{amount(row.totalMinor)}</span>
    </a>
  );
}

function SaleState({ state }: { readonly state: SaleRow['state'] }): ReactNode {
  const { t } = useTranslation();
  switch (state) {
    case 'waiting':
      return (
        <span className="badge wait">
          <Clock4 className="icon" aria-hidden /> {t('sales.waiting')}
        </span>
      );
    case 'sent':
      return (
        <span className="sent good" title={t('sales.sent')}>
          <Check className="icon" aria-hidden />
          <span className="unseen">{t('sales.sent')}</span>
        </span>
      );
    case 'here':
    case 'arrived':
      return null;
  }
}

function OneSale({ uuid }: { readonly uuid: string }): ReactNode {
  const { t } = useTranslation();
  const [printing, setPrinting] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [refunding, setRefunding] = useState(false);
  const [swapping, setSwapping] = useState(false);
  const { register } = useRegister();
  const sale = useQuery({ queryKey: ['sale', uuid], queryFn: ({ signal }) => call('getSale', { params: { uuid }, signal }) });
  return (
    <>
      <div className="paper" tabIndex={0} role="region" aria-label={t('receipt.caption')}>
        <Problem error={problem ?? sale.error} />
        {sale.data === undefined ? null : <ReceiptPaper receipt={sale.data} />}
      </div>
      <div className="actions">
        <a className="btn sale-close" href={linkTo('sales')}>
          {t('do.close')}
        </a>
        <button type="button" className="btn" disabled={sale.data === undefined} onClick={() => setRefunding(true)}>
          <Undo2 className="icon icon-turns" aria-hidden />
          {t('refund.refund')}
        </button>
        {sale.data?.register.code === register?.code && !sale.data?.training && sale.data?.tenders.some(mayBeWrong) === true ? (
          <button type="button" className="btn" onClick={() => setSwapping(true)}>
            <ArrowLeftRight className="icon" aria-hidden />
            {t('swap.swap')}
          </button>
        ) : null}
        <button type="button" className="btn" disabled={sale.data === undefined} onClick={() => setPrinting(true)}>
          <Printer className="icon" aria-hidden />
          {t('receipt.print-copy')}
        </button>
        {sale.data === undefined ? null : <Invoices uuid={uuid} label={sale.data.label} />}
      </div>
      {refunding && sale.data !== undefined ? (
        <RefundDialog uuid={uuid} label={sale.data.label} onClose={() => setRefunding(false)} />
      ) : null}
      {swapping && sale.data !== undefined ? <SwapDialog receipt={sale.data} onClose={() => setSwapping(false)} /> : null}
      {printing && sale.data !== undefined ? (
        <PrintReceipt
          receipt={sale.data}
          copy
          onDone={(error) => {
            setPrinting(false);
            setProblem(error ?? null);
          }}
        />
      ) : null}
    </>
  );
}
