/** What is said of a line or of the whole cart: another price, a discount in per cent or as an amount, a note, and why. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart, CartLine } from '../../cart/preview.ts';
import { typedAmount } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';

export type PriceMode = 'percent' | 'amount' | 'price' | 'note';

interface Props {
  /** Null for the whole cart. */
  readonly line: CartLine | null;
  readonly cart: Cart;
  readonly first: PriceMode;
  readonly onClose: () => void;
}

/** Like 12.50, in whatever decimals the currency has. */
const LIKE_MINOR = 1250;
/** Of a per cent, in parts per million. */
const HUNDREDTH_PPM = 100;

export function PriceDialog({ line, cart, first, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits, money } = useMoney();
  const [mode, setMode] = useState(first);
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [note, setNote] = useState((line ?? cart).note ?? '');
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const value = parseTyped(text, mode === 'percent' ? 2 : digits);
  const good = mode === 'note' || (value !== null && (mode === 'price' || value > 0) && (mode !== 'percent' || value <= 10_000));
  const modes: readonly PriceMode[] =
    line === null ? ['percent', 'amount', 'note'] : line.fixed ? ['note'] : ['percent', 'amount', 'price', 'note'];
  const said = line === null ? cart.discount !== null : line.discount !== null || line.overrideMinor !== null;

  const save = (body: Parameters<typeof cartStore.change>[1]): void => {
    const { override: _, ...ofCart } = body;
    const saved = line === null ? cartStore.ask(() => call('changeCart', { body: ofCart })) : cartStore.change(line.line, body);
    saved.then(onClose, setProblem);
  };
  const submit = (): void => {
    setTried(true);
    if (!good) return;
    const why = reason.trim() === '' ? null : reason.trim();
    if (mode === 'note') save({ note: note.trim() === '' ? null : note.trim() });
    else if (mode === 'price') save({ override: { unitPriceMinor: value ?? 0, reason: why } });
    else if (mode === 'percent') save({ discount: { kind: 'percent', ppm: (value ?? 0) * HUNDREDTH_PPM, reason: why } });
    else save({ discount: { kind: 'amount', amountMinor: value ?? 0, reason: why } });
  };
  const wrong =
    mode === 'percent'
      ? t('price.not-a-percent', { text })
      : t('products.not-a-price', { text, like: typedAmount(LIKE_MINOR, currency, locale) });
  return (
    <Dialog
      title={line === null ? t('price.of-cart') : line.name}
      onClose={onClose}
      onSubmit={submit}
      actions={
        <>
          {said ? (
            <button
              type="button"
              className="btn"
              onClick={() => save(line === null ? { discount: null } : { discount: null, override: null })}
            >
              {t('price.take-back')}
            </button>
          ) : null}
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.ok')}</button>
        </>
      }
    >
      <div className="price-modes" role="group" aria-label={t('price.what')}>
        {modes.map((one) => (
          <button key={one} type="button" className="btn" aria-pressed={one === mode} onClick={() => setMode(one)}>
            {t(`price.${one}`)}
          </button>
        ))}
      </div>
      {mode === 'note' ? (
        <Field
          label={t('price.note')}
          maxLength={200}
          data-first=""
          autoFocus
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      ) : (
        <>
          <Field
            key={mode}
            label={mode === 'percent' ? t('price.percent-off') : mode === 'amount' ? t('price.amount-off') : t('price.new')}
            hint={mode === 'price' && line !== null ? t('price.was', { price: money(line.unitPriceMinor) }) : undefined}
            className="num"
            inputMode="none"
            data-first=""
            autoFocus
            value={text}
            onChange={(event) => setText(event.target.value)}
            error={tried && !good ? wrong : null}
          />
          <KeyPad
            onKey={(key) => setText(text + key)}
            onErase={() => setText(text.slice(0, -1))}
            corner={
              <button type="button" className="btn num" onClick={() => setText(`${text}.`)}>
                .
              </button>
            }
          />
          <Field label={t('price.reason')} maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
        </>
      )}
      <Problem error={problem} />
    </Dialog>
  );
}
