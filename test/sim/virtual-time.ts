/**
 * The simulator's one event loop: what happens next is what is due next, by virtual time and then by order of asking. After each event all
 * that follows from it without waiting is let run to its end, so that the same seed gives the same run.
 */
import type { Clock } from '../../src/base/clock.ts';

export const START_MS = 1_790_000_000_000;

interface Due {
  readonly at: number;
  readonly order: number;
  run(): void | Promise<void>;
}

export class VirtualTime {
  nowMs = START_MS;
  events = 0;
  readonly #heap: Due[] = [];
  #order = 0;

  after(ms: number, run: () => void | Promise<void>): void {
    const due = { at: this.nowMs + Math.max(0, ms), order: this.#order++, run };
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[at] = above;
      heap[parent] = due;
      at = parent;
    }
  }

  /** Runs events until `untilMs`; what is due later stays. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > untilMs) break;
      this.#pop();
      this.nowMs = Math.max(this.nowMs, next.at);
      this.events++;
      await next.run();
      await settled();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const rightFirst = left !== undefined && right !== undefined && isBefore(right, left);
      const child = rightFirst ? right : left;
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    heap[at] = last;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Everything that only waited for promises has run when this resolves. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A machine's clock: wrong by `errorMs()`, and gone with its process, after which nothing that slept on it wakes. */
export function machineClock(time: VirtualTime, machine: { errorMs(): number; isDead(): boolean }): Clock {
  let calls = 0;
  return {
    nowMs: () => Math.floor(time.nowMs + machine.errorMs()),
    // Looking at the clock takes a moment, so that work done in slices is cut into slices here too.
    monotonicMs: () => time.nowMs - START_MS + ++calls * 0.4,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (machine.isDead()) return;
        if (signal?.aborted) {
          resolve(false);
          return;
        }
        const stop = (): void => {
          if (!machine.isDead()) resolve(false);
        };
        signal?.addEventListener('abort', stop, { once: true });
        time.after(ms, () => {
          signal?.removeEventListener('abort', stop);
          if (!machine.isDead()) resolve(true);
        });
      }),
  };
}
