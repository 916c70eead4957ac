/** Number keys for a finger: always left to right, as on every till. */
import { Delete } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../texts/texts.tsx';

const ROWS = ['7', '8', '9', '4', '5', '6', '1', '2', '3'] as const;

interface Props {
  readonly onKey: (key: string) => void;
  readonly onErase: () => void;
  /** The key at the start of the last row: `00` for money, a mark for quantities. */
  readonly corner?: ReactNode;
  readonly className?: string;
}

export function KeyPad({ onKey, onErase, corner, className = '' }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={`pad ${className}`} role="group" aria-label={t('pad.label')}>
      {ROWS.map((key) => (
        <button key={key} type="button" className="btn num" onClick={() => onKey(key)}>
          {key}
        </button>
      ))}
      {corner ?? <span />}
      <button type="button" className="btn num" onClick={() => onKey('0')}>
        0
      </button>
      <button type="button" className="btn" aria-label={t('pad.erase')} onClick={onErase}>
        <Delete className="icon" aria-hidden />
      </button>
    </div>
  );
}
