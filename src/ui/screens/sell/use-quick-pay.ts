/** Paying in one press from the selling screen: exact cash, or card. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { roundToStep } from '../../../domain/money.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Answer } from '../../../protocol/api/routes.ts';
import { goTo } from '../../parts/route.ts';
import { askCard, useAsksTerminal } from '../pay/card-payment.tsx';
import { completeSale } from '../pay/complete-sale.ts';

type Method = Answer<'listPaymentMethods'>['rows'][number];

export interface QuickPay {
  readonly cash: () => void;
  readonly card: () => void;
  readonly busy: boolean;
  readonly error: unknown;
}

export function useQuickPay(): QuickPay {
  const methods = useQuery({ queryKey: ['payment-methods'], queryFn: ({ signal }) => call('listPaymentMethods', { signal }) });
  const asksTerminal = useAsksTerminal();
  const pay = useMutation({
    mutationFn: async (method: Method) => {
      const cart = await cartStore.settled();
      if (cart === null || cart.lines.length === 0) return;
      const step = method.kind === 'cash' ? method.roundingStepMinor : null;
      const amountMinor = step === null ? cart.totalMinor : roundToStep(cart.totalMinor, step);
      if (asksTerminal(method, cart)) {
        await askCard(method.id, amountMinor, []);
        goTo('pay');
        return;
      }
      await completeSale(cart, [{ method: method.id, amountMinor }]);
    },
  });
  const by = (kind: 'cash' | 'card') => (): void => {
    const method = methods.data?.rows.find((candidate) => candidate.kind === kind && candidate.active);
    if (pay.isPending) return;
    // No such way to pay in this shop: the payment screen shows which there are.
    if (method === undefined) goTo('pay');
    else pay.mutate(method);
  };
  return { cash: by('cash'), card: by('card'), busy: pay.isPending, error: pay.error };
}
