/** Card payments through a terminal: what was asked is on disk before, what came of it holds the cart, nothing is paid twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { present } from '../base/assert.ts';
import { refuse, unwrap, type Result } from '../base/result.ts';
import { listPaymentMethods, listProducts } from '../store/queries/catalogue.ts';
import { attemptsOf, type AttemptRow } from '../store/queries/payments.ts';
import { listExceptions } from '../store/queries/shop.ts';
import { closeStore, type Store } from '../store/store.ts';
import { verifyStore } from '../store/verify.ts';
import { makeShop, openTestStore, temporaryFolder, type TestShop } from '../../test/support/shop.ts';
import { noteAnswer, noteAsked, noteGivingBack, noteUnanswered, settlePayment } from './ask-card.ts';
import { completeSale } from './complete-sale.ts';
import { addProductLine, getCart, setTraining, undoCart } from './edit-cart.ts';
import { clearCart, holdCart } from './hold-cart.ts';
import { openRegister, type Register } from './register.ts';
import { swapTender } from './swap-tender.ts';

type Shop = Pick<TestShop, 'register' | 'store' | 'owner'>;

const wayOf = ({ store }: Shop, kind: string) =>
  present(
    listPaymentMethods(store.db).find((method) => method.kind === kind),
    kind,
  ).id;

function fill(shop: Shop): void {
  const [product] = listProducts(shop.store.db, { category: null, hidden: false, sort: '-price', offset: 0, limit: 1, nowMs: 0 }).rows;
  unwrap(addProductLine(shop.register, present(product, 'a product').id, 1000));
}

function ask(shop: Shop, amountMinor?: number): Result<AttemptRow> {
  const { id, totalMinor } = getCart(shop.register);
  return noteAsked(shop.register, {
    cart: id,
    totalMinor,
    method: wayOf(shop, 'card'),
    amountMinor: amountMinor ?? totalMinor,
    user: shop.owner,
  });
}

function pay(shop: Shop, tenders: { method: ReturnType<typeof wayOf>; amountMinor: number }[] = []): ReturnType<typeof completeSale> {
  const { id, totalMinor } = getCart(shop.register);
  return completeSale(shop.register, { cart: id, totalMinor, tenders, user: shop.owner });
}

const APPROVED = { state: 'approved', reference: 'T-1' } as const;
const UNKNOWN = { state: 'unknown', reference: null } as const;

test('[fault 1] killed while the terminal is at it: the cart is back, held until a person says what the terminal shows, then paid once', async () => {
  const folder = temporaryFolder();
  const file = `${folder.path}/store.db`;
  const first = await makeShop({ file });
  fill(first);
  unwrap(ask(first));
  const before = getCart(first.register);
  closeStore(first.store);

  const store = openTestStore(file);
  const shop: Shop = { register: openRegister(store).register, store, owner: first.owner };
  noteUnanswered(shop.register);
  const cart = getCart(shop.register);
  assert.equal(cart.id, before.id);
  assert.deepEqual(
    cart.cardPayments.map(({ state }) => state),
    ['unknown'],
  );
  const { attempt } = present(cart.cardPayments[0], 'the payment');
  for (const tried of [
    () => pay(shop, [{ method: wayOf(shop, 'cash'), amountMinor: cart.totalMinor }]),
    () => ask(shop),
    () => addProductLine(shop.register, present(cart.lines[0]?.product, 'a product'), 1000),
    () => undoCart(shop.register),
    () => clearCart(shop.register, { reason: null, user: shop.owner }),
    () => holdCart(shop.register, 'Lena', shop.owner),
    () => noteGivingBack(shop.register, attempt, shop.owner),
  ])
    assert.deepEqual(tried(), refuse('payment.unsettled'));

  unwrap(settlePayment(shop.register, { attempt, paid: true, user: shop.owner, by: shop.owner }));
  assert.deepEqual(settlePayment(shop.register, { attempt, paid: false, user: shop.owner, by: null }), refuse('payment.settled'));
  assert.equal(getCart(shop.register).takenMinor, cart.totalMinor);
  assert.deepEqual(clearCart(shop.register, { reason: null, user: shop.owner }), refuse('payment.taken'));
  const receipt = unwrap(pay(shop));
  const [tender] = receipt.tenders;
  assert.deepEqual(
    swapTender(shop.register, {
      sale: receipt.uuid,
      tender: present(tender, 'the payment').tender,
      method: wayOf(shop, 'cash'),
      user: shop.owner,
      by: null,
    }),
    refuse('swap.fixed'),
  );
  assert.deepEqual(
    receipt.tenders.map(({ kind, amountMinor }) => [kind, amountMinor]),
    [['card', cart.totalMinor]],
  );
  assert.equal(store.db.get("SELECT count(*) AS total FROM audit_entry WHERE kind = 'payment-settled'")?.['total'], 1);
  assert.equal(verifyStore(store.db).problem, null);
  closeStore(store);
  folder.remove();
});

test('an approved payment whose sale was not committed is offered: it counts, and no tender can leave it out', async () => {
  const shop = await makeShop();
  fill(shop);
  const { attempt } = unwrap(ask(shop, 100));
  unwrap(noteAnswer(shop.register, attempt, APPROVED));
  const cart = getCart(shop.register);
  assert.equal(cart.takenMinor, 100);
  assert.deepEqual(ask(shop, cart.totalMinor), refuse('payment.too-much'));
  assert.deepEqual(pay(shop, []), refuse('sale.not-settled'));
  assert.equal(pay(shop, [{ method: wayOf(shop, 'card'), amountMinor: cart.totalMinor }]).ok, false);
  const receipt = unwrap(pay(shop, [{ method: wayOf(shop, 'cash'), amountMinor: 5000 }]));
  assert.deepEqual(
    receipt.tenders.map(({ kind, amountMinor }) => [kind, amountMinor]),
    [
      ['card', 100],
      ['cash', 5000],
    ],
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a card payment is given back through the terminal: then the cart is free again', async () => {
  const shop = await makeShop();
  fill(shop);
  const { attempt } = unwrap(ask(shop));
  unwrap(noteAnswer(shop.register, attempt, APPROVED));
  const back = unwrap(noteGivingBack(shop.register, attempt, shop.owner));
  assert.equal(back.amountMinor, -getCart(shop.register).totalMinor);
  unwrap(noteAnswer(shop.register, back.attempt, APPROVED));
  assert.equal(getCart(shop.register).takenMinor, 0);
  assert.equal(noteGivingBack(shop.register, attempt, shop.owner).ok, false);
  const { totalMinor } = getCart(shop.register);
  const receipt = unwrap(pay(shop, [{ method: wayOf(shop, 'cash'), amountMinor: totalMinor + 5 }]));
  assert.deepEqual(
    receipt.tenders.map(({ kind }) => kind),
    ['cash'],
  );
  assert.equal(verifyStore(shop.store.db).problem, null);
  shop.close();
});

test('a late approval of what a person said was not paid pays nothing, and shows under To check; practice asks no terminal', async () => {
  const shop = await makeShop();
  fill(shop);
  const { attempt } = unwrap(ask(shop));
  unwrap(noteAnswer(shop.register, attempt, UNKNOWN));
  unwrap(settlePayment(shop.register, { attempt, paid: false, user: shop.owner, by: null }));
  unwrap(noteAnswer(shop.register, attempt, APPROVED));
  unwrap(noteAnswer(shop.register, attempt, APPROVED));
  assert.equal(getCart(shop.register).takenMinor, 0);
  assert.deepEqual(
    listExceptions(shop.store.db).map(({ kind }) => kind),
    ['card-denied'],
  );
  unwrap(pay(shop, [{ method: wayOf(shop, 'cash'), amountMinor: 5000 }]));
  assert.equal(verifyStore(shop.store.db).problem, null);
  unwrap(setTraining(shop.register, true));
  fill(shop);
  assert.deepEqual(ask(shop), refuse('payment.training'));
  shop.close();
});

type Step =
  | 'fill'
  | 'ask'
  | 'ask-part'
  | 'approve'
  | 'decline'
  | 'unknown'
  | 'again'
  | 'paid'
  | 'not-paid'
  | 'back'
  | 'cash'
  | 'finish'
  | 'kill';

test('[fault 1] whatever terminals, people and kills do: what was approved is what card payments of sales say, and what is offered', async () => {
  const folder = temporaryFolder();
  const image = `${folder.path}/image.db`;
  const made = await makeShop({ file: image });
  const { owner } = made;
  made.close();
  const steps = fc.array(
    fc.constantFrom<Step>(
      ...([
        'fill',
        'ask',
        'ask-part',
        'approve',
        'decline',
        'unknown',
        'again',
        'paid',
        'not-paid',
        'back',
        'cash',
        'finish',
        'kill',
      ] as const),
    ),
    { minLength: 5, maxLength: 60 },
  );
  const { copyFileSync } = await import('node:fs');
  let run = 0;
  fc.assert(
    fc.property(steps, (todo) => {
      const file = `${folder.path}/run-${run++}.db`;
      copyFileSync(image, file);
      let shop = openAgain(file, owner);
      const tookBy = new Map<number, number>();
      for (const step of todo) shop = act(shop, step, tookBy, file);
      const took = [...tookBy.values()].reduce((sum, minor) => sum + minor, 0);
      const tenders = Number(
        shop.store.db.get('SELECT ifnull(sum(amount_minor), 0) AS sum FROM tender WHERE payment_attempt IS NOT NULL')?.['sum'],
      );
      assert.equal(tenders + getCart(shop.register).takenMinor, took);
      assert.equal(verifyStore(shop.store.db).problem, null);
      closeStore(shop.store);
    }),
    { numRuns: 60 },
  );
  folder.remove();
});

function openAgain(file: string, owner: TestShop['owner']): Shop {
  const store: Store = openTestStore(file);
  const register: Register = openRegister(store).register;
  noteUnanswered(register);
  return { register, store, owner };
}

/** `tookBy`: what the register knows to be taken, by attempt. */
function act(shop: Shop, step: Step, tookBy: Map<number, number>, file: string): Shop {
  const { register, store, owner } = shop;
  const cart = getCart(register);
  const payments = attemptsOf(store.db, cart.id);
  const last = payments.at(-1);
  const answer = (state: 'approved' | 'declined' | 'unknown'): void => {
    if (last === undefined) return;
    if (state === 'approved' && (last.state === 'asked' || last.state === 'unknown')) tookBy.set(last.attempt, last.amountMinor);
    unwrap(noteAnswer(register, last.attempt, { state, reference: null }));
  };
  switch (step) {
    case 'fill':
      if (cart.lines.length < 3 && payments.every(({ state }) => state === 'declined')) fill(shop);
      break;
    case 'ask':
      ask(shop, cart.totalMinor - cart.takenMinor);
      break;
    case 'ask-part':
      ask(shop, 50);
      break;
    case 'approve':
      if (last?.state === 'asked') answer('approved');
      break;
    case 'decline':
      answer('declined');
      break;
    case 'unknown':
      answer('unknown');
      break;
    case 'again':
      answer('approved');
      break;
    case 'paid':
    case 'not-paid':
      if (last?.state === 'unknown') {
        unwrap(settlePayment(register, { attempt: last.attempt, paid: step === 'paid', user: owner, by: null }));
        if (step === 'paid') tookBy.set(last.attempt, last.amountMinor);
      }
      break;
    case 'back':
      if (cart.takenMinor > 0)
        noteGivingBack(
          register,
          present(
            payments.find(({ state, givesBack }) => state === 'approved' && givesBack === null),
            'a payment',
          ).attempt,
          owner,
        );
      break;
    case 'cash':
      pay(shop, [{ method: wayOf(shop, 'cash'), amountMinor: cart.totalMinor + 500 }]);
      break;
    case 'finish':
      pay(shop);
      break;
    case 'kill':
      closeStore(store);
      return openAgain(file, owner);
  }
  return shop;
}
