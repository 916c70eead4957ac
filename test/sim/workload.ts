/**
 * What people do at a simulated register: sell, refund, hold carts, edit and add products, add, edit and forget customers, and what money-work.ts
 * has. Luck decides what, and when next.
 */
import { toHex } from '../../src/base/bytes.ts';
import { idFromBytes } from '../../src/base/id.ts';
import { present } from '../../src/base/assert.ts';
import { addProductLine, getCart } from '../../src/register/edit-cart.ts';
import { clearCart, heldCarts, holdCart, recallCart } from '../../src/register/hold-cart.ts';
import { mayNotSell } from '../../src/register/may-begin.ts';
import { isGivenBack, refundSale } from '../../src/register/refund-sale.ts';
import { readSoldSale } from '../../src/store/queries/refunds.ts';
import { unwrap } from '../../src/base/result.ts';
import { addCustomer, editCustomer, forgetCustomer } from '../../src/register/edit-customer.ts';
import { addProduct, editProduct } from '../../src/register/edit-product.ts';
import { openBody } from '../../src/protocol/changeset.ts';
import { append, startDraft } from '../../src/store/journal.ts';
import { bytesOf } from '../../src/store/database.ts';
import { sellSome } from '../support/shop.ts';
import type { Dice } from './dice.ts';
import { CrashError, type Machine, type Program } from './machine.ts';
import { isMoneyBug, settleCard, workWithMoney } from './money-work.ts';
import { payCart } from './pay-cart.ts';
import type { PlantedBug } from './planted-bug.ts';
import { OWNER } from './shop-image.ts';
import type { World } from './world.ts';

/** Somebody works at this machine until `untilMs`. */
export function workAt(world: World, machine: Machine, dice: Dice, untilMs: number, bug: PlantedBug | null): void {
  const { time } = world;
  const next = (): void => {
    time.after(dice.between(100, 2_400), () => {
      if (time.nowMs > untilMs) return;
      const { program } = machine;
      if (program !== null) act(world, machine, program, dice, bug);
      next();
    });
  };
  next();
}

function act(world: World, machine: Machine, program: Program, dice: Dice, bug: PlantedBug | null): void {
  try {
    // Restored, it sells once it has taken back what the shop has of it.
    if (mayNotSell(program.store) !== null) return;
    // What a card pays for is ended first; while the terminal is at it, everybody waits.
    if (!settleCard(world, machine, program, dice)) return;
    if (isMoneyBug(bug) && dice.chance(0.7)) {
      workWithMoney(world, machine, program, dice, bug);
      return;
    }
    const luck = dice.fraction();
    if (luck < 0.4) sell(world, machine, program, dice, bug);
    else if (luck < 0.48) refund(world, machine, program, dice);
    else if (luck < 0.55) holdOrGoOn(world, machine, program, dice);
    else if (luck < 0.75) workWithMoney(world, machine, program, dice, bug);
    else if (luck < 0.88) editSome(program, dice);
    else editPeople(program, dice);
  } catch (error) {
    if (!(error instanceof CrashError)) throw error;
  }
}

export function sell(world: World, machine: Machine, program: Program, dice: Dice, bug: PlantedBug | null = null): void {
  const { store, register } = program;
  if (bug === 'number-reused' && dice.chance(0.3)) hideLastNumber(program);
  const receipt = sellSome({ register, store, owner: OWNER }, 1 + Math.floor(dice.fraction() * 3));
  const own = present(store.own, 'the own chain');
  world.figures.sales++;
  world.acknowledged.push({ hash: toHex(own.hash), uuid: receipt.uuid, series: own.series, number: own.n });
  world.trace(`${machine.name} sells ${receipt.label}`);
  if (bug === 'sent-twice' && dice.chance(0.2)) writeAgain(program);
  if (bug === 'stock-doubled' && dice.chance(0.2)) store.db.run('UPDATE stock SET on_hand_milli = on_hand_milli * 2');
  if (bug === 'acknowledged-early') world.acknowledged.push({ hash: '00'.repeat(32), uuid: OWNER, series: own.series, number: 0 });
}

