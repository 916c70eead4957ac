/** How a sale was paid in truth, where it was recorded another way: one press a payment. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../api/call.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import type { Receipt } from '../../parts/receipt-paper.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { useTranslation } from '../../texts/texts.tsx';

/** What somebody may have pressed wrong; a terminal, a voucher and an account are not wrong. */
const MAY_BE_WRONG: readonly string[] = ['cash', 'card', 'other'];

export function mayBeWrong({ kind, byTerminal }: Receipt['tenders'][number]): boolean {
  return MAY_BE_WRONG.includes(kind) && !byTerminal;
}

export function SwapDialog({ receipt, onClose }: { readonly receipt: Receipt; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const methods = useQuery({ queryKey: ['payment-methods'], queryFn: ({ signal }) => call('listPaymentMethods', { signal }) });
  const swap = useMutation({
    mutationFn: (body: { tender: string; method: string }) => call('swapTender', { params: { uuid: receipt.uuid }, body }),
    onSuccess: (corrected) => {
      queryClient.setQueryData(['sale', receipt.uuid], corrected);
      onClose();
    },
  });
  const ways = methods.data?.rows.filter(({ active, kind }) => active && MAY_BE_WRONG.includes(kind)) ?? [];
  return (
    <Dialog
      title={t('swap.title', { label: receipt.label })}
      onClose={onClose}
      actions={
        <button type="button" className="btn" onClick={onClose}>
          {t('do.cancel')}
        </button>
      }
    >
      <p className="soft">{t('swap.say')}</p>
      <ul className="swap-tenders">
        {receipt.tenders.filter(mayBeWrong).map((tender) => (
          <li key={tender.tender}>
            <p className="strong">
              <bdi>{tender.method}</bdi> <span className="num">{money(tender.amountMinor - tender.changeMinor)}</span>
            </p>
            <div className="swap-ways">
              {ways
                .filter(({ id }) => id !== tender.methodId)
                .map(({ id, name }) => (
                  <button
                    key={id}
                    type="button"
                    className="btn"
                    disabled={swap.isPending}
                    onClick={() => swap.mutate({ tender: tender.tender, method: id })}
                  >
                    {t('swap.instead', { method: name })}
                  </button>
                ))}
            </div>
          </li>
        ))}
      </ul>
      <Problem error={swap.error ?? methods.error} />
    </Dialog>
  );
}
