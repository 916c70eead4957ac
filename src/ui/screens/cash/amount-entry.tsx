/** An amount of money, typed or tapped. */
import type { ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { parseTyped } from '../../format/parse-typed.ts';
import { Field } from '../../parts/field.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';
import { useMoney } from '../../parts/register-context.ts';

interface Props {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Shown once somebody tried to go on with it. */
  readonly error: string | null;
  readonly hint?: ReactNode;
}

export function AmountEntry({ label, text, onText, error, hint }: Props): ReactNode {
  const { digits } = useMoney();
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={label}
        className="num amount-entry"
        inputMode="none"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onFocus={(event) => event.target.select()}
        error={error}
        {...(hint === undefined ? {} : { hint })}
      />
      <KeyPad
        onKey={(key) => onText(text + key)}
        onErase={() => onText(text.slice(0, -1))}
        corner={
          digits === 0 ? undefined : (
            <button type="button" className="btn num" aria-label={t('cash.decimals')} onClick={() => onText(`${text}.`)}>
              .
            </button>
          )
        }
      />
    </>
  );
}

/** Minor units of what was typed, nothing being nought; null when it is no amount from nought up. */
export function typedMinor(text: string, digits: number): number | null {
  const minor = text.trim() === '' ? 0 : parseTyped(text, digits);
  return minor === null || minor < 0 ? null : minor;
}
