/** A bell between loops: rung while nobody waits, it is still heard by the next who does. */
import type { Clock } from '../base/clock.ts';

/** Given as the reason, or each ring would make an error with a stack that nobody reads. */
const RUNG = Symbol('rung');

export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves when rung, after `timeoutMs`, or when the signal aborts; then is silent again. */
  async wait(clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const woken = new AbortController();
      const stop = (): void => woken.abort(RUNG);
      this.#wake = stop;
      signal.addEventListener('abort', stop, { once: true });
      await clock.sleep(timeoutMs, woken.signal);
      signal.removeEventListener('abort', stop);
      this.#wake = null;
    }
    this.#rung = false;
  }
}
