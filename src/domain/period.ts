/** Trading days, months and years as closings name them: by their first day, yyyymmdd. Pure. */

export const PERIOD_KINDS = ['day', 'month', 'year'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

export interface Period {
  readonly kind: PeriodKind;
  /** yyyymmdd; the last may be a day that its month does not have. */
  readonly first: number;
  readonly last: number;
}

/** The period of this kind that a trading day lies in. */
export function periodOf(kind: PeriodKind, tradingDay: number): Period {
  switch (kind) {
    case 'day':
      return { kind, first: tradingDay, last: tradingDay };
    case 'month': {
      const month = Math.floor(tradingDay / 100) * 100;
      return { kind, first: month + 1, last: month + 31 };
    }
    case 'year': {
      const year = Math.floor(tradingDay / 10_000) * 10_000;
      return { kind, first: year + 101, last: year + 1231 };
    }
  }
}

/** 2026-11-28, 2026-11, 2026. */
export function periodName({ kind, first }: Period): string {
  const text = String(first);
  const parts = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)];
  return parts.slice(0, { year: 1, month: 2, day: 3 }[kind]).join('-');
}
