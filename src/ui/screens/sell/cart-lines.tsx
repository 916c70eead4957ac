/** The cart's lines, newest on top; the chosen one has its tools open. */
import { Ellipsis, Minus, Plus, Trash2, Undo2, UserRound } from 'lucide-react';
import { memo, useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart, CartLine } from '../../cart/preview.ts';
import { count, quantity, rateWords } from '../../format/format.ts';
import { useCan, useLocale, useMoney } from '../../parts/register-context.ts';

interface Props {
  readonly cart: Cart;
  readonly chosen: CartLine | null;
  readonly onChoose: (line: number) => void;
  readonly onQuantity: (line: CartLine) => void;
  readonly onPrice: (line: CartLine, first: 'percent' | 'price') => void;
  readonly onTakeOut: (line: CartLine) => void;
  readonly onCustomer: () => void;
  readonly onMore: () => void;
  readonly onChange: (line: CartLine, quantityMilli: number) => void;
  readonly onProblem: (error: unknown) => void;
  readonly notice: ReactNode;
  readonly whenEmpty: ReactNode;
}

export function CartLines({
  cart,
  chosen,
  onChoose,
  onQuantity,
  onPrice,
  onTakeOut,
  onChange,
  onCustomer,
  onMore,
  onProblem,
  notice,
  whenEmpty,
}: Props): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const can = useCan();
  const list = useRef<HTMLOListElement>(null);
  const newest = cart.lines[0]?.line;
  // Told by the list itself: asking it would lay out the page once more for every scan.
  const scrolled = useRef(false);
  useEffect(() => {
    if (scrolled.current) list.current?.scrollTo({ top: 0 });
  }, [newest]);
  return (
    <div className="lines">
      <header>
        <h2>
          {t('sell.cart')} {cart.service === 'eat-in' ? <span className="badge">{t('taxes.eat-in')}</span> : null}
          <span className="soft num">{t('sell.items', { count: cart.items, shown: count(cart.items, locale) })}</span>
        </h2>
        {cart.canUndo ? (
          <button
            type="button"
            className="btn btn-quiet btn-icon"
            aria-label={t('sell.undo')}
            onClick={() => void cartStore.undo().catch(onProblem)}
          >
            <Undo2 className="icon icon-turns" aria-hidden />
          </button>
        ) : null}
        {can('customers') ? (
          <button type="button" className="btn btn-quiet customer" onClick={onCustomer}>
            <UserRound className="icon" aria-hidden />
            <span className="clip">{cart.customer === null ? t('sell.customer') : <bdi>{cart.customer.name}</bdi>}</span>
          </button>
        ) : null}
        <button type="button" className="btn btn-quiet btn-icon" aria-label={t('cart.more')} onClick={onMore}>
          <Ellipsis className="icon" aria-hidden />
        </button>
      </header>
      {notice}
      {cart.lines.length === 0 ? (
        whenEmpty
      ) : (
        <ol
          ref={list}
          tabIndex={0}
          aria-label={t('sell.lines')}
          onScroll={(event) => {
            scrolled.current = event.currentTarget.scrollTop > 0;
          }}
        >
          {cart.lines.map((line) =>
            line === chosen ? (
              <ChosenLine key={line.line} line={line} onQuantity={onQuantity} onPrice={onPrice} onTakeOut={onTakeOut} onChange={onChange} />
            ) : (
              <Line key={line.line} line={line} onChoose={onChoose} />
            ),
          )}
        </ol>
      )}
    </div>
  );
}

const Line = memo(function Line({ line, onChoose }: { readonly line: CartLine; readonly onChoose: (line: number) => void }): ReactNode {
  const { amount } = useMoney();
  return (
    <li>
      <button type="button" className="row line row-button" onClick={() => onChoose(line.line)}>
        <LineWords line={line} />
        <span className="amount num">{amount(line.totalMinor)}</span>
      </button>
    </li>
  );
});

