/**
 * Ways to pay that a shop has once it uses them: vouchers, customers' accounts. Their ids follow from what they are, so that two registers
 * which begin apart begin one.
 */
import { shopWord } from '../domain/shop-words.ts';
import type { Draft } from '../store/journal.ts';
import { fixedId } from '../store/queries/shop.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import type { Store } from '../store/store.ts';
import { readLanguage } from './register.ts';

const POSITION = { voucher: 8, account: 9 } as const;

export function needMethod(store: Store, draft: Draft, kind: keyof typeof POSITION): void {
  if (listPaymentMethods(store.db).some((method) => method.kind === kind)) return;
  draft.create(
    'payment_method',
    {
      name: shopWord(kind, readLanguage(store)),
      kind,
      position: POSITION[kind],
      counted: false,
      gives_change: false,
      active: true,
    },
    fixedId(`payment-method:${kind}`),
  );
}
