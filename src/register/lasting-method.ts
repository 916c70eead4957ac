/**
 * Ways to pay that a shop has once it uses them: vouchers, customers' accounts. Their ids follow from what they are, so that two registers
 * which begin apart begin one.
 */
import type { Draft } from '../store/journal.ts';
import { fixedId } from '../store/queries/shop.ts';
import { listPaymentMethods } from '../store/queries/catalogue.ts';
import { readMeta, type Store } from '../store/store.ts';

const NAMES = { voucher: { en: 'Voucher', fr: 'Bon d’achat' }, account: { en: 'On account', fr: 'En compte' } } as const;
const POSITION = { voucher: 8, account: 9 } as const;

export function needMethod(store: Store, draft: Draft, kind: keyof typeof NAMES): void {
  if (listPaymentMethods(store.db).some((method) => method.kind === kind)) return;
  const language = readMeta(store.db, 'language') === 'fr' ? 'fr' : 'en';
  draft.create(
    'payment_method',
    { name: NAMES[kind][language], kind, position: POSITION[kind], counted: false, gives_change: false, active: true },
    fixedId(`payment-method:${kind}`),
  );
}
