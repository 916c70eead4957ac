/** What a cashier is in the middle of: search, keyed figures, the chosen line, an open dialog; and what happens to the cart. */
import { useRef, useState, type RefObject } from 'react';
import { isVoucherCode } from '../../../domain/voucher.ts';
import { cartStore } from '../../cart/cart-store.ts';
import { foreseeCode, tileOfCode } from '../../cart/known-tiles.ts';
import type { Cart, CartLine, Tile } from '../../cart/preview.ts';
import { parseTyped } from '../../format/parse-typed.ts';
import { useRegister } from '../../parts/register-context.ts';
import { refusalCode } from '../../texts/refusal-text.ts';
import { beep } from './beep.ts';
import type { Notice, UnknownCode } from './notice.tsx';
import type { PriceMode } from './price-dialog.tsx';
import { openReceipt } from './open-receipt.ts';

export type SellDialog =
  | { readonly kind: 'keys' | 'customer' | 'more' | 'hold' | 'held' | 'sell-voucher' | 'pay-off' }
  | { readonly kind: 'voucher'; readonly code?: string }
  | { readonly kind: 'back'; readonly deposit: boolean }
  | { readonly kind: 'price'; readonly line: CartLine | null; readonly first: PriceMode }
  | { readonly kind: 'choose'; readonly code: string }
  | ({ readonly kind: 'new-product' | 'department' } & UnknownCode)
  | { readonly kind: 'variant'; readonly tile: Tile; readonly quantityMilli: number }
  | { readonly kind: 'weigh'; readonly tile: Tile }
  | { readonly kind: 'quantity' | 'void'; readonly line: CartLine }
  | { readonly kind: 'lower'; readonly line: CartLine; readonly quantityMilli: number }
  | { readonly kind: 'empty' };

const ONE = 1000;
const LONGEST_KEYED = 30;
/** Longer than a scanner's pause between two keys, shorter than a person notices. */
const HELD_MS = 45;

export interface Selling {
  readonly search: string;
  readonly setSearch: (text: string) => void;
  /** Of what was found, the one that Enter adds. */
  readonly foundAt: number;
  readonly setFoundAt: (at: number) => void;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly keyed: string;
  /** As it was typed: "3", "0.312". */
  readonly multiplier: string | null;
  readonly key: (key: string) => void;
  /** A figure from the keyboard: shown a moment later, since it may be a scanner's, whose figures are never shown. */
  readonly keyFromBoard: (key: string) => void;
  /** Something is keyed, shown or not yet. */
  readonly hasKeyed: () => boolean;
  readonly erase: () => void;
  readonly times: () => void;
  readonly enter: () => void;
  /** Takes back the nearest thing: keyed figures, multiplier, notice, search. Never the cart. */
  readonly escape: () => void;
  /** `quantityMilli` when it is known from a scan before; else what was keyed. */
  readonly scan: (code: string, quantityMilli?: number) => void;
  readonly add: (tile: Tile) => void;
  readonly addQuantity: (tile: Tile, quantityMilli: number) => void;
  /** Asks why first where there is less of it, and the shop wants to know. */
  readonly changeQuantity: (line: CartLine, quantityMilli: number) => void;
  readonly chosenLine: CartLine | null;
  readonly chooseLine: (line: number) => void;
  readonly notice: Notice | null;
  readonly setNotice: (notice: Notice | null) => void;
  readonly onProblem: (error: unknown) => void;
  readonly dialog: SellDialog | null;
  readonly setDialog: (dialog: SellDialog | null) => void;
  /** Takes a line out; asks why first, where the shop wants to know. */
  readonly takeOut: (line: CartLine) => void;
}

