/** Receiving, counting or putting right: product after product, each written as it is entered, so that a break or a crash loses nothing. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { quantity } from '../../format/format.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProductSearch } from '../../parts/product-picker.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';

export type StockWork = 'received' | 'adjusted' | 'counted';

interface Chosen {
  readonly id: string;
  readonly name: string;
}

interface Props {
  readonly work: StockWork;
  /** The one product it is about; null to go on from one to the next. */
  readonly product: Chosen | null;
  readonly onClose: () => void;
}

export function StockWorkDialog({ work, product, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { digits } = useMoney();
  const [chosen, setChosen] = useState(product);
  const [text, setText] = useState('');
  const [cost, setCost] = useState('');
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [written, setWritten] = useState<readonly string[]>([]);
  const milli = parseTyped(text, 3);
  const costMinor = cost.trim() === '' ? null : parseTyped(cost, digits);
  const good = milli !== null && (work === 'adjusted' ? milli !== 0 : milli >= 0);
  const save = (): void => {
    setTried(true);
    if (chosen === null || !good || (cost.trim() !== '' && costMinor === null)) return;
    const row = { product: chosen.id, quantityMilli: milli, unitCostMinor: costMinor };
    call('moveStock', { body: { work, rows: [row], note: note.trim() === '' ? null : note.trim() } }).then(async () => {
      setWritten([`${chosen.name}: ${quantity(milli, locale)}`, ...written]);
      setText('');
      setCost('');
      setTried(false);
      setProblem(null);
      await queryClient.invalidateQueries({ queryKey: ['stock'] });
      if (product === null) setChosen(null);
      else onClose();
    }, setProblem);
  };
  return (
    <Dialog
      title={t(`stock.do-${work}`)}
      onClose={onClose}
      onSubmit={save}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t(written.length > 0 ? 'do.close' : 'do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={chosen === null}>
            {t('do.save')}
          </button>
        </>
      }
    >
      {chosen === null ? (
        <ProductSearch label={t('stock.which')} hint={t('stock.which-hint')} first onChoose={setChosen} />
      ) : (
        <>
          <p className="strong">
            <bdi>{chosen.name}</bdi>
          </p>
          <Field
            key={chosen.id}
            label={t(`stock.how-many-${work}`)}
            className="num"
            inputMode="decimal"
            data-first=""
            autoFocus
            value={text}
            onChange={(event) => setText(event.target.value)}
            error={tried && !good ? t('sell.not-a-quantity', { text }) : null}
          />
          {work === 'received' ? (
            <Field
              label={t('stock.cost')}
              className="num"
              inputMode="decimal"
              value={cost}
              onChange={(event) => setCost(event.target.value)}
              error={tried && cost.trim() !== '' && costMinor === null ? t('stock.not-a-cost', { text: cost }) : null}
            />
          ) : null}
          <Field label={t('stock.note')} maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
        </>
      )}
      <Problem error={problem} />
      {written.length === 0 ? null : (
        <ul className="written" aria-label={t('stock.written')}>
          {written.map((one, at) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={written.length - at} className="soft">
              <bdi>{one}</bdi>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
