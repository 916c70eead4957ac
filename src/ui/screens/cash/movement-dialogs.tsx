/** Cash put in or taken out, a float, and the drawer opened without a sale: each is journalled with its reason. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { BodyInput } from '../../../protocol/api/routes.ts';
import { call } from '../../api/call.ts';
import { typedAmount } from '../../format/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { AmountEntry, typedMinor } from './amount-entry.tsx';
import { keepShift } from './keep-shift.ts';

type Kind = BodyInput<'moveCash'>['kind'];

const KINDS_OUT: readonly Kind[] = ['paid-out', 'expense', 'safe-drop', 'bank', 'owner', 'tip'];

interface Props {
  readonly way: 'in' | 'out' | 'float';
  readonly proposedMinor?: number;
  readonly onClose: () => void;
}

export function MovementDialog({ way, proposedMinor = 0, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits } = useMoney();
  const [kind, setKind] = useState<Kind>(way === 'out' ? 'paid-out' : 'paid-in');
  const [text, setText] = useState(proposedMinor === 0 ? '' : typedAmount(proposedMinor, currency, locale));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const minor = typedMinor(text, digits);
  const needsReason = way !== 'float';
  const isGood = minor !== null && (way === 'float' || (minor > 0 && reason.trim() !== ''));
  const move = useMutation({
    mutationFn: (amountMinor: number) =>
      way === 'float'
        ? call('openShift', { body: { floatMinor: amountMinor } })
        : call('moveCash', { body: { kind, amountMinor, reason } }),
    onSuccess: (shift) => {
      keepShift(shift);
      onClose();
    },
  });
  return (
    <Dialog
      title={t(`cash.title-${way}`)}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (isGood) move.mutate(minor);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={move.isPending}>
            {t(`cash.do-${way}`)}
          </button>
        </>
      }
    >
      {way === 'out' ? (
        <SelectField label={t('cash.what-for')} value={kind} onChange={(event) => setKind(kindOf(event.target.value))}>
          {KINDS_OUT.map((one) => (
            <option key={one} value={one}>
              {t(`cash.kind.${one}`)}
            </option>
          ))}
        </SelectField>
      ) : null}
      {needsReason ? <ReasonField reason={reason} onReason={setReason} tried={tried} /> : null}
      <AmountEntry
        label={t('cash.amount')}
        text={text}
        onText={setText}
        error={tried && (minor === null || (needsReason && minor === 0)) ? t('cash.not-an-amount', { text }) : null}
      />
      <Problem error={move.error} />
    </Dialog>
  );
}

function kindOf(value: string): Kind {
  return KINDS_OUT.find((kind) => kind === value) ?? 'paid-out';
}

interface ReasonProps {
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly tried: boolean;
}

function ReasonField({ reason, onReason, tried }: ReasonProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Field
      label={t('cash.reason')}
      maxLength={200}
      value={reason}
      onChange={(event) => onReason(event.target.value)}
      error={tried && reason.trim() === '' ? t('cash.reason-needed') : null}
    />
  );
}

export function NoSaleDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const note = useMutation({ mutationFn: () => call('noSale', { body: { reason } }), onSuccess: onClose });
  return (
    <Dialog
      title={t('cash.no-sale')}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (reason.trim() !== '') note.mutate();
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={note.isPending}>
            {t('cash.do-no-sale')}
          </button>
        </>
      }
    >
      <p>{t('cash.no-sale-say')}</p>
      <ReasonField reason={reason} onReason={setReason} tried={tried} />
      <Problem error={note.error} />
    </Dialog>
  );
}
