/** After a sale: the change in large figures until the next scan, and the receipt for whoever wants it. */
import { useQuery } from '@tanstack/react-query';
import { Printer, ReceiptText } from 'lucide-react';
import { Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import type { Cart } from '../../cart/preview.ts';
import { apart } from '../../parts/apart.ts';
import { BigFigure } from '../../parts/big-figure.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { PrintReceipt } from '../../parts/print-receipt.tsx';
import { Problem } from '../../parts/problem.tsx';
import { ReceiptPaper } from '../../parts/receipt-paper.tsx';
import { wasPaidHere } from '../pay/complete-sale.ts';
import { useMoney, useRegister } from '../../parts/register-context.ts';

const Invoices = apart(async () => (await import('../../parts/invoices.tsx')).Invoices);

type LastSale = NonNullable<Cart['lastSale']>;

export function PaidPanel({ sale }: { readonly sale: LastSale }): ReactNode {
  const { t } = useTranslation();
  const { money } = useMoney();
  const [shown, setShown] = useState(false);
  const [printing, setPrinting] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const { receiptPrinter } = useRegister();
  const receipt = useQuery({
    queryKey: ['sale', sale.uuid],
    queryFn: ({ signal }) => call('getSale', { params: { uuid: sale.uuid }, signal }),
  });
  const printButton = (
    <button type="button" className="btn" disabled={receipt.data === undefined} onClick={() => setPrinting(true)}>
      <Printer className="icon" aria-hidden />
      {t(receiptPrinter?.receipts === 'always' ? 'receipt.print-copy' : 'receipt.print')}
    </button>
  );
  return (
    <section className="paid" aria-label={t('paid.title')}>
      <div className="change" role="status">
        <h2>{sale.changeMinor > 0 ? t('pay.change') : t('paid.title')}</h2>
        <BigFigure className="change-figure" text={money(sale.changeMinor > 0 ? sale.changeMinor : sale.totalMinor)} />
        <p>
          {sale.changeMinor > 0 ? t('paid.of', { total: money(sale.totalMinor) }) : t('paid.no-change')}{' '}
          <span className="code">{sale.label}</span>
        </p>
      </div>
      <Problem error={problem ?? receipt.error} />
      <div className="paid-actions">
        {printButton}
        <button type="button" className="btn" onClick={() => setShown(true)}>
          <ReceiptText className="icon" aria-hidden />
          {t('receipt.show')}
        </button>
        <Suspense>
          <Invoices uuid={sale.uuid} label={sale.label} />
        </Suspense>
      </div>
      <p className="soft small">{t('paid.next')}</p>
      {shown && receipt.data !== undefined ? (
        <Dialog
          title={t('receipt.title', { label: sale.label })}
          onClose={() => setShown(false)}
          actions={
            <>
              {printButton}
              <button type="button" className="btn btn-primary" onClick={() => setShown(false)}>
                {t('do.close')}
              </button>
            </>
          }
        >
          <div className="receipt-ground">
            <ReceiptPaper receipt={receipt.data} />
          </div>
        </Dialog>
      ) : null}
      {printing && receipt.data !== undefined ? (
        <PrintReceipt
          receipt={receipt.data}
          copy={!wasPaidHere(sale.uuid)}
          onDone={(error) => {
            setPrinting(false);
            setProblem(error ?? null);
          }}
        />
      ) : null}
    </section>
  );
}
