/** What a product cost, costs and will cost: planned prices, offers, and the lowest of thirty days. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { systemClock } from '../../../base/clock.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { date, typedAmount } from '../../format/format.ts';
import { dayText, startOfDay } from '../../format/days.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { queryClient } from '../../live/query-client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';

type Price = Answer<'listPrices'>['rows'][number];

interface Props {
  readonly product: Answer<'getProduct'>;
  readonly onClose: () => void;
}

export function PricesDialog({ product, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const { amount } = useMoney();
  const [planning, setPlanning] = useState<Price['kind'] | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const prices = useQuery({
    queryKey: ['prices', product.id],
    queryFn: ({ signal }) => call('listPrices', { params: { id: product.id }, signal }),
  });
  const withdraw = (id: string): void => {
    setProblem(null);
    call('withdrawPrice', { params: { id } }).then(refresh, setProblem);
  };
  return (
    <>
      <Dialog
        wide
        title={t('products.prices-of', { name: product.name })}
        onClose={onClose}
        actions={
          <>
            <button type="button" className="btn first" onClick={() => setPlanning('regular')}>
              {t('products.plan-price')}
            </button>
            <button type="button" className="btn" onClick={() => setPlanning('offer')}>
              {t('products.plan-offer')}
            </button>
            <button type="button" className="btn btn-primary" onClick={onClose}>
              {t('do.close')}
            </button>
          </>
        }
      >
        <Problem error={problem ?? prices.error} />
        <p>
          <span className="num strong">{amount(product.priceMinor)}</span> <span className="soft">{t('products.price-now')}</span>
        </p>
        {prices.data === undefined ? null : (
          <>
            <p className="soft">{t('products.lowest-30', { amount: amount(prices.data.lowestMinor) })}</p>
            <ul className="price-list">
              {prices.data.rows.map((row) => (
                <PriceLine key={row.id} row={row} onWithdraw={() => withdraw(row.id)} />
              ))}
            </ul>
          </>
        )}
      </Dialog>
      {planning === null ? null : <PlanDialog product={product.id} kind={planning} onClose={() => setPlanning(null)} />}
    </>
  );
}

function PriceLine({ row, onWithdraw }: { readonly row: Price; readonly onWithdraw: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount } = useMoney();
  const nowMs = systemClock.nowMs();
  const isPlanned = row.fromAt > nowMs;
  const isOver = row.untilAt !== null && row.untilAt <= nowMs;
  // An offer's last day is the one before the midnight it ends at.
  const lastDay = row.untilAt === null ? null : date(row.untilAt - 1, locale);
  const when =
    lastDay !== null
      ? t('products.price-until', { from: date(row.fromAt, locale), until: lastDay })
      : row.fromAt === 0
        ? t('products.price-first')
        : t(isPlanned ? 'products.price-from' : 'products.price-since', { day: date(row.fromAt, locale) });
  const kind =
    row.kind === 'regular' ? 'products.regular' : isOver ? 'products.offer-over' : isPlanned ? 'products.offer' : 'products.offer-on';
  return (
    <li>
      <span>
        <span className="num strong">{amount(row.priceMinor)}</span> <span>{t(kind)}</span> <span className="soft">{when}</span>
      </span>
      {isPlanned || (row.kind === 'offer' && !isOver) ? (
        <button type="button" className="btn" onClick={onWithdraw}>
          {t(isPlanned ? 'products.withdraw' : 'products.end-now')}
        </button>
      ) : null}
    </li>
  );
}

function PlanDialog({
  product,
  kind,
  onClose,
}: {
  readonly product: string;
  readonly kind: Price['kind'];
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { currency, digits } = useMoney();
  const nowMs = systemClock.nowMs();
  const [price, setPrice] = useState('');
  const [from, setFrom] = useState(dayText(kind === 'offer' ? nowMs : nowMs + 86_400_000));
  const [until, setUntil] = useState(dayText(nowMs + 6 * 86_400_000));
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const priceMinor = parseTyped(price, digits);
  // Midnight of these days where this register stands; an offer that begins today begins now.
  const fromAt = startOfDay(from);
  const untilAt = kind === 'offer' ? startOfDay(until, 1) : null;
  const wrong = {
    price: priceMinor === null || priceMinor < 0,
    from: fromAt === null || (kind === 'regular' && fromAt <= nowMs),
    until: kind === 'offer' && (untilAt === null || untilAt <= (fromAt ?? 0) || untilAt <= nowMs),
  };
  const save = (): void => {
    setTried(true);
    if (Object.values(wrong).includes(true) || priceMinor === null || fromAt === null) return;
    const body = { kind, priceMinor, fromAt: kind === 'offer' && fromAt <= nowMs ? nowMs : fromAt, untilAt };
    call('planPrice', { params: { id: product }, body }).then(async () => {
      await refresh();
      onClose();
    }, setProblem);
  };
  return (
    <Dialog
      title={t(kind === 'offer' ? 'products.plan-offer' : 'products.plan-price')}
      onClose={onClose}
      onSubmit={save}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary">{t('do.save')}</button>
        </>
      }
    >
      <Problem error={problem} />
      <Field
        label={t('products.price')}
        className="num"
        inputMode="decimal"
        autoFocus
        value={price}
        onChange={(event) => setPrice(event.target.value)}
        error={
          tried && wrong.price ? t('products.not-a-price', { text: price, like: typedAmount(12.5 * 10 ** digits, currency, locale) }) : null
        }
      />
      <div className="two">
        <Field
          label={t('products.from-day')}
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          error={tried && wrong.from ? t('products.needs-day') : null}
        />
        {kind === 'regular' ? null : (
          <Field
            label={t('products.until-day')}
            type="date"
            value={until}
            onChange={(event) => setUntil(event.target.value)}
            error={tried && wrong.until ? t('products.needs-last-day') : null}
          />
        )}
      </div>
    </Dialog>
  );
}

async function refresh(): Promise<void> {
  await Promise.all(['prices', 'products', 'tiles', 'search'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
}
