/**
 * The keyboard of the selling screen: scanner, shortcuts and figures, wherever the focus is. Keys typed into a text field belong to it,
 * but for the product search, where a scanner may type too.
 */
import { useEffectEvent, useLayoutEffect, useRef } from 'react';
import { ScanReader } from './scan-reader.ts';

export interface KeyActions {
  readonly scan: (code: string) => void;
  /** Shortcuts that work everywhere on the screen; true when the key was one. */
  readonly anywhere: (event: KeyboardEvent) => boolean;
  /** Keys pressed while no text field has the focus; true when the key was used. */
  readonly outside: (event: KeyboardEvent) => boolean;
}

const TEXT_TYPES: readonly string[] = ['text', 'search', 'password', 'tel', 'email', 'number', 'url'];

export function useKeys(actions: KeyActions): void {
  const reader = useRef(new ScanReader());
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const place = placeOf(event.target);
    if (place === 'text') return;
    const code = event.ctrlKey || event.altKey || event.metaKey ? null : reader.current.key(event.key, event.timeStamp);
    if (code !== null) {
      event.preventDefault();
      event.stopPropagation();
      actions.scan(code);
      return;
    }
    if (document.querySelector('dialog[open]') !== null || event.defaultPrevented) return;
    if (actions.anywhere(event) || (place === 'outside' && actions.outside(event))) event.preventDefault();
  });
  // Before the screen shows: a scanner may be quicker than the browser's idle moment.
  useLayoutEffect(() => {
    // Capturing, so that the Enter at the end of a scan does not press the button that happens to have the focus.
    const listener = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);
}

function placeOf(target: EventTarget | null): 'text' | 'search' | 'outside' {
  if (target instanceof HTMLInputElement && TEXT_TYPES.includes(target.type))
    return target.dataset['scan'] === undefined ? 'text' : 'search';
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return 'text';
  return 'outside';
}
