/** Sends a receipt to the browser's printer and tells the register that it was printed. */
import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { call } from '../api/call.ts';
import { queryClient } from '../live/query-client.ts';
import { ReceiptPaper, type Receipt } from './receipt-paper.tsx';

interface Props {
  readonly receipt: Receipt;
  readonly copy: boolean;
  readonly onDone: () => void;
}

export function PrintReceipt({ receipt, copy, onDone }: Props): ReactNode {
  const print = useEffectEvent(() => {
    window.print();
    if (copy)
      void call('noteReprint', { params: { uuid: receipt.uuid } }).catch(() => {
        // The register is gone: nothing can be journalled, and the paper says that it is a copy.
      });
    void call('markPrinted', { params: { uuid: receipt.uuid } })
      .then(() => queryClient.invalidateQueries({ queryKey: ['unprinted'] }))
      .catch(() => {
        // Not noted as printed: the register asks again after a restart, and that print is marked a copy.
      });
    onDone();
  });
  useEffect(() => {
    // After the paper is in the page; some browsers print asynchronously and keep a copy of what they saw.
    const timer = window.setTimeout(print, 50);
    return () => window.clearTimeout(timer);
  }, []);
  return createPortal(
    <div className="print-only">
      <ReceiptPaper receipt={receipt} copy={copy} />
    </div>,
    document.body,
  );
}
