/** Handlers of paying beside cash: card terminals, vouchers, tips, accounts, fiscal devices; and of correcting how a sale was paid. */
import { present } from '../../base/assert.ts';
import { ok, refuse } from '../../base/result.ts';
import type { PAYMENTS } from '../../protocol/api/payments.ts';
import { settlePayment } from '../../register/ask-card.ts';
import { getCart } from '../../register/edit-cart.ts';
import { readTerminal, setTerminal } from '../../register/set-terminal.ts';
import { redeemOnCart, sellVoucher, setVoucherMonths, voucherMonths } from '../../register/sell-voucher.ts';
import { fiscalRule, readFiscal, setFiscal } from '../../register/note-fiscal.ts';
import { setAccountPayment, setTip } from '../../register/set-tip.ts';
import { accountBalance, accountMovements, readAccountTerms } from '../../store/queries/accounts.ts';
import { readCustomer } from '../../store/queries/people.ts';
import { readVoucher, voucherMovements } from '../../store/queries/vouchers.ts';
import { swapTender } from '../../register/swap-tender.ts';
import { readReceipt } from '../../store/queries/sales.ts';
import { whoMay, type Handlers } from '../handler.ts';
import { tellCart } from './cart-news.ts';
import { actingUser, mayPaySo } from './selling.ts';

export const PAYMENT_HANDLERS: Handlers<keyof typeof PAYMENTS> = {
  getTerminal: ({ register }) => ok({ terminal: readTerminal(register.store) }),
  setTerminal: (runtime, { body, caller }) => {
    const set = setTerminal(runtime.register, body.terminal, actingUser(runtime, caller));
    return set.ok ? ok({ done: true }) : set;
  },
  askCard: (runtime, { body: { tenders, ...asked }, caller }) => {
    const may = mayPaySo(runtime, caller, tenders);
    return may.ok ? runtime.cardDesk.pay({ ...asked, user: actingUser(runtime, caller) }, tenders) : may;
  },
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
  sellVoucher: (runtime, { body }) => tellCart(runtime, sellVoucher(runtime.register, body)),
  redeemVoucher: (runtime, { body }) => tellCart(runtime, redeemOnCart(runtime.register, body.code)),
  lookUpVoucher: ({ register, clock }, { params }) => {
    const voucher = readVoucher(register.store.db, params.code);
    if (voucher === null) return refuse('voucher.unknown', { code: params.code });
    const { id, code, purpose, balanceMinor, expiresAt } = voucher;
    const expired = expiresAt !== null && expiresAt <= clock.nowMs();
    return ok({ code, purpose, balanceMinor, expiresAt, expired, movements: voucherMovements(register.store.db, id) });
  },
  getVoucherTerms: ({ register }) => ok({ months: voucherMonths(register.store) }),
  setVoucherTerms: (runtime, { body, caller }) => {
    const set = setVoucherMonths(runtime.register, body.months, actingUser(runtime, caller));
    return set.ok ? ok({ done: true }) : set;
  },
  setTip: (runtime, { body }) => tellCart(runtime, setTip(runtime.register, body.amountMinor)),
  payOffAccount: (runtime, { body }) => tellCart(runtime, setAccountPayment(runtime.register, body.amountMinor)),
  getAccount: ({ register: { store } }, { params }) =>
    readCustomer(store.db, params.id) === null
      ? refuse('input.not-found', { what: 'customer' })
      : ok({
          ...readAccountTerms(store.db, params.id),
          balanceMinor: accountBalance(store.db, params.id),
          rows: accountMovements(store.db, params.id),
        }),
  getFiscal: ({ register: { store } }) => ok({ fiscal: readFiscal(store), rule: fiscalRule(store) }),
  setFiscal: (runtime, { body, caller }) => {
    const set = setFiscal(runtime.register, body.fiscal, actingUser(runtime, caller));
    return set.ok ? ok({ done: true }) : set;
  },
  swapTender: (runtime, { params, body, caller }) => {
    const by = whoMay(caller, 'swap-tender')?.by ?? null;
    const swapped = swapTender(runtime.register, { sale: params.uuid, ...body, user: actingUser(runtime, caller), by });
    return swapped.ok ? ok(present(readReceipt(runtime.register.store.db, params.uuid), 'the sale corrected')) : swapped;
  },
};
