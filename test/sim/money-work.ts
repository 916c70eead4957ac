/**
 * What people do with money at a simulated register beside plain sales: vouchers sold and used, cards through a simulated terminal that may say
 * nothing, tips, cash moved, drawers counted and closed, Zs; and stock received and counted. Luck decides.
 */
import { localDay, utcOffsetMinutes } from '../../src/base/clock.ts';
import { idFromBytes, type Id } from '../../src/base/id.ts';
import { present } from '../../src/base/assert.ts';
import { unwrap } from '../../src/base/result.ts';
import { takenPayments, unsettledPayment } from '../../src/domain/card-payment.ts';
import type { MethodKind } from '../../src/domain/tender.ts';
import { noteAnswer, noteAsked, noteGivingBack, settlePayment } from '../../src/register/ask-card.ts';
import { closeDay } from '../../src/register/close-day.ts';
import { closeShift } from '../../src/register/close-shift.ts';
import { countShift } from '../../src/register/count-shift.ts';
import { addProductLine, getCart } from '../../src/register/edit-cart.ts';
import type { CartView } from '../../src/register/view-cart.ts';
import { clearCart } from '../../src/register/hold-cart.ts';
import { moveCash } from '../../src/register/move-cash.ts';
import { moveStock } from '../../src/register/move-stock.ts';
import { openShiftWithFloat } from '../../src/register/open-shift.ts';
import { ownRegisterId } from '../../src/register/register.ts';
import { sellVoucher } from '../../src/register/sell-voucher.ts';
import { setTip } from '../../src/register/set-tip.ts';
import { bytesOf, textOf } from '../../src/store/database.ts';
import { append, startDraft } from '../../src/store/journal.ts';
import { ok } from '../../src/base/result.ts';
import { listPaymentMethods } from '../../src/store/queries/catalogue.ts';
import { readUnclosed } from '../../src/store/queries/closings.ts';
import { attemptsOf } from '../../src/store/queries/payments.ts';
import { openShift, shiftFigures } from '../../src/store/queries/shifts.ts';
import { readVoucher } from '../../src/store/queries/vouchers.ts';
import { referenceTo } from '../../src/store/look-up.ts';
import type { Dice } from './dice.ts';
import { CrashError, type Machine, type Program } from './machine.ts';
import { OWNER } from './shop-image.ts';
import { payCart } from './pay-cart.ts';
import type { PlantedBug } from './planted-bug.ts';
import type { World } from './world.ts';

/** Those of this file: with one of them people do little else. */
const BUGS: ReadonlySet<PlantedBug | null> = new Set(['drawer-misread', 'total-misadded', 'voucher-doubled', 'card-lost']);

export function isMoneyBug(bug: PlantedBug | null): boolean {
  return BUGS.has(bug);
}

/** One of the works with money, or with stock. */
export function workWithMoney(world: World, machine: Machine, program: Program, dice: Dice, bug: PlantedBug | null): void {
  const luck = dice.fraction();
  if (luck < 0.2) sellOneVoucher(world, machine, program, dice);
  else if (luck < 0.45) useVoucher(world, machine, program, dice, bug);
  else if (luck < 0.7) askCard(world, machine, program, dice, bug);
  else if (luck < 0.85) workTheDrawer(world, program, dice, bug);
  else workTheStock(program, dice);
}

function methodOf({ store }: Pick<Program, 'store'>, kind: MethodKind): Id {
  const method = listPaymentMethods(store.db).find((one) => one.kind === kind);
  return present(method, kind).id;
}

function pickProduct({ store }: Pick<Program, 'store'>, dice: Dice): Id {
  return idFromBytes(bytesOf(dice.pick(store.db.all('SELECT id FROM product ORDER BY id'))['id']));
}

/** A cart of its own with one product, and now and then a tip; null when the product cannot be sold. */
function startCart({ register, store }: Program, dice: Dice): CartView | null {
  unwrap(clearCart(register, { reason: null, user: OWNER }));
  if (!addProductLine(register, pickProduct({ store }, dice), 1000).ok) return null;
  if (dice.chance(0.3)) unwrap(setTip(register, 100));
  return getCart(register);
}

// ---- vouchers

function sellOneVoucher(world: World, machine: Machine, program: Program, dice: Dice): void {
  unwrap(clearCart(program.register, { reason: null, user: OWNER }));
  payCart(
    world,
    machine,
    program,
    unwrap(sellVoucher(program.register, { purpose: 'multi', valueMinor: 500 + 100 * dice.pick([0, 1, 5]) })),
  );
}

/** As much of a voucher as there is, the rest in cash. Registers that cannot see each other may use the same. */
function useVoucher(world: World, machine: Machine, program: Program, dice: Dice, bug: PlantedBug | null): void {
  const { store } = program;
  const codes = store.db.all('SELECT code FROM voucher_movement WHERE code IS NOT NULL ORDER BY code').map((row) => textOf(row['code']));
  const cart = codes.length === 0 ? null : startCart(program, dice);
  if (cart === null) return;
  const voucher = present(readVoucher(store.db, dice.pick(codes)), 'a voucher of that code');
  const usedMinor = Math.min(voucher.balanceMinor, cart.totalMinor);
  if (usedMinor <= 0) return;
  payCart(world, machine, program, cart, [{ method: methodOf(program, 'voucher'), amountMinor: usedMinor, voucher: voucher.code }]);
  world.figures.vouchersUsed++;
  if (bug === 'voucher-doubled') takeAgain(program, voucher.id, usedMinor);
}

