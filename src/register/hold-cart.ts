/**
 * Holding a cart and going on with it, here or at another register. A held cart is a record that every register sees: while one has it open,
 * its row says which. Two that took it while apart make two sales of it, both kept, and one exception says so. Its sale ends it.
 */
import { makeId, type Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { priceCart } from '../domain/cart.ts';
import { commit } from '../store/journal.ts';
import { isHeldCart, listHeldCarts, readHeldCart, type HeldCart, type HeldContent } from '../store/queries/held-carts.ts';
import type { Store } from '../store/store.ts';
import { isTraining, needsReason, newCart, readOpenCart, whilePaying, wholeCart, writeOpenCart, type TakenOut } from './edit-cart.ts';
import { type CartView, viewCart } from './view-cart.ts';
import { draftVoids } from './draft-voids.ts';
import { mayNotBegin } from './may-begin.ts';
import { ownRegisterId, type Register } from './register.ts';

export function heldCarts({ store }: Register): HeldCart[] {
  return listHeldCarts(store.db).filter(({ content }) => content.cart.training === isTraining(store));
}

/** Puts the open cart aside under a name; the next one is empty. Refuses with sale.empty, payment.unsettled, payment.taken. */
export function holdCart({ store }: Register, name: string, user: Id): Result<CartView> {
  return commit(store, { kind: 'cart-held', user }, (draft) => {
    const { cart, version } = readOpenCart(store);
    if (cart.lines.length === 0) return refuse('sale.empty');
    const paying = whilePaying(store, cart);
    if (paying !== null) return paying;
    const id = cart.held?.id ?? makeId(store.clock, store.random);
    const { items, totalMinor } = priceCart(cart);
    const content: HeldContent = { cart: { ...cart, held: { id, name } }, items, totalMinor };
    const values = { name, content: JSON.stringify(content), user, register: null, held_at: store.clock.nowMs() };
    if (isHeldCart(store.db, id)) draft.patch('held_cart', id, values);
    else draft.create('held_cart', values, id);
    return ok(openInstead(store, newCart(store), version));
  });
}

/**
 * Opens a held cart at this register; an open cart that holds something must be held or paid first. One that another register has open is
 * taken from it only where `isGone` says that nobody reaches that one: should both be paid, both stand. Refuses with input.not-found,
 * held.taken, held.cart-open.
 */
export function recallCart({ store }: Register, id: Id, user: Id, isGone: (register: Id) => boolean = () => false): Result<CartView> {
  return commit(store, { kind: 'cart-recalled', user }, (draft) => {
    const held = readHeldCart(store.db, id);
    if (held === null || held.content.cart.training !== isTraining(store)) return refuse('input.not-found', { what: 'held cart' });
    const own = ownRegisterId(store);
    if (held.takenBy !== null && held.takenBy.id !== own && !isGone(held.takenBy.id))
      return refuse('held.taken', { register: held.takenBy.code });
    const { cart, version } = readOpenCart(store);
    if (cart.lines.length > 0) return refuse('held.cart-open');
    const closed = mayNotBegin(store);
    if (closed !== null) return closed;
    draft.patch('held_cart', id, { register: own });
    // Under an id of its own: a cart's id says which payment is asked for twice, and another register may pay this one too.
    const { id: fresh } = newCart(store);
    return ok(openInstead(store, { ...wholeCart(held.content.cart), id: fresh, held: { id, name: held.name } }, version));
  });
}

/**
 * Empties the open cart; what was in it, and taken out of it, is journalled. A held cart that it was is ended. Refuses with payment.unsettled,
 * payment.taken, void.reason-needed.
 */
export function clearCart({ store }: Register, { user, reason }: TakenOut): Result<CartView> {
  return commit(store, { kind: 'cart-abandoned', user }, (draft) => {
    const open = readOpenCart(store);
    const { cart } = open;
    const paying = whilePaying(store, cart);
    if (paying !== null) return paying;
    const unsaid = cart.lines.length === 0 ? null : needsReason(store, reason);
    if (unsaid !== null) return unsaid;
    if (!cart.training && (cart.lines.length > 0 || cart.voided.length > 0)) {
      const { lines, totalMinor } = priceCart(cart);
      draft.insert('audit_entry', {
        kind: 'abandoned-cart',
        user,
        at: store.clock.nowMs(),
        subject: cart.id,
        detail: JSON.stringify({ totalMinor, lines: lines.length, names: lines.slice(0, 10).map(({ name }) => name), reason }),
      });
      draftVoids(draft, cart);
    }
    if (cart.held !== null && isHeldCart(store.db, cart.held.id)) draft.remove('held_cart', cart.held.id);
    const next = { cart: newCart(store), before: { ...cart, voided: [], held: null }, lastSale: null, version: open.version + 1 };
    writeOpenCart(store, next);
    return ok(viewCart(store, next));
  });
}

function openInstead(store: Store, cart: ReturnType<typeof newCart>, version: number): CartView {
  const next = { cart, before: null, lastSale: null, version: version + 1 };
  writeOpenCart(store, next);
  return viewCart(store, next);
}
