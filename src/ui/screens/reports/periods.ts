/** The times that an owner looks at, in this machine's time of day, each beside the one it is compared with. Pure but for the clock's zone. */

export const PERIODS = ['today', 'yesterday', 'week', 'month', 'year'] as const;
export type Period = (typeof PERIODS)[number];

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Spans {
  readonly by: 'hour' | 'day' | 'month';
  readonly now: Span;
  /** The same time before: a day against that day last week; a running one up to the same moment. */
  readonly before: Span;
}

const DAYS_A_WEEK = 7;

/** `dayEndsAt`: minutes after midnight until which a day goes on. */
export function spansOf(period: Period, nowMs: number, dayEndsAt: number): Spans {
  const at = new Date(nowMs);
  at.setMinutes(at.getMinutes() - dayEndsAt);
  const [year, month, date] = [at.getFullYear(), at.getMonth(), at.getDate()];
  const span = (from: Date, until: Date): Span => ({ fromMs: from.getTime(), untilMs: until.getTime() });
  /** As far into it as now is, by the clock on the wall, so that half a day is not set against a whole one. */
  const soFar = (begun: Date, begunBefore: Date, endBefore: Date): Span => ({
    fromMs: begunBefore.getTime(),
    untilMs: Math.min(later(begunBefore, onTheWall(new Date(nowMs)) - onTheWall(begun)), endBefore.getTime()),
  });
  const start = (...ymd: readonly [number, number, number]): Date => new Date(...ymd, 0, dayEndsAt);
  const day = (offset: number): Date => start(year, month, date + offset);
  switch (period) {
    case 'today':
      return { by: 'hour', now: span(day(0), day(1)), before: soFar(day(0), day(-DAYS_A_WEEK), day(1 - DAYS_A_WEEK)) };
    case 'yesterday':
      return { by: 'hour', now: span(day(-1), day(0)), before: span(day(-1 - DAYS_A_WEEK), day(-DAYS_A_WEEK)) };
    case 'week': {
      const sinceMonday = (at.getDay() + DAYS_A_WEEK - 1) % DAYS_A_WEEK;
      const monday = day(-sinceMonday);
      return { by: 'day', now: span(monday, day(1)), before: soFar(monday, day(-sinceMonday - DAYS_A_WEEK), monday) };
    }
    case 'month': {
      const [first, firstBefore] = [start(year, month, 1), start(year, month - 1, 1)];
      return { by: 'day', now: span(first, day(1)), before: soFar(first, firstBefore, first) };
    }
    case 'year': {
      const [first, firstBefore] = [start(year, 0, 1), start(year - 1, 0, 1)];
      return { by: 'month', now: span(first, day(1)), before: soFar(first, firstBefore, first) };
    }
  }
}

const onTheWall = (at: Date): number => at.getTime() - at.getTimezoneOffset() * 60_000;

/** Clocks that were put forward or back between the two count for nothing. */
function later(at: Date, ms: number): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), 0, ms).getTime();
}
