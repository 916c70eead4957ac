/** The end of every simulated sale: paid, written down as acknowledged. */
import { toHex } from '../../src/base/bytes.ts';
import { present } from '../../src/base/assert.ts';
import { unwrap } from '../../src/base/result.ts';
import { roundToStep } from '../../src/domain/money.ts';
import { completeSale, type PayInput } from '../../src/register/complete-sale.ts';
import type { CartView } from '../../src/register/view-cart.ts';
import { listPaymentMethods } from '../../src/store/queries/catalogue.ts';
import type { Machine, Program } from './machine.ts';
import { OWNER } from './shop-image.ts';
import type { World } from './world.ts';

/** What was taken by card and what is given, and the rest in cash. */
export function payCart(
  world: World,
  machine: Machine,
  { register, store }: Pick<Program, 'register' | 'store'>,
  cart: CartView,
  given: PayInput['tenders'] = [],
  takenMinor = 0,
): void {
  const cash = present(
    listPaymentMethods(store.db).find(({ kind }) => kind === 'cash'),
    'cash',
  );
  const leftMinor = given.reduce((left, tender) => left - tender.amountMinor, cart.totalMinor - takenMinor);
  const amountMinor = roundToStep(leftMinor, cash.roundingStepMinor ?? 1);
  const paid = completeSale(register, {
    cart: cart.id,
    totalMinor: cart.totalMinor,
    tenders: leftMinor === 0 ? given : [...given, { method: cash.id, amountMinor }],
    user: OWNER,
  });
  const receipt = unwrap(paid);
  const own = present(store.own, 'the own chain');
  world.figures.sales++;
  world.acknowledged.push({ hash: toHex(own.hash), uuid: receipt.uuid, series: own.series, number: own.n });
  world.trace(`${machine.name} pays ${receipt.label}`);
}
