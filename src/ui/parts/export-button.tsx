/** A list as a CSV file: all of it as it is filtered now, whatever is on the screen, page by page as the list itself is read. */
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { decimalMark, writeCsv } from '../../domain/csv.ts';
import { useTranslation } from '../texts/texts.tsx';
import { count } from '../format/format.ts';
import { dayText } from '../format/days.ts';
import { systemClock } from '../../base/clock.ts';
import { plainAmount } from '../../domain/money.ts';
import { Problem } from './problem.tsx';
import { useLocale, useMoney, useRegister } from './register-context.ts';
import { saveFile } from './save-file.ts';
import type { Pages } from './use-pages.ts';

/** A cell: text, money in minor units, thousandths of a quantity, an instant, or nothing. */
export type Cell = string | null | { readonly minor: number } | { readonly milli: number } | { readonly at: number };

interface Props<R> {
  readonly name: string;
  readonly pages: Pages<R>;
  /** By heading, in order. */
  readonly columns: Readonly<Record<string, (row: R) => Cell>>;
}

export function ExportButton<R>({ name, pages, columns }: Props<R>): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { digits } = useMoney();
  const { shop } = useRegister();
  const [read, setRead] = useState(0);
  const save = useMutation({
    mutationFn: async () => {
      const mark = decimalMark(shop?.country ?? '');
      const spell = (cell: Cell): string => {
        if (cell === null || typeof cell === 'string') return cell ?? '';
        if ('at' in cell) return new Date(cell.at).toISOString();
        return ('minor' in cell ? plainAmount(cell.minor, digits) : plainAmount(cell.milli, 3)).replace('.', mark);
      };
      const lines = [Object.keys(columns)];
      for await (const rows of pages.everyPage()) {
        for (const row of rows) lines.push(Object.values(columns).map((column) => spell(column(row))));
        setRead(lines.length - 1);
      }
      // With a mark of its order of bytes, by which spreadsheets see that it is UTF-8.
      saveFile(`${name}-${dayText(systemClock.nowMs())}.csv`, new Blob(['\u{FEFF}', writeCsv(lines, mark)], { type: 'text/csv' }));
    },
    onSettled: () => setRead(0),
  });
  return (
    <>
      <Problem error={save.error} />
      <button type="button" className="btn" disabled={save.isPending} onClick={() => save.mutate()}>
        <Download className="icon" aria-hidden />
        {save.isPending ? count(read, locale) : t('do.export')}
      </button>
    </>
  );
}
