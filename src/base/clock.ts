/** Time as something passed in. Only this file reads the machine's clock and time zone; the simulator passes a virtual one. */

export interface Clock {
  /** Instant in UTC milliseconds; may jump when somebody sets the machine's clock. */
  nowMs(): number;
  /** Milliseconds that only ever grow, for durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once with false when the signal aborts. True means the time passed. */
  sleep(ms: number, signal?: AbortSignal): Promise<boolean>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve(false);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve(true);
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** Minutes that local time is ahead of UTC at this instant, by the machine's time zone. */
export function utcOffsetMinutes(atMs: number): number {
  const offset = -new Date(atMs).getTimezoneOffset();
  return offset === 0 ? 0 : offset;
}

/** The local calendar day as yyyymmdd. */
export function localDay(atMs: number, offsetMinutes: number): number {
  const local = new Date(atMs + offsetMinutes * 60_000);
  return local.getUTCFullYear() * 10_000 + (local.getUTCMonth() + 1) * 100 + local.getUTCDate();
}