// ---- cards

/** The terminal is asked, and says what came of it later, or never. What it did take is known to the world, as a person sees it on the terminal. */
function askCard(world: World, machine: Machine, program: Program, dice: Dice, bug: PlantedBug | null): void {
  const cart = startCart(program, dice);
  if (cart === null || cart.totalMinor < 2) return;
  const { store, register } = program;
  const amountMinor = dice.chance(0.3) ? Math.ceil(cart.totalMinor / 2) : cart.totalMinor;
  const asked = noteAsked(register, {
    cart: cart.id,
    totalMinor: cart.totalMinor,
    method: methodOf(program, 'card'),
    amountMinor,
    user: OWNER,
  });
  const { attempt } = unwrap(asked);
  const takes = dice.chance(0.75);
  const says = dice.chance(0.8);
  world.terminal.set(referenceTo(store.db, attempt), takes);
  world.figures.cardsAsked++;
  world.trace(`${machine.name} asks for ${amountMinor} by card`);
  world.time.after(dice.between(100, 1_500), () => {
    if (program.dead) return;
    try {
      noteAnswer(register, attempt, { state: says ? (takes ? 'approved' : 'declined') : 'unknown', reference: null });
      if (bug === 'card-lost') store.db.run('DELETE FROM open_cart');
      else settleCard(world, machine, program, dice);
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    }
  });
}

/**
 * What a card has to do with the open cart, brought to an end: a person looks at the terminal; the rest is paid in cash, or the card gets its
 * money back. False while the terminal is at it.
 */
export function settleCard(world: World, machine: Machine, program: Program, dice: Dice): boolean {
  const { store, register } = program;
  const cart = getCart(register);
  const open = unsettledPayment(attemptsOf(store.db, cart.id));
  if (open?.state === 'asked') return false;
  if (open !== null) {
    const paid = open.givesBack !== null || world.terminal.get(referenceTo(store.db, open.attempt)) === true;
    unwrap(settlePayment(register, { attempt: open.attempt, paid, user: OWNER, by: OWNER }));
  }
  const [taken] = takenPayments(attemptsOf(store.db, cart.id));
  if (taken === undefined) return true;
  if (dice.chance(0.8)) {
    payCart(world, machine, program, cart, [], taken.amountMinor);
    return true;
  }
  const back = unwrap(noteGivingBack(register, taken.attempt, OWNER));
  noteAnswer(register, back.attempt, { state: 'approved', reference: null });
  return true;
}

// ---- drawers

function workTheDrawer(world: World, program: Program, dice: Dice, bug: PlantedBug | null): void {
  const { store, register } = program;
  const own = ownRegisterId(store);
  const open = openShift(store.db, own);
  if (open === null) {
    unwrap(openShiftWithFloat(register, { floatMinor: 1_000, user: OWNER, figures: null }));
    return;
  }
  const kind = dice.pick(['paid-in', 'expense', 'tip'] as const);
  unwrap(moveCash(register, { kind, amountMinor: Math.floor(dice.between(1, 300)), reason: 'as it comes', user: OWNER }));
  if (dice.chance(0.3)) return;
  countAndClose(program, open.shift, dice, bug === 'drawer-misread' ? 7 : 0);
  if (dice.chance(0.3)) return;
  const nowMs = store.clock.nowMs();
  const unclosed = readUnclosed(store.db, own, localDay(nowMs, utcOffsetMinutes(nowMs)));
  const closed = closeDay(
    register,
    bug === 'total-misadded' ? { ...unclosed, perpetualMinor: unclosed.perpetualMinor + 1 } : unclosed,
    OWNER,
  );
  world.figures.zs += closed.ok ? closed.value : 0;
}

function countAndClose({ store, register }: Program, shift: number, dice: Dice, offMinor: number): void {
  const figuresNow = (): ReturnType<typeof shiftFigures> => {
    const figures = shiftFigures(store.db, shift);
    return { ...figures, methods: figures.methods.map((one) => ({ ...one, expectedMinor: one.expectedMinor + offMinor })) };
  };
  const figures = figuresNow();
  const differs = dice.pick([0, 0, -20, 5]);
  const counts = figures.methods.map(({ method, kind, expectedMinor }) => ({
    method,
    countedMinor: Math.max(0, expectedMinor + (kind === 'cash' ? differs : 0)),
    pieces: [],
  }));
  unwrap(countShift(register, { counts, figures, user: OWNER }));
  unwrap(closeShift(register, { staysMinor: 0, figures: figuresNow(), user: OWNER }));
}

// ---- stock

function workTheStock({ register, store }: Program, dice: Dice): void {
  const work = dice.pick(['received', 'counted', 'adjusted'] as const);
  const quantityMilli = 1_000 * Math.floor(dice.between(work === 'adjusted' ? -3 : 0, 12));
  // Of a product that was removed meanwhile nothing is written.
  moveStock(register, { work, rows: [{ product: pickProduct({ store }, dice), quantityMilli }], note: null }, OWNER);
}

// ---- bugs on purpose

function takeAgain({ store }: Program, voucher: Id, usedMinor: number): void {
  store.db.transact('durable', () => {
    const draft = startDraft(store);
    draft.insert('voucher_movement', { voucher, kind: 'redeemed', purpose: 'multi', amount_minor: -usedMinor, at: store.clock.nowMs() });
    append(store, draft, { kind: 'sale', user: null });
    return ok(null);
  });
}
