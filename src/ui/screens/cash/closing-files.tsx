/** A closing on paper, and its files: the archive, which anybody can check without this shop, and the accountant's CSV. */
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { PrintButton } from '../../parts/print-button.tsx';
import { Problem } from '../../parts/problem.tsx';
import { saveFile } from '../../parts/save-file.ts';

export type ClosingName =
  | { readonly kind: 'z'; readonly register: string; readonly number: number }
  | { readonly kind: 'day' | 'month' | 'year'; readonly day: number };

export function ClosingFiles({ name }: { readonly name: ClosingName }): ReactNode {
  const { t } = useTranslation();
  const archive = useMutation({
    mutationFn: async () => {
      const { fileName, text, chains } = await call('getArchive', { query: name });
      const parts = [text];
      for (const { chain, fromN, toN } of chains) {
        let next: number | null = fromN;
        while (next !== null) {
          const page: { text: string; next: number | null } = await call('getArchivePage', { query: { chain, fromN: next, toN } });
          parts.push(page.text);
          next = page.next;
        }
      }
      saveFile(fileName, new Blob(parts, { type: 'application/x-ndjson' }));
    },
  });
  const accounts = useMutation({
    mutationFn: async () => {
      const { fileName, text } = await call('getAccounts', { query: name });
      // The mark by which spreadsheets know UTF-8.
      saveFile(fileName, new Blob(['\ufeff', text], { type: 'text/csv' }));
    },
  });
  return (
    <>
      <Problem error={archive.error ?? accounts.error} />
      <PrintButton print={() => call('printClosing', { query: name })} />
      <button type="button" className="btn" disabled={archive.isPending} onClick={() => archive.mutate()}>
        <Download className="icon" aria-hidden />
        {t('closing.archive')}
      </button>
      <button type="button" className="btn" disabled={accounts.isPending} onClick={() => accounts.mutate()}>
        <Download className="icon" aria-hidden />
        {t('closing.accounts')}
      </button>
    </>
  );
}
