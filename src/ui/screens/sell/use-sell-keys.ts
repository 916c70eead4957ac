/** Which key does what on the selling screen (the sheet on `?` lists them). */
import type { KeyboardEvent as FieldKey } from 'react';
import { cartStore } from '../../cart/cart-store.ts';
import type { Cart, Tile } from '../../cart/preview.ts';
import { goTo } from '../../parts/route.ts';
import { useKeys } from './use-keys.ts';
import type { QuickPay } from './use-quick-pay.ts';
import type { Selling } from './use-selling.ts';

interface Needs {
  readonly cart: Cart | null;
  readonly selling: Selling;
  readonly tiles: readonly Tile[];
  readonly settled: boolean;
  readonly quickPay: QuickPay;
}

/** A number this long is a barcode, whoever types it. */
const CODE = /^\d{6,}$/;

export function useSellKeys({ cart, selling, tiles, settled, quickPay }: Needs): {
  onSearchKey: (event: FieldKey<HTMLInputElement>) => void;
} {
  const hasLines = cart !== null && cart.lines.length > 0;
  const paysAtOnce = hasLines && cart.totalMinor > 0 && cart.ageToCheck === null;
  const anywhere = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'z' || event.target instanceof HTMLInputElement) return false;
      if (cart?.canUndo === true) cartStore.undo().catch(selling.onProblem);
      return true;
    }
    switch (event.key) {
      case 'F4':
        selling.setDialog({ kind: hasLines ? 'hold' : 'held' });
        return true;
      case 'F5':
        if (paysAtOnce) quickPay.cash();
        return true;
      case 'F6':
        if (paysAtOnce) quickPay.card();
        return true;
      case 'F9':
        if (hasLines && cart.ageToCheck === null) goTo('pay');
        return true;
      case 'Escape':
        selling.escape();
        return true;
      default:
        return false;
    }
  };
  const outside = (event: KeyboardEvent): boolean => {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    if (/^[\d.,]$/.test(event.key)) {
      selling.keyFromBoard(event.key);
      return true;
    }
    if (selling.hasKeyed() && outsideKeyed(event.key, selling)) return true;
    return onCart(event.key, cart, selling) || toSearch(event.key, selling);
  };
  useKeys({ scan: selling.scan, anywhere, outside });

  return {
    onSearchKey: (event) => {
      if (event.nativeEvent.isComposing) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        const next = selling.foundAt + (event.key === 'ArrowDown' ? 1 : -1);
        selling.setFoundAt(Math.max(0, Math.min(tiles.length - 1, next)));
      }
      if (event.key !== 'Enter' || selling.search === '') return;
      event.preventDefault();
      const tile = tiles[selling.foundAt];
      if (CODE.test(selling.search.trim())) selling.scan(selling.search.trim());
      else if (settled && tile !== undefined) selling.add(tile);
    },
  };
}

function outsideKeyed(key: string, selling: Selling): boolean {
  switch (key) {
    case '*':
    case 'x':
    case '×':
      selling.times();
      return true;
    case 'Enter':
      selling.enter();
      return true;
    case 'Backspace':
      selling.erase();
      return true;
    default:
      return false;
  }
}

function onCart(key: string, cart: Cart | null, selling: Selling): boolean {
  const line = selling.chosenLine;
  if (line === null || cart === null) return false;
  const at = cart.lines.indexOf(line);
  const setMilli = (milli: number): void => {
    if (milli > 0) selling.changeQuantity(line, milli);
    else selling.takeOut(line);
  };
  switch (key) {
    case 'ArrowDown':
    case 'ArrowUp': {
      const next = cart.lines[at + (key === 'ArrowDown' ? 1 : -1)];
      if (next !== undefined) selling.chooseLine(next.line);
      return true;
    }
    case '+':
      if (line.unit === 'each') setMilli(line.quantityMilli + 1000);
      return true;
    case '-':
      if (line.unit === 'each') setMilli(line.quantityMilli - 1000);
      return true;
    case 'Delete':
      selling.takeOut(line);
      return true;
    default:
      return false;
  }
}

function toSearch(key: string, selling: Selling): boolean {
  if (key === '?') {
    selling.setDialog({ kind: 'keys' });
    return true;
  }
  if (key === '/') {
    selling.field.current?.focus();
    return true;
  }
  // A letter begins a search: the field has the focus before the key writes.
  if (/^\p{L}$/u.test(key)) selling.field.current?.focus();
  return false;
}
