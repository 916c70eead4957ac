/** Settings > Storage: the stores that this register left when it joined another shop; what they hold, their sales as a file, whether they are sound. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { salesCsv, type SalesFileRow } from '../../../domain/sales-file.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { bytes, count, dateTime, digitsOfCurrency, money } from '../../format/format.ts';
import { Problem } from '../../parts/problem.tsx';
import { useLocale } from '../../parts/register-context.ts';
import { saveFile } from '../../parts/save-file.ts';
import { KeptPapers } from './kept-papers.tsx';
import './joining.css';

type Kept = Answer<'listKept'>['rows'][number];

export function KeptStores(): ReactNode {
  const { t } = useTranslation();
  const kept = useQuery({ queryKey: ['kept'], queryFn: ({ signal }) => call('listKept', { signal }) });
  const { rows = [], unreadable = [] } = kept.data ?? {};
  if (rows.length + unreadable.length === 0) return <Problem error={kept.error} />;
  return (
    <section className="panel about kept" aria-labelledby="kept">
      <div>
        <h2 id="kept">{t('kept.title')}</h2>
        <p className="soft">{t('kept.say')}</p>
      </div>
      <ul>
        {rows.map((one) => (
          <KeptStore key={one.name} kept={one} />
        ))}
        {unreadable.map((file) => (
          <li key={file} className="bad">
            {t('kept.unreadable', { file })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function KeptStore({ kept }: { readonly kept: Kept }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { name } = kept;
  const save = useMutation({ mutationFn: () => exportSales(name) });
  const verify = useMutation({ mutationFn: () => call('verifyKept', { params: { name } }) });
  const found = verify.data;
  return (
    <li>
      <div>
        <p className="strong">
          <bdi>{kept.shop}</bdi>, <bdi>{kept.register}</bdi>
        </p>
        <p className="small">
          {t('kept.holds', {
            products: count(kept.products, locale),
            customers: count(kept.customers, locale),
            sales: count(kept.sales, locale),
            total: money(kept.totalMinor, kept.currency, locale),
          })}
        </p>
        <p className="small soft num">
          {dateTime(kept.keptAt, locale)} · {bytes(kept.bytes, locale)} · {name}
        </p>
      </div>
      <div className="actions">
        <button type="button" className="btn" disabled={save.isPending} onClick={() => save.mutate()}>
          {t('kept.export')}
        </button>
        <button type="button" className="btn" disabled={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? t('kept.verifying') : t('kept.verify')}
        </button>
      </div>
      {found === undefined ? null : (
        <p className={found.ok ? 'said good' : 'said bad'} role="status">
          {found.ok ? t('kept.sound') : t('kept.damaged', { problem: found.problem ?? '' })}
        </p>
      )}
      <Problem error={save.error ?? verify.error} />
      <KeptPapers name={name} currency={kept.currency} />
    </li>
  );
}

async function exportSales(name: string): Promise<void> {
  const lines: SalesFileRow[] = [];
  for (let cursor = 0; ;) {
    const { rows, next, currency, country } = await call('keptSales', { params: { name }, query: { cursor } });
    lines.push(...rows);
    if (next !== null) {
      cursor = next;
      continue;
    }
    // With a mark of its order of bytes, by which spreadsheets see that it is UTF-8.
    const text = salesCsv(lines, currency, country, digitsOfCurrency(currency));
    saveFile(name.replace(/\.db$/, '.csv'), new Blob(['\u{FEFF}', text], { type: 'text/csv' }));
    return;
  }
}
