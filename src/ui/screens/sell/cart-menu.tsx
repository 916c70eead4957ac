/** What is done with a cart now and then: hold it, go on with a held one, a discount on all of it, a note, bottles back, empty it. */
import { useQuery } from '@tanstack/react-query';
import {
  BadgePercent,
  CirclePause,
  GraduationCap,
  ListRestart,
  NotebookText,
  Recycle,
  StickyNote,
  Ticket,
  TicketCheck,
  Trash2,
  Undo,
  UtensilsCrossed,
  type LucideIcon,
} from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart, Tile } from '../../cart/preview.ts';
import { count, time } from '../../format/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProductSearch } from '../../parts/product-picker.tsx';
import { Problem } from '../../parts/problem.tsx';
import { setTraining } from '../../parts/training-banner.tsx';
import { useLocale, useMoney, useRegister } from '../../parts/register-context.ts';
import type { SellDialog } from './use-selling.ts';

interface Props {
  readonly cart: Cart;
  readonly onDialog: (dialog: SellDialog | null) => void;
  readonly onProblem: (error: unknown) => void;
}

export function CartMenu({ cart, onDialog, onProblem }: Props): ReactNode {
  const { t } = useTranslation();
  const held = useHeldCarts();
  const { selling } = useRegister();
  const close = (): void => onDialog(null);
  const nothing = cart.lines.length === 0;
  const waiting = held.data?.rows.length ?? 0;
  const item = (Icon: LucideIcon, text: string, disabled: boolean, onPress: () => void): ReactNode => (
    <button type="button" className="btn" disabled={disabled} onClick={onPress}>
      <Icon className="icon" aria-hidden />
      {text}
    </button>
  );
  return (
    <Dialog
      title={t('cart.more')}
      onClose={close}
      actions={
        <button type="button" className="btn" onClick={close}>
          {t('do.close')}
        </button>
      }
    >
      <div className="cart-menu">
        {item(CirclePause, t('cart.hold'), nothing, () => onDialog({ kind: 'hold' }))}
        {item(ListRestart, t('cart.held', { count: waiting }), waiting === 0, () => onDialog({ kind: 'held' }))}
        {item(BadgePercent, t('cart.discount'), nothing, () => onDialog({ kind: 'price', line: null, first: 'percent' }))}
        {item(StickyNote, t('cart.note'), nothing, () => onDialog({ kind: 'price', line: null, first: 'note' }))}
        {item(Recycle, t('cart.deposit-back'), false, () => onDialog({ kind: 'back', deposit: true }))}
        {item(Undo, t('cart.goods-back'), false, () => onDialog({ kind: 'back', deposit: false }))}
        {item(Ticket, t('voucher.sell'), cart.training, () => onDialog({ kind: 'sell-voucher' }))}
        {item(TicketCheck, t('voucher.look'), false, () => onDialog({ kind: 'voucher' }))}
        {item(NotebookText, t('account.pay-off'), cart.customer === null, () => onDialog({ kind: 'pay-off' }))}
        {selling?.eatIn === false
          ? null
          : item(UtensilsCrossed, t(cart.service === 'eat-in' ? 'cart.take-away' : 'cart.eat-in'), false, () => {
              const service = cart.service === 'eat-in' ? 'take-away' : 'eat-in';
              cartStore.ask(() => call('setService', { body: { service } })).then(close, onProblem);
            })}
        {cart.training ? null : item(GraduationCap, t('training.begin'), !nothing, () => void setTraining(true).then(close, onProblem))}
        {item(Trash2, t('cart.empty'), nothing, () => {
          if (selling?.voidReason === true) onDialog({ kind: 'empty' });
          else cartStore.clear().then(close, onProblem);
        })}
      </div>
      <p className="soft small">{t('cart.refund-by-receipt')}</p>
    </Dialog>
  );
}

