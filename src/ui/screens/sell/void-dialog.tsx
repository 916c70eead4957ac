/** Why something is taken out of the cart, where the shop wants to know: a line, a part of one, or all of it. */
import { useState, type ReactNode } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useTranslation } from '../../texts/texts.tsx';

interface Props {
  readonly title: string;
  /** What its button does. */
  readonly action: string;
  readonly onSaid: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}

export function VoidDialog({ title, action, onSaid, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const isEmpty = reason.trim() === '';
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => {
        if (!isEmpty) onSaid(reason.trim()).then(onClose, setProblem);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={isEmpty}>
            {action}
          </button>
        </>
      }
    >
      <Field label={t('cash.reason')} maxLength={200} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />
      <Problem error={problem} />
    </Dialog>
  );
}