/** Some pieces of some sale come back, in cash. Two that cannot see each other may refund the same. */
function refund(world: World, machine: Machine, { register, store }: Program, dice: Dice): void {
  const sales = store.db.all("SELECT uuid FROM sale WHERE kind = 'sale' ORDER BY uuid").map((row) => idFromBytes(bytesOf(row['uuid'])));
  if (sales.length === 0) return;
  const sale = dice.pick(sales);
  const left = (readSoldSale(store.db, sale)?.lines ?? []).filter((line) => isGivenBack(line) && line.refundedMilli < line.quantityMilli);
  if (left.length === 0) return;
  unwrap(clearCart(register, { reason: null, user: OWNER }));
  const cart = unwrap(refundSale(register, { sale, lines: [{ ref: dice.pick(left).ref, quantityMilli: 1000 }] }));
  payCart(world, machine, { register, store }, cart);
}

/** A cart is put aside, or the first of those that wait is taken and paid; two that cannot see each other may take the same. */
function holdOrGoOn(world: World, machine: Machine, { register, store }: Program, dice: Dice): void {
  unwrap(clearCart(register, { reason: null, user: OWNER }));
  const waiting = heldCarts(register).find(({ takenBy }) => takenBy === null);
  if (waiting === undefined || dice.chance(0.4)) {
    const products = store.db.all('SELECT id FROM product ORDER BY id').map((row) => idFromBytes(bytesOf(row['id'])));
    if (addProductLine(register, dice.pick(products), 1000).ok)
      unwrap(holdCart(register, `Table ${Math.floor(dice.fraction() * 9)}`, OWNER));
    return;
  }
  payCart(world, machine, { register, store }, unwrap(recallCart(register, waiting.id, OWNER)));
}

/** What is in the open cart, in cash. */
export function payOpenCart(world: World, machine: Machine, { register, store }: Program): void {
  payCart(world, machine, { register, store }, getCart(register));
}

function editSome({ register, store }: Program, dice: Dice): void {
  const products = store.db.all('SELECT id FROM product ORDER BY id').map((row) => idFromBytes(bytesOf(row['id'])));
  const product = dice.pick(products);
  const luck = dice.fraction();
  if (luck < 0.4) editProduct(register, product, { priceMinor: 1 + Math.floor(dice.fraction() * 900) }, OWNER);
  else if (luck < 0.6) editProduct(register, product, { name: `Name ${Math.floor(dice.fraction() * 50)}` }, OWNER);
  else if (luck < 0.8) editProduct(register, product, { codes: [`code ${Math.floor(dice.fraction() * 6)}`] }, OWNER);
  else addProduct(register, { name: `New ${products.length}`, priceMinor: 250, codes: [`code ${Math.floor(dice.fraction() * 6)}`] }, OWNER);
}

function editPeople({ register, store }: Program, dice: Dice): void {
  const people = store.db.all('SELECT id FROM customer ORDER BY id').map((row) => idFromBytes(bytesOf(row['id'])));
  const luck = dice.fraction();
  if (luck < 0.4 || people.length === 0)
    addCustomer(register, { name: `Person ${Math.floor(dice.fraction() * 99)}`, phone: '+32 1' }, OWNER);
  else if (luck < 0.75) editCustomer(register, dice.pick(people), { email: `p${Math.floor(dice.fraction() * 99)}@example.org` }, OWNER);
  else forgetCustomer(register, dice.pick(people), OWNER);
}

// ---- bugs on purpose

function hideLastNumber({ store }: Program): void {
  store.db.run(
    'UPDATE sale SET number = 0 WHERE series = ? AND number = (SELECT max(number) FROM sale WHERE series = ?)',
    store.own?.series ?? '',
    store.own?.series ?? '',
  );
}

function writeAgain({ store }: Program): void {
  const opened = openBody(
    bytesOf(store.db.get('SELECT body FROM changeset WHERE local = ?', store.own?.local ?? 0)?.['body']),
    store.dictionaries,
  );
  if (opened.state !== 'text') return;
  const draft = startDraft(store);
  draft.rows.push(...opened.text.rows);
  append(store, draft, { kind: 'sale', user: null });
}
