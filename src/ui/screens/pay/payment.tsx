/**
 * Paying. Start side: what is owed and what has been given. End side: how it is paid. Nothing is written until the payments cover the
 * sum; then it is one sale, however often the button is pressed. Escape goes back to the cart, which is as it was.
 */
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowLeft, X } from 'lucide-react';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { quickCash } from '../../../domain/quick-cash.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { useCart } from '../../cart/use-cart.ts';
import type { Cart } from '../../cart/preview.ts';
import { count } from '../../format/format.ts';
import { Banners } from '../../parts/banners.tsx';
import { BigFigure } from '../../parts/big-figure.tsx';
import { KeyPad } from '../../parts/key-pad.tsx';
import { TrainingBanner } from '../../parts/training-banner.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useLocale, useMoney } from '../../parts/register-context.ts';
import { TaxIncluded } from '../../parts/tax-included.tsx';
import { goTo } from '../../parts/route.ts';
import { StatusButton } from '../../parts/status-button.tsx';
import { UserButton } from '../../parts/user-button.tsx';
import { askCard, CardDeclined, CardTaken, CardWait, useAsksTerminal, waitingFor } from './card-payment.tsx';
import { completeSale, notePaidHere, TO_THE_NEXT, type TenderGiven } from './complete-sale.ts';
import { givenAfter, leftToPay, type Given, type Method } from './given.ts';
import { PayBack } from './pay-back.tsx';
import { VoucherDialog } from './voucher-dialog.tsx';
import { WayMark } from './way-mark.tsx';
import './payment.css';

/** F5 is the first way to pay, and so on. */
const FIRST_KEY = 5;
const KEYS = 4;

export function Payment(): ReactNode {
  const cart = useCart();
  const methods = useQuery({ queryKey: ['payment-methods'], queryFn: ({ signal }) => call('listPaymentMethods', { signal }) });
  const empty = cart !== null && cart.lines.length === 0;
  const made = cart?.lastSale?.uuid ?? null;
  useEffect(() => {
    if (!empty) return;
    if (made !== null) notePaidHere(made);
    goTo('sell');
  }, [empty, made]);
  const ways = methods.data?.rows.filter((method) => method.active) ?? [];
  if (cart === null || empty || ways[0] === undefined) return <Problem error={methods.error} />;
  return (
    <main className={cart.training ? 'payment training' : 'payment'}>
      <PayBar cart={cart} />
      {cart.totalMinor <= 0 ? <PayBack cart={cart} ways={ways} /> : <Pay cart={cart} ways={ways} first={ways[0]} />}
    </main>
  );
}

function PayBar({ cart }: { readonly cart: Cart }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <header className="topbar">
        <button type="button" className="btn btn-quiet" onClick={() => goTo('sell')}>
          <ArrowLeft className="icon icon-turns" aria-hidden />
          {t('sell.cart')} <kbd>Esc</kbd>
        </button>
        <h1>{t('pay.title')}</h1>
        <StatusButton />
        <UserButton />
      </header>
      <div className="till-banner">
        <TrainingBanner cart={cart} />
        <Banners />
      </div>
    </>
  );
}

interface PayProps {
  readonly cart: Cart;
  readonly ways: readonly Method[];
  readonly first: Method;
}

