/**
 * Card payments through a terminal. That it is asked is committed BEFORE it is asked, and so is each answer: killed between any two steps,
 * the register knows at its next start what may have been taken. While an answer is not known the cart can be neither changed nor paid
 * again; a person who looks at the terminal settles it. The first word that ends a payment stands: a second answer, or a late one, pays nothing.
 */
import type { Id } from '../base/id.ts';
import { present } from '../base/assert.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import { priceCart } from '../domain/cart.ts';
import { takenPayments } from '../domain/card-payment.ts';
import type { Insert } from '../protocol/tables.ts';
import { commit, type Draft } from '../store/journal.ts';
import { referenceTo } from '../store/look-up.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { attemptsOf, readAttempt, type AttemptRow } from '../store/queries/payments.ts';
import type { Store } from '../store/store.ts';
import { checkPayable } from './complete-sale.ts';
import { readOpenCart, unsettled, writeOpenCart } from './edit-cart.ts';
import { tradingNow } from './open-shift.ts';
import type { Register } from './register.ts';

export interface AskInput {
  readonly cart: Id;
  /** What the screen showed. */
  readonly totalMinor: number;
  readonly method: Id;
  /** Towards the total; negative where money goes back. */
  readonly amountMinor: number;
  readonly user: Id;
}

/** What came of asking, as the terminal or a person says it. */
export interface CardAnswer {
  readonly state: 'approved' | 'declined' | 'unknown';
  readonly reference: string | null;
}

/**
 * Writes down that the terminal is about to be asked. Refuses as paying would (complete-sale.ts), and with payment.unsettled,
 * payment.too-much, payment.training, input.not-found.
 */
export function noteAsked({ store }: Register, input: AskInput): Result<AttemptRow> {
  return noteNew(store, input.user, (draft) => {
    const { cart } = readOpenCart(store);
    if (cart.training) return refuse('payment.training');
    const payable = checkPayable(store, cart, input);
    if (!payable.ok) return payable;
    const method = listPaymentMethods(store.db).find(({ id }) => id === input.method);
    if (method?.kind !== 'card' || !method.active) return refuse('input.not-found', { what: 'payment method' });
    const taken = takenPayments(attemptsOf(store.db, cart.id)).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const left = priceCart(cart).totalMinor - taken;
    if (Math.sign(input.amountMinor) !== Math.sign(left) || Math.abs(input.amountMinor) > Math.abs(left)) return refuse('payment.too-much');
    draftRow(store, draft, { cart: cart.id, method: input.method, amountMinor: input.amountMinor }, { state: 'asked' });
    return ok(cart.id);
  });
}

/** Writes down that an approved payment of the open cart is about to go back to its card. Refuses with payment.unsettled, input.not-found. */
export function noteGivingBack({ store }: Register, attempt: number, user: Id): Result<AttemptRow> {
  return noteNew(store, user, (draft) => {
    const { cart } = readOpenCart(store);
    const payments = attemptsOf(store.db, cart.id);
    const open = unsettled(store, cart);
    if (open !== null) return open;
    const taken = takenPayments(payments).find((payment) => payment.attempt === attempt);
    if (taken === undefined) return refuse('input.not-found', { what: 'card payment' });
    draftRow(
      store,
      draft,
      { cart: cart.id, method: taken.method, amountMinor: -taken.amountMinor },
      { state: 'asked', gives_back: referenceTo(store.db, attempt) },
    );
    return ok(cart.id);
  });
}

function noteNew(store: Store, user: Id, work: (draft: Draft) => Result<Id>): Result<AttemptRow> {
  const noted = commit(store, { kind: 'card-asked', user }, (draft) => {
    const cart = work(draft);
    if (cart.ok) showOnCart(store);
    return cart;
  });
  return noted.ok ? ok(present(attemptsOf(store.db, noted.value).at(-1), 'the attempt just written')) : noted;
}

/** The screens of this register show the cart as it is now. */
function showOnCart(store: Store): void {
  const open = readOpenCart(store);
  writeOpenCart(store, { ...open, version: open.version + 1 });
}

type Asked = Pick<AttemptRow, 'cart' | 'method' | 'amountMinor'>;
type Said = Pick<Insert<'payment_attempt'>, 'state' | 'attempt' | 'gives_back' | 'reference'>;

function draftRow(store: Store, draft: Draft, { cart, method, amountMinor }: Asked, said: Said): void {
  draft.insert('payment_attempt', { cart, payment_method: method, amount_minor: amountMinor, at: tradingNow(store).at, ...said });
}

/**
 * Writes down an answer of the terminal. One that says nothing new leaves no trace; an approval of what was said to be not paid is kept, and
 * shows under To check, but pays nothing.
 */
export function noteAnswer({ store }: Register, attempt: number, answer: CardAnswer): Result<AttemptRow> {
  const noted = commit(store, { kind: 'card-answered', user: null }, (draft) => {
    const asked = present(readAttempt(store.db, attempt), 'what was asked');
    const isNews = asked.state === 'asked' || (asked.state === 'unknown' && answer.state !== 'unknown');
    const isDenied = asked.state === 'declined' && answer.state === 'approved';
    if (isNews || isDenied) draftAnswer(store, draft, asked, answer);
    return ok(null);
  });
  return noted.ok ? ok(present(readAttempt(store.db, attempt), 'what was asked')) : noted;
}

function draftAnswer(store: Store, draft: Draft, asked: AttemptRow, { state, reference }: CardAnswer): void {
  draftRow(store, draft, asked, {
    state,
    attempt: referenceTo(store.db, asked.attempt),
    ...(reference === null ? {} : { reference: reference.slice(0, LONGEST_REFERENCE) }),
  });
  if (readOpenCart(store).cart.id === asked.cart) showOnCart(store);
}

/** A line of the table. */
const LONGEST_REFERENCE = 200;

export interface SettleInput {
  readonly attempt: number;
  /** What the terminal shows. */
  readonly paid: boolean;
  readonly user: Id;
  /** Who may, and looked; null for the command line. */
  readonly by: Id | null;
}

/** A person looked at the terminal. Refuses with input.not-found, payment.settled. */
export function settlePayment({ store }: Register, { attempt, paid, user, by }: SettleInput): Result<AttemptRow> {
  const settled = commit(store, { kind: 'payment-settled', user }, (draft) => {
    const asked = readAttempt(store.db, attempt);
    if (asked === null) return refuse('input.not-found', { what: 'card payment' });
    if (asked.state !== 'unknown') return refuse('payment.settled');
    draftAnswer(store, draft, asked, { state: paid ? 'approved' : 'declined', reference: null });
    draft.insert('audit_entry', {
      kind: 'payment-settled',
      user,
      at: tradingNow(store).at,
      subject: asked.cart,
      detail: JSON.stringify({ paid, amountMinor: asked.amountMinor, by }),
    });
    return ok(null);
  });
  return settled.ok ? ok(present(readAttempt(store.db, attempt), 'what was settled')) : settled;
}

/** At start: what was asked before the program ended has no answer that anybody heard. */
export function noteUnanswered({ store }: Register): void {
  if (store.own === null) return;
  commit(store, { kind: 'card-answered', user: null }, (draft) => {
    for (const asked of attemptsOf(store.db, readOpenCart(store).cart.id))
      if (asked.state === 'asked') draftAnswer(store, draft, asked, { state: 'unknown', reference: null });
    return ok(null);
  });
}
