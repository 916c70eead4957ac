/** Paying in one press from the selling screen: exact cash, or card. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { roundToStep } from '../../../domain/money.ts';
import { call } from '../../api/call.ts';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart } from '../../cart/preview.ts';
import { goTo } from '../../parts/route.ts';
import { askCard, useAsksTerminal } from '../pay/card-payment.tsx';
import { completeSale } from '../pay/complete-sale.ts';

export interface QuickPay {
  readonly cash: () => void;
  readonly card: () => void;
  readonly busy: boolean;
  readonly error: unknown;
}

interface Press {
  readonly kind: 'cash' | 'card';
  /** The one that showed. */
  readonly cart: string;
}

const METHODS = queryOptions({
  queryKey: ['payment-methods'],
  queryFn: ({ signal }) => call('listPaymentMethods', { signal }),
});

export function useQuickPay(shown: Cart | null): QuickPay {
  const client = useQueryClient();
  // Asked for with the screen, so that a press finds them there.
  useQuery(METHODS);
  const asksTerminal = useAsksTerminal();
  const pay = useMutation({
    mutationFn: async ({ kind }: Press) => {
      const { rows } = await client.ensureQueryData(METHODS);
      const method = rows.find((candidate) => candidate.kind === kind && candidate.active);
      const cart = await cartStore.settled();
      if (cart === null || cart.lines.length === 0) return;
      if (method === undefined) {
        // No such way to pay in this shop: the payment screen shows which there are.
        goTo('pay');
        return;
      }
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
  // The next customer's cart waits for no answer to the last one's.
  const busy = pay.isPending && pay.variables.cart === shown?.id;
  const by = (kind: Press['kind']) => (): void => {
    if (!busy && shown !== null) pay.mutate({ kind, cart: shown.id });
  };
  return { cash: by('cash'), card: by('card'), busy, error: pay.error };
}