function Pay({ cart, ways, first }: PayProps): ReactNode {
  const { t } = useTranslation();
  const { money, digits } = useMoney();
  const [way, setWay] = useState(first);
  const [typed, setTyped] = useState('');
  const [given, setGiven] = useState<readonly Given[]>([]);
  const [byVoucher, setByVoucher] = useState<Method | null>(null);
  const left = leftToPay(cart.totalMinor - cart.takenMinor, given, way);
  const amountMinor = typed === '' ? left : Number(typed);
  const asksTerminal = useAsksTerminal();
  const waiting = waitingFor(cart);
  const complete = useMutation({
    mutationFn: async ({ all, tipMinor }: { readonly all: readonly Given[]; readonly tipMinor: number }) => {
      if (tipMinor > 0) await addTip(cart, tipMinor);
      const settled = await cartStore.settled();
      if (settled === null) return;
      await completeSale(settled, asTenders(all));
    },
  });
  const ask = useMutation({
    mutationFn: async ({ minor, tipMinor }: { readonly minor: number; readonly tipMinor: number }) => {
      if (tipMinor > 0) await addTip(cart, tipMinor);
      await askCard(way.id, minor, asTenders(given));
    },
  });
  const finish = (all: readonly Given[], tipMinor: number): void => complete.mutate({ all, tipMinor }, TO_THE_NEXT);
  /** What a card pays beyond what is left is a tip. */
  const tipIn = (minor: number): number => (way.kind === 'card' ? Math.max(0, minor - left) : 0);
  const busy = complete.isPending || ask.isPending || waiting !== null;
  const give = (minor: number): void => {
    if (busy || (minor <= 0 && left > 0)) return;
    if (minor > 0 && asksTerminal(way, cart)) {
      ask.mutate({ minor, tipMinor: tipIn(minor) });
      setTyped('');
      return;
    }
    const after = minor === 0 ? given : givenAfter(given, way, minor);
    if (minor >= left) finish(after, tipIn(minor));
    else setGiven(after);
    setTyped('');
  };
  const giveVoucher = (method: Method, code: string, minor: number): void => {
    const after = givenAfter(given, method, minor, code);
    setByVoucher(null);
    if (minor >= left) finish(after, 0);
    else setGiven(after);
  };
  const choose = (method: Method): void => {
    if (method.kind === 'voucher') setByVoucher(method);
    else setWay(method);
  };
  const key = (figure: string): void => {
    const next = `${typed}${figure}`.replace(/^0+(?=\d)/, '');
    if (next.length <= 12) setTyped(next);
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (document.querySelector('dialog[open]') !== null || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const chosen = ways[Number(/^F(\d)$/.exec(event.key)?.[1] ?? 0) - FIRST_KEY];
    if (chosen !== undefined) choose(chosen);
    else if (event.key === 'Escape') goTo('sell');
    else if (event.key === 'Enter') give(amountMinor);
    else if (event.key === 'Backspace') setTyped(typed.slice(0, -1));
    else if (/^\d$/.test(event.key)) key(event.key);
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);

  const nameOf = (id: string): string => ways.find((one) => one.id === id)?.name ?? '';
  const change = way.givesChange ? amountMinor - left : 0;
  const finishes = amountMinor >= left;
  return (
    <>
      <Due
        cart={cart}
        given={given}
        left={left}
        change={change}
        tip={tipIn(amountMinor)}
        nameOf={nameOf}
        onTakeBack={(gone) => setGiven(given.filter((one) => one !== gone))}
      />
      {waiting === null ? null : (
        <section className="tender" aria-label={t('pay.how')}>
          <CardWait payment={waiting} />
        </section>
      )}
      <section className="tender" aria-label={t('pay.how')} hidden={waiting !== null}>
        <div className="ways" role="group" aria-label={t('pay.way')}>
          {ways.map((method, at) => (
            <WayButton key={method.id} method={method} at={at} pressed={method.id === way.id} onPress={() => choose(method)} />
          ))}
        </div>
        {way.givesChange ? <QuickCash left={left} busy={busy} onGive={give} /> : null}
        <div className="tendered">
          <span className="strong">{way.givesChange ? t('pay.cash-given') : t('pay.amount')}</span>
          <output className="num">{money(amountMinor)}</output>
        </div>
        <Problem error={complete.error ?? ask.error} />
        <CardDeclined cart={cart} />
        <KeyPad
          onKey={key}
          onErase={() => setTyped(typed.slice(0, -1))}
          corner={
            <button type="button" className="btn num" onClick={() => key(digits === 0 ? '000' : '00')}>
              {digits === 0 ? '000' : '00'}
            </button>
          }
        />
        <button
          type="button"
          className="btn btn-primary finish"
          disabled={busy || (amountMinor <= 0 && left > 0)}
          onClick={() => give(amountMinor)}
        >
          {finishes ? t('pay.finish') : t('pay.add')} <kbd>Enter</kbd>
        </button>
      </section>
      {byVoucher === null ? null : (
        <VoucherDialog
          leftMinor={leftToPay(cart.totalMinor - cart.takenMinor, given, byVoucher)}
          onUse={(code, minor) => giveVoucher(byVoucher, code, minor)}
          onClose={() => setByVoucher(null)}
        />
      )}
    </>
  );
}

async function addTip(cart: Cart, tipMinor: number): Promise<void> {
  const beforeMinor = cart.lines.find(({ kind }) => kind === 'tip')?.totalMinor ?? 0;
  await cartStore.ask(() => call('setTip', { body: { amountMinor: beforeMinor + tipMinor } }));
}

function asTenders(given: readonly Given[]): TenderGiven[] {
  return given.map(({ method, amountMinor, voucher }) => ({
    method: method.id,
    amountMinor,
    ...(voucher === undefined ? {} : { voucher }),
  }));
}

interface WayProps {
  readonly method: Method;
  readonly at: number;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function WayButton({ method, at, pressed, onPress }: WayProps): ReactNode {
  return (
    <button type="button" className="btn way" aria-pressed={pressed} onClick={onPress}>
      <span className="way-mark">
        <WayMark kind={method.kind} />
        {at < KEYS ? <kbd>F{at + FIRST_KEY}</kbd> : null}
      </span>
      <bdi>{method.name}</bdi>
    </button>
  );
}

interface QuickProps {
  readonly left: number;
  readonly busy: boolean;
  readonly onGive: (minor: number) => void;
}

/** One tap and the sale is done: what is due to the coin, and the notes people hand over for it. */
function QuickCash({ left, busy, onGive }: QuickProps): ReactNode {
  const { t } = useTranslation();
  const { currency, amount } = useMoney();
  return (
    <div className="quick" role="group" aria-label={t('pay.cash-given')}>
      <button type="button" className="btn" disabled={busy} onClick={() => onGive(left)}>
        <span className="num">{amount(left)}</span>
        <small>{t('pay.exact')}</small>
      </button>
      {quickCash(left, currency).map((minor) => (
        <button key={minor} type="button" className="btn" disabled={busy} onClick={() => onGive(minor)}>
          <span className="num">{amount(minor, true)}</span>
          <small>{t('pay.back', { amount: amount(minor - left) })}</small>
        </button>
      ))}
    </div>
  );
}

interface DueProps {
  readonly cart: Cart;
  readonly given: readonly Given[];
  readonly left: number;
  readonly change: number;
  readonly tip: number;
  readonly nameOf: (method: string) => string;
  readonly onTakeBack: (given: Given) => void;
}

function Due({ cart, given, left, change, tip, nameOf, onTakeBack }: DueProps): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { amount, money } = useMoney();
  return (
    <section className="due" aria-label={t('pay.due')}>
      <h2>{t('pay.due')}</h2>
      <BigFigure className="due-figure" text={money(cart.totalMinor)} />
      <p className="soft">
        {t('sell.items', { count: cart.items, shown: count(cart.items, locale) })}
        {' · '}
        <TaxIncluded cart={cart} />
      </p>
      <ul className="given">
        <CardTaken cart={cart} nameOf={nameOf} />
        {given.map((one) => {
          return (
            <li className="row" key={one.key}>
              <span className="soft mark">
                <WayMark kind={one.method.kind} />
              </span>
              <p className="strong">
                <bdi>{one.method.name}</bdi>
              </p>
              <span className="amount num">{amount(one.amountMinor)}</span>
              <button
                type="button"
                className="btn btn-quiet btn-icon"
                aria-label={t('pay.take-back', { method: one.method.name })}
                onClick={() => onTakeBack(one)}
              >
                <X className="icon" aria-hidden />
              </button>
            </li>
          );
        })}
        {given.length > 0 || left !== cart.totalMinor ? (
          <li className="row left">
            <div>
              <p>{given.length > 0 || cart.takenMinor !== 0 ? t('pay.left') : t('pay.in-cash')}</p>
            </div>
            <span className="num">{money(left)}</span>
          </li>
        ) : null}
      </ul>
      {change > 0 ? (
        <div className="change" role="status">
          <h2>{t('pay.change')}</h2>
          <BigFigure className="change-figure" text={money(change)} />
        </div>
      ) : null}
      {tip > 0 ? (
        <div className="change" role="status">
          <h2>{t('pay.tip')}</h2>
          <BigFigure className="change-figure" text={money(tip)} />
        </div>
      ) : null}
    </section>
  );
}
