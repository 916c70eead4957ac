/**
 * Where card terminals are asked and heard: beside the selling, which never waits for one. A request is written down before it is made
 * (register/ask-card.ts), each answer after it is heard; screens hear of both. An approved payment that covers its cart makes the sale at
 * once, whoever still looks at the screen. An answer that does not come within its time is unknown, and the line stays open for a late one.
 */
import type { Id } from '../../base/id.ts';
import { refuse, type Result } from '../../base/result.ts';
import { openTerminal } from '../../devices/terminals/open-terminal.ts';
import type { Asked, TerminalAnswer } from '../../devices/terminals/terminal.ts';
import { noteAnswer, noteAsked, noteGivingBack, type AskInput } from '../../register/ask-card.ts';
import type { PayInput } from '../../register/complete-sale.ts';
import type { FiscalDesk } from './fiscal-desk.ts';
import { getCart } from '../../register/edit-cart.ts';
import type { CartView } from '../../register/view-cart.ts';
import type { Register } from '../../register/register.ts';
import { readTerminal } from '../../register/set-terminal.ts';
import { referenceTo } from '../../store/look-up.ts';
import type { AttemptRow } from '../../store/queries/payments.ts';
import { readCurrency } from '../../store/queries/shop.ts';
import type { Log } from '../../base/log.ts';

/** A customer looks for a card, and mistypes the PIN twice. */
const ANSWERS_WITHIN_MS = 120_000;
/** Once cancelled it says at once what it did, or a person looks. */
const CANCELS_WITHIN_MS = 5_000;
/** A late answer is heard for as long as somebody may still stand there; a second one comes at once. */
const HEARS_LATE_MS = 600_000;
const HEARS_SECOND_MS = 30_000;

export interface CardDesk {
  /** Whether cards are paid through a terminal that can be asked. */
  canAsk(): boolean;
  /** Refuses with terminal.none, and as noteAsked does. `tenders` is what was given beside, for the sale that an approval makes. */
  pay(input: AskInput, tenders: PayInput['tenders']): Result<CartView>;
  /** Refuses with terminal.none, and as noteGivingBack does. */
  giveBack(attempt: number, user: Id): Result<CartView>;
  cancel(attempt: number): void;
  stop(): void;
}

interface Underway {
  readonly asked: Asked;
  timer: NodeJS.Timeout | undefined;
}

export function makeCardDesk(register: Register, complete: FiscalDesk['complete'], log: Log, onCart: () => void): CardDesk {
  const { store } = register;
  const underway = new Map<number, Underway>();

  /** Not all is paid yet, mostly; what is taken stays offered, and the cashier goes on. */
  const sell = async (input: PayInput): Promise<void> => {
    try {
      const sold = await complete(input);
      if (!sold.ok) log.info('card.not-completed', { ...sold.refusal });
      onCart();
    } catch (error) {
      log.error('card.not-completed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  /** Called by sockets and timers: a disk that takes nothing leaves the payment open, and the next start says that it is unknown. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.error('card.not-noted', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  const waitFor = (attempt: number, ms: number, work: (attempt: number) => void): void => {
    const one = underway.get(attempt);
    if (one === undefined) return;
    clearTimeout(one.timer);
    one.timer = setTimeout(() => guarded(() => work(attempt)), ms);
  };
  const hear = ({ attempt }: AttemptRow, answer: TerminalAnswer, complete: () => void): void => {
    log.info('card.answered', { attempt, ...answer });
    const noted = noteAnswer(register, attempt, answer);
    waitFor(attempt, answer.state === 'unknown' ? HEARS_LATE_MS : HEARS_SECOND_MS, forget);
    if (noted.ok && noted.value.state === 'approved') complete();
    onCart();
  };
  const ask = (attempt: AttemptRow, complete: () => void): Result<CartView> => {
    const terminal = openTerminal(readTerminal(store));
    if (terminal.ask === null) return refuse('terminal.none');
    const request = { id: referenceTo(store.db, attempt.attempt), amountMinor: attempt.amountMinor, currency: readCurrency(store.db) };
    const asked = terminal.ask(request, (answer) => guarded(() => hear(attempt, answer, complete)));
    underway.set(attempt.attempt, { asked, timer: undefined });
    waitFor(attempt.attempt, ANSWERS_WITHIN_MS, giveUp);
    onCart();
    return { ok: true, value: getCart(register) };
  };
  const giveUp = (attempt: number): void => {
    noteAnswer(register, attempt, { state: 'unknown', reference: null });
    waitFor(attempt, HEARS_LATE_MS, forget);
    onCart();
  };
  const forget = (attempt: number): void => {
    const one = underway.get(attempt);
    if (one === undefined) return;
    clearTimeout(one.timer);
    one.asked.hangUp();
    underway.delete(attempt);
  };

  return {
    canAsk: () => openTerminal(readTerminal(store)).ask !== null,
    pay: (input, tenders) => {
      if (openTerminal(readTerminal(store)).ask === null) return refuse('terminal.none');
      const noted = noteAsked(register, input);
      if (!noted.ok) return noted;
      return ask(noted.value, () => {
        void sell({ ...input, tenders });
      });
    },
    giveBack: (attempt, user) => {
      if (openTerminal(readTerminal(store)).ask === null) return refuse('terminal.none');
      const noted = noteGivingBack(register, attempt, user);
      return noted.ok ? ask(noted.value, () => {}) : noted;
    },
    cancel: (attempt) => {
      underway.get(attempt)?.asked.cancel();
      waitFor(attempt, CANCELS_WITHIN_MS, giveUp);
    },
    stop: () => {
      for (const attempt of underway.keys()) forget(attempt);
    },
  };
}
