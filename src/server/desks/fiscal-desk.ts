/**
 * Where a fiscal device is told of carts and sales. Its beginning and its giving-up are told beside the selling, which does not wait; a sale
 * waits for its signature, for a few seconds at most. What an outage does then is the country's rule: the receipt says so, or there is no sale.
 * Without a device a sale is made at once, as everywhere else.
 */
import type { Id } from '../../base/id.ts';
import { refuse, type Result } from '../../base/result.ts';
import type { AskFiscal, FiscalRequest } from '../../devices/fiscal/fiscal-device.ts';
import { openFiscalDevice } from '../../devices/fiscal/open-device.ts';
import { priceCart, type PricedCart } from '../../domain/cart.ts';
import type { Log } from '../../base/log.ts';
import { checkSale, completeSale, type PayInput } from '../../register/complete-sale.ts';
import { completedSaleOf, readOpenCart } from '../../register/edit-cart.ts';
import { fiscalRule, noteFiscal, readFiscal } from '../../register/note-fiscal.ts';
import { ownRegisterId, type Register } from '../../register/register.ts';
import { openFiscalCart } from '../../store/queries/fiscal.ts';
import type { ReceiptData } from '../../domain/receipt.ts';
import type { EventBus } from '../events.ts';

export interface FiscalDesk {
  /** Refuses as completeSale does, and with fiscal.outage where no sale may be made without the device. */
  complete(input: PayInput): Result<ReceiptData> | Promise<Result<ReceiptData>>;
  /** Whether the device is asked for this cart's sale: pressed again meanwhile, it is that sale. */
  isSigning(cart: Id): boolean;
  stop(): void;
}

export function makeFiscalDesk(register: Register, events: EventBus, log: Log): FiscalDesk {
  const { store } = register;
  /** The cart that the device knows of; undefined until it was looked up. */
  let begun: Id | null | undefined;
  let following = false;
  let again = false;
  const signing = new Map<Id, Promise<Result<ReceiptData>>>();

  const device = (): AskFiscal | null => (store.own === null || fiscalRule(store) === null ? null : openFiscalDevice(readFiscal(store)));

  /** Brings the device to the cart that is open now. */
  const follow = async (ask: AskFiscal): Promise<void> => {
    begun ??= openFiscalCart(store.db, ownRegisterId(store));
    const { cart } = readOpenCart(store);
    const isOpen = cart.lines.length > 0 && !cart.training;
    if (begun !== null && (begun !== cart.id || !isOpen)) {
      const left = begun;
      begun = null;
      if (completedSaleOf(store, left) === null) await abort(ask, left);
    }
    if (!isOpen || begun === cart.id) return;
    begun = cart.id;
    const said = await ask({ what: 'start', cart: cart.id, totalMinor: 0, taxes: [] });
    if (said.state === 'outage') noteFiscal(register, { kind: 'outage', cart: cart.id });
    else noteFiscal(register, { kind: 'start', cart: cart.id, device: said.device, number: said.number, signature: said.signature });
  };
  /** It was given up, whether the device can be told or not. */
  const abort = async (ask: AskFiscal, cart: Id): Promise<void> => {
    const said = await ask({ what: 'abort', cart, totalMinor: 0, taxes: [] });
    noteFiscal(register, {
      kind: 'abort',
      cart,
      ...(said.state === 'outage' ? {} : { device: said.device, number: said.number, signature: said.signature }),
    });
  };
  const look = async (): Promise<void> => {
    again = true;
    if (following) return;
    following = true;
    // As often as the cart changed meanwhile: each round asks at most twice, and each question has its time.
    while (again) {
      again = false;
      const ask = device();
      if (ask !== null)
        await follow(ask).catch((error: unknown) =>
          log.error('fiscal.not-noted', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
        );
    }
    following = false;
  };
  const leave = events.subscribe(({ type }) => {
    if (type === 'cart') void look();
  });

  const completeSigned = async (input: PayInput, ask: AskFiscal, priced: PricedCart): Promise<Result<ReceiptData>> => {
    const said = await ask(finishOf(input.cart, priced));
    if (said.state === 'outage') {
      log.warn('fiscal.outage', { reason: said.reason });
      if (fiscalRule(store)?.onOutage !== 'marks-receipt') {
        noteFiscal(register, { kind: 'outage', cart: input.cart });
        return refuse('fiscal.outage');
      }
      return completeSale(register, { ...input, fiscal: { state: 'outage', device: null, number: null, signature: null } });
    }
    const { device: name, number, signature } = said;
    const sold = completeSale(register, { ...input, fiscal: { state: 'finish', device: name, number, signature } });
    // The cart changed on another screen while the device signed.
    if (!sold.ok) await abort(ask, input.cart);
    return sold;
  };

  return {
    complete: (input) => {
      // The device is asked once for a sale, whether or not it would sign it twice.
      const underway = signing.get(input.cart);
      if (underway !== undefined) return underway;
      const ask = device();
      const { cart } = readOpenCart(store);
      if (ask === null || cart.training || completedSaleOf(store, input.cart) !== null) return completeSale(register, input);
      const ready = checkSale(register, input);
      if (!ready.ok) return ready;
      const sold = completeSigned(input, ask, priceCart(cart)).finally(() => signing.delete(input.cart));
      signing.set(input.cart, sold);
      return sold;
    },
    isSigning: (cart) => signing.has(cart),
    stop: leave,
  };
}

function finishOf(cart: Id, { lines, totalMinor }: PricedCart): FiscalRequest {
  const rates = [...new Set(lines.map(({ taxRatePpm }) => taxRatePpm))].sort((a, b) => b - a);
  const taxes = rates.map((ratePpm) => {
    const mine = lines.filter(({ taxRatePpm }) => taxRatePpm === ratePpm);
    const taxMinor = mine.reduce((sum, line) => sum + line.taxMinor, 0);
    const netMinor = mine.reduce((sum, line) => sum + line.totalMinor - (line.includesTax ? line.taxMinor : 0), 0);
    return { ratePpm, netMinor, taxMinor };
  });
  return { what: 'finish', cart, totalMinor, taxes };
}
