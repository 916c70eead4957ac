/** Sends a closing or an invoice to the register's receipt printer; not there where the register has none. */
import { useMutation } from '@tanstack/react-query';
import { Printer } from 'lucide-react';
import type { ReactNode } from 'react';
import { queryClient } from '../live/query-client.ts';
import { useTranslation } from '../texts/texts.tsx';
import { Problem } from './problem.tsx';
import { useRegister } from './register-context.ts';

interface Props {
  /** What is printed, where there are several. */
  readonly what?: string;
  readonly print: () => Promise<unknown>;
}

export function PrintButton({ what, print }: Props): ReactNode {
  const { t } = useTranslation();
  const { receiptPrinter } = useRegister();
  const send = useMutation({ mutationFn: print, onSuccess: () => queryClient.invalidateQueries({ queryKey: ['print-jobs'] }) });
  if (receiptPrinter === null) return null;
  return (
    <>
      <Problem error={send.error} />
      <button
        type="button"
        className="btn"
        disabled={send.isPending}
        aria-label={what === undefined ? undefined : t('printing.print-what', { what })}
        onClick={() => send.mutate()}
      >
        <Printer className="icon" aria-hidden />
        {what ?? t('printing.print')}
      </button>
    </>
  );
}
