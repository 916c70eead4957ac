/** Prints a receipt: on the register's printer where it has one, else on the browser's, and then tells the register that it was printed. */
import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { call } from '../api/call.ts';
import { queryClient } from '../live/query-client.ts';
import { ReceiptPaper, type Receipt } from './receipt-paper.tsx';
import { useRegister } from './register-context.ts';

interface Props {
  readonly receipt: Receipt;
  /** Printed before, as this screen knows; the register's own queue knows by itself. */
  readonly copy: boolean;
  /** Sent off, or with what stood in the way. */
  readonly onDone: (problem?: unknown) => void;
}

export function PrintReceipt(props: Props): ReactNode {
  const { receiptPrinter } = useRegister();
  return receiptPrinter === null ? <PrintInBrowser {...props} /> : <SendToPrinter {...props} />;
}

function SendToPrinter({ receipt, onDone }: Props): ReactNode {
  const send = useEffectEvent(() => {
    call('printReceipt', { params: { uuid: receipt.uuid }, body: {} })
      .then(() => queryClient.invalidateQueries({ queryKey: ['unprinted'] }))
      .then(() => onDone(), onDone);
  });
  useEffect(() => send(), []);
  return null;
}

function PrintInBrowser({ receipt, copy, onDone }: Props): ReactNode {
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