export function useSelling(cart: Cart | null): Selling {
  const asksWhy = useRegister().selling?.voidReason === true;
  const [search, setSearchText] = useState('');
  const [foundAt, setFoundAt] = useState(0);
  const [keyed, setKeyed] = useState('');
  const [multiplier, setMultiplier] = useState<string | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [dialog, setDialog] = useState<SellDialog | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const held = useRef({ text: '', timer: 0 });

  const dropHeld = (): void => {
    window.clearTimeout(held.current.timer);
    held.current = { text: '', timer: 0 };
  };
  const key = (figure: string): void => setKeyed((before) => (before + figure).slice(0, LONGEST_KEYED));
  const showHeld = (): void => {
    const { text } = held.current;
    dropHeld();
    key(text);
  };
  const keyFromBoard = (figure: string): void => {
    window.clearTimeout(held.current.timer);
    held.current = { text: held.current.text + figure, timer: window.setTimeout(showHeld, HELD_MS) };
    foreseeCode(held.current.text);
  };

  const setSearch = (text: string): void => {
    // "3*" in the search field counts too: the figure before the star is how many.
    const times = /^\s*(\d+(?:[.,]\d{1,3})?)\s*[*×x]$/i.exec(text);
    if (times?.[1] !== undefined) {
      setMultiplier(times[1]);
      setSearchText('');
    } else setSearchText(text);
    setFoundAt(0);
  };
  /** A new thing in the cart: what was keyed for it is used up, and the newest line is the chosen one. */
  const begin = (): number => {
    const milli = multiplier === null ? ONE : (parseTyped(multiplier, 3) ?? ONE);
    dropHeld();
    setKeyed('');
    setMultiplier(null);
    setSearch('');
    setNotice(null);
    setDialog(null);
    setChosen(null);
    return milli;
  };
  const onProblem = (error: unknown): void => setNotice({ kind: 'error', error });

  const scan = (code: string, quantityMilli?: number): void => {
    const keyedMilli = begin();
    const milli = quantityMilli ?? keyedMilli;
    cartStore.scan(code, milli, tileOfCode(code)).catch(async (error: unknown) => {
      const refused = refusalCode(error);
      if (refused === 'barcode.unknown' && (await openReceipt(code))) return;
      if (refused === 'barcode.unknown' && isVoucherCode(code)) setDialog({ kind: 'voucher', code });
      else if (refused === 'barcode.unknown') setNotice({ kind: 'unknown', code, quantityMilli: milli });
      else if (refused === 'barcode.ambiguous') setDialog({ kind: 'choose', code });
      else onProblem(error);
      // Last: a machine without sound shows it all the same.
      beep();
    });
  };
  const addQuantity = (tile: Tile, quantityMilli: number): void => {
    begin();
    cartStore.addTile(tile, quantityMilli).catch(onProblem);
  };
  const add = (tile: Tile): void => {
    if (tile.variants > 0) setDialog({ kind: 'variant', tile, quantityMilli: begin() });
    else if (tile.unit !== 'each' && multiplier === null) setDialog({ kind: 'weigh', tile });
    else addQuantity(tile, begin());
  };
  const times = (): void => {
    const all = keyed + held.current.text;
    const milli = parseTyped(all, 3);
    if (milli === null || milli <= 0) return;
    dropHeld();
    setMultiplier(all);
    setKeyed('');
  };

  return {
    search,
    setSearch,
    foundAt,
    setFoundAt,
    field,
    keyed,
    multiplier,
    key,
    keyFromBoard,
    hasKeyed: () => keyed + held.current.text !== '',
    erase: () => {
      showHeld();
      setKeyed((before) => before.slice(0, -1));
    },
    times,
    enter: () => {
      const all = keyed + held.current.text;
      if (all !== '') scan(all);
    },
    escape: () => {
      if (keyed !== '') setKeyed('');
      else if (multiplier !== null) setMultiplier(null);
      else if (notice !== null) setNotice(null);
      else setSearch('');
    },
    scan,
    add,
    addQuantity,
    changeQuantity: (line, quantityMilli) => {
      const asks = asksWhy && Math.abs(quantityMilli) < Math.abs(line.quantityMilli);
      setDialog(asks ? { kind: 'lower', line, quantityMilli } : null);
      if (!asks) cartStore.setQuantity(line.line, quantityMilli).catch(onProblem);
    },
    chosenLine: cart?.lines.find((line) => line.line === chosen) ?? cart?.lines[0] ?? null,
    chooseLine: setChosen,
    notice,
    setNotice,
    onProblem,
    dialog,
    setDialog,
    takeOut: (line) => {
      if (asksWhy) setDialog({ kind: 'void', line });
      else cartStore.remove(line.line).catch(onProblem);
    },
  };
}
