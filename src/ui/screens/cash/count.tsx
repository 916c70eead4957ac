/** Counting the drawer: notes and coins one by one, every other payment method against its own total. By keys, or on the pad. */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactNode, type SubmitEvent } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { MAX_PIECES, sumPieces, type PieceCount } from '../../../domain/drawer-count.ts';
import { call } from '../../api/call.ts';
import { Field } from '../../parts/field.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useMoney } from '../../parts/register-context.ts';
import { typedMinor } from './amount-entry.tsx';
import { keepShift, type OpenShift, type ShiftView } from './keep-shift.ts';

/** A phone has its own keys; a till's screen has the pad beside the count. */
const KEYS = window.matchMedia('(max-width: 40rem)').matches ? 'decimal' : 'none';

interface Props {
  readonly shift: ShiftView;
  readonly open: OpenShift;
  readonly onCancel: () => void;
  readonly onCounted: (pieces: readonly PieceCount[]) => void;
}

export function Count({ shift, open, onCancel, onCounted }: Props): ReactNode {
  const { t } = useTranslation();
  const { money, digits } = useMoney();
  const form = useRef<HTMLFormElement>(null);
  // What was typed, by face (`5000`) or by payment method; the field the pad types into.
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [active, setActive] = useState('');
  const [tried, setTried] = useState(false);
  const setText = (key: string, text: string): void => setTexts((held) => ({ ...held, [key]: text }));
  const pieces = shift.faces.map((faceMinor) => ({ faceMinor, pieces: piecesOf(texts[faceMinor]) }));
  const counted = pieces.flatMap(({ faceMinor, pieces: count }) => (count === null || count === 0 ? [] : [{ faceMinor, pieces: count }]));
  const others = open.methods.filter(({ kind }) => kind !== 'cash');
  const cash = open.methods.find(({ kind }) => kind === 'cash');
  const isGood =
    pieces.every((row) => row.pieces !== null) && others.every(({ method }) => typedMinor(texts[method] ?? '', digits) !== null);
  const send = useMutation({
    mutationFn: () =>
      call('countShift', {
        body: {
          counts: [
            ...(cash === undefined ? [] : [{ method: cash.method, countedMinor: sumPieces(counted), pieces: counted }]),
            ...others.map(({ method }) => ({ method, countedMinor: typedMinor(texts[method] ?? '', digits) ?? 0 })),
          ],
        },
      }),
    onSuccess: (view) => {
      keepShift(view);
      onCounted(counted);
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (isGood) send.mutate();
  };
  return (
    <form ref={form} className="cash-count" noValidate onSubmit={submit}>
      {cash === undefined ? null : (
        <fieldset className="panel cash-panel">
          <legend className="unseen">{cash.name}</legend>
          <h2>{cash.name}</h2>
          <Faces rows={pieces} texts={texts} onText={setText} onActive={setActive} onNext={() => focusNext(form.current)} />
        </fieldset>
      )}
      <div className="cash-count-side">
        <section className="panel cash-panel" aria-live="polite">
          <p className="soft">{t('cash.counted')}</p>
          <p className="cash-figure">
            <span className="num">{money(sumPieces(counted))}</span>
          </p>
          {others.map(({ method, name, kind }) => (
            <Field
              key={method}
              label={kind === 'card' ? t('cash.terminal-total', { method: name }) : name}
              className="num"
              inputMode={KEYS}
              value={texts[method] ?? ''}
              onFocus={() => setActive(method)}
              onChange={(event) => setText(method, event.target.value)}
              error={
                tried && typedMinor(texts[method] ?? '', digits) === null ? t('cash.not-an-amount', { text: texts[method] ?? '' }) : null
              }
            />
          ))}
          <KeyPad
            onKey={(key) => setText(active, (texts[active] ?? '') + key)}
            onErase={() => setText(active, (texts[active] ?? '').slice(0, -1))}
            corner={
              others.some(({ method }) => method === active) && digits > 0 ? (
                <button
                  type="button"
                  className="btn num"
                  aria-label={t('cash.decimals')}
                  onClick={() => setText(active, `${texts[active] ?? ''}.`)}
                >
                  .
                </button>
              ) : undefined
            }
          />
          <Problem error={send.error} />
          <div className="cash-count-end">
            <button type="button" className="btn" onClick={onCancel}>
              {t('do.cancel')}
            </button>
            <button className="btn btn-primary" disabled={send.isPending}>
              {t('cash.counted-all')}
            </button>
          </div>
        </section>
      </div>
    </form>
  );
}

/** Null when it is no number of pieces; nothing typed is none. */
function piecesOf(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return 0;
  const pieces = /^\d{1,5}$/.test(text.trim()) ? Number(text) : null;
  return pieces !== null && pieces <= MAX_PIECES ? pieces : null;
}

/** Enter goes from one kind of piece to the next, as people count. */
function focusNext(form: HTMLFormElement | null): void {
  const fields = [...(form?.querySelectorAll('input') ?? [])];
  const at = fields.findIndex((field) => field === document.activeElement);
  fields[at + 1]?.focus();
}

interface FacesProps {
  readonly rows: readonly { readonly faceMinor: number; readonly pieces: number | null }[];
  readonly texts: Readonly<Record<string, string>>;
  readonly onText: (key: string, text: string) => void;
  readonly onActive: (key: string) => void;
  readonly onNext: () => void;
}

function Faces({ rows, texts, onText, onActive, onNext }: FacesProps): ReactNode {
  const { t } = useTranslation();
  const { amount, money } = useMoney();
  return (
    <ul className="cash-faces">
      {rows.map(({ faceMinor, pieces }, at) => (
        <li key={faceMinor}>
          <label htmlFor={`face-${faceMinor}`} className="num">
            {money(faceMinor)}
          </label>
          <span aria-hidden className="soft">
            ×
          </span>
          <input
            id={`face-${faceMinor}`}
            className="input num"
            inputMode={KEYS}
            autoComplete="off"
            autoFocus={at === 0}
            aria-invalid={pieces === null || undefined}
            value={texts[faceMinor] ?? ''}
            onFocus={() => onActive(String(faceMinor))}
            onChange={(event) => onText(String(faceMinor), event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              onNext();
            }}
          />
          <span className="num soft">{pieces === null ? t('cash.not-a-count') : pieces === 0 ? '' : amount(faceMinor * pieces)}</span>
        </li>
      ))}
    </ul>
  );
}
