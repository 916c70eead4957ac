/** A receipt that was paid for but never came out, because the register stopped in between. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Printer } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { Problem } from '../../parts/problem.tsx';
import { PrintReceipt } from '../../parts/print-receipt.tsx';
import { wasPaidHere } from '../pay/complete-sale.ts';
import type { Receipt } from '../../parts/receipt-paper.tsx';

/** `shown` is the sale whose change is on the screen: paid just now, its receipt can still be asked for there. */
export function UnprintedBanner({ shown }: { readonly shown: string | null }): ReactNode {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [printing, setPrinting] = useState<Receipt | null>(null);
  const unprinted = useQuery({ queryKey: ['unprinted'], queryFn: ({ signal }) => call('unprinted', { signal }) });
  const waive = useMutation({
    mutationFn: (uuid: string) => call('markPrinted', { params: { uuid } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['unprinted'] }),
  });
  const fetchIt = useMutation({ mutationFn: (uuid: string) => call('getSale', { params: { uuid } }), onSuccess: setPrinting });
  const [problem, setProblem] = useState<unknown>(null);
  const sale = unprinted.data?.rows.find((row) => row.uuid !== shown || !wasPaidHere(row.uuid));
  if (sale === undefined) return null;
  return (
    <div className="banner" role="status">
      <Printer className="icon" aria-hidden />
      <p>{t('banner.unprinted', { label: sale.label })}</p>
      <span className="grow" />
      <button type="button" className="btn" onClick={() => waive.mutate(sale.uuid)}>
        {t('receipt.not-wanted')}
      </button>
      <button type="button" className="btn" onClick={() => fetchIt.mutate(sale.uuid)}>
        {t('receipt.print')}
      </button>
      {printing === null ? null : (
        <PrintReceipt
          receipt={printing}
          copy
          onDone={(error) => {
            setPrinting(null);
            setProblem(error ?? null);
          }}
        />
      )}
      <Problem error={problem} />
    </div>
  );
}
