/** How many, or how heavy: typed or tapped. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import type { Tile } from '../../cart/preview.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';

interface Props {
  readonly name: string;
  readonly unit: Tile['unit'];
  readonly onDone: (quantityMilli: number) => void;
  readonly onClose: () => void;
}

const MOST_MILLI = 9_999_999;

export function QuantityDialog({ name, unit, onDone, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const milli = parseTyped(text, 3);
  const good = milli !== null && milli > 0 && milli <= MOST_MILLI && (unit !== 'each' || milli % 1000 === 0);
  return (
    <Dialog
      title={name}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (good) onDone(milli);
      }}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.ok')}</button>
        </>
      }
    >
      <Field
        label={unit === 'each' ? t('sell.quantity') : t('sell.how-much', { unit })}
        className="num"
        inputMode="none"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={tried && !good ? t(unit === 'each' ? 'sell.not-a-quantity' : 'sell.not-a-weight', { text }) : null}
      />
      <KeyPad
        onKey={(key) => setText(text + key)}
        onErase={() => setText(text.slice(0, -1))}
        corner={
          unit === 'each' ? undefined : (
            <button type="button" className="btn num" onClick={() => setText(`${text}.`)}>
              .
            </button>
          )
        }
      />
    </Dialog>
  );
}