function useHeldCarts() {
  return useQuery({ queryKey: ['held-carts'], queryFn: ({ signal }) => call('listHeldCarts', { signal }) });
}

export function HoldDialog({ cart, onClose }: { readonly cart: Cart; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState(cart.heldName ?? cart.customer?.name ?? '');
  const [problem, setProblem] = useState<unknown>(null);
  const hold = (): void => {
    if (name.trim() !== '') cartStore.ask(() => call('holdCart', { body: { name } })).then(onClose, setProblem);
  };
  return (
    <Dialog
      title={t('cart.hold')}
      onClose={onClose}
      onSubmit={hold}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
          <button className="btn btn-primary" disabled={name.trim() === ''}>
            {t('cart.hold')}
          </button>
        </>
      }
    >
      <Field
        label={t('cart.hold-name')}
        hint={t('cart.hold-hint')}
        maxLength={60}
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Problem error={problem} />
    </Dialog>
  );
}

export function HeldDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const locale = useLocale();
  const { money } = useMoney();
  const held = useHeldCarts();
  const [problem, setProblem] = useState<unknown>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const rows = held.data?.rows ?? [];
  const recall = (id: string, fromUnreachable: boolean): void => {
    cartStore.ask(() => call('recallCart', { params: { id }, body: { fromUnreachable } })).then(onClose, setProblem);
  };
  return (
    <Dialog
      wide
      title={t('cart.held-title')}
      onClose={onClose}
      actions={
        <button type="button" className="btn" onClick={onClose}>
          {t('do.close')}
        </button>
      }
    >
      {held.isSuccess && rows.length === 0 ? <p className="soft">{t('cart.none-held')}</p> : null}
      <ul className="held-carts">
        {rows.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              className="row row-button"
              onClick={() => (row.takenBy?.reachable === false ? setAsked(row.id) : recall(row.id, false))}
            >
              <span>
                <span className="strong">
                  <bdi>{row.name}</bdi>
                </span>
                <span className="small soft said">
                  <span className="num">{time(row.heldAt, locale)}</span>, <bdi>{row.user}</bdi> ·{' '}
                  {t('sell.items', { count: row.items, shown: count(row.items, locale) })}
                  {row.takenBy === null ? null : (
                    <span className="wait">
                      {' '}
                      {t(row.takenBy.reachable ? 'cart.open-at' : 'cart.open-at-unreachable', { register: row.takenBy.code })}
                    </span>
                  )}
                </span>
              </span>
              <span className="amount num">{money(row.totalMinor)}</span>
            </button>
            {asked === row.id && row.takenBy !== null ? (
              <div className="take-here" role="alert">
                <p className="small">{t('cart.take-here-hint', { register: row.takenBy.code })}</p>
                <button type="button" className="btn" onClick={() => recall(row.id, true)}>
                  {t('cart.take-here')}
                </button>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      <Problem error={problem ?? held.error} />
    </Dialog>
  );
}

interface BackProps {
  /** Bottles; else goods without their receipt. */
  readonly deposit: boolean;
  readonly onClose: () => void;
}

/** What comes back without a receipt: found by name or code, put into the cart the other way round. */
export function BackDialog({ deposit, onClose }: BackProps): ReactNode {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  const add = ({ id: product }: Tile): void => {
    const route = deposit ? 'returnDeposit' : 'returnGoods';
    cartStore.ask(() => call(route, { body: { product, quantityMilli: 1000 } })).then(onClose, setProblem);
  };
  return (
    <Dialog
      title={t(deposit ? 'cart.deposit-back' : 'cart.goods-back')}
      onClose={onClose}
      actions={
        <button type="button" className="btn" onClick={onClose}>
          {t('do.cancel')}
        </button>
      }
    >
      <ProductSearch label={t('sell.search')} hint={t(deposit ? 'cart.deposit-hint' : 'cart.goods-hint')} first onChoose={add} />
      <Problem error={problem} />
    </Dialog>
  );
}
