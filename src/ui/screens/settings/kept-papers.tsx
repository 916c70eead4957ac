/** What a kept store has on paper: its Zs and its invoices, listed, each invoice as a PDF, all of either as a file. Read once it is looked at. */
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { invoicesCsv, type InvoiceFileRow } from '../../../domain/invoices-file.ts';
import { call } from '../../api/call.ts';
import { dateTime, digitsOfCurrency, money, tradingDay } from '../../format/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { saveFile } from '../../parts/save-file.ts';
import { useTranslation } from '../../texts/texts.tsx';

interface Props {
  /** Of the kept store. */
  readonly name: string;
  readonly currency: string;
}

export function KeptPapers(props: Props): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className="elsewhere kept-papers" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('kept.papers')}</summary>
      {open ? (
        <div className="kept-lists">
          <Closings {...props} />
          <KeptInvoices {...props} />
        </div>
      ) : null}
    </details>
  );
}

function Closings({ name, currency }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const pages = useInfiniteQuery({
    queryKey: ['kept-closings', name],
    queryFn: ({ pageParam, signal }) => call('keptClosings', { params: { name }, query: { cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const save = useMutation({
    mutationFn: async () => {
      const { text } = await call('keptAccounts', { params: { name } });
      saveCsv(name, 'closings', text);
    },
  });
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <section aria-label={t('kept.closings')}>
      <h3>{t('kept.closings')}</h3>
      <ul className="kept-rows">
        {rows.map((row) => (
          <li key={`${row.register} ${row.number}`}>
            <span className="num">
              {row.register} Z{row.number}
            </span>
            <span className="soft num">{tradingDay(row.day, 'day', locale)}</span>
            <span className="num">{money(row.turnoverMinor, currency, locale)}</span>
          </li>
        ))}
      </ul>
      {pages.data !== undefined && rows.length === 0 ? <p className="soft">{t('kept.no-closings')}</p> : null}
      <More pages={pages} />
      {rows.length === 0 ? null : (
        <button type="button" className="btn" disabled={save.isPending} onClick={() => save.mutate()}>
          {t('kept.export-closings')}
        </button>
      )}
      <Problem error={pages.error ?? save.error} />
    </section>
  );
}

function KeptInvoices({ name, currency }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const pages = useInfiniteQuery({
    queryKey: ['kept-invoices', name],
    queryFn: ({ pageParam, signal }) => call('keptInvoices', { params: { name }, query: { cursor: pageParam }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });
  const save = useMutation({ mutationFn: () => exportInvoices(name) });
  const open = useMutation({
    mutationFn: async (label: string) => {
      const { fileName, pdf } = await call('keptInvoicePdf', { params: { name, label } });
      saveFile(fileName, new Blob([Uint8Array.from(atob(pdf), (byte) => byte.charCodeAt(0))], { type: 'application/pdf' }));
    },
  });
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <section aria-label={t('kept.invoices')}>
      <h3>{t('kept.invoices')}</h3>
      <ul className="kept-rows">
        {rows.map((row) => (
          <li key={row.label}>
            <button type="button" className="btn btn-quiet num" disabled={open.isPending} onClick={() => open.mutate(row.label)}>
              {row.label}
            </button>
            <span className="soft">
              <bdi>{row.buyer}</bdi>, <span className="num">{dateTime(row.at, locale)}</span>
            </span>
            <span className="num">{money(row.totalMinor, currency, locale)}</span>
          </li>
        ))}
      </ul>
      {pages.data !== undefined && rows.length === 0 ? <p className="soft">{t('kept.no-invoices')}</p> : null}
      <More pages={pages} />
      {rows.length === 0 ? null : (
        <button type="button" className="btn" disabled={save.isPending} onClick={() => save.mutate()}>
          {t('kept.export-invoices')}
        </button>
      )}
      <Problem error={pages.error ?? open.error ?? save.error} />
    </section>
  );
}

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

function More({ pages }: { readonly pages: Pages }): ReactNode {
  const { t } = useTranslation();
  if (!pages.hasNextPage) return null;
  return (
    <button type="button" className="btn btn-quiet" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
      {t('kept.more')}
    </button>
  );
}

async function exportInvoices(name: string): Promise<void> {
  const papers: InvoiceFileRow[] = [];
  for (let cursor = 0; ;) {
    const { rows, next, currency, country } = await call('keptInvoices', { params: { name }, query: { cursor } });
    papers.push(...rows);
    if (next !== null) {
      cursor = next;
      continue;
    }
    saveCsv(name, 'invoices', invoicesCsv(papers, currency, country, digitsOfCurrency(currency)));
    return;
  }
}

function saveCsv(name: string, what: string, text: string): void {
  // With a mark of its order of bytes, by which spreadsheets see that it is UTF-8.
  saveFile(name.replace(/\.db$/, `-${what}.csv`), new Blob(['\u{FEFF}', text], { type: 'text/csv' }));
}
