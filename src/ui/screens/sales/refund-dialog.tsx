/** Which lines of a sale come back, and how many of each: they go into the cart, where they may be exchanged for others. */
import { useQuery } from '@tanstack/react-query';
import { Minus, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { multiplyDivide } from '../../../domain/money.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { quantity } from '../../format/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { goTo } from '../../parts/route.ts';

interface Props {
  readonly uuid: string;
  readonly label: string;
  readonly onClose: () => void;
}

const ONE = 1000;

export function RefundDialog({ uuid, label, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const [chosen, setChosen] = useState<Readonly<Record<string, number>>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const sold = useQuery({ queryKey: ['sale', uuid, 'lines'], queryFn: ({ signal }) => call('soldLines', { params: { uuid }, signal }) });
  const rows = (sold.data?.rows ?? []).filter(({ quantityMilli }) => quantityMilli > 0);
  const leftOf = (row: (typeof rows)[number]): number => row.quantityMilli - row.refundedMilli;
  const lines = rows.flatMap(({ ref }) => ((chosen[ref] ?? 0) > 0 ? [{ ref, quantityMilli: chosen[ref] ?? 0 }] : []));
  const backMinor = rows.reduce((sum, row) => sum + multiplyDivide(row.totalMinor, chosen[row.ref] ?? 0, row.quantityMilli, 'half-up'), 0);
  const set = (ref: string, milli: number): void => setChosen({ ...chosen, [ref]: milli });
  const refund = (): void => {
    if (lines.length === 0) return;
    cartStore
      .ask(() => call('refundSale', { params: { uuid }, body: { lines } }))
      .then(() => {
        onClose();
        goTo('sell');
      }, setProblem);
  };
  return (
    <Dialog
      wide
      title={t('refund.title', { label })}
      onClose={onClose}
      onSubmit={refund}
      actions={
        <>
          <button type="button" className="btn" onClick={() => setChosen(Object.fromEntries(rows.map((row) => [row.ref, leftOf(row)])))}>
            {t('refund.all')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={lines.length === 0}>
            {t('refund.to-cart', { amount: money(backMinor) })}
          </button>
        </>
      }
    >
      <ul className="refund-lines">
        {rows.map((row) => {
          const left = leftOf(row);
          const now = chosen[row.ref] ?? 0;
          // What is weighed comes back whole.
          const step = row.unit === 'each' ? ONE : left;
          return (
            <li key={row.ref} className="row">
              <span>
                <bdi className="strong">{row.name}</bdi>
                <span className="small soft said">
                  {t('refund.sold', { quantity: quantity(row.quantityMilli, locale), amount: money(row.totalMinor) })}
                  {row.refundedMilli > 0 ? <> · {t('refund.before', { quantity: quantity(row.refundedMilli, locale) })}</> : null}
                </span>
              </span>
              <span className="refund-step">
                <button
                  type="button"
                  className="btn btn-icon"
                  aria-label={t('refund.less', { name: row.name })}
                  disabled={now <= 0}
                  onClick={() => set(row.ref, Math.max(0, now - step))}
                >
                  <Minus className="icon" aria-hidden />
                </button>
                <span className="num strong">{quantity(now, locale)}</span>
                <button
                  type="button"
                  className="btn btn-icon"
                  aria-label={t('refund.more', { name: row.name })}
                  disabled={now >= left}
                  onClick={() => set(row.ref, Math.min(left, now + step))}
                >
                  <Plus className="icon" aria-hidden />
                </button>
              </span>
            </li>
          );
        })}
      </ul>
      <Problem error={problem ?? sold.error} />
    </Dialog>
  );
}
