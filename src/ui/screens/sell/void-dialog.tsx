/** Why a line is taken out, where the shop wants to know. */
import { useState, type ReactNode } from 'react';
import { cartStore } from '../../cart/cart-store.ts';
import type { CartLine } from '../../cart/preview.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';

export function VoidDialog({ line, onClose }: { readonly line: CartLine; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const isEmpty = reason.trim() === '';
  return (
    <Dialog
      title={t('void.title', { name: line.name })}
      onClose={onClose}
      onSubmit={() => {
        if (!isEmpty) cartStore.remove(line.line, reason.trim()).then(onClose, setProblem);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={isEmpty}>
            {t('sell.remove-line')}
          </button>
        </>
      }
    >
      <Field label={t('cash.reason')} maxLength={200} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />
      <Problem error={problem} />
    </Dialog>
  );
}