function LineWords({ line }: { readonly line: CartLine }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const each = line.unit === 'each';
  return (
    <>
      <span className="qty num">{each ? quantity(line.quantityMilli, locale) : '1'}</span>
      <span>
        <span className="name">
          <bdi>{line.name}</bdi>
        </span>
        <span className="small soft said">
          {each
            ? t('sell.each', { price: money(line.unitPriceMinor) })
            : t('sell.at', {
                quantity: `${quantity(line.quantityMilli, locale)} ${line.unit}`,
                price: `${money(line.unitPriceMinor)} / ${line.unit}`,
              })}
          {line.product === null && line.code !== null ? (
            <>
              {' · '}
              <span className="code">{line.code}</span>
            </>
          ) : null}
          {line.overrideMinor === null ? null : <span className="said-price"> {t('price.now', { price: money(line.overrideMinor) })}</span>}
          {line.discountMinor === 0 ? null : <span className="said-price"> {t('price.off', { amount: money(line.discountMinor) })}</span>}
          {line.refundOf === null ? null : (
            <>
              {' · '}
              <span className="code">{line.refundOf}</span>
            </>
          )}
          {line.note === null ? null : (
            <>
              {' · '}
              <bdi>{line.note}</bdi>
            </>
          )}
          {line.priceNowMinor === null ? null : <span className="wait"> {t('sell.price-now', { price: money(line.priceNowMinor) })}</span>}
          {line.taxNow === null ? null : <span className="wait"> {t('sell.tax-now', { tax: rateWords(line.taxNow, locale) })}</span>}
        </span>
      </span>
    </>
  );
}

interface ChosenProps {
  readonly line: CartLine;
  readonly onQuantity: (line: CartLine) => void;
  readonly onPrice: (line: CartLine, first: 'percent' | 'price') => void;
  readonly onTakeOut: (line: CartLine) => void;
  readonly onChange: (line: CartLine, quantityMilli: number) => void;
}

function ChosenLine({ line, onQuantity, onPrice, onTakeOut, onChange }: ChosenProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount } = useMoney();
  const each = line.unit === 'each';
  const step = (by: number): void => {
    const next = line.quantityMilli + by;
    if (next === 0) onTakeOut(line);
    else onChange(line, next);
  };
  return (
    <li className="row line row-chosen" aria-current="true">
      <LineWords line={line} />
      <span className="amount num">{amount(line.totalMinor)}</span>
      <div className="line-tools">
        {line.fixed ? (
          <span className="grow-btn soft small">{line.refundOf === null ? t('cart.goes-along') : t('cart.gives-back')}</span>
        ) : null}
        {each && !line.fixed ? (
          <>
            <button type="button" className="btn btn-icon" aria-label={t('sell.one-less')} onClick={() => step(-1000)}>
              <Minus className="icon" aria-hidden />
            </button>
            <button
              type="button"
              className="btn qty-now num"
              aria-label={`${t('sell.quantity')}: ${quantity(line.quantityMilli, locale)}`}
              onClick={() => onQuantity(line)}
            >
              {quantity(line.quantityMilli, locale)}
            </button>
            <button type="button" className="btn btn-icon" aria-label={t('sell.one-more')} onClick={() => step(1000)}>
              <Plus className="icon" aria-hidden />
            </button>
          </>
        ) : null}
        {each || line.fixed ? null : (
          <button type="button" className="btn grow-btn" onClick={() => onQuantity(line)}>
            {t('sell.weight')}
          </button>
        )}
        {line.fixed ? null : (
          <>
            <button type="button" className="btn grow-btn" onClick={() => onPrice(line, 'price')}>
              {t('price.price')}
            </button>
            <button type="button" className="btn grow-btn" onClick={() => onPrice(line, 'percent')}>
              {t('price.discount')}
            </button>
          </>
        )}
        <button type="button" className="btn btn-icon btn-danger" aria-label={t('sell.remove-line')} onClick={() => onTakeOut(line)}>
          <Trash2 className="icon" aria-hidden />
        </button>
      </div>
    </li>
  );
}
