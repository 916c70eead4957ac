/** The number pad of the selling screen: a code and Enter, or a number and × before what is scanned or tapped next. */
import { CornerDownLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';

interface Props {
  readonly onKey: (key: string) => void;
  readonly onErase: () => void;
  readonly onTimes: () => void;
  readonly onEnter: () => void;
}

export function PadPane({ onKey, onErase, onTimes, onEnter }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="pad-pane">
      <KeyPad
        onKey={onKey}
        onErase={onErase}
        corner={
          <button type="button" className="btn num" onClick={() => onKey('.')}>
            .
          </button>
        }
      />
      <div className="pad-side">
        <button type="button" className="btn" aria-label={t('pad.times')} onClick={onTimes}>
          ×
        </button>
        <button type="button" className="btn" aria-label={t('pad.enter')} onClick={onEnter}>
          <CornerDownLeft className="icon icon-turns" aria-hidden />
        </button>
      </div>
    </div>
  );
}
