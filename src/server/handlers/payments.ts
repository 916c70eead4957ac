/** Handlers of paying beside cash: card terminals. */
import { present } from '../../base/assert.ts';
import { ok } from '../../base/result.ts';
import type { PAYMENTS } from '../../protocol/api/payments.ts';
import { settlePayment } from '../../register/ask-card.ts';
import { getCart } from '../../register/edit-cart.ts';
import { readTerminal, setTerminal } from '../../register/set-terminal.ts';
import { swapTender } from '../../register/swap-tender.ts';
import { readReceipt } from '../../store/queries/sales.ts';
import { whoMay, type Handlers } from '../handler.ts';
import { tellCart } from './cart-news.ts';
import { actingUser } from './selling.ts';

export const PAYMENT_HANDLERS: Handlers<keyof typeof PAYMENTS> = {
  getTerminal: ({ register }) => ok({ terminal: readTerminal(register.store) }),
  setTerminal: (runtime, { body, caller }) => {
    const set = setTerminal(runtime.register, body.terminal, actingUser(runtime, caller));
    return set.ok ? ok({ done: true }) : set;
  },
  askCard: (runtime, { body: { tenders, ...asked }, caller }) =>
    runtime.cardDesk.pay({ ...asked, user: actingUser(runtime, caller) }, tenders),
  cancelCard: ({ cardDesk, register }, { params }) => {
    cardDesk.cancel(params.attempt);
    return ok(getCart(register));
  },
  giveBackCard: (runtime, { params, caller }) => runtime.cardDesk.giveBack(params.attempt, actingUser(runtime, caller)),
  settleCard: (runtime, { params, body, caller }) => {
    const by = whoMay(caller, 'settle-payment')?.by ?? null;
    const settled = settlePayment(runtime.register, { attempt: params.attempt, ...body, user: actingUser(runtime, caller), by });
    return settled.ok ? tellCart(runtime, ok(getCart(runtime.register))) : settled;
  },
  swapTender: (runtime, { params, body, caller }) => {
    const by = whoMay(caller, 'swap-tender')?.by ?? null;
    const swapped = swapTender(runtime.register, { sale: params.uuid, ...body, user: actingUser(runtime, caller), by });
    return swapped.ok ? ok(present(readReceipt(runtime.register.store.db, params.uuid), 'the sale corrected')) : swapped;
  },
};
