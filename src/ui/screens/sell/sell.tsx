/**
 * The selling screen. Scanner and keys work wherever the focus is; the cart belongs to the register and is only shown here. Owns what a
 * cashier is in the middle of: the shelf looked at, the search, the figures keyed, the line chosen.
 */
import { useEffect, useState, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { unsettledPayment } from '../../../domain/card-payment.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart } from '../../cart/preview.ts';
import { useCart } from '../../cart/use-cart.ts';
import { Banners } from '../../parts/banners.tsx';
import { TrainingBanner } from '../../parts/training-banner.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useCan } from '../../parts/register-context.ts';
import { goTo, linkTo } from '../../parts/route.ts';
import { useStable } from '../../parts/use-stable.ts';
import { ProductForm } from '../products/product-form.tsx';
import { VoucherDialog } from '../pay/voucher-dialog.tsx';
import { CartFoot } from './cart-foot.tsx';
import { CartLines } from './cart-lines.tsx';
import { BackDialog, CartMenu, HeldDialog, HoldDialog } from './cart-menu.tsx';
import { Categories } from './categories.tsx';
import { ChooseProduct } from './choose-product.tsx';
import { CustomerDialog } from './customer-dialog.tsx';
import { DepartmentDialog } from './department-dialog.tsx';
import { NoticeStrip } from './notice.tsx';
import { PadPane } from './pad-pane.tsx';
import { PaidPanel } from './paid-panel.tsx';
import { PayOffDialog } from './pay-off-dialog.tsx';
import { PriceDialog } from './price-dialog.tsx';
import { QuantityDialog } from './quantity-dialog.tsx';
import { SellBar } from './sell-bar.tsx';
import { SellVoucherDialog } from './sell-voucher-dialog.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { TileGrid } from './tile-grid.tsx';
import { UnprintedBanner } from './unprinted-banner.tsx';
import { useQuickPay } from './use-quick-pay.ts';
import { useSelling, type SellDialog } from './use-selling.ts';
import { useSellKeys } from './use-sell-keys.ts';
import { useWaiveReceipt } from './use-waive-receipt.ts';
import { useTiles } from './use-tiles.ts';
import { VoidDialog } from './void-dialog.tsx';
import './sell.css';

export function Sell(): ReactNode {
  const { t } = useTranslation();
  const cart = useCart();
  useWaiveReceipt(cart);
  // A card is paying for it, or has: it goes on where that is settled.
  const atCard = cart !== null && (cart.takenMinor !== 0 || unsettledPayment(cart.cardPayments) !== null);
  useEffect(() => {
    if (atCard) goTo('pay');
  }, [atCard]);
  const [chosenShelf, setShelf] = useState<string | null>(null);
  const [padOpen, setPadOpen] = useState(false);
  const selling = useSelling(cart);
  const { shelf, tiles, settled, error } = useTiles(chosenShelf, selling.search);
  const quickPay = useQuickPay(cart);
  const keys = useSellKeys({ cart, selling, tiles, settled, quickPay });
  const onAdd = useStable(selling.add);
  const onSearch = useStable(selling.setSearch);
  const onKey = useStable(keys.onSearchKey);
  const onPad = useStable(() => setPadOpen(!padOpen));
  const onChooseLine = useStable(selling.chooseLine);
  const onChooseShelf = useStable((of: string) => {
    selling.setSearch('');
    setShelf(of);
  });
  const searching = selling.search !== '';

  return (
    <main className={cart?.training === true ? 'till training' : 'till'}>
      <h1 className="unseen">{t('screen.sell')}</h1>
      <SellBar search={selling.search} field={selling.field} onSearch={onSearch} onKey={onKey} padOpen={padOpen} onPad={onPad} />
      <div className="till-banner">
        <TrainingBanner cart={cart} />
        <Banners />
        <UnprintedBanner shown={cart?.lastSale?.uuid ?? null} />
      </div>
      <Categories chosen={searching ? '' : shelf} onChoose={onChooseShelf} />
      <div className="goods" onMouseDown={keepFocus}>
        <Keyed selling={selling} />
        <Problem error={error} />
        <TileGrid
          label={searching ? t('sell.found') : t('sell.products')}
          tiles={tiles}
          cart={cart}
          chosen={searching ? selling.foundAt : null}
          onAdd={onAdd}
          empty={settled ? <NothingHere searching={searching} shelf={shelf} /> : null}
        />
        {padOpen ? <PadPane onKey={selling.key} onErase={selling.erase} onTimes={selling.times} onEnter={selling.enter} /> : null}
      </div>
      {cart === null ? null : (
        <section className="cart" aria-label={t('sell.cart')} onMouseDown={keepFocus}>
          <CartLines
            cart={cart}
            chosen={selling.chosenLine}
            onChoose={onChooseLine}
            onQuantity={(line) => selling.setDialog({ kind: 'quantity', line })}
            onPrice={(line, first) => selling.setDialog({ kind: 'price', line, first })}
            onTakeOut={selling.takeOut}
            onChange={selling.changeQuantity}
            onCustomer={() => selling.setDialog({ kind: 'customer' })}
            onMore={() => selling.setDialog({ kind: 'more' })}
            onProblem={selling.onProblem}
            notice={
              <NoticeStrip
                notice={selling.notice}
                onAdd={(unknown) => selling.setDialog({ ...unknown, kind: 'new-product' })}
                onDepartment={(unknown) => selling.setDialog({ ...unknown, kind: 'department' })}
                onClose={() => selling.setNotice(null)}
              />
            }
            whenEmpty={cart.lastSale === null ? <EmptyCart /> : <PaidPanel key={cart.lastSale.uuid} sale={cart.lastSale} />}
          />
          <CartFoot
            cart={cart}
            busy={quickPay.busy}
            onAge={() => cartStore.ask(() => call('changeCart', { body: { ageChecked: true } })).catch(selling.onProblem)}
            problem={quickPay.error}
            onCash={quickPay.cash}
            onCard={quickPay.card}
            onPay={() => goTo('pay')}
          />
        </section>
      )}
      {cart === null ? null : <SellDialogs dialog={selling.dialog} selling={selling} cart={cart} />}
    </main>
  );
}

/** A tap does not take the focus along: the next Enter belongs to what is keyed, not to the product tapped last. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

type Selling = ReturnType<typeof useSelling>;

function Keyed({ selling }: { readonly selling: Selling }): ReactNode {
  const { t } = useTranslation();
  if (selling.keyed === '' && selling.multiplier === null) return null;
  return (
    <output className="keyed">
      {selling.multiplier === null ? null : <span className="num strong">{selling.multiplier} ×</span>}
      <span className="num">{selling.keyed}</span>
      <span className="soft small">{selling.keyed === '' ? t('sell.then-scan') : t('sell.then-enter')}</span>
    </output>
  );
}

function EmptyCart(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="empty">
      <p className="strong">{t('sell.empty')}</p>
      <p className="soft">{t('sell.empty-do')}</p>
    </div>
  );
}

function NothingHere({ searching, shelf }: { readonly searching: boolean; readonly shelf: string }): ReactNode {
  const { t } = useTranslation();
  const can = useCan();
  const key = searching ? 'nothing-found' : shelf === 'favourites' ? 'no-favourites' : shelf === 'recent' ? 'no-recent' : 'no-products';
  // Both are empty in a new shop: the first step is a favourite.
  const begin = key === 'no-favourites' || key === 'no-recent';
  return (
    <div className="empty">
      <p className="soft">{t(`sell.${key}`)}</p>
      {begin && can('products') ? (
        <a className="btn" href={linkTo('products')}>
          {t('screen.products')}
        </a>
      ) : null}
    </div>
  );
}

interface DialogProps {
  readonly dialog: SellDialog | null;
  readonly selling: Selling;
  readonly cart: Cart;
}

function SellDialogs({ dialog, selling, cart }: DialogProps): ReactNode {
  const { t } = useTranslation();
  const close = (): void => selling.setDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'keys':
      return <Shortcuts onClose={close} />;
    case 'customer':
      return <CustomerDialog hasCustomer={cart.customer !== null} onClose={close} />;
    case 'more':
      return <CartMenu cart={cart} onDialog={selling.setDialog} onProblem={selling.onProblem} />;
    case 'hold':
      return <HoldDialog cart={cart} onClose={close} />;
    case 'held':
      return <HeldDialog onClose={close} />;
    case 'void':
      return (
        <VoidDialog
          title={t('void.title', { name: dialog.line.name })}
          action={t('sell.remove-line')}
          onSaid={(reason) => cartStore.remove(dialog.line.line, reason)}
          onClose={close}
        />
      );
    case 'lower':
      return (
        <VoidDialog
          title={t('void.lower', { name: dialog.line.name })}
          action={t('do.ok')}
          onSaid={(reason) => cartStore.setQuantity(dialog.line.line, dialog.quantityMilli, reason)}
          onClose={close}
        />
      );
    case 'empty':
      return <VoidDialog title={t('cart.empty')} action={t('cart.empty')} onSaid={(reason) => cartStore.clear(reason)} onClose={close} />;
    case 'back':
      return <BackDialog deposit={dialog.deposit} onClose={close} />;
    case 'price':
      return <PriceDialog line={dialog.line} cart={cart} first={dialog.first} onClose={close} />;
    case 'sell-voucher':
      return <SellVoucherDialog onClose={close} />;
    case 'voucher':
      return (
        <VoucherDialog
          {...(dialog.code === undefined ? {} : { code: dialog.code })}
          leftMinor={cart.totalMinor > 0 ? cart.totalMinor : null}
          onUse={() => goTo('pay')}
          onClose={close}
        />
      );
    case 'pay-off':
      return cart.customer === null ? null : <PayOffDialog customer={cart.customer} onClose={close} />;
    case 'choose':
      return <ChooseProduct among={dialog.code} onChoose={selling.add} onClose={close} />;
    case 'variant':
      return <ChooseProduct among={dialog.tile} onChoose={(tile) => selling.addQuantity(tile, dialog.quantityMilli)} onClose={close} />;
    case 'weigh':
      return (
        <QuantityDialog
          name={dialog.tile.name}
          unit={dialog.tile.unit}
          onClose={close}
          onDone={(milli) => selling.addQuantity(dialog.tile, milli)}
        />
      );
    case 'quantity':
      return (
        <QuantityDialog
          name={dialog.line.name}
          unit={dialog.line.unit}
          onClose={close}
          onDone={(milli) => selling.changeQuantity(dialog.line, milli)}
        />
      );
    case 'new-product':
      return (
        <ProductForm product={null} code={dialog.code} onClose={close} onSaved={() => selling.scan(dialog.code, dialog.quantityMilli)} />
      );
    case 'department':
      return (
        <DepartmentDialog code={dialog.code} quantityMilli={dialog.quantityMilli} onClose={close} onSold={() => selling.setNotice(null)} />
      );
  }
}
